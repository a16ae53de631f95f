"""The folder that a path must not leave: from a finding's words to an expression."""

from __future__ import annotations

import ast
import re

from codemods.analysis.names.constants import definition_in, homes
from codemods.project.paths import is_test
from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.rewriting.reach import Reached, reach, spelled
from codemods.syntax.names import binding_of, qualified_name

_HOME = "~"
_DEPTH = 3
_SAME = ("resolve", "absolute", "expanduser")


def root_at(project: Project, source: SourceFile, at: ast.AST, said: str) -> Reached | str:
    """What ``said`` is where ``at`` stands, else why it cannot be told, in words.

    Args:
        said: ``~/covers``, ``/srv/covers``, the name of a constant or setting, or a ``Path``
            expression.
    """
    path = reach(source, at, "pathlib", "Path")
    if isinstance(path, str):
        return f"Path cannot be imported: {path}"
    if re.fullmatch(r"(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*", said):
        named = _named(project, source, at, said)
        if isinstance(named, str):
            return named
        return Reached(f"{path.text}({named.text})", (*path.imports, *named.imports))
    parts = _parts_said(said)
    if parts is None:
        return f"`{said}` is not a path or a name for a folder"
    constant = _constant(project, source, at, parts)
    if constant is not None:
        return constant
    text = f"{path.text}.home()" if parts[0] == _HOME else f'{path.text}("{parts[0]}")'
    if parts[0] != _HOME and len(parts) > 1:
        # Nobody writes ``Path("/") / "srv" / "covers"``.
        return Reached(f'{path.text}("/{"/".join(parts[1:])}")', path.imports)
    return Reached("".join([text, *(f' / "{part}"' for part in parts[1:])]), path.imports)


def _named(project: Project, source: SourceFile, at: ast.AST, said: str) -> Reached | str:
    """A constant or setting, by its name."""
    head, _, rest = said.partition(".")
    if binding_of(source.tree, head, at).kind not in ("unknown", "builtin"):
        return Reached(said)
    if rest:
        return f"{head} is not defined in this file"
    found = homes(project, said)
    if len(found) != 1:
        where = " and ".join(item.path for item in found)
        return f"{said} is {f'defined in {where}' if where else 'not defined'}"
    made = spelled(project, source, at, found[0], said)
    return made if isinstance(made, str) else Reached(*made)


def _parts_said(said: str) -> tuple[str, ...] | None:
    parts: tuple[str, ...] | None
    if re.fullmatch(r"~(?:/[\w. -]+)*|/[\w. -]+(?:/[\w. -]+)*", said):
        parts = _split(said)
    else:
        try:
            parsed = ast.parse(said, mode="eval").body
        except SyntaxError:
            return None
        parts = _parts(None, parsed)
    return parts if parts is not None and ".." not in parts else None


def _constant(
    project: Project, source: SourceFile, at: ast.AST, parts: tuple[str, ...]
) -> Reached | None:
    """A constant of the project that is this very folder, this file's own first."""
    last = parts[-1].encode()
    if len(parts) < 2:
        return None
    sources = [item for item in project.containing(last) if not is_test(item.path)]
    for home in sorted(sources, key=lambda item: item.path != source.path):
        tree = readable(home)
        for statement in tree.module.body if tree is not None else ():
            match statement:
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=value)
                    | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                ) if _is_path(home, value) and _parts(home, value) == parts:
                    pass
                case _:
                    continue
            hidden = home.path == source.path and binding_of(home.tree, name, at).kind != "module"
            if hidden or definition_in(home.tree, name) is None:
                continue
            made = spelled(project, source, at, home, name)
            if not isinstance(made, str):
                return Reached(*made)
    return None


def _is_path(source: SourceFile, node: ast.expr, depth: int = 0) -> bool:
    """Whether the value is a ``Path`` and no text."""
    while isinstance(node, ast.BinOp):
        node = node.left
    if isinstance(node, ast.Name):
        found = definition_in(source.tree, node.id)
        if found is None or found.value is None or depth > _DEPTH:
            return False
        return _is_path(source, found.value, depth + 1)
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if (qualified_name(source.tree, node.func) or "").startswith("pathlib."):
            return True
        node = node.func.value
    return isinstance(node, ast.Call) and qualified_name(source.tree, node.func) == "pathlib.Path"


def _split(text: str) -> tuple[str, ...]:
    parts = tuple(part for part in text.split("/") if part and part != ".")
    return ("/", *parts) if text.startswith("/") else parts


def _parts(source: SourceFile | None, node: ast.expr, depth: int = 0) -> tuple[str, ...] | None:
    """The parts of the folder that an expression is, ``None`` where it is more than constants.

    ``~`` for the home folder; a ``"~/x"`` that nobody expands is a folder of that very name.
    """

    def inner(item: ast.expr) -> tuple[str, ...] | None:
        return _parts(source, item, depth + 1)

    if depth > _DEPTH * 4:
        return None
    match node:
        case ast.Constant(value=str(text)):
            parts = _split(text)
            return ("./~", *parts[1:]) if parts[:1] == (_HOME,) else parts
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _joined([inner(left), inner(right)])
        case ast.Call(func=ast.Attribute(attr="home"), args=[]):
            return (_HOME,)
        case ast.Call(func=ast.Attribute(value=value, attr=method), args=args):
            if method == "expanduser":
                told = inner(args[0] if args else value)
                return (_HOME, *told[1:]) if told and told[0] == "./~" else told
            if method in _SAME and not args:
                return inner(value)
            if method == "joinpath":
                return _joined([inner(value), *(inner(item) for item in args)])
            if ast.unparse(node.func) == "os.path.join":
                return _joined([inner(item) for item in args])
            if ast.unparse(node.func) == "pathlib.Path":
                return _joined([inner(item) for item in args])
        case ast.Call(func=ast.Name(id="Path"), args=[_, *_] as args, keywords=[]):
            return _joined([inner(item) for item in args])
        case ast.Name(id=name) if source is not None:
            found = definition_in(source.tree, name)
            return inner(found.value) if found is not None and found.value is not None else None
    return None


def _joined(parts: list[tuple[str, ...] | None]) -> tuple[str, ...] | None:
    found: list[str] = []
    for item in parts:
        if item is None or (found and item[:1] in (("/",), (_HOME,))):
            return None
        found += item
    return tuple(found) or None
