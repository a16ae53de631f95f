"""The issue of a finding, in the form of the audit procedure, with what is known of it today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codemods.delivery.bot.body import LONGEST
from codemods.delivery.bot.marker import Marker
from codemods.delivery.bot.run import ISSUE
from codemods.delivery.bot.seen import Found
from codemods.delivery.bot.subjects import Subject
from codemods.delivery.inert import fenced, prose, span
from codemods.delivery.inert import inline as line
from codemods.delivery.publish.deciding import Action, Decision, keys
from codemods.findings.model import Code, Field, Finding

_CUT = 6_000
"""Characters of one section."""
_CALLED = "call path"


def title(finding: Finding, severity: str, date: str) -> str:
    """``[2026-03-02] HIGH - Exports drop the traceback``."""
    told = " ".join(finding.title.split())
    head = f"[{date}] {severity} - " if severity else f"[{date}] "
    return f"{head}{told}"[:250]


REFER = "refer"
"""The note of issues that are still to be told of this one."""


def body(decision: Decision, pulls: dict[str, int], refer: Sequence[int] = ()) -> str:
    """The whole body, with its marker.

    Args:
        pulls: open pull requests by the key of their fix.
        refer: issues that are to be told of this one.
    """
    subject = decision.subject
    names = {"keys": list(keys(subject)), "findings": list(subject.selectors)}
    marker = Marker({"kind": ISSUE, **names}).with_notes({REFER: list(refer) or None})
    text = "\n".join([marker.line, *_sections(decision, pulls)])
    if len(text) > LONGEST:
        text = text[:LONGEST].rpartition("\n")[0] + "\n\n(shortened: the report has the rest)"
    return f"{text}\n"


def _sections(decision: Decision, pulls: dict[str, int]) -> Iterator[str]:
    subject, finding = decision.subject, decision.subject.finding
    yield "## Summary\n"
    yield _words(finding.all("description", "summary")) or line(finding.title)
    if decision.action is Action.REGRESSION:
        yield f"\nThis was #{decision.issue}, which is closed; the problem is back."
    yield "\n## Evidence / Code Paths\n"
    yield from _evidence(subject)
    yield "\n## Impact\n"
    if subject.severity:
        yield f"- **Severity**: {subject.severity}"
    if finding.impact:
        yield f"- **What breaks**: {line(finding.impact[:_CUT])}"
    if when := finding.text("trigger conditions"):
        yield f"- **When**: {line(when[:_CUT])}"
    if finding.related:
        yield "\n## Related Issues\n"
        yield from (f"- {line(item)}" for item in finding.related)
    yield "\n## Proposed Fix\n"
    yield _words(finding.suggestion) or "The report proposes no fix."
    yield from (_code(code) for code in finding.suggestion_code)
    yield "\n## Today\n"
    yield from _today(subject, pulls)


def _evidence(subject: Subject) -> Iterator[str]:
    finding = subject.finding
    for location in finding.locations:
        lines = ", ".join(
            str(item.start) if item.start == item.end else f"{item.start}-{item.end}"
            for item in location.lines
        )
        where = location.path or location.symbol or ""
        if where:
            yield f"- **File**: {span(f'{where}:{lines}' if lines else where)}"
    yield from (_code(code) for code in finding.evidence_code)
    if called := finding.text(_CALLED):
        yield f"- **Call path**: {line(called[:_CUT])}"


def _today(subject: Subject, pulls: dict[str, int]) -> Iterator[str]:
    """What the procedure does not ask for: where it stands by now, and what can be done."""
    for path, name in sorted(subject.places):
        yield f"- found in {span(f'{path}::{name}' if name else path)}"
    names = ", ".join(map(line, subject.selectors))
    yield f"- reported as {names}"
    number = pulls.get(subject.key)
    if number is not None:
        yield f"- a fix is open: #{number}"
    elif subject.found.has_patch:
        part = " for a part of it" if subject.found is Found.PARTLY else ""
        selector = subject.selectors[0]
        yield f"- autofix has a fix{part}: {span(f'autofix apply {selector}')}"
    else:
        yield f"- autofix has no fix: {line(subject.reason)}"


def _words(fields: tuple[Field, ...]) -> str:
    text = "\n\n".join(item.prose for item in fields).strip()
    return prose(text[:_CUT]) if text else ""


def _code(code: Code) -> str:
    language = code.language or ""
    # A word of the report goes behind a fence only if it is one; `autofix` would be an order.
    known = language if language.isalnum() and language != "autofix" else ""
    return f"\n{fenced(code.text[:_CUT], known)}\n"
