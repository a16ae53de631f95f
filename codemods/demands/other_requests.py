"""What a suggestion asks for beside the part that a codemod does."""

from __future__ import annotations

import re

_PARTS = re.compile(
    r"(?<!e\.g\.)(?<!i\.e\.)(?<!vs\.)(?<=[.;])\s+|,\s+(?:and|then|but)\s+|"
    r";\s+|(?<!\s)\s+and\s+(?=[a-z]+\s+`)|\n[^\S\n]*[-*\d]"
)
_NUMBER = re.compile(r"^\(?(?:\d|[a-e])[.)]\s+")
_IMPERATIVE = re.compile(
    r"^(?:also\s+|and\s+|then\s+|optionally\s+)*(?P<what>(?:add|align|apply|assert|bump|cast|change|"
    r"check|clear|consider|convert|delete|derive|document|drop|emit|ensure|expose|extend|extract|"
    r"fix|gate|guard|handle|import|initiali[sz]e|introduce|log|make|mark|merge|migrate|move|pass|"
    r"point|promote|raise|re-?\w+|remove|rename|replace|reset|return|route|set|size|store|surface|"
    r"switch|test|thread|track|update|use|validate|wire|wrap|write)\b.*)",
    re.IGNORECASE | re.DOTALL,
)


def other_requests(suggestion: str, done: re.Pattern[str]) -> tuple[str, ...]:
    """The clauses of a suggestion's prose that ask for something which is not ``done``.

    Args:
        suggestion: prose, with inline code in backticks.
        done: matches in every clause that the codemod takes care of.
    """
    found: dict[str, None] = {}
    for part in _PARTS.split(suggestion):
        demand = _IMPERATIVE.match(_NUMBER.sub("", part.strip(" *-\n")))
        if demand is not None and not done.search(part):
            found[" ".join(demand["what"].split()).rstrip(" .;,")] = None
    return tuple(found)
