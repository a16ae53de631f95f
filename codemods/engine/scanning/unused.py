"""Suppressions that keep nothing out of a scan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from codemods.codemod import Codemod, Refusal
from codemods.engine.scanning.sites import Scanned
from codemods.engine.suppressions import suppressions, unused
from codemods.project.project import Project
from codemods.project.settings import did_you_mean
from codemods.project.source import SourceError, SourceFile


def unused_suppressions(scanned: Scanned) -> Iterator[tuple[str, int, str]]:
    """Path, line and text of each suppression that keeps nothing out."""
    if not scanned.marked:
        return
    catalogue = scanned.request.codemods
    scanning = [name for name, item in catalogue.items() if item.scans]
    # Whether one is in vain for who did not look, nobody knows.
    scanning += scanned.request.left_out
    failed = {(item.path, item.codemod) for item in scanned.unread}
    refused: dict[str, list[tuple[str, Refusal]]] = {}
    for codemod, item in scanned.refused:
        if item.site is not None:
            refused.setdefault(item.site.path, []).append((codemod, item))
    marked = set(scanned.marked)
    for group in scanned.groups:
        for path in filter(marked.__contains__, group.paths):
            source = _parsed(scanned.project, path)
            if source is None:
                continue
            ran = [name for name in group.chosen if (path, name) not in failed]
            for mark, names in unused(source, refused.get(path, ()), ran, scanning):
                which = f"[{', '.join(names)}]" if names else ""
                yield path, mark.line, f"unused suppression: autofix: ignore{which}"
            if not scanned.request.left_out:
                yield from _unknown(source, catalogue)


def _unknown(
    source: SourceFile, catalogue: Mapping[str, Codemod]
) -> Iterator[tuple[str, int, str]]:
    for mark in suppressions(source):
        for name in sorted(mark.names - set(catalogue)):
            hint = did_you_mean(name, catalogue)
            yield source.path, mark.line, f"a suppression names the unknown codemod {name}{hint}"


def _parsed(project: Project, path: str) -> SourceFile | None:
    """The file, if it can be parsed."""
    try:
        source = project.source(path)
        return source if source.tree is not None else None
    except (OSError, SourceError):
        # Told among what could not be read.
        return None
