"""The body of a pull request: what, in whose words, done, left, checked, and the controls.

Every word that is not ours goes through :mod:`codemods.delivery.inert`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from codemods.codemod import Refusal
from codemods.delivery.bot.life import Decision, State
from codemods.delivery.bot.marker import box
from codemods.delivery.bot.seen import Ask, Found
from codemods.delivery.bot.subjects import Subject
from codemods.delivery.inert import fenced, prose, span
from codemods.delivery.inert import inline as line
from codemods.engine.outcomes import FilePatch
from codemods.findings.model import Finding, Location

LONGEST = 60_000
"""Characters; GitHub takes 65,536, with the marker and what people add."""
LONGEST_QUOTE = 2_000
LEFT_OUT = "(what verify printed is left out: there is no room)"
MOST_LINES = 60
"""Of a patch that was not taken."""
MOST_ROWS = 20
"""Places in one cell; the commit message names them all."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a pull request stands."""

    url: str
    """Of the repository."""
    base: str
    """The commit that the branch starts from."""
    verified: str = ""
    """How ``verify`` went, in words."""
    printed: str = ""
    """What it printed last, as Markdown."""
    close_issues: bool = True
    issues: tuple[str, ...] = ()
    """Issues that are of this finding: ``#12``."""
    refused: tuple[str, ...] = ()
    """Labels and people that the forge did not take, in words."""


def body(subject: Subject, setting: Setting, decision: Decision, *, lines: bool = True) -> str:
    """Our part of the body.

    Args:
        lines: with the numbers of lines, and links to them. They drift with every commit above,
            which is nothing to write to a pull request for: what tells whether the body has to be
            written anew is this text without them.
    """
    short = replace(setting, printed=LEFT_OUT if setting.printed else "")
    for longest, shown in (
        (LONGEST_QUOTE, setting),
        *((n, short) for n in (LONGEST_QUOTE, 300, 0)),
    ):
        text = "\n".join(_parts(subject, shown, decision, longest, lines=lines))
        if len(text) <= LONGEST:
            return text
    return text[: LONGEST - 100].rpartition("\n")[0] + "\n\n(shortened: the commit has the rest)"


def values(subject: Subject, setting: Setting, decision: Decision) -> dict[str, object]:
    """What a template can show; harmless as Markdown."""
    finding = subject.finding
    patch = subject.patch
    return {
        "id": line(finding.id),
        "title": line(finding.title),
        "severity": str(subject.severity or ""),
        "codemod": span(subject.codemod),
        "safety": str(subject.safety or ""),
        "report": line(finding.report),
        "findings": [line(item) for item in subject.selectors],
        "quote": _quote(finding, LONGEST_QUOTE),
        "changed": [line(item.what) for item in patch.changes] if patch else [],
        "paths": [span(path) for path in subject.paths],
        "left": [line(item) for item in subject.left],
        "verified": line(setting.verified),
        "printed": setting.printed,
        "note": line(decision.line),
        "issues": _issues(subject, setting),
        "table": "\n".join(_table(subject, setting, lines=False)),
    }


def controls(decision: Decision, key: str) -> str:
    """The boxes, and what to type."""
    boxes = [f"{box('rebase')} rebuild on today's base", f"{box('ignore')} never again"]
    if decision.state is State.EDITED:
        boxes = []
        if decision.box is Ask.RECREATE:
            text = "rebuild; the current commits are kept under refs/autofix/trash"
            boxes.append(f"{box('recreate')} {text}")
    hints = (
        f"`autofix bot explain {key}` says why · comments: `/autofix rebase`, `recreate`, "
        "`ignore why`, `explain` · undo: the Revert button"
    )
    return "\n".join([*boxes, "", hints]).strip("\n")


def _parts(
    subject: Subject, setting: Setting, decision: Decision, longest: int, *, lines: bool
) -> Iterator[str]:
    finding = subject.finding
    severity = f" · {subject.severity}" if subject.severity else ""
    yield f"**{line(finding.id)}{severity} ·** {span(finding.title)}"
    if longest and (words := _quote(finding, longest)):
        yield words
    where = line(finding.report)
    if lines and finding.line:
        where += f", line {finding.line}"
    yield f"> — {where}"
    if decision.line:
        yield f"\n**{line(decision.line)}**"
    yield ""
    yield from _table(subject, setting, lines=lines)
    yield ""
    if longest:
        yield from _others(subject)
    if lines and setting.printed:
        yield f"{setting.printed}\n"
    if issues := _issues(subject, setting):
        yield f"{issues}\n"
    yield controls(decision, subject.key)


def _others(subject: Subject) -> Iterator[str]:
    """What other findings of the same place ask for, where that is another patch: the worst one's
    was taken."""
    taken = subject.patch
    for member in subject.members[1:]:
        patch = member.patch
        if taken is None or patch is None or patch.files == taken.files:
            continue
        shown = [text for file in patch.files for text in _diff(file)]
        if len(shown) > MOST_LINES:
            shown = [*shown[:MOST_LINES], "…"]
        yield (
            f"<details><summary>{line(member.selector)} asks for another patch</summary>\n\n"
            + fenced("\n".join(shown), "diff")
            + "\n\n</details>\n"
        )


def _diff(file: FilePatch) -> Iterator[str]:
    before, after = (
        data.decode("utf-8", "replace").splitlines() for data in (file.before, file.after or b"")
    )
    return difflib.unified_diff(before, after, file.path, file.path, lineterm="", n=1)


def _quote(finding: Finding, longest: int) -> str:
    told = [item.prose for item in finding.all("description", "summary")]
    text = ("\n\n".join(told) or finding.description).strip()
    if len(text) > longest:
        text = text[:longest].rsplit(maxsplit=1)[0] + " …"
    return prose(text) if text else ""


def _table(subject: Subject, setting: Setting, *, lines: bool) -> Iterator[str]:
    rows: list[tuple[str, list[str]]] = [
        (
            "reported",
            [span(item, cell=True) for item in map(_written, subject.finding.locations) if item],
        ),
        ("today", _today(subject, setting, lines=lines)),
        ("changed", _changed(subject)),
        ("left alone", [_refused(item, lines=lines) for item in _refusals(subject)]),
        ("left", [line(i) for i in (subject.left if lines else subject.left_without_lines)]),
        ("not done", [line(item) for item in _unaddressed(subject)]),
        ("note", [line(item) for item in _notes(subject)]),
        ("checked", _checked(subject, setting)),
        ("the forge refused", [line(item) for item in setting.refused]),
        ("also reported as", [span(item, cell=True) for item in subject.selectors[1:]]),
    ]
    yield "| | |"
    yield "|---|---|"
    for name, items in rows:
        shown = list(dict.fromkeys(items))
        if len(shown) > MOST_ROWS:
            shown = [*shown[:MOST_ROWS], f"and {len(shown) - MOST_ROWS} more"]
        if shown:
            yield f"| {name} | {'<br>'.join(shown)} |"


def _written(location: Location) -> str:
    """A location as the report has it."""
    lines = ", ".join(
        str(item.start) if item.start == item.end else f"{item.start}-{item.end}"
        for item in location.lines
    )
    path = location.path or ""
    if location.symbol:
        path = f"{path}::{location.symbol}" if path else location.symbol
    return f"{path}:{lines}" if lines else path


def _today(subject: Subject, setting: Setting, *, lines: bool) -> list[str]:
    patch = subject.patch
    sites = [change.site for change in patch.changes] if patch is not None else []
    found = []
    for site in sites:
        name = f", {span(site.function)}" if site.function else ""
        if lines:
            url = f"{setting.url}/blob/{setting.base}/{quote(site.path)}#L{site.line}"
            found.append(f"[{span(f'{site.path}:{site.line}', cell=True)}]({url}){name}")
        else:
            found.append(f"{span(site.path, cell=True)}{name}")
    return found


def _changed(subject: Subject) -> list[str]:
    patch = subject.patch
    if patch is None:
        return []
    return [f"{line(item.what)} ({span(subject.codemod)}, {item.safety})" for item in patch.changes]


def _refusals(subject: Subject) -> Sequence[Refusal]:
    return subject.patch.refusals if subject.patch is not None else ()


def _refused(item: Refusal, *, lines: bool) -> str:
    if item.site is None:
        return line(item.detail)
    where = f"{item.site.path}:{item.site.line}" if lines else item.site.path
    return f"{span(where, cell=True)}: {line(item.detail)}"


def _unaddressed(subject: Subject) -> Iterable[str]:
    return subject.patch.beside if subject.patch is not None else ()


def _notes(subject: Subject) -> Iterator[str]:
    patch = subject.patch
    if patch is not None:
        for change in patch.changes:
            yield from change.notes
        yield from patch.notes


def _checked(subject: Subject, setting: Setting) -> list[str]:
    gates = subject.patch.gates if subject.patch is not None else ()
    found = [line(item) for item in gates]
    if setting.verified:
        found.append(line(setting.verified))
    return [" · ".join(found)] if found else []


def _issues(subject: Subject, setting: Setting) -> str:
    """Only what the finding itself names, or ``publish`` made; and never for a part of it."""
    if not setting.issues:
        return ""
    closes = setting.close_issues and subject.found is Found.FIXED
    word = "Closes" if closes else "Refs"
    return "\n".join(f"{word} {issue}" for issue in setting.issues)


def issues_of(subject: Subject, published: Mapping[str, int]) -> tuple[str, ...]:
    """The issues of a subject: those that its findings' status names, and those of ``publish``.

    Args:
        published: numbers of issues by key.
    """
    named = [
        issue
        for member in subject.members
        for issue in member.finding.status.issues
        if issue.startswith("#") and issue[1:].isdigit()
    ]
    if subject.key in published:
        named.append(f"#{published[subject.key]}")
    return tuple(dict.fromkeys(named))
