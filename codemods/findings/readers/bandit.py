"""Bandit's own text: ``>> Issue: [B110:try_except_pass] …`` with its severity and its place."""

from __future__ import annotations

import re

from codemods.findings.readers.entries import Entry, cell_field, findings_of, first_sentence
from codemods.findings.readers.reading import FormatError, Reading
from codemods.findings.readers.words import Heading
from codemods.findings.roles import Role

_ISSUE = re.compile(
    r"^>> Issue: \[(?P<rule>[A-Z]\d{1,4})(?::[\w-]{1,80})?\][ \t]{0,4}(?P<text>.*)$"
)
_SEVERITY = re.compile(r"^[ \t]{0,8}Severity: (?P<severity>\w{1,20})\b")
_PLACE = re.compile(
    r"^[ \t]{0,8}Location: (?P<path>.{1,500}?):(?P<line>\d{1,7})(?::\d{1,7})?[ \t]*$"
)


def is_bandit(text: str) -> bool:
    """Whether a text has a line with which bandit begins what it found."""
    return any(_ISSUE.match(line) for line in text.split("\n"))


def read_bandit(text: str, report: str) -> Reading:
    """The findings of bandit's text.

    Raises:
        FormatError: when there are none.
    """
    entries: list[Entry] = []
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        if (issue := _ISSUE.match(line)) is not None:
            entry = Entry(number, Heading(first_sentence(issue["text"])))
            entry.fields = [
                cell_field(Role.PROBLEM, issue["text"], number),
                cell_field(Role.RULE, issue["rule"], number),
            ]
            entries.append(entry)
        elif entries and (severity := _SEVERITY.match(line)) is not None:
            entries[-1].fields.append(cell_field(Role.SEVERITY, severity["severity"], number))
        elif entries and (place := _PLACE.match(line)) is not None:
            path = place["path"].replace("\\", "/").removeprefix("./")
            entries[-1].fields.append(cell_field(Role.PLACE, f"`{path}:{place['line']}`", number))
    if not entries:
        raise FormatError("has no line of bandit's text output")
    found = [entry for entry in entries if entry.has_place]
    return Reading(tuple(findings_of(found, report, lines)))
