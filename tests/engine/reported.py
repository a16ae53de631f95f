"""Findings and projects made by hand, for the tests of the engine."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from codemods.findings.model import (
    Code,
    Field,
    Finding,
    LineRange,
    Location,
    LocationKind,
    Status,
    StatusKind,
)
from codemods.project.files import MemoryFiles
from codemods.project.project import History, Project


def at(path: str, *lines: tuple[int, int], note: str | None = None) -> Location:
    """A file location with line ranges."""
    ranges = tuple(LineRange(first, last) for first, last in lines)
    return Location(LocationKind.FILE, path, ranges, note=note)


def field(name: str, prose: str = "", *code: str, language: str | None = "python") -> Field:
    """A field of prose, and then one fence after the other."""
    blocks = tuple(Code(textwrap.dedent(item).strip("\n"), language, 1) for item in code)
    fences = "".join(f"\n```{language or ''}\n{block.text}\n```\n" for block in blocks)
    return Field(name, f"{prose}{fences}", 1, blocks=blocks, prose=prose)


def finding(
    title: str, locations: Sequence[Location] = (), *fields: Field, identifier: str = "X-01"
) -> Finding:
    """A finding with just what locating reads."""
    return Finding(
        id=identifier,
        title=title,
        report="AUDIT.md",
        line=1,
        ordinal=1,
        severity=None,
        severity_text=None,
        dimension=None,
        status=Status(StatusKind.UNSTATED, ""),
        locations=tuple(locations),
        fields=fields,
    )


def project(files: Mapping[str, str], history: History | None = None) -> Project:
    """A project in memory; sources are dedented."""
    contents = {path: textwrap.dedent(text).lstrip("\n").encode() for path, text in files.items()}
    return Project(MemoryFiles(contents), history=history)
