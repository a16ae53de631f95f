"""Text for a terminal or a page, made harmless."""

from __future__ import annotations

import re

from rich.text import Text

from codemods.project.redaction import redacted

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def styled(text: str, style: str = "") -> Text:
    """Text from a report, from code or from git, made harmless for a terminal: an escape sequence
    in a title must not do what it says, nor may a direction mark hide what stands there."""
    return Text(harmless_line(text), style=style)


def told(text: str, style: str = "") -> Text:
    """What a report says, for a terminal: without what lets somebody in, too."""
    return styled(redacted(text), style=style)


def harmless_line(text: str) -> str:
    """What :func:`styled` shows, for where nothing is styled."""
    return _CONTROL.sub("\ufffd", text.expandtabs(4))


def one_line(text: str) -> str:
    """A path or a key in one line of printable characters: a name with a newline would make a line
    of its own, which CI may take for a command, and one with an escape sequence would act."""
    if text.isprintable():
        return text
    return "".join(item if item.isprintable() else _escape(item) for item in text)


def _escape(character: str) -> str:
    number = ord(character)
    if 0xDC80 <= number <= 0xDCFF:
        # A byte of a name that is no text.
        return f"\\x{number - 0xDC00:02x}"
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def harmless(text: str) -> str:
    """The same for what is read in full: no control character, no mark of direction, no byte that
    is no text."""
    return _INVISIBLE.sub("\ufffd", text.expandtabs(4))
