"""What the bot notes down in a pull request or an issue: one line of HTML comment.

The rest of a body is shared with people. Our part stands between two more comments, and is written
only while it is what we wrote last. Whatever a person edits stays theirs; the marker still moves.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

VERSION = 1
_OPENING = "<!-- autofix:1 "
_CLOSING = " -->"
BEGIN = "<!-- autofix:begin -->"
END = "<!-- autofix:end -->"
ROOM = 65_000
"""Characters of a whole body; GitHub takes 65,536."""


@dataclass(frozen=True, slots=True)
class Marker:
    """The notes of one body; absent ones are not held."""

    notes: Mapping[str, Any] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """A note that is a string, else ``None``."""
        found = self.notes.get(name)
        return found if isinstance(found, str) else None

    def texts(self, name: str) -> tuple[str, ...]:
        """A note that is a list of strings; others are left out."""
        found = self.notes.get(name)
        if not isinstance(found, list):
            return ()
        return tuple(item for item in found if isinstance(item, str))

    def table(self, name: str) -> Mapping[str, Any]:
        """A note that is a table."""
        found = self.notes.get(name)
        return found if isinstance(found, Mapping) else {}

    def with_notes(self, notes: Mapping[str, object]) -> Marker:
        """With some notes changed; ``None`` takes one away."""
        merged = {**self.notes, **notes}
        return Marker({name: item for name, item in merged.items() if item is not None})

    @property
    def line(self) -> str:
        """As it stands in a body."""
        document = json.dumps(dict(self.notes), sort_keys=True, separators=(",", ":"))
        return _OPENING + base64.b64encode(document.encode()).decode("ascii") + _CLOSING


def read_marker(body: str) -> Marker | None:
    """The first marker of a body; ``None`` where there is none that can be read."""
    for line in _lines(body):
        if not (line.startswith(_OPENING) and line.endswith(_CLOSING)) or len(line) > ROOM:
            continue
        encoded = line[len(_OPENING) : -len(_CLOSING)].strip()
        try:
            document = json.loads(base64.b64decode(encoded, validate=True))
        except (binascii.Error, ValueError, RecursionError):
            # Somebody's edit; what follows may still be ours.
            continue
        if isinstance(document, dict):
            return Marker(document)
    return None


def _lines(body: str) -> list[str]:
    """Forges store what a browser sent: with carriage returns."""
    return [line.strip() for line in body.replace("\r\n", "\n").split("\n")]


def few(items: Iterable[str], room: int, *, last: bool = False) -> list[str]:
    """As many of some notes as there is room for in a marker.

    Args:
        room: characters of JSON.
        last: whether the last ones are worth more than the first.
    """
    held = list(items)
    if last:
        return few(held[::-1], room)[::-1]
    found = []
    for item in held:
        room -= len(json.dumps(item)) + 1
        if room < 0:
            break
        found.append(item)
    return found


def digest(text: str) -> str:
    """What tells whether somebody changed a text; blanks at the ends of lines and ticks in boxes
    do not count."""
    lines = (
        _without_tick(line.rstrip()) for line in text.replace("\r\n", "\n").strip().split("\n")
    )
    return hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()[:16]


_BOX = re.compile(r"^- \[([ xX])\] <!-- autofix:([a-z]{1,20})(?: ([0-9a-f]{1,64}))? -->")


def box(ask: str, key: str = "", *, ticked: bool = False) -> str:
    """The beginning of a line that a person can tick."""
    return f"- [{'x' if ticked else ' '}] <!-- autofix:{ask}{f' {key}' * bool(key)} -->"


def ticks(body: str) -> tuple[tuple[str, str], ...]:
    """What is ticked in our part of a body: what is asked for, and the key where there is one."""
    found = (_BOX.match(line) for line in (block(body) or "").split("\n"))
    return tuple((item[2], item[3] or "") for item in found if item and item[1] != " ")


def _without_tick(line: str) -> str:
    return f"- [ ]{line[5:]}" if _BOX.match(line) else line


def without_ticks(body: str, handled: Collection[tuple[str, str]]) -> str:
    """A body in which the boxes of what was done are empty again."""
    lines = body.replace("\r\n", "\n").split("\n")
    for number, line in enumerate(lines):
        found = _BOX.match(line)
        if found and (found[2], found[3] or "") in handled:
            lines[number] = _without_tick(line)
    return "\n".join(lines)


def block(body: str) -> str | None:
    """Our part of a body, without the lines that enclose it; ``None`` where somebody removed it."""
    text = body.replace("\r\n", "\n")
    start, stop = text.find(BEGIN), text.find(END)
    if start < 0 or stop < start:
        return None
    return text[start + len(BEGIN) : stop].strip("\n")


def new_body(marker: Marker, ours: str) -> str:
    """The body of something that we open."""
    noted = marker.with_notes({"body": digest(ours)})
    return f"{noted.line}\n{BEGIN}\n{ours}\n{END}\n"


def spliced(body: str, marker: Marker, ours: str | None = None) -> str:
    """A body with another marker, and with our part where it is still what we wrote.

    Args:
        ours: the new text of our part; ``None`` leaves it alone.
    """
    text = body.replace("\r\n", "\n")
    held = block(text)
    if ours is not None and held is not None and digest(held) == marker.text("body"):
        marker = marker.with_notes({"body": digest(ours)})
        before, _, rest = text.partition(BEGIN)
        text = f"{before}{BEGIN}\n{ours}\n{END}{rest.partition(END)[2]}"
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line.strip().startswith(_OPENING):
            lines[number] = marker.line
            return "\n".join(lines)
    return f"{marker.line}\n{text}"
