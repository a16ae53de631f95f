"""What a name, an attribute or a call means, across the files of a project.

Not an interpreter: bindings are taken together whatever the order of the statements, and where
one of them cannot be followed the answer is that it cannot be told. A wrong answer would become
a wrong edit, a missing one only costs a fix.
"""

from __future__ import annotations

import ast
import builtins

from codemods.analysis.blocking.table import types
from codemods.analysis.names.annotations import Annotations, is_class, uninstanced
from codemods.analysis.names.bindings import (
    Binding,
    Bindings,
    How,
    Scope,
    bindings_of,
    own_nodes,
    scopes_of,
)
from codemods.analysis.names.classes import ClassMembers
from codemods.analysis.names.imports import Imports
from codemods.analysis.names.values import (
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
    union,
)
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_part
from codemods.syntax.tree import DEFINITIONS, FUNCTIONS, Definition, Function

_LIMIT = 40
"""How many names may lead into each other before the answer is not worth it."""
_DEPTH = 60
"""How many expressions may: a chain of some hundred calls would end in a RecursionError."""


class Resolver:
    """Evaluates expressions; remembers what a name of a scope stands for."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.modules = project.modules
        self.annotations = Annotations(self)
        self.classes = ClassMembers(self)
        self.imports = Imports(self)
        self._bindings: dict[Scope, Bindings] = {}
        self._names: dict[tuple[ast.AST, str], Values] = {}
        self.active: dict[tuple[ast.AST, str], list[Values]] = {}
        self._depth = 0
        self.cut = 0
        """How often a lookup met itself: what was found meanwhile is not kept."""

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
        if scope not in self._bindings:
            self._bindings[scope] = bindings_of(scope)
        return self._bindings[scope]

    # Expressions

    def evaluate(self, node: ast.expr, context: Context) -> Values:
        """What ``node`` can stand for."""
        if self._depth > _DEPTH:
            self.cut += 1
            return None
        self._depth += 1
        try:
            return self._evaluated(node, context)
        finally:
            self._depth -= 1

    def at(self, source: SourceFile, node: ast.expr) -> Values:
        """What an expression of ``source`` can stand for where it stands."""
        return self.evaluate(node, self.context(source, node))

    def _evaluated(self, node: ast.expr, context: Context) -> Values:
        match node:
            case ast.Name(id=name):
                return self.name(name, context)
            case ast.Attribute(value=value, attr=attr):
                found = [self.attribute(item, attr) for item in self.evaluate(value, context) or ()]
                # Those that do not have it do not count.
                return union(item for item in found if item) if any(found) else None
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
                return union((self.evaluate(body, context), self.evaluate(orelse, context)))
            case ast.BoolOp(values=parts):
                return union(self.evaluate(part, context) for part in parts)
            case ast.NamedExpr(value=value):
                return self.evaluate(value, context)
            case ast.BinOp(left=left, op=ast.Div()):
                joined = self.evaluate(left, context)
                return joined if joined == (Foreign("pathlib.Path", True),) else None
            case ast.Subscript(value=base):
                generic = self.evaluate(base, context)
                if generic and all(isinstance(item, Foreign) for item in generic):
                    return uninstanced(self.annotations.of(node, context))
                return generic if generic and all(map(is_class, generic)) else None
        return None

    def attribute(self, value: object, attr: str) -> Values:
        """``value.attr``."""
        match value:
            case Namespace(place=place):
                return self.imports.member(place, attr)
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
                return self.annotations.of(call.args[0], context)
            function, awaited = self.evaluate(call.args[0], context), not awaited
        found = [self.result(value, awaited) for value in function or ()]
        return union(found) if found else None

    def result(self, value: object, awaited: bool = False) -> Values:
        """What calling ``value`` gives, and awaiting that where ``awaited``."""
        match value:
            case Known(ref=ref, instance=False) if isinstance(ref.node, ast.ClassDef):
                return (Known(ref, True),)
            case Known(ref=ref) if isinstance(ref.node, FUNCTIONS):
                return self._returned(ref) if ref.is_async == awaited else None
            case Foreign(name=name, instance=False):
                kind = types().get(f"{name}()")
                if kind is None and not _looks_like_class(name):
                    # ``copy.copy(x)`` and a container's ``get(…)`` can give the project's own.
                    return None
                return (Foreign(kind or name, True),)
            case Returning(annotation=annotation, context=context):
                return self.annotations.of(annotation, context)
        return None

    def _returned(self, ref: DefinitionRef) -> Values:
        """The result of a function by its annotation, else by what it returns."""
        node = ref.node
        if not isinstance(node, FUNCTIONS) or is_generator(node):
            return None
        context = self.context(ref.source, node)
        if node.returns is not None:
            return self.annotations.of(node.returns, context)
        around = context.scopes
        if isinstance(around[0], ast.ClassDef):
            # It is not seen from inside.
            around = around[1:]
        inner = Context(ref.source, (node, *around))
        returned = [item.value for item in own_nodes(node) if isinstance(item, ast.Return)]
        if not 0 < len(returned) <= 4 or not self.enter(node, "return"):
            return None
        try:
            return union(() if item is None else self.evaluate(item, inner) for item in returned)
        finally:
            del self.active[node, "return"]

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
                    return self.annotations.streamed(
                        node.returns, self.context(item.ref.source, node)
                    )
        entered: list[Values] = []
        for item in self.evaluate(value, context) or ():
            if isinstance(item, Known):
                member = self.classes.member
                method = member(item.ref, "__enter__", True) or member(item.ref, "__aenter__", True)
                for found in (found for found in method or () if isinstance(found, Known)):
                    annotation = getattr(found.ref.node, "returns", None)
                    context = self.context(found.ref.source, found.ref.node)
                    result = self.annotations.of(annotation, context) if annotation else None
                    entered.append(result or (item,))
            elif isinstance(item, Foreign):
                entered.append((item,))
        return union(entered) if entered else None

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
                    return self.bound(name, Context(context.source, scopes[-1:]))
                continue
            return self.bound(name, Context(context.source, scopes[index:]))
        starred = self.imports.starred(name, context.source, scopes[-1])
        if starred is not None:
            return starred
        return (Foreign(f"builtins.{name}"),) if hasattr(builtins, name) else None

    def enter(self, scope: ast.AST, name: str) -> bool:
        """Marks a lookup as under way; ``False`` where it is already, or leads too deep."""
        if (scope, name) in self.active or len(self.active) > _LIMIT:
            self.cut += 1
            return False
        self.active[scope, name] = []
        return True

    def bound(self, name: str, context: Context) -> Values:
        """What the bindings of ``name`` in the first scope of ``context`` make of it."""
        scope = context.scopes[0]
        key = (scope, name)
        if key in self._names:
            return self._names[key]
        bindings = self.bindings(scope).get(name, [])
        cut = self.cut
        if not self.enter(*key):
            # ``path = path.parent``: what the bindings before this one gave.
            return union(self.active.get(key, ())) or None
        found = self.active[key]
        annotated = False
        try:
            for binding in bindings:
                values = self._binding(binding, context)
                if binding.annotation is not None and values:
                    annotated = True
                found.append(values)
        finally:
            del self.active[key]
        # An annotation holds for every later value too, whether that can be followed or not.
        result = union(item for item in found if item) if annotated else union(found)
        result = result or None
        if cut == self.cut:
            self._names[key] = result
        return result

    def _binding(self, binding: Binding, context: Context) -> Values:
        outer = Context(context.source, context.scopes[1:] or context.scopes)
        match binding.how:
            case How.PARAMETER:
                if binding.annotation is not None:
                    return self.annotations.of(binding.annotation, outer)
                return self._receiver(binding, context)
            case How.IMPORT:
                return self.imports.of(binding, context)
            case How.DEFINITION if isinstance(binding.node, DEFINITIONS):
                if "overload" in decorator_names(binding.node):
                    return ()
                return (Known(self.reference(context.source, binding.node)),)
            case How.VALUE:
                if binding.annotation is not None:
                    return self.annotations.of(binding.annotation, context)
                return self.evaluate(binding.value, context) if binding.value else None
            case How.ENTERED if binding.value is not None:
                return self.entered(binding.value, context)
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


def is_generator(function: Function) -> bool:
    """Whether calling it only makes a generator."""
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in own_nodes(function))


def _looks_like_class(name: str) -> bool:
    """Whether calling something foreign makes an instance of it."""
    last = last_part(name)
    if name.startswith("builtins."):
        return isinstance(getattr(builtins, last, None), type)
    return last[:1].isupper()


def _builtin_has(name: str, attr: str) -> bool:
    """Whether ``builtins.str`` has the attribute: that of ``str | Path`` may be the path's."""
    kind = getattr(builtins, name.partition(".")[2], None)
    return kind is None or hasattr(kind, attr)
