"""What a name, an attribute or a call stands for, across the files of a project.

Not an interpreter: bindings are taken together whatever the order of the statements, and where
one of them cannot be followed the answer is that it cannot be told. A wrong answer would become
a wrong edit, a missing one only costs a fix.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable

from codemods.project.bindings import (
    Binding,
    Bindings,
    How,
    Scope,
    bindings_of,
    own_nodes,
    scopes_of,
)
from codemods.project.blocking_table import types
from codemods.project.classes import ClassMembers
from codemods.project.modules import Modules
from codemods.project.project import Project
from codemods.project.source import SourceError, SourceFile
from codemods.project.values import (
    Context,
    DefinitionRef,
    Foreign,
    Known,
    Namespace,
    Parent,
    Returning,
    Values,
    decorator_names,
    first_parameter,
)
from codemods.syntax.tree import DEFINITIONS, FUNCTIONS, Definition, Function, Tree

_TYPING = ("typing.", "typing_extensions.", "collections.abc.")
_TRANSPARENT = ("Annotated", "Final", "ClassVar", "Required", "NotRequired")
_STREAMS = ("Iterator", "Iterable", "Generator", "AsyncIterator", "AsyncIterable", "AsyncGenerator")
_LIMIT = 40
"""How deep expressions and names may lead into each other before the answer is not worth it."""


class Resolver:
    """Evaluates expressions; remembers what a name of a scope stands for."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.modules = Modules(project.python_paths)
        self.classes = ClassMembers(self)
        self._bindings: dict[Scope, Bindings] = {}
        self._names: dict[tuple[ast.AST, str], Values] = {}
        self._active: dict[tuple[ast.AST, str], list[Values]] = {}
        self._cut = 0
        """How often a lookup met itself: what was found meanwhile is not kept."""

    def tree(self, source: SourceFile) -> Tree | None:
        """The file's tree, ``None`` where it cannot be parsed."""
        try:
            return source.tree
        except SourceError:
            # Whoever reads the file for its own sake reports it; here it only answers nothing.
            return None

    def source(self, path: str) -> SourceFile | None:
        """The file, ``None`` where it cannot be read (a partial clone)."""
        try:
            return self.project.source(path)
        except OSError:
            return None

    def context(self, source: SourceFile, node: ast.AST) -> Context:
        """From where names at ``node`` are looked up."""
        return Context(source, scopes_of(source.tree, node))

    def reference(self, source: SourceFile, node: Definition) -> DefinitionRef:
        """The reference of a definition of ``source``."""
        return DefinitionRef(source, node, source.tree.qualified_name(node))

    def bindings(self, scope: Scope) -> Bindings:
        """What ``scope`` binds."""
        found = self._bindings.get(scope)
        if found is None:
            found = self._bindings[scope] = bindings_of(scope)
        return found

    # Expressions

    def evaluate(self, node: ast.expr, context: Context) -> Values:
        """What ``node`` can stand for."""
        match node:
            case ast.Name(id=name):
                return self.name(name, context)
            case ast.Attribute(value=value, attr=attr):
                return self._each(self.evaluate(value, context), attr)
            case ast.Call():
                return self._called(node, context)
            case ast.Await(value=ast.Call() as call):
                return self._called(call, context, awaited=True)
            case ast.Constant(value=None):
                return ()
            case ast.Constant(value=value):
                return (Foreign(f"builtins.{type(value).__name__}", True),)
            case ast.JoinedStr():
                return (Foreign("builtins.str", True),)
            case ast.List() | ast.ListComp():
                return (Foreign("builtins.list", True),)
            case ast.Dict() | ast.DictComp():
                return (Foreign("builtins.dict", True),)
            case ast.Set() | ast.SetComp():
                return (Foreign("builtins.set", True),)
            case ast.IfExp(body=body, orelse=orelse):
                return _union((self.evaluate(body, context), self.evaluate(orelse, context)))
            case ast.BoolOp(values=parts):
                return _union(self.evaluate(part, context) for part in parts)
            case ast.NamedExpr(value=value):
                return self.evaluate(value, context)
            case ast.BinOp(left=left, op=ast.Div()):
                found = self.evaluate(left, context)
                return found if found == (Foreign("pathlib.Path", True),) else None
            case ast.Subscript(value=base):
                generic = self.evaluate(base, context)
                if generic and all(isinstance(item, Foreign) for item in generic):
                    return _uninstanced(self.annotated(node, context))
                return generic if generic and all(map(_is_class, generic)) else None
            case _:
                return None

    def _each(self, values: Values, attr: str) -> Values:
        """The attribute of every possibility; those that do not have it do not count."""
        found = [self.attribute(value, attr) for value in values or ()]
        return _union(item for item in found if item) if any(found) else None

    def attribute(self, value: object, attr: str) -> Values:
        """``value.attr``."""
        match value:
            case Namespace(place=place):
                return self.member(place, attr)
            case Foreign(name=name):
                kind = types().get(f"{name}.{attr}")
                if kind is not None:
                    return (Foreign(kind, True),)
                if name.startswith("builtins.") and not _builtin_has(name, attr):
                    return None
                return (Foreign(f"{name}.{attr}"),)
            case Known(ref=ref, instance=instance) if isinstance(ref.node, ast.ClassDef):
                return self.classes.member(ref, attr, instance)
            case Parent(ref=ref):
                return self.classes.inherited(ref, attr)
            case _:
                return None

    def _called(self, call: ast.Call, context: Context, awaited: bool = False) -> Values:
        function = self.evaluate(call.func, context)
        if function is None:
            return None
        if function == (Foreign("builtins.super"),) and not call.args:
            for scope in context.scopes:
                owner = self.owner(context.source, scope)
                if owner is not None:
                    return (Parent(owner),)
            return None
        if call.args and function in ((Foreign("typing.cast"),), (Foreign("asyncio.to_thread"),)):
            if function == (Foreign("typing.cast"),):
                return self.annotated(call.args[0], context)
            function, awaited = self.evaluate(call.args[0], context), not awaited
        found = [self.result(value, awaited) for value in function or ()]
        return _union(found) if found else None

    def result(self, value: object, awaited: bool = False) -> Values:
        """What calling ``value`` gives, and awaiting that where ``awaited``."""
        match value:
            case Known(ref=ref, instance=False) if isinstance(ref.node, ast.ClassDef):
                return (Known(ref, True),)
            case Known(ref=ref) if isinstance(ref.node, FUNCTIONS):
                return self._returned(ref) if ref.is_async == awaited else None
            case Foreign(name=name, instance=False):
                kind = types().get(f"{name}()")
                return (Foreign(kind or name, True),)
            case Returning(annotation=annotation, context=context):
                return self.annotated(annotation, context)
            case _:
                return None

    def _returned(self, ref: DefinitionRef) -> Values:
        """The result of a function by its annotation, else by what it returns."""
        node = ref.node
        if not isinstance(node, FUNCTIONS) or is_generator(node):
            return None
        context = self.context(ref.source, node)
        if node.returns is not None:
            return self.annotated(node.returns, context)
        inner = Context(ref.source, (node, *_without_class(context.scopes)))
        returned = [item.value for item in own_nodes(node) if isinstance(item, ast.Return)]
        if not 0 < len(returned) <= 4 or not self._enter(node, "return"):
            return None
        try:
            return _union(() if item is None else self.evaluate(item, inner) for item in returned)
        finally:
            del self._active[node, "return"]

    def entered(self, value: ast.expr, context: Context) -> Values:
        """What ``with value as name`` binds."""
        if isinstance(value, ast.Call):
            for item in self.evaluate(value.func, context) or ():
                if isinstance(item, Known) and isinstance(item.ref.node, FUNCTIONS):
                    # ``@contextmanager def f() -> Iterator[X]`` gives an X.
                    node = item.ref.node
                    names = decorator_names(node)
                    if node.returns is None or not any("contextmanager" in name for name in names):
                        return None
                    return self._streamed(node.returns, self.context(item.ref.source, node))
        entered: list[Values] = []
        for item in self.evaluate(value, context) or ():
            if isinstance(item, Known):
                method = self.classes.member(item.ref, "__enter__", True) or self.classes.member(
                    item.ref, "__aenter__", True
                )
                known = [found for found in method or () if isinstance(found, Known)]
                for found in known:
                    annotation = getattr(found.ref.node, "returns", None)
                    context = self.context(found.ref.source, found.ref.node)
                    result = self.annotated(annotation, context) if annotation else None
                    entered.append(result or (item,))
            elif isinstance(item, Foreign):
                entered.append((item,))
        return _union(entered) if entered else None

    def _streamed(self, annotation: ast.expr, context: Context) -> Values:
        if isinstance(annotation, ast.Subscript):
            inner = annotation.slice
            inner = inner.elts[0] if isinstance(inner, ast.Tuple) and inner.elts else inner
            for item in self.evaluate(annotation.value, context) or ():
                if isinstance(item, Foreign) and item.name.rpartition(".")[2] in _STREAMS:
                    return self.annotated(inner, context)
        return None

    # Annotations

    def annotated(self, annotation: ast.expr, context: Context) -> Values:
        """The values that an annotation admits."""
        match annotation:
            case ast.Constant(value=None):
                return ()
            case ast.Constant(value=str(text)):
                try:
                    return self.annotated(ast.parse(text, mode="eval").body, context)
                except SyntaxError:
                    return None
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return _union((self.annotated(left, context), self.annotated(right, context)))
            case ast.Subscript(value=base, slice=inner):
                return self._generic(base, inner, context)
            case ast.Name() | ast.Attribute():
                values = self.evaluate(annotation, context)
                if not values or not all(map(_is_class, values)):
                    return None
                return tuple(
                    type(item)(item.ref, True)
                    if isinstance(item, Known)
                    else Foreign(item.name, True)  # type: ignore[union-attr]
                    for item in values
                )
            case _:
                return None

    def _generic(self, base: ast.expr, inner: ast.expr, context: Context) -> Values:
        elements = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        for item in self.evaluate(base, context) or ():
            if isinstance(item, Foreign):
                word = item.name.rpartition(".")[2]
                if item.name.startswith(_TYPING):
                    if word in ("Optional", "Union"):
                        return _union(self.annotated(element, context) for element in elements)
                    if word in _TRANSPARENT and elements:
                        return self.annotated(elements[0], context)
                    if word == "Callable" and len(elements) == 2:
                        return (Returning(elements[1], context),)
                if word in ("type", "Type"):
                    return _uninstanced(self.annotated(inner, context))
        return self.annotated(base, context)

    # Names

    def name(self, name: str, context: Context) -> Values:
        """What ``name`` stands for at a place."""
        scopes = context.scopes
        for index, scope in enumerate(scopes):
            bindings = self.bindings(scope).get(name)
            if not bindings:
                continue
            if any(item.how is How.ELSEWHERE for item in bindings):
                if any(isinstance(item.node, ast.Global) for item in bindings):
                    return self._bound(name, Context(context.source, scopes[-1:]))
                continue
            return self._bound(name, Context(context.source, scopes[index:]))
        starred = self._starred(name, context.source, scopes[-1])
        if starred is not None:
            return starred
        return (Foreign(f"builtins.{name}"),) if hasattr(builtins, name) else None

    def _enter(self, scope: ast.AST, name: str) -> bool:
        """Marks a lookup as under way; ``False`` where it is already, or leads too deep."""
        if (scope, name) in self._active or len(self._active) > _LIMIT:
            self._cut += 1
            return False
        self._active[scope, name] = []
        return True

    def _bound(self, name: str, context: Context) -> Values:
        """What the bindings of ``name`` in the first scope of ``context`` make of it."""
        scope = context.scopes[0]
        key = (scope, name)
        if key in self._names:
            return self._names[key]
        bindings = self.bindings(scope).get(name, [])
        cut = self._cut
        if not self._enter(*key):
            # ``path = path.parent``: what the bindings before this one gave.
            return _union(self._active.get(key, ())) or None
        found = self._active[key]
        annotated = False
        try:
            for binding in bindings:
                values = self._binding(binding, context)
                if binding.annotation is not None and values:
                    annotated = True
                found.append(values)
        finally:
            del self._active[key]
        # An annotation holds for every later value too, whether that can be followed or not.
        result = _union(item for item in found if item) if annotated else _union(found)
        result = result or None
        if cut == self._cut:
            self._names[key] = result
        return result

    def _binding(self, binding: Binding, context: Context) -> Values:
        outer = Context(context.source, context.scopes[1:] or context.scopes)
        match binding.how:
            case How.PARAMETER:
                if binding.annotation is not None:
                    return self.annotated(binding.annotation, outer)
                return self._receiver(binding, context)
            case How.IMPORT:
                return self._imported(binding, context)
            case How.DEFINITION if isinstance(binding.node, DEFINITIONS):
                if "overload" in decorator_names(binding.node):
                    return ()
                return (Known(self.reference(context.source, binding.node)),)
            case How.VALUE:
                if binding.annotation is not None:
                    return self.annotated(binding.annotation, context)
                return self.evaluate(binding.value, context) if binding.value else None
            case How.ENTERED if binding.value is not None:
                return self.entered(binding.value, context)
            case _:
                return None

    def owner(self, source: SourceFile, function: ast.AST) -> DefinitionRef | None:
        """The class that ``function`` is a method of."""
        parent = source.tree.parent(function) if isinstance(function, FUNCTIONS) else None
        return self.reference(source, parent) if isinstance(parent, ast.ClassDef) else None

    def _receiver(self, binding: Binding, context: Context) -> Values:
        """``self`` and ``cls``."""
        function = context.scopes[0]
        owner = self.owner(context.source, function)
        if owner is None or not isinstance(function, FUNCTIONS):
            return None
        names = decorator_names(function)
        first = first_parameter(function)
        if "staticmethod" in names or first != getattr(binding.node, "arg", None):
            return None
        return (Known(owner, "classmethod" not in names and function.name != "__new__"),)

    # Imports

    def _imported(self, binding: Binding, context: Context) -> Values:
        node, alias, path = binding.node, binding.alias, context.source.path
        if alias is None:
            return None
        if isinstance(node, ast.Import):
            module = alias.name if alias.asname else alias.name.partition(".")[0]
            place = self.modules.place(module, path)
            return (Foreign(module),) if place is None else (Namespace(place),)
        if not isinstance(node, ast.ImportFrom):
            return None
        if node.level:
            place = self.modules.relative(path, node.level, node.module)
            return None if place is None else self.member(place, alias.name)
        module = node.module or ""
        place = self.modules.place(module, path)
        if place is None:
            return (Foreign(f"{module}.{alias.name}"),)
        return self.member(place, alias.name)

    def member(self, place: str, name: str) -> Values:
        """A name of a module of the project, followed through re-exports."""
        file = self.modules.file_at(place)
        source = self.source(file) if file else None
        tree = self.tree(source) if source is not None else None
        if source is not None and tree is not None:
            if name in self.bindings(tree.module):
                found = self._bound(name, Context(source, (tree.module,)))
            else:
                found = self._starred(name, source, tree.module)
            if found is not None:
                return found
            if name in self.bindings(tree.module) and (tree.module, name) not in self._active:
                return None
        inner = f"{place}/{name}" if place else name
        if self.modules.file_at(inner) or self.modules.is_folder(inner):
            return (Namespace(inner),)
        return None

    def _starred(self, name: str, source: SourceFile, module: Scope) -> Values:
        """A name that comes by ``from module import *`` out of the project."""
        if name.startswith("_"):
            return None
        for binding in reversed(self.bindings(module).get("*", [])):
            node = binding.node
            if not isinstance(node, ast.ImportFrom) or not self._enter(node, name):
                continue
            try:
                if node.level:
                    place = self.modules.relative(source.path, node.level, node.module)
                else:
                    place = self.modules.place(node.module or "", source.path)
                file = self.modules.file_at(place) if place is not None else None
                found = self.member(place or "", name) if file else None
            finally:
                del self._active[node, name]
            if found is not None and not all(isinstance(item, Namespace) for item in found):
                return found
        return None


def is_generator(function: Function) -> bool:
    """Whether calling it only makes a generator."""
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in own_nodes(function))


def _is_class(value: object) -> bool:
    """Whether a value may stand in an annotation: a class, or something foreign."""
    if isinstance(value, Foreign):
        return value.name not in ("typing.Any", "builtins.object", "typing_extensions.Any")
    return (
        isinstance(value, Known) and not value.instance and isinstance(value.ref.node, ast.ClassDef)
    )


def _uninstanced(values: Values) -> Values:
    """The classes of instances."""
    if values is None:
        return None
    return tuple(
        Known(item.ref) if isinstance(item, Known) else Foreign(item.name)
        for item in values
        if isinstance(item, (Known, Foreign))
    )


def _builtin_has(name: str, attr: str) -> bool:
    """Whether ``builtins.str`` has the attribute: that of ``str | Path`` may be the path's."""
    kind = getattr(builtins, name.partition(".")[2], None)
    return kind is None or hasattr(kind, attr)


def _without_class(scopes: tuple[Scope, ...]) -> tuple[Scope, ...]:
    """The scopes that a function in the first of ``scopes`` sees."""
    return scopes[1:] if scopes and isinstance(scopes[0], ast.ClassDef) else scopes


def _union(parts: Iterable[Values]) -> Values:
    """All possibilities together, ``None`` as soon as one part cannot be told."""
    found: dict[object, None] = {}
    for part in parts:
        if part is None:
            return None
        found.update(dict.fromkeys(part))
    return tuple(found)  # type: ignore[arg-type]
