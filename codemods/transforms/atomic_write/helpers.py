"""The functions of a project that replace a file whole."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from codemods.analysis.names.values import decorator_names
from codemods.project.paths import is_test
from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.syntax.dotted import last_part
from codemods.syntax.names import qualified_name
from codemods.syntax.parts import positional_of, values_given
from codemods.tables import words

HelperKind = Literal["path", "handle", "text", "bytes", "json"]

_UNIQUE = (b"mkstemp", b"NamedTemporaryFile", b"uuid4", b"getpid", b"token_hex")
_MOVES = ("os.replace", "os.rename")
_STAGING = tuple(words("tmp temp part stag swap new written atomic"))
"""Of ``x.replace(y)`` and ``x.rename(y)``, what ``x`` must say to be a file and no data frame."""
PATH_WORDS = frozenset(words("path file filename filepath target dest destination dst"))
"""Words in the names of parameters that take a path."""
_MAKE_PATHS = (".with_name(", ".with_suffix(", ".with_stem(")
_CONTENT_FIRST = frozenset(words("content contents data text body payload blob buf buffer raw"))
_CONTENT_LAST = ("_bytes", "_text", "_content", "_data")
_CONTENT_NAMES = frozenset(words("obj value document object"))


@dataclass(frozen=True, slots=True)
class Helper:
    """A function of the project that replaces the file of its first argument."""

    source: SourceFile
    node: ast.FunctionDef
    kind: HelperKind
    """What it gives or takes: a ``with`` block gets the path of a temporary file or the handle of
    one, a call takes the text, the bytes or an object for :mod:`json`."""

    @property
    def keeps_suffix(self) -> bool:
        """Whether the temporary file has the suffix of the other."""
        return ".suffix" in ast.unparse(self.node)

    @property
    def gives_path(self) -> bool:
        """Whether what its block gets is a path of :mod:`pathlib`, and no text."""
        if self.node.returns is not None:
            return re.search(r"\bPath\b", ast.unparse(self.node.returns)) is not None
        given = {
            ast.unparse(item.value)
            for item in ast.walk(self.node)
            if isinstance(item, ast.Yield) and item.value is not None
        }
        return any(
            isinstance(item, ast.Assign)
            and given & {ast.unparse(target) for target in item.targets}
            and _makes_path(ast.unparse(item.value))
            for item in ast.walk(self.node)
        )


def helpers(project: Project, source: SourceFile) -> Iterator[Helper]:
    """The project's own helpers that ``source`` can call, those of the file itself first.

    A helper is a function at the top of a module that makes a temporary file with a name of its
    own and renames it. One that begins with an underscore belongs to its module.
    """
    others = [item for item in project.containing(*_UNIQUE) if item.path != source.path]
    for file in (source, *others):
        if is_test(file.path) or not file.path.endswith(".py"):
            continue
        if b"replace(" not in file.data and b"rename(" not in file.data:
            continue
        tree = readable(file)
        for statement in tree.module.body if tree is not None else ():
            if isinstance(statement, ast.FunctionDef):
                hidden = file is not source and statement.name.startswith("_")
                kind = _kind(file, statement) if not hidden else None
                if kind is not None:
                    yield Helper(file, statement, kind)


def replaces(source: SourceFile, node: ast.AST) -> bool:
    """Whether ``node``, or a function of the same module that it calls, renames a file."""
    return any(
        moved(source, call) is not None
        for part in _parts(source, node)
        for call in ast.walk(part)
        if isinstance(call, ast.Call)
    )


def _parts(source: SourceFile, node: ast.AST) -> list[ast.AST]:
    """``node`` and the functions at the top of its module that it calls, itself or by others."""
    top = {item.name: item for item in source.tree.module.body if isinstance(item, ast.FunctionDef)}
    found, waiting = [node], [node]
    while waiting:
        for item in ast.walk(waiting.pop()):
            match item:
                case ast.Call(func=ast.Name(id=name)) if name in top and top[name] not in found:
                    found.append(top[name])
                    waiting.append(top[name])
    return found


def moved(source: SourceFile, call: ast.Call) -> tuple[ast.expr, ast.expr] | None:
    """From where to where ``call`` renames a file."""
    name = qualified_name(source.tree, call.func)
    if name in (*_MOVES, "shutil.move") and len(call.args) == 2:
        return call.args[0], call.args[1]
    match call:
        # ``str.replace`` has two arguments.
        case ast.Call(
            func=ast.Attribute(value=start, attr="replace" | "rename"), args=[end], keywords=[]
        ) if name is None and _is_staging(ast.unparse(start)):
            return start, end
    return None


def _kind(source: SourceFile, node: ast.FunctionDef) -> HelperKind | None:
    text = "\n".join(ast.unparse(part) for part in _parts(source, node))
    if not any(word.decode() in text for word in _UNIQUE) or not replaces(source, node):
        return None
    positional = positional_of(node.args)
    required = positional[: len(positional) - len(node.args.defaults)]
    if None in node.args.kw_defaults or not positional or not _takes_path(positional[0].arg):
        return None
    if any(last_part(name) == "contextmanager" for name in decorator_names(node)):
        return _yielded(source, node) if len(required) == 1 else None
    if node.decorator_list or len(required) != 2 or not _takes_content(required[1].arg):
        return None
    return _taken(source, node, required[1])


def _makes_path(value: str) -> bool:
    return value.removeprefix("pathlib.").startswith("Path(") or any(
        part in value for part in _MAKE_PATHS
    )


def _is_staging(path: str) -> bool:
    return any(word in path.lower() for word in _STAGING)


def _takes_path(name: str) -> bool:
    return name == "name" or not PATH_WORDS.isdisjoint(name.split("_"))


def _takes_content(name: str) -> bool:
    is_content = name in _CONTENT_NAMES or name.endswith(_CONTENT_LAST)
    return is_content or name.partition("_")[0] in _CONTENT_FIRST


def _yielded(source: SourceFile, node: ast.FunctionDef) -> HelperKind | None:
    values = [item.value for item in ast.walk(node) if isinstance(item, ast.Yield)]
    if len(values) != 1 or not isinstance(values[0], ast.Name):
        return None
    given = values[0].id
    for item in ast.walk(node):
        match item:
            case ast.withitem(optional_vars=ast.Name(id=name)) if name == given:
                return "handle"
            case ast.Assign(targets=targets, value=ast.Call(func=function)):
                called = last_part(qualified_name(source.tree, function) or "")
                names = [target.id for target in targets if isinstance(target, ast.Name)]
                if given in names and called in ("open", "fdopen", "NamedTemporaryFile"):
                    return "handle"
    return "path"


def _taken(source: SourceFile, node: ast.FunctionDef, content: ast.arg) -> HelperKind | None:
    """What a helper with the arguments path and content writes."""
    calls = [item for item in ast.walk(node) if isinstance(item, ast.Call)]
    if any(qualified_name(source.tree, call.func) == "json.dump" for call in calls):
        return "json"
    annotation = ast.unparse(content.annotation) if content.annotation else ""
    modes = {
        item.value
        for call in calls
        for item in values_given(call)
        if isinstance(item, ast.Constant) and item.value in ("w", "wb", "wt", "w+b")
    }
    methods = {call.func.attr for call in calls if isinstance(call.func, ast.Attribute)}
    binary = bool(modes & {"wb", "w+b"}) or "write_bytes" in methods
    textual = bool(modes & {"w", "wt"}) or "write_text" in methods
    if binary and not textual and annotation in ("", "bytes"):
        # A helper that encodes a text writes bytes as well.
        return None if "encode" in methods else "bytes"
    if textual and not binary and annotation in ("", "str"):
        return "text"
    return None
