"""Ids for the findings of tools, which have none of their own.

An id is made of what stays when the tool is run again, so that the finding keeps its branch: lines
move, and the report is made on another machine.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter

_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9/_.-]+")
_TAIL = 3
"""Parts of a path that tell files apart, whatever machine the report was made on."""
_DIGITS = 6
_ENDING = re.compile(r"-[0-9a-f]{4,6}$")
TITLED = "f"
"""What stands for the rule of a finding that no tool made."""


def made_id(rule: str, *parts: str, same: Counter[str]) -> str:
    """The rule's short name with a digest of the rule and ``parts``.

    Args:
        rule: as the tool names it.
        parts: what tells the finding from others of its rule.
        same: how often each digest was asked for in this report: the second one is another.
    """
    key = "\0".join((rule, *parts))
    same[key] += 1
    if same[key] > 1:
        key += f"\0{same[key]}"
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
    short = rule if "/" in rule else rule.rpartition(".")[2]
    return f"{_NOT_IN_AN_ID.sub('-', short).strip('-')}-{digest}"


def title_id(title: str, path: str, *, same: Counter[str]) -> str:
    """The id of a finding that a person or a model wrote without one: short enough to type.

    Args:
        title: what it says.
        path: the file that it names, or ``""``; folders differ from report to report.
        same: as for :func:`made_id`.
    """
    words = " ".join(title.lower().split())
    return made_id(TITLED, path.rpartition("/")[2], words, same=same)


def is_made(id: str) -> bool:
    """Whether an id, or a prefix of one, may be made and stand nowhere in the report."""
    lowered = id.lower()
    return lowered.startswith(f"{TITLED}-") or _ENDING.search(lowered) is not None


def tail_of(path: str) -> str:
    """The end of a path, which is the same on every machine."""
    return "/".join(path.split("/")[-_TAIL:])
