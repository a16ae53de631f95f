"""Why a file cannot be replaced by a new one: what is done to it while it is written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from codemods.project.source import SourceFile
from codemods.syntax.handlers import handler_types
from codemods.syntax.names import names_bound, qualified_name
from codemods.syntax.scopes import opens_frame
from codemods.syntax.tree import COMPREHENSIONS, FUNCTIONS, Tree

Why = tuple[str, str]
"""A stable reason, and what stands there in words."""

_KEEPERS = re.compile(
    r"^(?:append|add|put|put_nowait|appendleft|push|register|setattr|setdefault|update|Thread|"
    r"Timer|Process|submit|create_task|ensure_future|run_in_executor|Popen|StreamHandler|"
    r"create_subprocess_exec|create_subprocess_shell|enter_context|callback)$"
)
_LOCKS = ("flock", "lockf", "locking", "lock", "acquire")
_SPEAKING = re.compile(
    r"^(?:print|debug|info|warning|warn|error|exception|critical|log|write|writelines|format|"
    r"join|echo|str|repr)$"
)
_SCRATCH = re.compile(r"\b(?:mkstemp|mkdtemp|mktemp|\w*TemporaryFile|TemporaryDirectory)$")
_REMOVES = ("remove", "unlink", "rmtree")
_DEVICES = re.compile(r"""^[rbu]*['"]/(?:dev|proc|sys|run)/|\bdevnull\b""", re.IGNORECASE)
_SPECIAL = re.compile(
    r"(?:^|_)(?:fifo|tty|stdout|stderr|fd|fileno)(?:_|$)|^(?:pipe|device|dev|socket)(?:_path)?$",
    re.IGNORECASE,
)
_LOCK_NAMES = re.compile(r"(?:^|_)lock(?:_?(?:file|path))?$|\.lock$", re.IGNORECASE)
_LOG_NAMES = re.compile(r"(?:^|_)logs?(?:_?(?:file|path|filename))?$|\.log$", re.IGNORECASE)
_COMMAND_LINE = ("args", "arguments", "options", "opts", "namespace", "ns", "parsed")


def why_not_target(source: SourceFile, path: ast.expr) -> Why | None:
    """Why what ``path`` stands for is no file to be replaced."""
    texts = [ast.unparse(path), *(ast.unparse(item) for item in _values(source, path))]
    shown = texts[0]
    if isinstance(path, ast.Constant) and not isinstance(path.value, str):
        return "not-a-path", f"{shown} is no path"
    names = [item.id for item in ast.walk(path) if isinstance(item, ast.Name)]
    names += [item.attr for item in ast.walk(path) if isinstance(item, ast.Attribute)]
    constants = [
        item.value
        for text in texts
        for item in ast.walk(ast.parse(text, mode="eval"))
        if isinstance(item, ast.Constant) and isinstance(item.value, str)
    ]
    if any(_DEVICES.search(repr(text)) for text in constants) or "devnull" in " ".join(texts):
        return "device", f"{shown} may be a device, and a file would take its place"
    if any(_SPECIAL.search(name) for name in names):
        return "device", f"{shown} may be no plain file, and a file would take its place"
    calls = [item for text in texts for item in _calls(text)]
    if any("mkstemp" in item or "fileno" in item or item == "os.open" for item in calls):
        return "device", f"{shown} may be a file that is open already"
    if any(_SCRATCH.search(item) for item in calls):
        return "temporary", f"{shown} is a temporary file: nobody else reads it"
    if any(_LOCK_NAMES.search(text) for text in (*names, *constants)):
        return "lock-file", f"{shown} is there to be locked, and a new file would not be"
    if any(_LOG_NAMES.search(text) for text in (*names, *constants)):
        return "log", f"{shown} is a log, which is read while it grows"
    root = path
    while isinstance(root, (ast.Attribute, ast.Subscript)):
        root = root.value
    if root is not path and isinstance(root, ast.Name) and root.id in _COMMAND_LINE:
        return "from-command-line", f"{shown} is given on the command line, and may be a device"
    if any("sys.argv" in text for text in texts) or _is_option(source, path):
        return "from-command-line", f"{shown} is given on the command line, and may be a device"
    return None


def _is_option(source: SourceFile, path: ast.expr) -> bool:
    """Whether ``path`` is what click or typer hands to a command."""
    around = source.tree.function(path)
    if not isinstance(around, FUNCTIONS) or not isinstance(path, ast.Name):
        return False
    names = [ast.unparse(item).partition("(")[0] for item in around.decorator_list]
    return any(name.rpartition(".")[2] in ("command", "option", "argument") for name in names)


def _calls(text: str) -> list[str]:
    return [
        ast.unparse(item.func)
        for item in ast.walk(ast.parse(text, mode="eval"))
        if isinstance(item, ast.Call)
    ]


def _values(source: SourceFile, path: ast.expr) -> Iterator[ast.expr]:
    """What the names in ``path`` are set to in the function, where that is one value."""
    tree = source.tree
    around = tree.function(path) or tree.module
    wanted = {item.id for item in ast.walk(path) if isinstance(item, ast.Name)}
    for node in tree.within(around, ast.Assign):
        names = names_bound(node)
        if wanted.intersection(names) and node.lineno <= path.lineno:
            yield node.value
    for block in tree.within(around, ast.With):
        for item in block.items:
            if isinstance(item.optional_vars, ast.Name) and item.optional_vars.id in wanted:
                yield item.context_expr


def why_not_block(source: SourceFile, block: ast.With, handle: str, path: ast.expr) -> Why | None:
    """Why the body of ``with open(path, "w") as handle`` cannot write to another file.

    Args:
        path: what is opened, without a ``str()`` around it.
    """
    tree = source.tree
    for node in _inside(block):
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return "yields", f"the block in line {block.lineno} yields while the file is open"
        if isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)):
            return "awaits", f"the block in line {block.lineno} awaits while the file is open"
    for node in tree.within(block, ast.Name):
        if node.id == handle and isinstance(node.ctx, ast.Load):
            why = _why_not_use(tree, node, block)
            if why is not None:
                return why
    return (
        _used_after(tree, block, handle)
        or _in_pieces(source, block, handle)
        or _path_inside(tree, block, path)
    )


def _inside(block: ast.With) -> Iterator[ast.AST]:
    """What the body of ``block`` runs itself, without the definitions in it."""
    stack: list[ast.AST] = list(block.body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (*FUNCTIONS, ast.Lambda, ast.ClassDef)):
            stack += ast.iter_child_nodes(node)


def _why_not_use(tree: Tree, node: ast.Name, block: ast.With) -> Why | None:
    """Why one use of the handle cannot do with that of another file."""
    parent = tree.parent(node)
    line = f"line {node.lineno}"
    child: ast.AST = node
    for ancestor in tree.ancestors(node):
        if ancestor is block:
            break
        if opens_frame(ancestor, child) and not isinstance(ancestor, COMPREHENSIONS):
            return "handle-escapes", f"{node.id} is used in a function of its own ({line})"
        if isinstance(ancestor, ast.Call):
            name = ast.unparse(ancestor.func).rpartition(".")[2]
            if name in _LOCKS:
                return "locked", f"the open file is locked ({line})"
            if _KEEPERS.match(name) and child is not ancestor.func:
                return "handle-escapes", f"{name}() may keep {node.id} ({line})"
        if isinstance(ancestor, (ast.Return, ast.Assign, ast.AnnAssign)):
            why = _kept(ancestor, node)
            if why is not None:
                return why
        child = ancestor
    match parent:
        case ast.Attribute(attr="name"):
            return "name-used", f"{node.id}.name is used ({line})"
        case ast.Attribute(attr="detach" | "buffer" | "raw"):
            return "handle-escapes", f"what is below {node.id} is used ({line})"
        case ast.List() | ast.Tuple() | ast.Dict() | ast.Set() | ast.Starred():
            return "handle-escapes", f"{node.id} is put into something else ({line})"
        case _:
            return None


def _kept(statement: ast.Return | ast.Assign | ast.AnnAssign, node: ast.Name) -> Why | None:
    """Whether a statement keeps the handle, or what was made of it, for later."""
    line = f"line {node.lineno}"
    value = statement.value
    if value is node:
        return "handle-escapes", f"{node.id} is kept under another name ({line})"
    written = isinstance(value, ast.Call) and re.search(
        r"(?:^|\.)(?:\w*dump\w*|write(?!r)\w*|save\w*|copyfileobj|run|call|check_call)$",
        ast.unparse(value.func),
    )
    if isinstance(statement, ast.Return):
        return None if written else ("handle-escapes", f"{node.id} is returned ({line})")
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    if any(isinstance(item, (ast.Attribute, ast.Subscript)) for item in targets) and not written:
        return "handle-escapes", f"{node.id} is kept in {ast.unparse(targets[0])} ({line})"
    return None


def _used_after(tree: Tree, block: ast.With, handle: str) -> Why | None:
    end = block.end_lineno or block.lineno
    around = tree.function(block) or tree.module
    for node in tree.within(around, ast.Name):
        if node.id != handle or not isinstance(node.ctx, ast.Load) or node.lineno <= end:
            continue
        assigned = any(
            isinstance(item.ctx, ast.Store) and item.id == handle and end < item.lineno
            for item in tree.within(around, ast.Name)
            if item.lineno <= node.lineno
        )
        if not assigned:
            return "used-after", f"{handle} is used behind its block (line {node.lineno})"
    return None


def _in_pieces(source: SourceFile, block: ast.With, handle: str) -> Why | None:
    """Whether others are meant to read the file while it grows."""
    tree = source.tree
    for call in tree.within(block, ast.Call):
        name = qualified_name(tree, call.func) or ""
        looped = any(
            isinstance(item, (ast.For, ast.While))
            for item in tree.ancestors(call)
            if item in block.body or block in tree.ancestors(item)
        )
        given = any(isinstance(item, ast.Name) and item.id == handle for item in call.args)
        flushes = ast.unparse(call.func) in (f"{handle}.flush", f"{handle}.fsync")
        if looped and (flushes or (given and name in ("pickle.dump", "marshal.dump"))):
            text = ast.unparse(call.func)
            return "in-pieces", f"{text}() stands in a loop: the file is read while it grows"
        says = any(i.arg == "flush" and ast.unparse(i.value) == "True" for i in call.keywords)
        if looped and says and name == "builtins.print":
            return "in-pieces", "print() flushes in a loop: the file is read while it grows"
        if name.startswith(("os._exit", "os.exec", "os.abort")):
            return "leaves", f"{name}() in the block would leave without the new file"
        if name in ("time.sleep", "subprocess.Popen"):
            return "in-pieces", f"{name}() stands in the block: the file is read while it grows"
    for loop in tree.within(block, ast.While):
        if isinstance(loop.test, ast.Constant) and loop.test.value:
            leaves = any(isinstance(item, (ast.Break, ast.Return)) for item in ast.walk(loop))
            if not leaves:
                return "in-pieces", "the block has a loop without an end"
    return None


def _path_inside(tree: Tree, block: ast.With, path: ast.expr) -> Why | None:
    """Whether the body does something else to the file that is written."""
    text = ast.unparse(path)
    for statement in block.body:
        for node in ast.walk(statement):
            if not isinstance(node, type(path)) or isinstance(node, ast.Constant):
                continue
            if ast.unparse(node) == text and not _only_named(tree, node, block):
                return "path-used", f"{text} is used while it is written (line {node.lineno})"
    return None


def _only_named(tree: Tree, node: ast.AST, block: ast.With) -> bool:
    """Whether a path stands in a text, is returned, or is given to a call that only says it."""
    if isinstance(tree.parent(node), ast.Return):
        return True
    for ancestor in tree.ancestors(node):
        if ancestor is block:
            return False
        if isinstance(ancestor, ast.JoinedStr):
            return True
        if isinstance(ancestor, ast.Call):
            last = ast.unparse(ancestor.func).rpartition(".")[2]
            return _SPEAKING.match(last) is not None
        if isinstance(ancestor, ast.Attribute) and ancestor.attr in ("name", "stem", "suffix"):
            return True
    return False


def removed_on_error(source: SourceFile, node: ast.AST, path: ast.expr) -> Why | None:
    """Whether a handler around ``node`` removes the file: it would then remove the old one."""
    tree, text = source.tree, ast.unparse(path)
    child: ast.AST = node
    for ancestor in tree.ancestors(node):
        if isinstance(ancestor, ast.Try) and child in ancestor.body:
            for handler in ancestor.handlers:
                for call in (item for item in ast.walk(handler) if isinstance(item, ast.Call)):
                    name = ast.unparse(call.func)
                    given = [ast.unparse(item) for item in call.args]
                    if name.rpartition(".")[2] in _REMOVES and (
                        text in given or name.rpartition(".")[0] == text
                    ):
                        types = ", ".join(handler_types(handler)) or "everything"
                        detail = f"the handler for {types} removes {text}: it would be the old file"
                        return "removed-on-error", detail
        if opens_frame(ancestor, child):
            return None
        child = ancestor
    return None
