"""Why a file cannot be replaced by a new one: what kind of file it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.analysis.flow.block_names import root_name
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_part
from codemods.syntax.handlers import covering, types_in_words
from codemods.syntax.names import names_bound
from codemods.syntax.tree import FUNCTIONS
from codemods.tables import words

Why = tuple[str, str]
"""A stable reason, and what stands there in words."""

_SCRATCH = ("mkstemp", "mkdtemp", "mktemp", "TemporaryFile", "TemporaryDirectory")
_REMOVES = ("remove", "unlink", "rmtree")
_DEVICES = ("dev", "proc", "sys")
_SPECIAL = frozenset(words("fifo tty stdout stderr fd fileno"))
_SPECIAL_PATHS = frozenset(words("pipe device dev socket"))
_LOCKS = ("lock",)
_LOGS = ("log", "logs")
_COMMAND_LINE = ("args", "arguments", "options", "opts", "namespace", "ns", "parsed")


def why_not_target(source: SourceFile, path: ast.expr) -> Why | None:
    """Why what ``path`` stands for is no file to be replaced."""
    nodes = [path, *_values(source, path)]
    texts = [ast.unparse(item) for item in nodes]
    shown = texts[0]
    if isinstance(path, ast.Constant) and not isinstance(path.value, str):
        return "not-a-path", f"{shown} is not a path"
    names = [item.id for item in ast.walk(path) if isinstance(item, ast.Name)]
    names += [item.attr for item in ast.walk(path) if isinstance(item, ast.Attribute)]
    told = [item for node in nodes for item in ast.walk(node)]
    constants = [
        item.value
        for item in told
        if isinstance(item, ast.Constant) and isinstance(item.value, str)
    ]
    if any(_is_device(text) for text in constants) or "devnull" in " ".join(texts):
        return "device", f"{shown} may be a device, and a regular file would replace it"
    if any(_is_special(name.lower()) for name in names):
        return (
            "device",
            f"{shown} may be a pipe or another special file, and a regular file would replace it",
        )
    calls = [ast.unparse(item.func) for item in told if isinstance(item, ast.Call)]
    if any("mkstemp" in item or "fileno" in item or item == "os.open" for item in calls):
        return "device", f"{shown} may be a file that is already open"
    if any(last_part(item).endswith(_SCRATCH) for item in calls):
        return "temporary", f"{shown} is a temporary file that no other code reads"
    if any(_names(text, _LOCKS) for text in (*names, *constants)):
        return "lock-file", f"{shown} is a lock file, and replacing it would break the lock"
    if any(_names(text, _LOGS) for text in (*names, *constants)):
        return "log", f"{shown} is a log, which is read while it grows"
    is_parsed = not isinstance(path, ast.Name) and root_name(path) in _COMMAND_LINE
    if is_parsed or any("sys.argv" in text for text in texts) or _is_option(source, path, texts):
        return "from-command-line", f"{shown} is given on the command line, and may be a device"
    return None


def _is_device(path: str) -> bool:
    root, first, *_ = (*path.lower().split("/"), "")
    return (not root and first in _DEVICES) or "devnull" in path.lower()


def _is_special(name: str) -> bool:
    return name.removesuffix("_path") in _SPECIAL_PATHS or not _SPECIAL.isdisjoint(name.split("_"))


def _names(text: str, kinds: tuple[str, ...]) -> bool:
    """Whether a name or a path is one of a kind of file: ``db_lock``, ``lockfile``, ``x.log``."""
    name = text.lower()
    if name.endswith(f".{kinds[0]}"):
        return True
    for ending in ("filename", "file", "path"):
        if name.endswith(ending) and ending != name:
            name = name.removesuffix(ending).removesuffix("_")
            break
    return name.rpartition("_")[2] in kinds


def _is_option(source: SourceFile, path: ast.expr, given: list[str]) -> bool:
    """Whether ``path``, or what it is set to, is what click or typer hands to a command."""
    around = source.tree.function(path)
    if not isinstance(around, FUNCTIONS):
        return False
    names = [ast.unparse(item).partition("(")[0] for item in around.decorator_list]
    parameters = [item.arg for item in (*around.args.args, *around.args.kwonlyargs)]
    handed = [text for name in parameters for text in (name, f"Path({name})", f"str({name})")]
    commands = [last_part(name) in ("command", "option", "argument") for name in names]
    return any(commands) and any(text in handed for text in given)


def _values(source: SourceFile, path: ast.expr) -> Iterator[ast.expr]:
    """What the names and the attributes in ``path`` are set to, as far as the file shows it: a
    name in the function, else in the module, an attribute in the class."""
    tree = source.tree
    around = tree.function(path) or tree.module
    wanted = {item.id for item in ast.walk(path) if isinstance(item, ast.Name)}
    bound: set[str] = set()
    for node in tree.within(around, ast.Assign):
        names = names_bound(node)
        if wanted & names and node.lineno <= path.lineno:
            bound |= names
            yield node.value
    for block in tree.within(around, ast.With):
        for item in block.items:
            if isinstance(item.optional_vars, ast.Name) and item.optional_vars.id in wanted:
                yield item.context_expr
    for statement in tree.module.body:
        if isinstance(statement, ast.Assign) and names_bound(statement) & (wanted - bound):
            yield statement.value
    attributes = {ast.unparse(i) for i in ast.walk(path) if isinstance(i, ast.Attribute)}
    holder = tree.class_around(path)
    for node in tree.within(holder, ast.Assign) if holder is not None and attributes else ():
        if any(ast.unparse(target) in attributes for target in node.targets):
            yield node.value


def removed_on_error(source: SourceFile, node: ast.AST, path: ast.expr) -> Why | None:
    """Whether a handler around ``node`` removes the file: it would then remove the old one."""
    text = ast.unparse(path)
    for handler in (item for block in covering(source.tree, node) for item in block.handlers):
        for call in (item for item in ast.walk(handler) if isinstance(item, ast.Call)):
            owner, _, method = ast.unparse(call.func).rpartition(".")
            given = [ast.unparse(item) for item in call.args]
            if method in _REMOVES and text in (owner, *given):
                types = types_in_words(handler)
                detail = f"the handler for {types} deletes {text}, which would delete the old file"
                return "removed-on-error", detail
    return None
