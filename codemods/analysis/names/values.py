"""What an expression can mean, as far as the sources of a project show."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from codemods.analysis.names.bindings import Scope
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name
from codemods.syntax.parts import callee_of, positional_of
from codemods.syntax.tree import Definition, Function

_ELSEWHERE = ("async", "thread", "executor", "coroutine", "task", "background")
"""Words in a decorator's name that may mean that the function runs somewhere else."""


@dataclass(frozen=True, slots=True)
class DefinitionRef:
    """A function or class of the project."""

    source: SourceFile
    node: Definition
    qualified_name: str
    """Within its file: ``Class.method``."""

    def __repr__(self) -> str:
        return f"DefinitionRef({self.path}:{self.line} {self.qualified_name})"

    @property
    def name(self) -> str:
        """The last part of the qualified name."""
        return self.node.name

    @property
    def path(self) -> str:
        """The file that it stands in."""
        return self.source.path

    @property
    def line(self) -> int:
        """The line of its ``def`` or ``class``, from one."""
        return self.node.lineno

    @property
    def is_async(self) -> bool:
        """Whether it is an ``async def``."""
        return isinstance(self.node, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Context:
    """From where a name is looked up: the scopes, innermost first, the module last."""

    source: SourceFile
    scopes: tuple[Scope, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """A definition of the project, or an instance of a class of it."""

    ref: DefinitionRef
    instance: bool = False


@dataclass(frozen=True, slots=True)
class Foreign:
    """Something that the project does not define, by its dotted name, or an instance of it."""

    name: str
    instance: bool = False


@dataclass(frozen=True, slots=True)
class Namespace:
    """A module or package of the project, by its path without suffix."""

    place: str


@dataclass(frozen=True, slots=True)
class Parent:
    """``super()`` in a method of a class."""

    ref: DefinitionRef


@dataclass(frozen=True, slots=True)
class Returning:
    """A callable of which only the annotation of its result is known."""

    annotation: ast.expr
    context: Context


Value = Known | Foreign | Namespace | Parent | Returning
Values = tuple[Value, ...] | None
"""Every possibility; empty for ``None`` alone, and ``None`` where it cannot be told."""


def first_parameter(function: Function) -> str | None:
    """The name of a function's first positional parameter."""
    arguments = positional_of(function.args)
    return arguments[0].arg if arguments else None


def decorator_names(node: Definition) -> list[str]:
    """The last name of each decorator: ``cached_property`` of ``@functools.cached_property``."""
    names = (last_name(callee_of(decorator)) for decorator in node.decorator_list)
    return [name for name in names if name]


def union(parts: Iterable[Values]) -> Values:
    """All possibilities together, ``None`` as soon as one part cannot be told."""
    found: dict[object, None] = {}
    for part in parts:
        if part is None:
            return None
        found.update(dict.fromkeys(part))
    return tuple(found)  # type: ignore[arg-type]


def runs_elsewhere(ref: DefinitionRef) -> bool:
    """Whether a decorator may take the function to a thread or make a coroutine of it."""
    names = decorator_names(ref.node)
    return any(word in name.lower() for name in names for word in _ELSEWHERE)
