"""Findings in YAML: a whole document, or the lines between two rules at the top of a report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from codemods.findings.readers.entries import Entry
from codemods.findings.readers.reading import FormatError, Reading
from codemods.findings.readers.structured import objects_in, read_objects

_LONGEST = 5000
"""Lines that may stand between the two rules."""

_DEEPEST = 60
"""Lists and tables in one another; the parser's own stack ends far behind that, and with it the
process."""


def read_yaml(text: str, report: str) -> Reading:
    """The findings of a YAML document.

    Raises:
        FormatError: for a text that is no YAML, uses aliases, or holds no findings.
    """
    return read_objects(_parsed(text), text, report, "YAML")


def front_list(lines: Sequence[str]) -> list[Entry]:
    """The findings of the list in the lines between two rules with which a report begins."""
    if lines[0].strip() != "---":
        return []
    inside = range(1, min(len(lines), _LONGEST))
    end = next((at for at in inside if lines[at].rstrip() == "---"), None)
    if end is None:
        return []
    try:
        document = _parsed("\n".join(lines[1:end]))
    except FormatError:
        return []
    tables = [part for part in document if isinstance(part, dict)]
    lists = [value for part in tables for value in part.values() if isinstance(value, list)]
    return [entry for entry in objects_in(lists, lines) if entry.is_finding()]


def _parsed(text: str) -> list[Any]:
    """The documents of a text, with a string for every plain value.

    Raises:
        FormatError: for a text that is no YAML, is nested too deeply, or uses aliases: a few lines
            of them can stand for more than fits into memory.
    """
    import yaml  # Only who reads YAML waits for it.

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        depth = 0
        for event in yaml.parse(text, Loader=loader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST or isinstance(event, yaml.AliasEvent):
                raise FormatError("is nested too deeply, or uses aliases, which are not read")
        return list(yaml.load_all(text, Loader=loader))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        said = " ".join(str(error).split())
        raise FormatError(f"is not YAML: {said[:120]}") from None
