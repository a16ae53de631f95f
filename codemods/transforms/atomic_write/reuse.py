"""How the project's own helper is called in place of a write."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from codemods.analysis.names.index import index_of
from codemods.codemod import AddImport
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.names import qualified_name
from codemods.syntax.parts import default_of, keyword_value, parameters_of, positional_of
from codemods.transforms.atomic_write.helpers import Helper
from codemods.transforms.atomic_write.writes import Writing

_NONE = "None"
_PATH, _TEXT = "pathlib.Path", "builtins.str"
_JSON_DEFAULTS = {
    "skipkeys": "False",
    "ensure_ascii": "True",
    "check_circular": "True",
    "allow_nan": "True",
    "cls": _NONE,
    "indent": _NONE,
    "separators": _NONE,
    "default": _NONE,
    "sort_keys": "False",
}
"""The keywords of :func:`json.dump` with what they are when they are not given."""


def called_instead(
    source: SourceFile, helper: Helper, made: Writing, block: ast.With | None
) -> str | None:
    """The arguments, in parentheses, of a call of ``helper`` that writes the same.

    Args:
        made: the write, or what opens the file of ``block``.
        block: the ``with`` statement, for a write that opens the file.

    Returns:
        ``None`` where the helper would write something else, or would not take it.
    """
    if helper.kind in ("path", "handle") or made.by_name:
        # A helper for a ``with`` statement leaves the block as it is.
        return None
    path = source.segment(made.target)
    written = _content(source, made, block)
    if written is None:
        return None
    if helper.kind == "json":
        return _as_json(source, helper, made, path, written)
    binary = "b" in (made.mode or "")
    if isinstance(written, ast.Call) and block is not None and _is_dump(source, written):
        # ``json.dump(x, handle)`` streams what ``json.dumps(x)`` gives.
        content = _dumps(source, written)
    else:
        content = source.segment(written)
    if content is None or binary != (helper.kind == "bytes"):
        return None
    if binary:
        return f"({path}, {content})"
    encoding = _encoding(helper, made)
    return None if encoding is None else f"({path}, {content}{encoding})"


def takes(
    project: Project, source: SourceFile, helper: Helper, target: ast.expr, *, as_path: bool
) -> bool:
    """Whether ``helper`` can do with ``target``, which is a path of :mod:`pathlib` or a text.

    Args:
        as_path: it is a path for sure.
    """
    wanted = _wanted(helper)
    kind = index_of(project).type_of(source, target)
    return kind == wanted or wanted == "either" or (as_path and wanted == _PATH)


def _wanted(helper: Helper) -> str:
    """The type that a helper wants for its first parameter, or ``either``."""
    [first, *_] = positional_of(helper.node.args)
    words = set(re.findall(r"\w+", ast.unparse(first.annotation))) if first.annotation else set()
    if words & {"PathLike", "StrPath", "AnyPath"} or {"str", "Path"} <= words:
        return "either"
    if words & {"str", "Path"}:
        return _PATH if "Path" in words else _TEXT
    for node in ast.walk(helper.node):
        match node:
            case (
                ast.Attribute(value=ast.Name(id=name))
                | ast.BinOp(left=ast.Name(id=name), op=ast.Div())
            ) if name == first.arg:
                return _PATH
            case ast.BinOp(left=ast.Name(id=name)) if name == first.arg:
                return _TEXT
            case ast.Call(func=ast.Name(id=called), args=[ast.Name(id=name), *_]) if (
                name == first.arg and called not in ("Path", "str", "open")
            ):
                # What another function wants is not looked for.
                return _PATH
    return "either"


def is_near(project: Project, source: SourceFile, imports: Sequence[AddImport]) -> bool:
    """Whether an import is one that ``source`` would do: of its own package, or of one that it
    imports from already. What merely can be found from there may belong to another program."""
    own = _topmost(project, source.path)
    roots = {own} if own else set()
    for alias in source.tree.of(ast.alias):
        statement = source.tree.parent(alias)
        if isinstance(statement, ast.ImportFrom):
            roots.add((statement.module or "").partition(".")[0] if not statement.level else "")
        else:
            roots.add(alias.name.partition(".")[0])
    return all(item.module.partition(".")[0] in {*roots, ""} for item in imports)


def _topmost(project: Project, path: str) -> str:
    """The name of the topmost package around a file, ``""`` where it stands in none."""
    folder, name = path.rpartition("/")[0], ""
    while folder and project.modules.is_package(folder):
        folder, _, name = folder.rpartition("/")
    return name


def opened_instead(source: SourceFile, helper: Helper, made: Writing) -> bool:
    """Whether ``helper`` gives a handle, and takes the very arguments that ``open()`` is given."""
    plain = qualified_name(source.tree, made.call.func) in ("builtins.open", "io.open")
    if helper.kind != "handle" or not plain or made.keyword is not None:
        return False
    arguments = helper.node.args
    positional = [item.arg for item in positional_of(arguments)]
    # The path comes first under any name; the mode and what follows have those of open().
    following = ["mode", "buffering", "encoding", "errors", "newline"][: len(made.call.args) - 1]
    if positional[1 : len(made.call.args)] != following:
        return False
    keywords = {item.arg for item in made.call.keywords}
    taken = {*positional[1:], *(item.arg for item in arguments.kwonlyargs)}
    return None not in keywords and (arguments.kwarg is not None or keywords <= taken)


def _content(source: SourceFile, made: Writing, block: ast.With | None) -> ast.expr | None:
    """What is written, where all of it is one expression: the call itself for a dump."""
    allowed = {"mode", "file", "encoding", "data"}
    if any(item.arg not in allowed for item in made.call.keywords):
        return None
    if block is None:
        values = [*made.call.args, *(i.value for i in made.call.keywords if i.arg == "data")]
        if len(values) != 1 or isinstance(values[0], ast.Starred):
            return None
        return values[0]
    if len(made.call.args) > 2 or len(block.items) != 1 or len(block.body) != 1:
        return None
    if "#" in source.segment(block):
        # A comment in the block would be lost with it.
        return None
    handle = ast.unparse(block.items[0].optional_vars) if block.items[0].optional_vars else ""
    match block.body[0]:
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(value=ast.Name(id=name), attr="write"), args=[x], keywords=[]
            )
        ) if name == handle and not isinstance(x, ast.Starred):
            return x
        case ast.Expr(value=ast.Call(args=[_, ast.Name(id=name)]) as call) if name == handle:
            return call if _is_dump(source, call) else None
    return None


def _is_dump(source: SourceFile, call: ast.Call) -> bool:
    return qualified_name(source.tree, call.func) == "json.dump" and len(call.args) == 2


def _dumps(source: SourceFile, call: ast.Call) -> str | None:
    if not isinstance(call.func, ast.Attribute) or any(item.arg is None for item in call.keywords):
        return None
    given = [source.segment(call.args[0]), *(source.segment(item) for item in call.keywords)]
    return f"{source.segment(call.func)}s({', '.join(given)})"


def _parameters(helper: Helper) -> dict[str, str | None]:
    """The optional parameters of a helper, with their defaults as text."""
    arguments = helper.node.args
    found: dict[str, str | None] = {item.arg: None for item in arguments.kwonlyargs}
    for item in parameters_of(arguments):
        default = default_of(arguments, item)
        if default is not None:
            found[item.arg] = ast.unparse(default)
    return found


def _as_json(
    source: SourceFile, helper: Helper, made: Writing, path: str, written: ast.expr
) -> str | None:
    if not isinstance(written, ast.Call) or not _is_dump(source, written):
        return None
    taken = {**(_JSON_DEFAULTS if helper.node.args.kwarg else {}), **_parameters(helper)}
    given = {item.arg: source.segment(item.value) for item in written.keywords}
    if None in given or not set(given) <= set(taken) & set(_JSON_DEFAULTS):
        return None
    wide = given.get("ensure_ascii", "True") == "False" or "default" in given or "cls" in given
    if wide and _encoding(helper, made) is None:
        # What is not ASCII depends on the encoding, and whether that is the helper's is not said.
        return None
    parts = [path, source.segment(written.args[0])]
    for name, plain in _JSON_DEFAULTS.items():
        if name in given:
            parts.append(f"{name}={given[name]}")
        elif taken.get(name, plain) != plain:
            parts.append(f"{name}={plain}")
    fixed = _dumped_with(helper)
    # What the helper gives to json.dump() by itself must be what this call gives.
    if any(given.get(name, _JSON_DEFAULTS.get(name)) != value for name, value in fixed.items()):
        return None
    return f"({', '.join(parts)})"


def _dumped_with(helper: Helper) -> dict[str, str]:
    """The keywords that a helper gives to :func:`json.dump` whatever it was called with."""
    own = set(_parameters(helper))
    return {
        keyword.arg: ast.unparse(keyword.value)
        for call in ast.walk(helper.node)
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("dump")
        for keyword in call.keywords
        if keyword.arg is not None and ast.unparse(keyword.value) not in own
    }


def _encoding(helper: Helper, made: Writing) -> str | None:
    """The argument for the encoding, ``""`` where none is needed, ``None`` where none fits."""
    given = keyword_value(made.call, "encoding")
    wanted = ast.unparse(given) if given is not None else _NONE
    taken = _parameters(helper)
    if "encoding" in taken:
        return "" if taken["encoding"] == wanted else f", encoding={wanted}"
    calls = [item for item in ast.walk(helper.node) if isinstance(item, ast.Call)]
    values = [keyword_value(call, "encoding") for call in calls]
    used = {ast.unparse(item) for item in values if item is not None} or {_NONE}
    return "" if used == {wanted} else None
