"""The title of a finding, made short enough for the subject of a commit."""

from __future__ import annotations

import re
from collections.abc import Sequence

_DASH = re.compile(r"(?<!\s)\s+[—–-]+\s+")
_LEAD = re.compile(r"^\S+(?:\s+[—–-]+|:)\s+(?=\S)")
_CLAUSE_END = re.compile(
    # Not "without" and "with no": what is missing is the defect itself.
    r"(?<!\s)\s+[(\[]|[;,:]\s|\s(?:with(?! no\b)|via|using|because|which|so|when|while)\s",
    re.IGNORECASE,
)
_ENDINGS = r"(?:pyi?|tsx?|jsx?|rs|md|toml|json)\b"
_DOTTED = re.compile(r"\b[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_ENDING = re.compile(_ENDINGS)
_LOOSE_END = re.compile(
    "an?|and|as|at|but|by|for|from|in|into|is|its|not?|of|on|or|that|the|to|with|without"
)


def without_lead(title: str) -> str:
    """A title without the file or name that stands before its first dash or colon."""
    return _LEAD.sub("", title, count=1)


def without_qualifiers(title: str) -> str:
    """``Engine.process_job blocks`` becomes ``process_job blocks``; files and addresses stay."""
    return " ".join(
        word if "://" in word else _DOTTED.sub(lambda dotted: _last_name(dotted[0]), word)
        for word in title.split(" ")
    )


def _last_name(dotted: str) -> str:
    """A dotted name without what stands before its last part, or before the name of a file."""
    parts = dotted.split(".")
    last = max((n for n, part in enumerate(parts) if not _ENDING.match(part)), default=0)
    return ".".join(parts[last:])


def main_clause(title: str) -> str:
    """A title up to where its explanation starts, if enough words stand before that."""
    dash = _DASH.search(title)
    if dash is not None and len(title[: dash.start()].split()) >= 2:
        title = title[: dash.start()]
    for end in _CLAUSE_END.finditer(title):
        if len(title[: end.start()].split()) >= 3:
            return title[: end.start()].rstrip()
    return title


def without_loose_end(words: Sequence[str]) -> Sequence[str]:
    """Words that were cut off, without an ``in the`` or ``with no`` that leads nowhere now."""
    while len(words) > 1 and _LOOSE_END.fullmatch(words[-1]):
        words = words[:-1]
    return words
