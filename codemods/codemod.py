"""What a codemod is: three functions, and the data that passes between them.

``recognise`` reads a finding and says what it asks for; ``find`` decides, on :mod:`ast`, what is
to be done or why not; ``edit`` carries out one operation on one libcst node and decides nothing.
A codemod is a module in :mod:`codemods.transforms` (or an entry point of the group
``autofix.codemods``) that holds a :class:`Codemod` under the name ``codemod``.
"""

from __future__ import annotations

import ast
import enum
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from codemods.findings.model import Finding, LineRange, Location, Severity
from codemods.project.paths import ends_in
from codemods.project.project import Project
from codemods.project.source import SourceError, SourceFile
from codemods.syntax.dotted import last_part
from codemods.syntax.spans import Span

if TYPE_CHECKING:
    import libcst as cst


Positioned = ast.expr | ast.stmt | ast.excepthandler
"""A node that stands on lines of its own."""
Located = TypeVar("Located", bound=Positioned)
Item = TypeVar("Item")


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
    LINES = "lines"
    """Whole lines, which are taken out with the comments in them; ``edit`` is not asked."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One edit of one place.

    The engine widens ``target`` to whole lines, parses only those with libcst, hands ``edit`` the
    node that ``unit`` names, and splices the result back as bytes.
    """

    path: str
    target: Span
    kind: str
    """The codemod's own verb, for its ``edit`` to tell operations apart."""
    unit: Unit = Unit.EXPRESSION
    payload: Any = None
    """Whatever ``edit`` needs: immutable, and compared by value."""


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


Edit = Operation | AddImport | DropImport | DeleteFile


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

    @property
    def defect(self) -> str:
        """What a scan says of a place that it does not fix."""
        return self.found or self.what


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


def by_position(item: Change | Refusal) -> tuple[int, int]:
    """Line and column, to sort the results of one file by."""
    return (item.site.line, item.site.column) if item.site is not None else (0, 0)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a finding asks of a codemod. Each codemod derives its own, with its own names."""

    strength: int
    """0 to 100: how sure the codemod is that it is meant. A tie is refused."""
    named: bool = True
    """Whether the codemod knows the pattern by name; ``apply-suggestion`` does not, and comes
    after all that do."""
    scopes: tuple[str, ...] = ()
    """Definitions that the finding names as the place, if the codemod knows better than
    :mod:`codemods.engine.locating.locate`."""
    anchors: tuple[str, ...] = ()
    """Names of which at least one must stand in the place: callees, state, sinks."""
    whole_files: bool = False
    """Whether a file that the finding names is place enough where no definition in it can be
    told: the codemod finds the names that are meant by itself."""
    locations: tuple[Location, ...] = ()
    """Places that the codemod read elsewhere in a finding whose own locations name no file."""
    count: int | None = None
    """How many places the finding speaks of, when it says so."""
    aspects: tuple[str, ...] = ()
    """Parts that can be done or left: ``return 503 when the queue is full``."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look: one file, or one definition of it."""

    source: SourceFile
    node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    evidence: tuple[LineRange, ...] = ()
    """Lines of the file at which the finding's evidence stands today."""
    reported: tuple[LineRange, ...] = ()
    """Lines that the report names; they only break ties."""
    by: str = ""
    """By what the place was found, in words."""

    @property
    def lines(self) -> LineRange:
        """The lines of the definition, decorators included."""
        if isinstance(self.node, ast.Module):
            return LineRange(1, len(self.source.line_starts))
        first = min([self.node.lineno, *(item.lineno for item in self.node.decorator_list)])
        return LineRange(first, self.node.end_lineno or first)

    def focus(self, nodes: Sequence[Located]) -> list[Located]:
        """Those of ``nodes`` that the finding means, when several would do.

        Nodes on lines where the evidence stands go before nodes on reported lines; where neither
        picks any, all of them stay: the report's lines only break ties.
        """
        return self.meant(nodes, itself)

    def meant(self, items: Sequence[Item], node: Callable[[Item], Positioned]) -> list[Item]:
        """The same for what is no node and has one, which ``node`` gives."""
        for ranges in (self.evidence, self.reported):
            chosen = [item for item in items if overlaps(node(item), ranges)]
            if chosen:
                return chosen
        return list(items)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a codemod looks, and whom it may ask."""

    project: Project
    places: tuple[Place, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    finding: Finding | None = None
    """``None`` in a scan."""

    def nodes(self, *kinds: type[Located]) -> Iterator[tuple[Place, list[Located]]]:
        """Each place with its nodes of exactly these kinds; :meth:`once` holds for them."""
        return self.once(lambda place: place.source.tree.within(place.node, *kinds), itself)

    def once(
        self,
        look: Callable[[Place], Iterable[Item]],
        node: Callable[[Item], ast.AST],
        also: Iterable[Place] = (),
    ) -> Iterator[tuple[Place, list[Item]]]:
        """Each place with what is found in it, and was in none before: two places of a finding may
        lie in each other.

        Args:
            look: what to find in a place.
            node: by which node two of them are the same.
            also: places that come behind those of the scope.
        """
        seen: set[ast.AST] = set()
        for place in (*self.places, *also):
            found = []
            for item in look(place):
                if node(item) not in seen:
                    seen.add(node(item))
                    found.append(item)
            yield place, found

    def site(self, source: SourceFile, node: Positioned) -> Site:
        """The site of ``node`` for a result."""
        return site_of(source, node)

    def source_named(self, written: str) -> SourceFile | None:
        """The one file that a path in a report can mean: by its end, and of several the one beside
        a place of the finding. ``None`` where there is none, or where it cannot be parsed."""
        paths = [path for path in self.project.python_paths if ends_in(path, written)]
        if len(paths) > 1:
            folders = {place.source.path.rpartition("/")[0] for place in self.places}
            paths = [path for path in paths if path.rpartition("/")[0] in folders]
        if len(paths) != 1:
            return None
        source = self.project.source(paths[0])
        try:
            return source if source.tree is not None else None
        except SourceError:
            # Nothing was located there; a file that cannot be read gives nothing either.
            return None


def itself(node: Located) -> Located:
    """A node is its own."""
    return node


def lines_of(node: Positioned) -> LineRange:
    """The lines that ``node`` stands on."""
    return LineRange(node.lineno, node.end_lineno or node.lineno)


def overlaps(node: Positioned, ranges: Iterable[LineRange]) -> bool:
    """Whether ``node`` stands on a line of one of the ranges."""
    here = lines_of(node)
    return any(item.overlaps(here) for item in ranges)


def site_of(source: SourceFile, node: Positioned) -> Site:
    """Where ``node`` stands, for people."""
    start = source.line_starts[node.lineno - 1]
    column = len(source.utf8[start : start + node.col_offset].decode("utf-8", "replace")) + 1
    return Site(
        source.path,
        node.lineno,
        node.end_lineno or node.lineno,
        source.tree.qualified_name(node),
        column,
    )


@dataclass(frozen=True, slots=True)
class Option:
    """A setting of a codemod, from ``[tool.autofix.<codemod>]``."""

    name: str
    default: Any
    help: str


@dataclass(frozen=True, slots=True)
class AuditWords:
    """What an audit says of every place that a codemod finds in a scan."""

    defect: str
    """The title of a finding: what is wrong, not what is done about it."""
    severity: Severity
    dimension: str
    impact: str


Recognise = Callable[[Finding], Plan | None]
Find = Callable[[Scope, Any], Iterator[Change | Refusal]]
EditNode = Callable[
    [Operation, Any], "cst.CSTNode | cst.FlattenSentinel[Any] | cst.RemovalSentinel | Refusal"
]


@dataclass(frozen=True, slots=True)
class Codemod:
    """One entry of the catalogue."""

    name: str
    """The module's file name with hyphens: ``add-exc-info``."""
    recognise: Recognise
    find: Find
    edit: EditNode
    triggers: tuple[bytes, ...]
    """Literals of which at least one occurs in every file that a scan could change."""
    scans: bool = True
    """Whether ``find`` without a plan is precise enough for a scan; if not, it always gets one."""
    options: tuple[Option, ...] = ()
    documentation: str = ""
    """Its page, of which the first line is the summary: where it is empty, the catalogue takes the
    docstring of the module."""
    prefilter: Callable[[Project, SourceFile, Mapping[str, Any]], bool] | None = None
    """A finer test than the triggers, for files that hold one: on the bytes and the codemod's
    settings alone, and ``False`` only where a scan has nothing to say. Most of a scan's time is
    what it parses."""
    prepare: Callable[[Project], None] | None = None
    """Called once before a scan of many files, for what is cheaper to find out for all of them."""
    rules: tuple[str, ...] = ()
    """Rules of other tools whose findings it fixes, by every name that they go by, in any case:
    ``ASYNC230``, ``blocking-open-call-in-async-function``, ``py/stack-trace-exposure``."""
    audit: AuditWords | None = None
    """What an audit says of the places that it finds in a scan; something general if ``None``."""

    def wants(self, project: Project, source: SourceFile, options: Mapping[str, Any]) -> bool:
        """Whether a scan parses ``source`` for this codemod."""
        data = source.data
        for literal in self.triggers:
            if literal in data:
                return self.prefilter is None or self.prefilter(project, source, options)
        return False

    @property
    def summary(self) -> str:
        """One line, for lists."""
        return self.documentation.strip().splitlines()[0] if self.documentation else ""


def codemod_name(module: str) -> str:
    """``codemods.transforms.add_exc_info`` to ``add-exc-info``."""
    return last_part(module).replace("_", "-")
