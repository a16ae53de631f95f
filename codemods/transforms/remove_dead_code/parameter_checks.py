"""Functions from which no parameter can be taken: somebody else decides how they are called."""

from __future__ import annotations

import ast
import re

from codemods.analysis.flow.pure import is_pure
from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import Foreign, Known
from codemods.demands.demands import Text
from codemods.project.paths import is_test
from codemods.project.project import Project
from codemods.syntax.dotted import base_name
from codemods.syntax.parts import default_of, is_plain, parameters_of, positional_of
from codemods.syntax.statements import is_bare_constant
from codemods.syntax.tree import FUNCTIONS, Function
from codemods.tables import words
from codemods.transforms.remove_dead_code.targets import Parameter, has_method

_DECORATORS = frozenset(
    words("staticmethod classmethod lru_cache cache contextmanager asynccontextmanager njit jit")
)
_BASES = re.compile(r"(?:^|\.)(?:object|ABC|Generic)$")
_INTERFACES = ("Protocol", "ABC")


def obstacle(project: Project, item: Parameter) -> tuple[str, str] | None:
    """What of its function speaks against taking a parameter out: a reason and a sentence."""
    function, arguments = item.function, item.function.args
    others = [
        ast.unparse(node) for node in function.decorator_list if base_name(node) not in _DECORATORS
    ]
    if others:
        return "registered", f"{item.place} is decorated by {others[0]}, which may call it"
    if item.argument in (arguments.vararg, arguments.kwarg):
        return "variadic", f"{item.name} collects all further arguments"
    static = any(base_name(node) == "staticmethod" for node in function.decorator_list)
    ordered = positional_of(arguments)
    if item.owner is not None and not static and ordered[:1] == [item.argument]:
        return "receiver", f"{item.name} is the object that the method is called on"
    holder = item.source.tree.parent(function)
    if not isinstance(holder, (ast.Module, ast.ClassDef)):
        return (
            "nested",
            f"{item.place} is defined in a function or a branch, and may have another definition",
        )
    same = [node for node in holder.body if getattr(node, "name", "") == function.name]
    if len(same) > 1:
        return "several", f"{item.place} is defined {len(same)} times"
    if is_test(item.source.path):
        return "collected", f"pytest may pass {item.name} to {item.place} by its name"
    default = default_of(function.args, item.argument)
    if default is not None and not is_pure(default):
        return "default", f"the default of {item.name} is computed by {ast.unparse(default)}"
    if item.owner is not None:
        return _in_class(project, item, item.owner)
    if alike := _alike(item):
        text = (
            f"{' and '.join(alike[:2])} take the same parameters, and may be called interchangeably"
        )
        return "family", text
    return None


def _alike(item: Parameter) -> list[str]:
    """The functions beside it with the very same parameters, where it is one of three or more:
    validators and handlers that something calls by a name from a list."""

    def names(node: Function) -> tuple[str, ...]:
        return tuple(each.arg for each in parameters_of(node.args))

    mine = names(item.function)
    found = [
        node.name
        for node in item.source.tree.module.body
        if isinstance(node, FUNCTIONS) and node is not item.function and names(node) == mine
    ]
    return found if len(mine) > 1 and len(found) > 1 else []


def _is_stub(function: Function) -> bool:
    """Whether a body does nothing: others are to do it."""
    return all(
        isinstance(node, (ast.Pass, ast.Raise))
        or is_bare_constant(node)
        or (isinstance(node, ast.Return) and is_plain(node.value))
        for node in function.body
    )


def _in_class(project: Project, item: Parameter, owner: ast.ClassDef) -> tuple[str, str] | None:
    index, name = index_of(project), item.function.name
    if name.startswith("__") and name.endswith("__") and name != "__init__":
        return "special-method", f"Python itself calls {item.place}"
    reference = next((ref for ref in index.definitions(owner.name) if ref.node is owner), None)
    if reference is None or not isinstance(item.source.tree.parent(owner), ast.Module):
        return "nested", f"{owner.name} is defined in a function"
    if any(base_name(node) != "dataclass" for node in owner.decorator_list):
        return "registered", f"a decorator may call {owner.name}"
    for base in index.resolver.classes.lineage(reference):
        if isinstance(base, Foreign) and not _BASES.search(base.name):
            return "overrides", f"{base.name} may call {item.place}"
        own = isinstance(base, Known) and base.ref.node is owner
        if (
            isinstance(base, Known)
            and not own
            and name != "__init__"
            and has_method(base.ref.node, name)
        ):
            return (
                "overrides",
                f"{item.place} may be called through {base.ref.name}, which also defines it",
            )
    unknown = [
        ast.unparse(node)
        for node in owner.bases
        if not index.resolve(item.source, node) and not _BASES.search(ast.unparse(node))
    ]
    if unknown or owner.keywords:
        shown = (unknown or ["a metaclass"])[0]
        return "overrides", f"{shown} may call {item.place}"
    if name == "__init__":
        return None
    if Text(ast.get_docstring(item.function) or "").says("meant-to-be-overridden"):
        return "overrides", f"{item.place} is meant to be overridden, as its docstring says"
    if _is_stub(item.function):
        return "overrides", f"{item.place} does nothing itself, and may be meant to be overridden"
    for below in index.subclasses(reference):
        if has_method(below.node, name):
            return (
                "overridden",
                f"{below.name} overrides {name}(), which must take the same parameters",
            )
        for base in index.resolver.classes.lineage(below):
            known = isinstance(base, Known) and base.ref.node is not owner
            prescribed = known and has_method(base.ref.node, name)  # type: ignore[union-attr]
            if prescribed or (isinstance(base, Foreign) and not _BASES.search(base.name)):
                shown = base.ref.name if isinstance(base, Known) else base.name
                text = f"{shown}, from which {below.name} also inherits, may call it"
                return "overrides", text
    for twin in index.definitions(name):
        other = index.resolver.owner(twin.source, twin.node)
        if other is None or other.node is owner or not isinstance(other.node, ast.ClassDef):
            continue
        if any(base_name(node) in _INTERFACES for node in other.node.bases):
            return "protocol", f"{other.name} declares {name}(), and this class may implement it"
    return None


def has_twin(project: Project, item: Parameter) -> str | None:
    """Another class with a method of the same name and parameter, which an object of an uncertain
    class may have."""
    if item.owner is None or item.function.name == "__init__":
        return None
    index = index_of(project)
    for twin in index.definitions(item.function.name):
        owner = index.resolver.owner(twin.source, twin.node)
        if owner is None or owner.node is item.owner or not isinstance(twin.node, FUNCTIONS):
            continue
        if any(each.arg == item.name for each in parameters_of(twin.node.args)):
            return f"{owner.name}.{item.function.name}()"
    return None
