"""What an annotation admits: classes, unions, callables, the names of aliases."""

from __future__ import annotations

import ast
from dataclasses import replace

from codemods.analysis.names.lookup import Lookup
from codemods.analysis.names.values import Context, Foreign, Known, Returning, Values, union
from codemods.syntax.dotted import last_part

_TYPING = ("typing.", "typing_extensions.", "collections.abc.")
_TRANSPARENT = ("Annotated", "Final", "ClassVar", "Required", "NotRequired")
_STREAMS = ("Iterator", "Iterable", "Generator", "AsyncIterator", "AsyncIterable", "AsyncGenerator")


class Annotations:
    """Reads annotations with the names of their file."""

    def __init__(self, resolver: Lookup) -> None:
        self._resolver = resolver

    def of(self, annotation: ast.expr, context: Context) -> Values:
        """The values that an annotation admits."""
        match annotation:
            case ast.Constant(value=None):
                return ()
            case ast.Constant(value=str(text)):
                try:
                    return self.of(ast.parse(text, mode="eval").body, context)
                except SyntaxError:
                    return None
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return union((self.of(left, context), self.of(right, context)))
            case ast.Subscript(value=base, slice=inner):
                return self._generic(base, inner, context)
            case ast.Name() | ast.Attribute():
                values = self._resolver.evaluate(annotation, context)
                if not values or not all(map(is_class, values)):
                    return None
                known = (item for item in values if isinstance(item, (Known, Foreign)))
                return tuple(replace(item, instance=True) for item in known)
        return None

    def _generic(self, base: ast.expr, inner: ast.expr, context: Context) -> Values:
        elements = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        for item in self._resolver.evaluate(base, context) or ():
            if isinstance(item, Foreign):
                word = last_part(item.name)
                if item.name.startswith(_TYPING):
                    if word in ("Optional", "Union"):
                        return union(self.of(element, context) for element in elements)
                    if word in _TRANSPARENT and elements:
                        return self.of(elements[0], context)
                    if word == "Callable" and len(elements) == 2:
                        return (Returning(elements[1], context),)
                if word in ("type", "Type"):
                    return uninstanced(self.of(inner, context))
        return self.of(base, context)

    def streamed(self, annotation: ast.expr, context: Context) -> Values:
        if isinstance(annotation, ast.Subscript):
            inner = annotation.slice
            inner = inner.elts[0] if isinstance(inner, ast.Tuple) and inner.elts else inner
            for item in self._resolver.evaluate(annotation.value, context) or ():
                if isinstance(item, Foreign) and last_part(item.name) in _STREAMS:
                    return self.of(inner, context)
        return None


def is_class(value: object) -> bool:
    """Whether a value may stand in an annotation: a class, or something foreign."""
    if isinstance(value, Foreign):
        return value.name not in ("typing.Any", "builtins.object", "typing_extensions.Any")
    return (
        isinstance(value, Known) and not value.instance and isinstance(value.ref.node, ast.ClassDef)
    )


def uninstanced(values: Values) -> Values:
    """The classes of instances."""
    known = (item for item in values or () if isinstance(item, (Known, Foreign)))
    return None if values is None else tuple(replace(item, instance=False) for item in known)
