"""Tables in code that are easier to read as words of a text, and lists that become one."""

from __future__ import annotations

from collections.abc import Sequence


def words(text: str) -> tuple[str, ...]:
    """The blank-separated words of ``text``: ``("get", "post")`` of ``"get post"``."""
    return tuple(text.split())


def listed(items: Sequence[str], most: int) -> str:
    """The first ``most`` of some items, and how many more there are: ``a, b and 3 more``."""
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return f"{', '.join(items[:most])}{more}"


def shortened(text: str) -> str:
    """A piece of code in one line of at most 60 characters."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}..."
