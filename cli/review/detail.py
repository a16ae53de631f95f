"""One finding in full, as lines of a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from codemods.delivery.review.decisions import Verdict
from codemods.engine.outcomes import FilePatch
from codemods.output.entries import Entry
from codemods.output.sides import sides

from ..drawing import Look, drawn, drawn_excerpt, folded, hung
from .said import drawn_said
from .state import Choice

MARKS = {Verdict.ACCEPT: "✓ accepted", Verdict.SKIP: "✗ skipped"}
STYLES = {Verdict.ACCEPT: "bold #56d364", Verdict.SKIP: "bold #ff938a"}


def listed(entry: Entry, choice: Choice | None, width: int, look: Look, *, open_: bool) -> Text:
    """A finding in the list; nothing is told by colour alone.

    Args:
        open_: whether it can be decided about.
    """
    sign = MARKS[choice.verdict][0] if choice else "·" if open_ else " "
    head = Text.assemble((f"{sign} ", STYLES[choice.verdict] if choice else ""))
    name = Text.assemble((entry.ids, "bold"), f" {entry.title}")
    facts = (entry.severity, entry.outcome, entry.codemod, entry.safety)
    more = Text(" · ".join(filter(None, facts)), style=look.faint)
    return Text("\n").join([*hung(head, name, width), *folded(more, width, "  ")])


def detail(
    entry: Entry,
    choice: Choice | None,
    edited: Sequence[FilePatch],
    width: int,
    look: Look,
    *,
    two: bool,
) -> Iterator[Text]:
    """All that is known of a finding, what changes first.

    Args:
        entry: the finding.
        choice: what was decided.
        edited: the files of Changes that somebody edited.
        width: columns.
        look: the styles.
        two: whether both sides of a diff stand beside each other.
    """
    yield from folded(Text(f"{entry.ids}: {entry.title}", style="bold"), width)
    # A word alone would not say that "review" is the safety.
    safety = f"safety: {entry.safety}" if entry.safety else ""
    facts = [entry.severity, entry.outcome, entry.codemod, safety, entry.where, entry.report]
    yield from folded(Text(" · ".join(filter(None, facts)), style=look.faint), width)
    if choice is not None:
        yield Text(MARKS[choice.verdict], style=STYLES[choice.verdict])
    if not entry.files:
        yield Text()
        yield from folded(Text(entry.reason or entry.outcome, style="bold"), width)
    yield from _changes(entry, choice, width, look)
    yield from _listed("Left to do", entry.left, width)
    yield from _listed("Notes", entry.notes, width)
    if entry.files:
        yield Text()
        yield from drawn(sides(entry.files), width, look, two=two)
    if edited:
        yield from _headed("Edited Change")
        yield from drawn(sides(edited), width, look, two=two)
    for item in entry.now:
        yield from _headed("The code now")
        yield from drawn_excerpt(item, width, look)
    if entry.said:
        yield from _headed("What the report says")
    yield from drawn_said(entry.said, width, look)
    for other in entry.also:
        yield from _headed(f"Also reported as {other.name}")
        facts = [other.severity, other.title, other.report]
        yield from folded(Text(" · ".join(filter(None, facts)), style=look.faint), width)
        yield from drawn_said(other.said, width, look)
        if other.files:
            yield from _headed(f"Not written: the part that only {other.name} would change")
            yield from drawn(sides(other.files), width, look, two=two)
    yield from _listed("How the place was found", entry.found, width)
    if entry.gates:
        yield Text()
        yield from folded(Text("checked: " + " · ".join(entry.gates), style=look.faint), width)


def _changes(entry: Entry, choice: Choice | None, width: int, look: Look) -> Iterator[Text]:
    if entry.changes:
        yield from _headed("What changes")
    several = len(entry.changes) > 1
    for number, change in enumerate(entry.changes):
        out = choice is not None and number in choice.off
        head = f"{number + 1} [{' ' if out else 'x'}] " if several else ""
        edited = " (edited)" if choice is not None and number in choice.edits else ""
        line = Text(f"{head}{change.what}{edited} ")
        yield from folded(line.append(f"{change.where} · {change.safety}", look.faint), width)
        for note in change.notes:
            yield from folded(Text(f"note: {note}", style=look.faint), width, "    ")


def _listed(title: str, lines: Sequence[str], width: int) -> Iterator[Text]:
    if lines:
        yield from _headed(title)
    for line in lines:
        yield from folded(Text(f"- {line}"), width)


def _headed(title: str) -> Iterator[Text]:
    yield Text()
    yield Text(title, style="bold underline")
