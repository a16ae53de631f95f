"""What is written to a file: the calls that do it, and in which mode."""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from codemods.analysis.names.index import index_of
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name
from codemods.syntax.names import qualified_name
from codemods.syntax.scopes import imported_name
from codemods.syntax.tree import FUNCTIONS, Tree
from codemods.tables import words
from codemods.transforms.atomic_write.helpers import PATH_WORDS

_OPENS = ("builtins.open", "io.open", "codecs.open")
_OTHER_OPENS = (
    *("gzip.open", "bz2.open", "lzma.open", "tarfile.open", "shelve.open", "dbm.open", "wave.open"),
    *("os.open", "os.fdopen", "aiofiles.open", "anyio.open_file", "fsspec.open", "smart_open.open"),
)
_WRITES = ("write_text", "write_bytes")
_PATHS = ("pathlib.Path", "pathlib.PosixPath", "pathlib.WindowsPath")
_RIVALS = frozenset(words("zipfile upath cloudpathlib anyio aiopath fsspec"))
"""Names of imported classes that have the methods of a path, and of modules that have such."""

Part = Literal["argument", "receiver"]
_Wants = Literal["path", "text", "unknown"]


@dataclass(frozen=True, slots=True)
class Writing:
    """A call that writes to a file, or opens one for it."""

    call: ast.Call
    path: ast.expr
    """What is written to, as it is given: with the ``str()`` around it, if there is one."""
    part: Part
    """Whether the path is an argument of the call, or what its method is called on."""
    keyword: str | None
    """The keyword under which it is given."""
    mode: str | None
    """As for :func:`open`; ``None`` for one that is not a literal."""
    opens: bool
    """Whether the call gives a handle, or writes all of it by itself."""
    by_name: bool = False
    """Whether it is known to write only from the finding: the file's suffix may matter to it."""
    wants: _Wants = "path"
    """What it must be given instead: what has a ``str()`` around it keeps that."""

    @property
    def only_reads(self) -> bool:
        """Whether nothing is written after all."""
        return self.mode is not None and not _writes(self.mode)

    @property
    def unbuffered(self) -> bool:
        """Whether each write, or each line, is seen at once."""
        start = 2 if self.part == "argument" else 1
        given = [item.value for item in self.call.keywords if item.arg == "buffering"]
        if self.opens and not self.by_name:
            given += self.call.args[start : start + 1]
        return any(isinstance(item, ast.Constant) and item.value in (0, 1) for item in given)

    @property
    def target(self) -> ast.expr:
        """The path without the ``str()`` around it."""
        return without_str(self.path)


def without_str(path: ast.expr) -> ast.expr:
    """``path`` without a ``str()`` around it."""
    match path:
        case ast.Call(func=ast.Name(id="str"), args=[inner], keywords=[]) if not isinstance(
            inner, ast.Starred
        ):
            return inner
    return path


def writing(
    project: Project, source: SourceFile, call: ast.Call, writers: Collection[str]
) -> Writing | str | None:
    """What ``call`` writes to.

    Args:
        writers: last names of functions and classes that are known to write files.

    Returns:
        ``None`` for what writes nothing, and a text for what opens a file in a way of its own.
    """
    function = call.func
    name = qualified_name(source.tree, function)
    mode: str | None
    if name in _OPENS:
        path = _argument(call, 0, "file", "filename")
        if path is None:
            return "the file to write is not named"
        return Writing(call, path[0], "argument", path[1], _mode(call, 1), True)
    if name in _OTHER_OPENS and _writes(_mode(call, 1)):
        return f"{name}() opens files in its own way"
    last = last_name(function)
    if isinstance(function, ast.Attribute) and name is None:
        if function.attr in _WRITES:
            mode = "w" if function.attr == "write_text" else "wb"
            whole: _Wants = "path" if _is_path(project, source, function.value) else "unknown"
            return Writing(call, function.value, "receiver", None, mode, False, False, whole)
        if function.attr == "open":
            mode = _mode(call, 0)
            if mode is None or mode.strip("rwaxbt+U") or not mode:
                return None
            known = not _writes(mode) or _is_path(project, source, function.value)
            wants: _Wants = "path" if known else "unknown"
            return Writing(call, function.value, "receiver", None, mode, True, False, wants)
    if last in writers and call.args and not isinstance(call.args[0], ast.Starred):
        return _by_name(project, source, call)
    return None


def _writes(mode: str | None) -> bool:
    return mode is None or any(letter in mode for letter in "wax+")


def _by_name(project: Project, source: SourceFile, call: ast.Call) -> Writing | None:
    """A call of which only the finding says that it writes to its first argument."""
    refs = index_of(project).definition_of(source, call.func)
    for ref in refs:
        if not isinstance(ref.node, FUNCTIONS):
            return None
        names = [item.arg for item in ref.node.args.args if item.arg not in ("self", "cls")]
        if not names or names[0].rpartition("_")[2] not in PATH_WORDS or ref.is_async:
            return None
    mode = _mode(call, 1)
    opens = mode in ("w", "wb", "w+", "x") and not refs
    if not refs and not opens:
        # What a foreign function does with its first argument is not known.
        return None
    path = call.args[0]
    kind = index_of(project).type_of(source, path)
    wants: _Wants = "path"
    if without_str(path) is path and kind not in _PATHS:
        wants = "text" if kind == "builtins.str" else "unknown"
    return Writing(call, path, "argument", None, mode if opens else "w", opens, True, wants)


def _argument(call: ast.Call, index: int, *names: str) -> tuple[ast.expr, str | None] | None:
    if any(isinstance(item, ast.Starred) for item in call.args[: index + 1]):
        return None
    if len(call.args) > index:
        return call.args[index], None
    return next(((item.value, item.arg) for item in call.keywords if item.arg in names), None)


def _mode(call: ast.Call, index: int) -> str | None:
    """The mode of a call like :func:`open`, ``None`` where it is not a literal."""
    starred = any(isinstance(item, ast.Starred) for item in call.args)
    if starred or any(item.arg is None for item in call.keywords):
        return None
    match _argument(call, index, "mode"):
        case None:
            return "r"
        case (ast.Constant(value=str() as mode), _):
            return mode
    return None


def _is_path(project: Project, source: SourceFile, node: ast.expr) -> bool:
    """Whether ``node`` is a path of :mod:`pathlib`, and no other that has its methods (in an
    archive, in a bucket).

    Where its type is not known, the file has to import :mod:`pathlib`, and nothing else that is
    called a path.
    """
    kind = index_of(project).type_of(source, node)
    if kind is not None:
        return kind in _PATHS
    if isinstance(node, ast.Call) and qualified_name(source.tree, node.func) not in (None, *_PATHS):
        return False
    imported = [
        (alias.asname or alias.name, imported_name(source.tree, alias))
        for alias in source.tree.of(ast.alias)
    ]
    if any(_is_rival(name) and meaning not in _PATHS for name, meaning in imported):
        return False
    return any(meaning == "pathlib" or meaning in _PATHS for _, meaning in imported)


def _is_rival(name: str) -> bool:
    before = name.removesuffix("Path")
    is_path = before != name and (not before or before[-1].islower() or before[-1] == ".")
    return is_path or name in _RIVALS


def surrounding(tree: Tree, node: ast.AST) -> ast.AST:
    """The function that runs ``node``, else the module."""
    return tree.function(node) or tree.module
