"""Ids and titles of findings in headings: every shape that reports use."""

from __future__ import annotations

import re
from dataclasses import dataclass

ID = r"[A-Z][A-Z0-9]*(?:[-/_.][A-Za-z0-9]+)*"
_BOUND = r"(?![\w-])"
_NUMBER = r"[A-Z]*[0-9]+[a-z]?"
# An id is taken as a whole: a slash is a part of it, and joins two, and nobody tries all ways.
_WHOLE = rf"(?>{ID}){_BOUND}"
_OTHER = rf"(?>(?=[\w/.-]*[0-9]){_WHOLE}|{_NUMBER}{_BOUND})"
"""A further id: without a digit it is a word, as in ``P0 - CRITICAL``."""
_JOIN = r"\s*(?:through|thru|to|and|→|->|–|—|-|\.\.\.?|…|,|/|&|\+)\s*"

_DECORATION = re.compile(r"^(?:[^\w`*\[#(]|\*\*|\[|`|_(?=[A-Z])|\d+[.)]\s+|Finding\s+|FINDING\s+)+")
_HEAD = re.compile(
    rf"(?P<id>(?>{ID})){_BOUND}(?P<more>(?:{_JOIN}{_OTHER}(?![ \t]+[\w`]))*)"
    r"(?:\*\*|\]|`|_)?(?:\s*\((?P<alias>[^()]*(?:\([^()]*\)[^()]*)*)\))?(?:\*\*|\]|`)?"
    r"(?P<separator>\s*[:|]\s*|\s+[-–—·/]+\s+|\.\s+|\s*[–—]\s*|\s+|$)"
)
_WHOLE_ID = re.compile(rf"^=?\s*({_WHOLE}(?:{_JOIN}{_WHOLE})*)$")
_RANGE = re.compile(rf"{ID}|{_NUMBER}")
_TAIL = re.compile(r"^(.*?)(?<!\d)(\d+)([a-z]?)$")


@dataclass(frozen=True, slots=True)
class Title:
    """A heading that begins with an id."""

    id: str
    """As written; for a range, the first and the last: ``DS-6..DS-12``."""
    title: str
    alias: str | None
    note: str | None
    """What stands in parentheses behind the id and is no second id."""
    separated: bool
    """Whether a colon, a dash or nothing at all follows, and not just a blank."""

    @property
    def is_range(self) -> bool:
        """Whether the heading stands for several findings."""
        return ".." in self.id


def parse_heading(text: str) -> Title | None:
    """The id and title of a heading, ``None`` when it does not begin with an id."""
    rest = text.strip()
    decoration = _DECORATION.match(rest)
    if decoration is not None:
        rest = rest[decoration.end() :]
    found = _HEAD.match(rest)
    if found is None or not any(letter.isdigit() for letter in found["id"]):
        return None
    own, alias, spread = found["id"], None, found["more"]
    if spread:
        own, alias = _several(own, spread)
    title = rest[found.end() :].strip().removesuffix("**").strip()
    note = None
    inside = found["alias"]
    if inside is not None:
        second = _WHOLE_ID.match(inside.strip())
        if second is not None and any(letter.isdigit() for letter in second[1]):
            alias = second[1]
        elif not title:
            # ``CQ-6, CQ-7 (Component Quality — LOW)`` has no other title.
            title = inside.strip()
        else:
            note = inside.strip()
    separator = found["separator"]
    return Title(own, title, alias, note, bool(separator.strip()) or not title)


def _several(first: str, more: str) -> tuple[str, str | None]:
    """``(id, alias)`` for a heading with several ids: two names of one finding, or a range."""
    others = _RANGE.findall(more)
    last = others[-1]
    if last.isdigit() or not re.match(r"[A-Z].*[-/]", last):
        tail = _TAIL.match(last)
        head = _TAIL.match(first)
        if head is not None and tail is not None:
            last = head[1] + tail[2] + tail[3]
    if len(others) == 1 and "/" in more and last != first:
        return first, last
    return f"{first}..{last}", None


def in_range(id: str, member: str) -> bool:
    """Whether ``member`` (``DS-7``) is one of what ``id`` (``DS-6..DS-12``) stands for."""
    first, dots, last = id.partition("..")
    bounds = _TAIL.match(first), _TAIL.match(last), _TAIL.match(member)
    if not dots or bounds[0] is None or bounds[1] is None or bounds[2] is None:
        return False
    return bounds[0][1].lower() == bounds[2][1].lower() and (
        int(bounds[0][2]) <= int(bounds[2][2]) <= int(bounds[1][2])
    )
