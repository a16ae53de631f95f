"""Whole files that a finding wants deleted: who needs them is said, and they stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codemods.codemod import Refusal, Scope, Site
from codemods.project.source import SourceFile
from codemods.transforms._constants import imported_files, readable

_MOST_SHOWN = 3


def file_refusals(scope: Scope, sources: Sequence[SourceFile]) -> Iterator[Refusal]:
    """For each file who imports it, or that nobody does."""
    for source in sources:
        stem = source.path.rpartition("/")[2].removesuffix(".py").encode()
        importers = [
            other.path
            for other in scope.project.containing(stem)
            if other.path != source.path
            and readable(other) is not None
            and source.path in set(imported_files(scope.project, other, everywhere=True))
        ]
        site = Site(source.path, 1, 1)
        if importers:
            shown = ", ".join(importers[:_MOST_SHOWN])
            more = f" and {len(importers) - _MOST_SHOWN} more" if len(importers) > 3 else ""
            yield Refusal("imported", f"{source.path} is imported by {shown}{more}", site)
        else:
            text = f"nothing imports {source.path}, and `git rm` deletes a whole file"
            yield Refusal("whole-file", text, site)
