"""An entry of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar, cast

from codemods.codemod.change import Change, Refusal
from codemods.codemod.match import Asked, Match
from codemods.codemod.scope import Plan, Scope
from codemods.demands.demands import Demands
from codemods.findings.model import Severity
from codemods.project.project import Project
from codemods.project.source import SourceFile

Value = TypeVar("Value", covariant=True)


@dataclass(frozen=True, slots=True)
class Option(Generic[Value]):
    """A setting of a codemod, from ``[tool.autofix.<codemod>]``."""

    name: str
    default: Value
    help: str

    def of(self, options: Mapping[str, object]) -> Value:
        """What is set, else the default. Settings have the default's type: one with another type
        is an error when they are read."""
        return cast("Value", options.get(self.name, self.default))


@dataclass(frozen=True, slots=True)
class AuditWords:
    """What an audit says of every place that a codemod finds in a scan."""

    defect: str
    """The title of a finding: what is wrong, not what is done about it."""
    severity: Severity
    dimension: str
    impact: str


Prefilter: TypeAlias = Callable[[Project, SourceFile, Mapping[str, object]], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Codemod:
    """One entry of the catalogue.

    The plan that ``find`` is given is always one of its own ``recognise``, or ``None`` in a scan:
    that both are written for the same type is checked where a codemod is made.
    """

    name: str
    """The module's file name with hyphens: ``add-exc-info``."""
    recognise: Callable[[Demands], Match[Plan] | None]
    find: Callable[[Scope, Plan | None], Iterator[Change | Refusal]]
    triggers: tuple[bytes, ...]
    """Literals of which at least one occurs in every file that a scan could change."""
    plan: type[Plan] = Plan
    """Its plan: what ``autofix run`` and the directive of a report may say."""
    area: str = "Other"
    """The heading under which lists of the catalogue have it: ``Errors and logs``."""
    scans: bool = True
    """Whether ``find`` without a plan is precise enough for a scan; if not, it always gets one."""
    options: tuple[Option[object], ...] = ()
    documentation: str = ""
    """Its page, of which the first line is the summary: where it is empty, the catalogue takes the
    docstring of the module."""
    prefilter: Prefilter | None = None
    """A finer test than the triggers, for files that hold one: on the bytes and the codemod's
    settings alone, and ``False`` only where a scan has nothing to say. Most of a scan's time is
    what it parses."""
    prepare: Callable[[Project], None] | None = None
    """Called once before a scan of many files, for what is cheaper to find out for all of them."""
    rules: tuple[str, ...] = ()
    """Rules of other tools whose findings it fixes, by every name that they go by, in any case:
    ``ASYNC230``, ``blocking-open-call-in-async-function``, ``py/stack-trace-exposure``."""
    subjects: tuple[str, ...] = ()
    """What it is about, as subjects of the lexicon: where a finding speaks of one and asks for no
    plan that can be read, what a scan sees at its very lines is taken for what it means."""
    asked_in: str = ""
    """Words that findings use to ask for it, the verb first; if empty, the words of the summary.
    The summary is for readers, and rewording it must not change what is fixed."""
    audit: AuditWords | None = None
    """What an audit says of the places that it finds in a scan; something general if ``None``."""

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            name: str,
            recognise: Callable[[Demands], Match[Asked] | None],
            find: Callable[[Scope, Asked], Iterator[Change | Refusal]],
            triggers: tuple[bytes, ...],
            plan: type[Asked] = ...,
            area: str = ...,
            scans: bool = True,
            options: tuple[Option[object], ...] = (),
            documentation: str = "",
            prefilter: Prefilter | None = None,
            prepare: Callable[[Project], None] | None = None,
            rules: tuple[str, ...] = (),
            subjects: tuple[str, ...] = (),
            asked_in: str = "",
            audit: AuditWords | None = None,
        ) -> None: ...

    def wants(self, project: Project, source: SourceFile, options: Mapping[str, object]) -> bool:
        """Whether a scan parses ``source`` for this codemod."""
        data = source.data
        for literal in self.triggers:
            if literal in data:
                return self.prefilter is None or self.prefilter(project, source, options)
        return False

    @property
    def summary(self) -> str:
        """One line, for lists."""
        return self.documentation.strip().partition("\n")[0].rstrip()


def by_area(codemods: Iterable[Codemod]) -> dict[str, list[Codemod]]:
    """The entries of a catalogue under their headings, both in the order of their names."""
    found: dict[str, list[Codemod]] = {}
    for codemod in sorted(codemods, key=lambda item: (item.area, item.name)):
        found.setdefault(codemod.area, []).append(codemod)
    return found
