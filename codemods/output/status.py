"""The Status lines of a report, written anew: every other byte stays."""

from __future__ import annotations

import re
from collections.abc import Mapping

_STATUS = re.compile(
    rb"^(?P<head>[ \t]*(?:[-*+][ \t]+)?\**_{0,2}status_{0,2}\**[ \t]*:?\**[ \t]*:?\**[ \t]*)"
    rb"(?P<value>[^\r\n]*)",
    re.IGNORECASE,
)


def with_statuses(data: bytes, statuses: Mapping[int, str]) -> bytes:
    """A Markdown report with other statuses.

    Args:
        data: the report.
        statuses: by line, from one. A line that holds no status stays.
    """
    lines = data.split(b"\n")
    for number, text in statuses.items():
        if not 0 < number <= len(lines):
            continue
        found = _STATUS.match(lines[number - 1])
        if found is not None:
            rest = lines[number - 1][found.end() :]
            lines[number - 1] = found["head"] + text.encode() + rest
    return b"\n".join(lines)
