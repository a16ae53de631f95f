"""Who calls a function, and what of a call is the argument of one parameter."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.analysis.flow.pure import is_pure
from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import DefinitionRef, Known
from codemods.analysis.references.uses import (
    by_name,
    in_all,
    occurrences,
    unread_uses,
    use_of,
)
from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.syntax.dotted import base_name
from codemods.syntax.parts import positional_of
from codemods.syntax.tree import FUNCTIONS, Definition, Function, Tree

Given = ast.expr | ast.keyword


@dataclass(frozen=True, slots=True)
class Call:
    """A call that reaches a function, surely or perhaps."""

    source: SourceFile
    node: ast.Call
    offset: int
    """How many parameters the receiver fills: 1 where ``self`` is passed by the dot."""
    certain: bool


class CallersError(Exception):
    """Not all callers are known; the message says why, for a person."""


def callers(
    project: Project, source: SourceFile, function: Function, owner: ast.ClassDef | None
) -> list[Call]:
    """Every call of a function.

    Raises:
        CallersError: when it is used otherwise than by calling it, or cannot be followed.
    """
    if owner is not None and function.name == "__init__":
        return list(_constructions(project, owner))
    return list(_calls(project, source, function, owner))


def _calls(
    project: Project,
    source: SourceFile,
    function: Function,
    owner: ast.ClassDef | None,
    names: tuple[str, ...] = (),
) -> Iterator[Call]:
    """The calls of a function under its own name, or under the last of ``names``, and under
    those that imports give it."""
    name = names[-1] if names else function.name
    aliases: dict[str, None] = {}
    kinds = {base_name(item) for item in function.decorator_list}
    for other in project.containing(name.encode()):
        tree = readable(other)
        if tree is None:
            raise CallersError(f"{other.path} cannot be parsed, and it mentions {name}")
        if any(True for _ in unread_uses(other, tree, name)):
            raise CallersError(f"part of {other.path} cannot be read, and it mentions {name}")
        asking = [argument for argument in tree.of(ast.arg) if argument.arg == name]
        if owner is None and "_" in name and asking:
            # pytest's fixtures, and whatever else passes functions by the names of parameters.
            raise CallersError(f"{other.path}:{asking[0].lineno} has a parameter called {name}")
        for item in occurrences(tree, name):
            if isinstance(item, ast.Constant):
                named = by_name(tree, item, source, owner) or (item.value == name and "_" in name)
                if named and not _is_harmless(tree, item):
                    raise CallersError(f"a string in {other.path}:{item.lineno} refers to {name}")
                continue
            if isinstance(item, ast.alias):
                if item.asname is not None and owner is None:
                    aliases[item.asname] = None
                continue
            use = use_of(project, other, tree, item, source, function, owner)
            if use is None:
                continue
            parent = tree.parent(item)
            if isinstance(parent, ast.Call) and parent.func is item:
                offset = _offset(project, other, item, owner, kinds)
                certain = use.certain and _only_reaches(project, other, item, function)
                yield Call(other, parent, offset, certain)
            elif isinstance(item.ctx, ast.Load) or use.certain:
                raise CallersError(f"{name} is used in {other.path}:{item.lineno} without a call")
    for alias in aliases:
        if alias not in (function.name, *names):
            yield from _calls(project, source, function, owner, (*names, alias))


def _only_reaches(
    project: Project, source: SourceFile, function: ast.expr, node: Definition
) -> bool:
    """Whether a call means this definition, and not one of several by the class of an object."""
    reached = index_of(project).definition_of(source, function)
    return bool(reached) and all(ref.node is node for ref in reached)


def _offset(
    project: Project,
    source: SourceFile,
    function: ast.Name | ast.Attribute,
    owner: ast.ClassDef | None,
    kinds: set[str],
) -> int:
    if owner is None or "staticmethod" in kinds:
        return 0
    if "classmethod" in kinds or not isinstance(function, ast.Attribute):
        return 1 if "classmethod" in kinds else 0
    resolver = index_of(project).resolver
    values = resolver.evaluate(function.value, resolver.context(source, function.value))
    unbound = any(isinstance(value, Known) and not value.instance for value in values or ())
    return 0 if unbound else 1


def _constructions(project: Project, owner: ast.ClassDef) -> Iterator[Call]:
    """The calls of a class and of those below it that have its ``__init__``."""
    index = index_of(project)
    reference = next((ref for ref in index.definitions(owner.name) if ref.node is owner), None)
    if reference is None:
        raise CallersError(f"the class {owner.name} could not be resolved")
    below = index.subclasses(reference)
    for ref in below:
        if not isinstance(ref.node, ast.ClassDef):
            continue
        own = _initializer(ref.node)
        if own is None:
            yield from _of_class(project, ref)
        else:
            yield from _super_calls(ref, own)
    yield from _of_class(project, reference)
    for ref in (reference, *below):
        for call in ref.source.tree.within(ref.node, ast.Call):
            if ast.unparse(call.func) in ("cls", "type(self)", "self.__class__", "type(cls)"):
                yield Call(ref.source, call, 1, certain=not below)


def _of_class(project: Project, ref: DefinitionRef, names: tuple[str, ...] = ()) -> Iterator[Call]:
    """The calls of a class under its own name, or under the last of ``names``, and under names
    that imports or plain assignments give it."""
    name = names[-1] if names else ref.name
    aliases: dict[str, None] = {}
    for other in project.containing(name.encode()):
        tree = readable(other)
        if tree is None:
            raise CallersError(f"{other.path} cannot be parsed, and it mentions {name}")
        if any(True for _ in unread_uses(other, tree, name)):
            raise CallersError(f"part of {other.path} cannot be read, and it mentions {name}")
        for item in occurrences(tree, name):
            if isinstance(item, ast.Constant):
                if by_name(tree, item, ref.source, None) and not _is_harmless(tree, item):
                    raise CallersError(f"a string in {other.path}:{item.lineno} refers to {name}")
                continue
            if isinstance(item, ast.alias):
                if item.asname is not None:
                    aliases[item.asname] = None
                continue
            use = use_of(project, other, tree, item, ref.source, ref.node, None)
            if use is None or isinstance(item.ctx, ast.Store):
                continue
            parent = tree.parent(item)
            if isinstance(parent, ast.Call) and parent.func is item:
                certain = use.certain and _only_reaches(project, other, item, ref.node)
                yield Call(other, parent, 1, certain)
            elif isinstance(parent, ast.Attribute) and parent.attr == "__init__":
                call = tree.parent(parent)
                if not isinstance(call, ast.Call) or call.func is not parent:
                    raise CallersError(f"{other.path}:{item.lineno} passes on {name}.__init__")
                yield Call(other, call, 0, use.certain)
            elif isinstance(parent, ast.Assign) and (alias := _alias(tree, parent)) is not None:
                aliases[alias] = None
            elif not _only_names(tree, item):
                raise CallersError(f"{name} is used in {other.path}:{item.lineno} without a call")
    for alias in aliases:
        if alias not in (ref.name, *names):
            yield from _of_class(project, ref, (*names, alias))


def _alias(tree: Tree, statement: ast.Assign) -> str | None:
    """The name that a module gives to what stands on the right."""
    match statement.targets:
        case [ast.Name(id=name)] if isinstance(tree.parent(statement), ast.Module):
            return name
        case _:
            return None


def _is_harmless(tree: Tree, text: ast.Constant) -> bool:
    """Whether a string is in ``__all__``, or replaces what it names by a mock that takes any
    arguments and that nobody asks for them: ``with patch("module.name"):``."""
    if in_all(tree, text):
        return True
    call = tree.parent(text)
    if not isinstance(call, ast.Call) or base_name(call.func) != "patch":
        return False
    item = tree.parent(call)
    plain = len(call.args) == 1 and not call.keywords
    return plain and isinstance(item, ast.withitem) and item.optional_vars is None


def _super_calls(ref: DefinitionRef, own: Function) -> Iterator[Call]:
    """``super().__init__()`` of a class below."""
    assert isinstance(ref.node, ast.ClassDef)
    for call in ref.source.tree.within(own, ast.Call):
        match call.func:
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="__init__"):
                # With several bases the next one may be another class.
                yield Call(ref.source, call, 1, certain=len(ref.node.bases) == 1)


def _initializer(node: ast.ClassDef) -> Function | None:
    found = [item for item in node.body if isinstance(item, FUNCTIONS) and item.name == "__init__"]
    return found[-1] if found else None


def _only_names(tree: Tree, node: ast.Name | ast.Attribute) -> bool:
    """Whether a class is only named: an annotation, a base, ``isinstance``, ``Class.member``."""
    child: ast.AST = node
    for parent in tree.ancestors(node):
        match parent:
            case ast.Attribute() if child is node:
                return True
            case ast.ClassDef():
                return child in parent.bases
            case ast.ExceptHandler():
                return child is parent.type
            case ast.arg():
                return child is parent.annotation
            case ast.AnnAssign():
                return child is parent.annotation
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return child is parent.returns
            case ast.Call():
                called = base_name(parent.func)
                if called in ("isinstance", "issubclass") and child in parent.args[1:]:
                    return True
                whole = ast.unparse(parent.func)
                first = called in ("cast", "hasattr", "__new__") or whole.endswith("patch.object")
                return first and child in parent.args[:1]
            case ast.stmt():
                return False
        child = parent
    return False


def given(call: Call, function: Function, argument: ast.arg) -> Given | None:
    """What a call passes for a parameter; ``None`` if it leaves it out.

    Raises:
        CallersError: when stars hide what is passed, or nobody knows whom the call reaches.
    """
    where = f"{call.source.path}:{call.node.lineno}"
    arguments = function.args
    for keyword in call.node.keywords:
        if keyword.arg == argument.arg:
            return _sound(call, keyword, where)
    ordered = positional_of(arguments)
    position = ordered.index(argument) - call.offset if argument in ordered else None
    if any(keyword.arg is None for keyword in call.node.keywords):
        raise CallersError(f"{where} passes arguments with **")
    if position is None:
        return None
    before = call.node.args[: position + 1]
    if any(isinstance(item, ast.Starred) for item in before):
        raise CallersError(f"{where} passes arguments with *")
    if position < 0 or len(before) <= position:
        return None
    return _sound(call, call.node.args[position], where)


def _sound(call: Call, found: Given, where: str) -> Given:
    if not call.certain:
        raise CallersError(f"{where} may call it, and passes an argument for it")
    value = found.value if isinstance(found, ast.keyword) else found
    if not is_pure(value):
        raise CallersError(
            f"{where} computes the argument with a call, which may have a side effect"
        )
    return found
