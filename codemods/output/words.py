"""Words that several formats have in common."""

from __future__ import annotations

from codemods.codemod import Safety

WOULD = {"fixed": "fixable", "partly-fixed": "partly-fixable"}
"""How people are told of an outcome where nothing was written. Programs get the outcome's name:
it is the same whichever command they asked."""
HINTS = {
    Safety.SAFE: "fixable with --fix",
    Safety.REVIEW: "fixable with --fix --unsafe-fixes",
    Safety.DISPLAY: "only shown",
}


def unwritten(outcome: str) -> str:
    """An outcome, told by a command that writes nothing: nothing is fixed that was only found."""
    return WOULD.get(outcome, outcome)


def counted(number: int, noun: str) -> str:
    """``1 site``, ``2 sites``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
