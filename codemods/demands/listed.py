"""Names that are listed together: "`a()` and `b()`", "`load`/`save`", "`x`, `y` and `z`"."""

from __future__ import annotations

import re
from itertools import pairwise

from codemods.findings.text import code_spans

_JOINS = re.compile(r"\s*(?:,|/|&|\+|and|as well as|, and|, or)\s*", re.IGNORECASE)
_NAME = re.compile(r"((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*)(?:\(\))?")


def lists_in(text: str) -> tuple[tuple[str, ...], ...]:
    """The lists of two and more names, each name without its parentheses."""
    found: list[list[str]] = []
    open_list: list[str] = []
    spans = code_spans(text)
    for first, second in pairwise(spans):
        name, other = _NAME.fullmatch(first.text.strip()), _NAME.fullmatch(second.text.strip())
        if name and other and _JOINS.fullmatch(text[first.end : second.start]):
            if not open_list:
                open_list.append(name[1])
                found.append(open_list)
            open_list.append(other[1])
        else:
            open_list = []
    return tuple(tuple(dict.fromkeys(names)) for names in found)
