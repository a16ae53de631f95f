"""Text for a terminal or a page, made harmless."""

from __future__ import annotations

import re

from rich.text import Text

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def styled(text: str, style: str = "") -> Text:
    """Text from a report, from code or from git, made harmless for a terminal: an escape sequence
    in a title must not do what it says, nor may a direction mark hide what stands there."""
    return Text(_CONTROL.sub("\ufffd", text.expandtabs(4)), style=style)


def harmless(text: str) -> str:
    """The same for what is read in full: no control character, no mark of direction, no byte that
    is no text."""
    return _INVISIBLE.sub("\ufffd", text.expandtabs(4))
