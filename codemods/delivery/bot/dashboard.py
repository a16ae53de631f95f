"""The dashboard: one issue that tells of every finding where it stands, and why.

Each finding is there exactly once. What a person can ask for is a box, and a box that somebody
ticks while the page is written stays ticked.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from codemods.delivery.bot.life import State
from codemods.delivery.bot.marker import (
    BEGIN,
    END,
    ROOM,
    Marker,
    block,
    box,
    digest,
    read_marker,
    ticks,
)
from codemods.delivery.bot.observing import Ignored
from codemods.delivery.bot.rows import Row
from codemods.delivery.bot.seen import Ask
from codemods.delivery.forge.protocol import Issue
from codemods.delivery.inert import inline as line
from codemods.delivery.inert import span

TITLE = "autofix: findings and pull requests"
KIND = "dashboard"
LONGEST = 60_000
_NOTED = 24_000
"""Characters of JSON for what is ignored: half of what an issue takes."""
_CUT = 160
"""Characters of a title or a reason in a row."""

SECTIONS: Mapping[State, str] = {
    State.WAITING: "Open now",
    State.OPEN: "Open",
    State.HELD: "Held",
    State.EDITED: "Edited by people",
    State.NEEDS: "Needs a person",
    State.IGNORED: "Ignored",
}
FOLDED: Mapping[State, str] = {State.CANNOT: "Cannot", State.DONE: "Done"}
_WORDS = {
    Ask.OPEN: "open a pull request",
    Ask.REBASE: "rebuild",
    Ask.RECREATE: "recreate",
    Ask.UNIGNORE: "unignore",
    Ask.IGNORE: "ignore",
}


@dataclass(frozen=True, slots=True)
class Page:
    """The dashboard as it stands."""

    issue: Issue
    marker: Marker

    @property
    def ignored(self) -> dict[str, Ignored]:
        """What people have ignored, by key."""
        found = {}
        for key, noted in self.marker.table("ignored").items():
            if isinstance(noted, Mapping):
                names = noted.get("names")
                names = names if isinstance(names, list) else []
                who, when, why = (str(noted.get(name, "")) for name in ("who", "when", "why"))
                found[key] = Ignored(who, when, why, tuple(map(str, names)))
        return found

    @property
    def asks(self) -> dict[str, Ask]:
        """What is ticked, by key."""
        return asks(self.issue.body)


def asks(body: str) -> dict[str, Ask]:
    """What is ticked on a dashboard; of two boxes of one key, the first."""
    found: dict[str, Ask] = {}
    for name, key in ticks(body):
        if key and name in set(Ask):
            found.setdefault(key, Ask(name))
    return found


def find(issues: Iterable[Issue]) -> Page | None:
    """The dashboard among the issues of our account: the first one with its marker."""
    return next(_pages(issues), None)


def spares(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """Dashboards beside the first one: two runs began at once, and no forge has a lock."""
    return tuple(page.issue for page in _pages(issues))[1:]


def retired(number: int) -> str:
    """The body of one that is not kept.

    Args:
        number: of the one that is.
    """
    return f"Two runs started at the same time. #{number} is the dashboard; this one is closed.\n"


def _pages(issues: Iterable[Issue]) -> Iterator[Page]:
    for issue in issues:
        marker = read_marker(issue.body)
        if marker is not None and marker.text("kind") == KIND:
            yield Page(issue, marker)


@dataclass(frozen=True, slots=True)
class Content:
    """What the dashboard shows."""

    rows: Sequence[Row]
    base: str
    next_step: str
    ignored: Mapping[str, Ignored]
    unreadable: Sequence[str] = ()
    """Reports, or parts of them, with what is wrong."""


def page(content: Content, ticked: Mapping[str, Ask]) -> str:
    """Our part of the dashboard.

    Args:
        ticked: boxes that somebody ticked and nobody handled yet: they stay.
    """
    marker = Marker({"kind": KIND, "body": digest(""), "ignored": _noted(content.ignored)})
    room = min(LONGEST, ROOM - len(marker.line))
    for folded, cut in ((True, _CUT), (False, _CUT), (False, 60), (False, 0)):
        text = "\n".join(_parts(content, ticked, cut, folded=folded))
        if len(text) <= room:
            return text
    return _fitting(text, room)


def _fitting(text: str, room: int) -> str:
    """As many rows as an issue takes: thousands wait, and nobody ticks the last of them."""
    lines, size = [], 200
    every = text.split("\n")
    for number, item in enumerate(every):
        size += len(item) + 1
        if size > room:
            lines.append(f"\n{len(every) - number} more: `autofix bot dashboard` shows them.")
            break
        lines.append(item)
    return "\n".join(lines)


def new_body(ours: str, ignored: Mapping[str, Ignored]) -> str:
    """The body of a new dashboard."""
    marker = Marker({"kind": KIND, "body": digest(ours), "ignored": _noted(ignored)})
    return f"{marker.line}\n{BEGIN}\n{ours}\n{END}\n"


def updated(page: Page, ours: str, ignored: Mapping[str, Ignored]) -> str:
    """The body with our part anew; what people wrote around it stays, what they wrote into it
    goes: the page has to be true."""
    notes = {"body": digest(ours), "ignored": _noted(ignored)}
    marker = page.marker.with_notes(notes)
    text = page.issue.body.replace("\r\n", "\n")
    if block(text) is None:
        return f"{marker.line}\n{BEGIN}\n{ours}\n{END}\n"
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    kept = "\n".join(
        part for part in before.split("\n") if not part.strip().startswith("<!-- autofix:")
    ).strip()
    head = f"{marker.line}\n{kept}\n" if kept else f"{marker.line}\n"
    return f"{head}{BEGIN}\n{ours}\n{END}{after}"


def _noted(ignored: Mapping[str, Ignored]) -> dict[str, object]:
    """For the marker: what is ignored is never forgotten, where there is no room its reasons are,
    and the rest of what was said."""
    noted: dict[str, object] = {}
    for why, names in ((300, 9), (60, 2), (0, 1)):
        noted = {
            key: {
                "who": item.who,
                "when": item.when,
                "why": item.why[:why],
                "names": list(item.names[:names]),
            }
            for key, item in sorted(ignored.items())
        }
        if len(json.dumps(noted)) <= _NOTED:
            return noted
    return {key: {} for key in noted}


def _parts(content: Content, ticked: Mapping[str, Ask], cut: int, *, folded: bool) -> Iterator[str]:
    rows = content.rows
    counts = ", ".join(
        f"{number} {name.lower()}"
        for state, name in {**SECTIONS, **FOLDED}.items()
        if (number := sum(row.state is state for row in rows))
    )
    yield f"Base {span(content.base[:10])} · {counts or 'no findings'}"
    yield f"\n{content.next_step}"
    for state, name in SECTIONS.items():
        mine = [row for row in rows if row.state is state]
        if mine:
            yield f"\n### {name}\n"
            yield from (_row(row, content, ticked, cut) for row in mine)
    for state, name in FOLDED.items():
        mine = [row for row in rows if row.state is state]
        if mine:
            yield from _folded(name, mine, cut, folded=folded)
    if content.unreadable:
        yield "\n### Unreadable reports\n"
        yield from (f"- {line(_short(item, _CUT))}" for item in content.unreadable)


def _row(row: Row, content: Content, ticked: Mapping[str, Ask], cut: int) -> str:
    ask = _ask(row)
    asked = ticked.get(row.key)
    if asked is not None and asked is not ask:
        # Another box than today's was ticked: it stays, since somebody waits for it.
        ask = asked
    start = "-"
    words = ""
    if ask is not None:
        start = box(ask, row.key, ticked=asked is not None)
        words = f" ({_WORDS[ask]})"
    parts = [f"**{line(row.name)}**{f' {row.severity}' if row.severity else ''}"]
    if row.shown_number is not None:
        parts.append(f"#{row.shown_number}")
    if cut:
        parts.append(line(_short(row.title, cut)))
        if row.where:
            parts.append(span(_short(row.where, cut)))
    subject = row.item.subject
    if subject is not None and subject.safety is not None and row.state is State.WAITING:
        parts.append(f"{subject.safety}, {subject.size} lines")
    entry = content.ignored.get(row.key)
    if row.state is State.IGNORED and entry is not None and entry.who:
        by = f"by {line(entry.who)} on {line(entry.when)}"
        parts.append(f"{by}: {line(entry.why)}" if entry.why else by)
    else:
        parts.append(line(_short(row.settled, cut or 60)))
    if row.compare:
        parts.append(f"[open it yourself]({row.compare})")
    return f"{start} {' · '.join(parts)}{words}"


def _ask(row: Row) -> Ask | None:
    if row.decision.box is not None:
        return row.decision.box
    return {State.OPEN: Ask.REBASE, State.WAITING: Ask.OPEN}.get(row.state)


def _folded(name: str, rows: Sequence[Row], cut: int, *, folded: bool) -> Iterator[str]:
    outcomes = Counter(map(_outcome, rows))
    counts = ", ".join(f"{number} {outcome}" for outcome, number in outcomes.most_common())
    yield f"\n<details><summary>{name}: {len(rows)} ({counts})</summary>\n"
    if folded:
        yield "| finding | | why |"
        yield "|---|---|---|"
        for row in rows:
            title = span(_short(row.title, cut), cell=True) if row.title else ""
            why = line(_short(row.settled, cut))
            number = f"#{row.shown_number} " if row.shown_number else ""
            yield f"| {line(row.name)} | {title} | {number}{_outcome(row)}: {why} |"
    else:
        # The whole table would not fit.
        yield "`autofix bot dashboard` shows them all."
    yield "\n</details>"


def _outcome(row: Row) -> str:
    subject = row.item.subject
    return subject.outcome if subject is not None else str(row.seen.found)


def _short(text: str, longest: int) -> str:
    words = " ".join(text.split())
    return words if len(words) <= longest else f"{words[: max(0, longest - 1)]}…"
