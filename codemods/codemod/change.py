"""What ``find`` decides: changes, as data, and what is left alone."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from codemods.syntax.spans import Span

if TYPE_CHECKING:
    import ast

    import libcst as cst

    from codemods.project.source import SourceFile


class Safety(enum.StrEnum):
    """How much a change may be trusted; the weakest of its changes is a patch's."""

    SAFE = "safe"
    """Behaviour and comments are kept, but for the defect."""
    REVIEW = "review"
    """Behaviour changes, as the fix wants; somebody should read it."""
    DISPLAY = "display"
    """Shown, and written only when forced."""

    @property
    def rank(self) -> int:
        """0 for the strongest."""
        return list(Safety).index(self)

    @staticmethod
    def weakest(members: Iterable[Safety]) -> Safety:
        """The weakest of ``members``, ``SAFE`` when there are none."""
        return max(members, key=lambda member: member.rank, default=Safety.SAFE)


class Unit(enum.Enum):
    """What ``edit`` is handed for an operation."""

    EXPRESSION = "expression"
    """The ``cst.BaseExpression`` whose span is the target."""
    STATEMENT = "statement"
    """The ``SimpleStatementLine`` or compound statement that starts and ends at the target."""
    STATEMENTS = "statements"
    """Consecutive statements of one block, as a ``cst.IndentedBlock`` of just those."""
    HANDLER = "handler"
    """The ``cst.ExceptHandler`` whose span is the target."""


Node: TypeAlias = "cst.CSTNode | cst.FlattenSentinel[cst.CSTNode]"
"""What an edit is handed; several nodes where another one has put some beside the first."""
Edited: TypeAlias = "Node | cst.RemovalSentinel | Refusal | None"
"""What an edit gives: ``None`` where the node is another one than it was meant for."""


class Payload(Protocol):
    """What is to be done at a place: immutable, and compared by value."""

    def edit(self, node: Node) -> Edited:
        """``node`` as it is to be. Where it is another one than ``find`` has seen, ``None``, and
        the engine says so; a refusal where there is more to say."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One edit of one place.

    The engine widens ``target`` to whole lines, parses only those with libcst, hands the payload
    the node that ``unit`` names, and splices the result back as bytes.
    """

    path: str
    target: Span
    payload: Payload
    unit: Unit = Unit.EXPRESSION

    @staticmethod
    def at(
        source: SourceFile,
        node: ast.expr | ast.stmt | ast.excepthandler,
        payload: Payload,
        unit: Unit = Unit.EXPRESSION,
    ) -> Operation:
        """The edit of one node of a file, as its own span has it."""
        return Operation(source.path, source.span(node), payload, unit)


@dataclass(frozen=True, slots=True)
class DropLines:
    """Whole lines go, with the comments in them; nobody is asked about what stands there."""

    path: str
    target: Span


@dataclass(frozen=True, slots=True)
class SetLines:
    """Whole lines become others, as another tool wrote them; no comment in them may be lost."""

    path: str
    target: Span
    """From the start of a line to the start of another one; empty: lines are added there."""
    new: bytes
    """In UTF-8, with the newlines of the file."""


@dataclass(frozen=True, slots=True)
class AddImport:
    """``import module`` or ``from module import name`` at the top of ``path``.

    The engine places it with :mod:`codemods.syntax.imports`; nothing happens where the file binds
    the name already.
    """

    path: str
    module: str
    name: str | None = None
    alias: str | None = None
    """What it is bound to: ``np`` of ``import numpy as np``."""


@dataclass(frozen=True, slots=True)
class DropImport:
    """The import that binds ``name`` at the top of ``path`` goes, if nothing uses it any more."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class DeleteFile:
    """The whole file goes; other edits of it are in vain.

    Nothing of the project may still import it then: the engine checks that, and nothing else.
    """

    path: str


Edit = Operation | DropLines | SetLines | AddImport | DropImport | DeleteFile


@dataclass(frozen=True, slots=True)
class Site:
    """A place in today's code, for people and for JSON. Lines count from one."""

    path: str
    line: int
    end_line: int
    function: str = ""
    """Qualified name of the innermost definition, ``""`` at module level."""
    column: int = 1
    """In characters, from one."""


@dataclass(frozen=True, slots=True)
class Change:
    """Edits over any number of files, all or nothing."""

    site: Site
    what: str
    """What it does, in words: ``load_audio() runs in a thread``."""
    edits: tuple[Edit, ...]
    safety: Safety
    notes: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    """Which of the plan's aspects this change takes care of."""
    found: str = ""
    """What is wrong there, for a scan that only finds: ``load_audio() blocks the event loop``.
    Where it is empty, ``what`` says it already."""

    meets: tuple[str, ...] = ()
    """The ids of the demands that it meets, ``d1``; the engine says so."""

    @property
    def defect(self) -> str:
        """What a scan says of a place that it does not fix."""
        return self.found or self.what


NOT_AS_SHOWN = "not-as-shown"
"""The reason of a refusal where something else stands than the finding shows."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A site that was looked at and left alone."""

    reason: str
    """A stable identifier: ``inside-generator-expression``."""
    detail: str
    """The same for a person, in one line: what stands there and why it stays."""
    site: Site | None = None
    already: bool = False
    """The shape that the fix would give stands here: evidence for ``already-fixed``."""
    asked: bool | None = None
    """Whether the finding asks for this place, so that it is only partly fixed while it stays:
    ``False`` where nothing is to be done. ``None``: it does if it names or shows its lines."""


NO_NODE = "internal: libcst has no node for this place"
"""Why an edit is refused that is handed another node than the one that was decided on."""


def by_position(item: Change | Refusal) -> tuple[int, int]:
    """Line and column, to sort the results of one file by."""
    return (item.site.line, item.site.column) if item.site is not None else (0, 0)
