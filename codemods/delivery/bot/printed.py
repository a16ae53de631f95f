"""What the project's command printed, folded away in the body of a pull request.

It stands in the body and nowhere else: a body that is written anew for another reason takes it over
from there.
"""

from __future__ import annotations

from collections.abc import Sequence

from codemods.delivery.bot.marker import block
from codemods.delivery.inert import fenced

_LONGEST = 200
"""Characters of a line."""
_BEGIN = "<!-- autofix:printed -->"
_END = "<!-- autofix:/printed -->"


def printed(lines: Sequence[str], *, passed: bool) -> str:
    """A folded block; ``""`` where nothing was printed.

    Args:
        passed: whether this is of the branch as it stands, else of a patch that was not pushed.
    """
    text = "\n".join(line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…" for line in lines)
    if not text.strip():
        return ""
    words = "what verify printed last"
    if not passed:
        words += " with today's patch, which was not pushed"
    folded = f"<details><summary>{words}</summary>\n\n{fenced(text, 'text')}\n\n</details>"
    return f"{_BEGIN}\n{folded}\n{_END}" if passed else folded


def printed_in(body: str) -> str:
    """The block of a branch as it stands, from our part of its body; ``""`` where it has none."""
    _, begun, rest = (block(body) or "").partition(f"{_BEGIN}\n")
    inner, ended, _ = rest.partition(f"\n{_END}")
    return f"{_BEGIN}\n{inner}\n{_END}" if begun and ended else ""
