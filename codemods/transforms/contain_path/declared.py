"""What is declared of a value: a text or a path, and whether it may be missing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import Known
from codemods.project.paths import is_test
from codemods.project.project import Project
from codemods.syntax.dotted import last_part
from codemods.syntax.parts import default_of, keyword_value, parameters_of
from codemods.syntax.scopes import scope_table
from codemods.transforms.contain_path.uses import Uses

_PATHS = ("Path", "PurePath", "PosixPath", "FilePath", "DirectoryPath")
_WRAPPERS = ("Mapped", "Annotated", "Optional", "Union")


@dataclass(frozen=True, slots=True)
class Declared:
    """What an annotation says of a value."""

    is_text: bool = False
    is_path: bool = False
    optional: bool = False
    given: bool = False
    """It is a column that cannot be empty."""

    @property
    def known(self) -> bool:
        """Whether there is an annotation that says what it is."""
        return self.is_text or self.is_path


def declared(project: Project, uses: Uses) -> Declared | str:
    """What is declared of the value; the annotation itself where it is no path at all."""
    annotation, default = _annotation(project, uses)
    if annotation is None:
        # What is known of an expression says nothing of ``None``, which it may be as well.
        kind = index_of(project).type_of(uses.source, uses.nodes[0])
        is_path = kind == "pathlib.Path" or _is_used_as_path(uses)
        return Declared(kind == "builtins.str", is_path, True, _is_not_null(default))
    names = set(_names(annotation))
    optional = "None" in names or (isinstance(default, ast.Constant) and default.value is None)
    kinds = names - {"None"}
    if kinds == {"str"}:
        return Declared(is_text=True, optional=optional)
    if kinds and kinds <= {*_PATHS}:
        return Declared(is_path=True, optional=optional)
    if kinds <= {"str", "PathLike", "Any", "StrPath", *_PATHS}:
        return Declared(is_path=_is_used_as_path(uses), optional=optional or kinds <= {"Any"})
    return ast.unparse(annotation)


def _is_used_as_path(uses: Uses) -> bool:
    """Whether something is asked of the value that only a ``Path`` has."""
    for node in uses.nodes:
        match uses.tree.parent(node):
            case ast.Attribute(attr=name) if hasattr(PurePath, name) or hasattr(Path, name):
                if not hasattr(str, name):
                    return True
            case ast.BinOp(left=left, op=ast.Div()) if left is node:
                return True
    return False


_Declaration = tuple[ast.expr | None, ast.expr | None]
"""An annotation and a value, as far as there are any."""


def _annotation(project: Project, uses: Uses) -> _Declaration:
    node: ast.AST | None = uses.nodes[0]
    if isinstance(node, ast.Name):
        for parameter in parameters_of(uses.function.args):
            if parameter.arg == node.id:
                return parameter.annotation, default_of(uses.function.args, parameter)
        # ``request.path`` of the only ``name = request.path``.
        binders = scope_table(uses.tree).binders(uses.function, node.id)
        statement = uses.tree.parent(binders[0]) if len(binders) == 1 else None
        node = statement.value if isinstance(statement, ast.Assign) else None
    if not isinstance(node, ast.Attribute):
        return None, None
    resolver = index_of(project).resolver
    values = resolver.evaluate(node.value, resolver.context(uses.source, node)) or ()
    for value in values:
        if not isinstance(value, Known) or not isinstance(value.ref.node, ast.ClassDef):
            continue
        for base in (value, *resolver.classes.lineage(value.ref)):
            if isinstance(base, Known) and isinstance(base.ref.node, ast.ClassDef):
                found = _field(base.ref.node, node.attr)
                if found is not None and found[0] is not None:
                    return found
    return (None, None) if values else _of_namesake(project, node)


def _of_namesake(project: Project, node: ast.Attribute) -> _Declaration:
    """What a class ``Track`` of the project says of ``track.filepath``, if there is just one.

    The name of the class is a guess; at stake is only whether the check asks for ``None`` first,
    and whether the value is made a text once more.
    """
    base = last_part(ast.unparse(node.value))
    name = "".join(word.capitalize() for word in base.split("_"))
    found = [
        item
        for ref in (index_of(project).definitions(name) if name else ())
        if isinstance(ref.node, ast.ClassDef)
        and not is_test(ref.path)
        and (item := _field(ref.node, node.attr)) is not None
    ]
    return found[0] if len(found) == 1 else (None, None)


def _field(node: ast.ClassDef, name: str) -> _Declaration | None:
    for item in node.body:
        match item:
            case ast.AnnAssign(target=ast.Name(id=target), annotation=annotation, value=value):
                if target == name:
                    return annotation, value
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                return None, value
    return None


def _is_not_null(value: ast.expr | None) -> bool:
    """``Column(String, nullable=False)``."""
    given = keyword_value(value, "nullable") if isinstance(value, ast.Call) else None
    return isinstance(given, ast.Constant) and given.value is False


def _names(annotation: ast.expr) -> Iterator[str]:
    """The last words of the types that an annotation allows."""
    match annotation:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            yield from _names(left)
            yield from _names(right)
        case ast.Constant(value=None):
            yield "None"
        case ast.Constant(value=str(text)):
            try:
                yield from _names(ast.parse(text, mode="eval").body)
            except SyntaxError:
                yield text
        case ast.Subscript(value=value, slice=inner):
            head = last_part(ast.unparse(value))
            if head not in _WRAPPERS:
                yield head
                return
            if head == "Optional":
                yield "None"
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            for part in parts[:1] if head == "Annotated" else parts:
                yield from _names(part)
        case _:
            yield last_part(ast.unparse(annotation))
