"""Which findings are about a name that is bound and never read."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.codemod import Hints, Match, Plan
from codemods.demands.clauses import remarks
from codemods.demands.code import imports_in
from codemods.demands.demands import Demands, Text
from codemods.demands.reported_lines import ReportedLines
from codemods.syntax.dotted import last_part

CODES = ("F401", "F841", "F811")
"""What pyflakes, and ruff after it, calls an unused import, an unused variable and a second import
of a name."""


@dataclass(frozen=True, kw_only=True)
class UnusedPlan(Plan):
    """Names that are bound, are not to be used, and go."""

    names: frozenset[str] = frozenset()
    """The names, as in the code: ``Path``, ``os``."""
    imports: bool = True
    """Whether imports of these names are removed."""
    bindings: bool = True
    """Whether variables and ``as e`` of these names are removed."""
    comments: bool = False
    """Whether the comment above a variable is removed with it."""
    doubled: bool = False
    """Whether an import that repeats an earlier one is removed, even if the name is used."""


@dataclass(frozen=True, kw_only=True)
class UnusedHints(Hints):
    """What a finding says beside the names."""

    subjects: frozenset[str] = frozenset()
    """The names of title and suggestion: where nothing binds them any more, all is done."""
    reported: tuple[ReportedLines, ...] = ()
    """Where the report says that they are bound."""
    by_rule: bool = False
    """Whether a linter has found it."""


def recognise(demands: Demands) -> Match[UnusedPlan] | None:
    """A claim to findings about imports, variables and ``as e`` that nothing reads.

    What can be reached from elsewhere (a parameter, attribute, function or module) is dead code,
    and no matter of one file.
    """
    title, fix, told = demands.title, demands.fix, demands.opening
    whole = told + fix
    if "type: ignore" in title.raw or not _is_python(demands):
        return None
    if not title.says("never-read") or title.plain.says("part-of-a-program", "function"):
        return None
    if not title.says("imports", "local-variables", "local", "lint-code") and not (
        title.code and title.says("unused-in") and whole.says("imports")
    ):
        return None
    # A diff that takes it away says so without a word, and so does code of comments alone.
    said = fix.unfenced or any(_says_more(code.text) for code in demands.suggested)
    if said and not fix.says("to-be-removed", "imports"):
        return None
    plan = UnusedPlan(
        names=frozenset(_names(whole + demands.evidence)),
        imports=whole.says("imports") or "F401" in told.raw,
        bindings=title.says("local-variables", "local") or "F841" in told.raw,
        comments=whole.says("comment-goes"),
        doubled=told.says("bound-twice"),
    )
    hints = UnusedHints(
        count=title.count,
        whole_files=True,
        aspects=demands.advice.requests(but=("to-be-removed", "imports")),
        subjects=frozenset(_names(title + fix)),
        reported=demands.reported,
        by_rule=(demands.rule or "").upper() in CODES,
    )
    return Match(plan=plan, strength=90, hints=hints)


def _says_more(code: str) -> bool:
    """Whether code that is to stand there is more than a comment such as ``# gone``."""
    lines = [line.strip() for line in code.split("\n") if line.strip()]
    comments = all(line.startswith("#") for line in lines)
    return not comments or any(Text(line).says("kept", "lint-code") for line in lines)


def _is_python(demands: Demands) -> bool:
    paths = [item.path for item in demands.locations if item.path]
    return not paths or any(path.endswith((".py", "/")) for path in paths)


def _names(text: Text) -> set[str]:
    """The names of code that are not said to be used, whole and by their last word."""
    told = [Text(remark) for remark in remarks(text.raw)]
    found = {name for remark in told if not remark.says("kept") for name in _named(remark)}
    return found | {last_part(name) for name in found}


def _named(remark: Text) -> set[str]:
    imported = {item.bound for code in remark.code for item in imports_in(code)}
    caught = {code.rpartition(" as ")[2] for code in remark.code if " as " in code}
    relative = {last_part(code) for code in remark.code if code.startswith(".")}
    found = {*remark.names, *imported, *filter(str.isidentifier, caught | relative)}
    # Ruff says that a name could be added to `__all__`: that is not what it is about.
    return found - {"__all__"}
