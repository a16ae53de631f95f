"""Parameters of endpoints and fields of models: where they come from, and what bounds they have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.names import names_loaded, qualified_name
from codemods.syntax.parts import default_of, parameters_of, positional_of
from codemods.syntax.tree import FUNCTIONS, Function, Tree

_METHODS = (
    *("get", "post", "put", "delete", "patch", "options", "head", "trace", "api_route"),
    *("websocket", "websocket_route", "route"),
)
FUNCTIONS_OF_FASTAPI = ("Query", "Path", "Body", "Form", "Header", "Cookie")
_NUMBERS = ("int", "float", "Decimal", "decimal.Decimal")
_SIZED = ("str", "bytes", "list", "List", "set", "Set", "tuple", "Tuple", "Sequence")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function, or a field of a model."""

    name: str
    annotation: ast.expr | None
    default: ast.expr | None
    required_behind: frozenset[str] = frozenset()
    """The positional parameters behind it that have no default."""


def parameters(function: Function) -> Iterator[Parameter]:
    """The parameters of ``function`` in the order of its header, without ``*`` and ``**``."""
    arguments = function.args
    plain = positional_of(arguments)
    required = [item.arg for item in plain if default_of(arguments, item) is None]
    for item in parameters_of(arguments):
        behind = frozenset(required[required.index(item.arg) + 1 :] if item.arg in required else ())
        yield Parameter(item.arg, item.annotation, default_of(arguments, item), behind)


def route_of(function: Function) -> str | None:
    """The path under which a function is served, ``None`` for one that is no endpoint."""
    for decorator in function.decorator_list:
        match decorator:
            case ast.Call(func=ast.Attribute(attr=method), args=args, keywords=keywords) if (
                method in _METHODS
            ):
                given = [*args[:1], *(item.value for item in keywords if item.arg == "path")]
                for item in given:
                    if isinstance(item, ast.Constant) and isinstance(item.value, str):
                        return item.value
                    if isinstance(item, ast.JoinedStr):
                        return ast.unparse(item)
    return None


def comes_from(name: str, route: str) -> str:
    """``Path`` for what stands in the route, ``Query`` for everything else that is a scalar."""
    return "Path" if re.search(rf"\{{{re.escape(name)}(?::\w+)?\}}", route) else "Query"


def scalar(annotation: ast.expr | None) -> tuple[str, ...]:
    """The kinds of value that an annotation allows: ``number``, ``sized`` and ``none``.

    Empty when there is another, or none can be told.
    """
    if annotation is None:
        return ()
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        parts = [scalar(annotation.left), scalar(annotation.right)]
        return tuple(dict.fromkeys(item for part in parts for item in part)) if all(parts) else ()
    if isinstance(annotation, ast.Constant) and annotation.value is None:
        return ("none",)
    text = ast.unparse(annotation)
    head = last_part(text.partition("[")[0])
    if head == "Optional" and isinstance(annotation, ast.Subscript):
        inner = scalar(annotation.slice)
        return (*inner, "none") if inner else ()
    if head == "Annotated" and isinstance(annotation, ast.Subscript):
        inside = annotation.slice
        return scalar(inside.elts[0]) if isinstance(inside, ast.Tuple) else ()
    if text in _NUMBERS:
        return ("number",)
    return ("sized",) if head in _SIZED else ()


def is_collection(annotation: ast.expr | None) -> bool:
    """Whether the annotation is one of a list, set or tuple, alone or with others."""
    heads = {last_part(item) for item in _SIZED} - {"str", "bytes"}
    return annotation is not None and not heads.isdisjoint(names_loaded(annotation))


def may_be_float(annotation: ast.expr | None) -> bool:
    """Whether the annotation allows a ``float``, which may be NaN."""
    return annotation is not None and "float" in names_loaded(annotation)


def declared(source: SourceFile, parameter: Parameter) -> ast.Call | None:
    """The call of ``Query``, ``Path``, ``Field`` and so on that declares the parameter already."""
    candidates = [parameter.default]
    match parameter.annotation:
        case ast.Subscript(slice=ast.Tuple(elts=[_, *metadata])) if ast.unparse(
            parameter.annotation.value
        ).endswith("Annotated"):
            candidates += metadata
    for item in candidates:
        if isinstance(item, ast.Call):
            name = qualified_name(source.tree, item.func) or ast.unparse(item.func)
            if last_part(name) in (*FUNCTIONS_OF_FASTAPI, "Field"):
                return item
    return None


def validators(model: ast.ClassDef, field: str) -> Iterator[tuple[str, bool]]:
    """The methods of ``model`` that check ``field``, and whether they see it before its bounds."""
    for item in model.body:
        if not isinstance(item, FUNCTIONS):
            continue
        for decorator in item.decorator_list:
            if not isinstance(decorator, ast.Call):
                continue
            name = last_name(decorator.func)
            named = {part.value for part in decorator.args if isinstance(part, ast.Constant)}
            if name not in ("field_validator", "validator") or not named & {field, "*"}:
                continue
            given = {part.arg: ast.unparse(part.value) for part in decorator.keywords}
            # Only what is said to come afterwards does; ``plain`` and ``wrap`` go around them.
            after = given.get("mode", "'after'") == "'after'" and "pre" not in given
            yield item.name, not after


def functions_in(tree: Tree, node: ast.AST) -> list[Function]:
    """The functions that are ``node`` or stand in it, in the order of their lines."""
    return sorted(tree.within(node, *FUNCTIONS), key=lambda item: item.lineno)


def violates(default: ast.expr | None, keywords: tuple[tuple[str, str], ...]) -> str | None:
    """The bound that a default breaks by itself, in words."""
    try:
        value = ast.literal_eval(default) if default is not None else None
    except ValueError:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    for name, text in keywords:
        try:
            bound = float(text)
        except ValueError:
            continue
        broken = {
            "ge": value < bound,
            "gt": value <= bound,
            "le": value > bound,
            "lt": value >= bound,
        }
        if broken.get(name, False):
            return f"its default {value} violates {name}={text}"
    return None
