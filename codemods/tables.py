"""Tables in code that are easier to read as words of a text."""

from __future__ import annotations


def words(text: str) -> tuple[str, ...]:
    """The blank-separated words of ``text``: ``("get", "post")`` of ``"get post"``."""
    return tuple(text.split())
