"""Words that several formats have in common."""

from __future__ import annotations

from codemods.codemod import Safety

HINTS = {
    Safety.SAFE: "fixable with --fix",
    Safety.REVIEW: "fixable with --fix --unsafe-fixes",
    Safety.DISPLAY: "only shown",
}


def counted(number: int, noun: str) -> str:
    """``1 site``, ``2 sites``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
