"""Fixing what a scan finds, file by file, without a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codemods.codemod import Codemod, Place, Refusal, Safety, Scope
from codemods.engine.gates import GateError
from codemods.engine.outcomes import FilePatch
from codemods.engine.run import make
from codemods.engine.scan import Found, Skipped
from codemods.project.project import Project
from codemods.project.source import SourceError

FIXED_POINT_BOUND = 10
"""How often the codemods are run one after the other over a file before a scan gives up."""


@dataclass(frozen=True, slots=True)
class FixResult:
    """What a fixing scan changed."""

    files: tuple[FilePatch, ...]
    changes: tuple[Found, ...]
    refused: tuple[tuple[str, Refusal], ...]
    failed: tuple[Skipped, ...]
    """Files whose patch did not pass a gate: they are as they were."""


def fix(
    project: Project,
    codemods: Sequence[Codemod],
    path: str,
    *,
    options: Callable[[str], Mapping[str, Any]] = lambda _name: {},
    allow: Safety = Safety.SAFE,
) -> FixResult:
    """Fix what a scan finds in one file, codemod after codemod, to a fixed point.

    Codemods may want the same place: each runs on what the one before it left.
    """
    before = {path: project.files.read(path)}
    current = project
    changes: list[Found] = []
    refused: dict[str, tuple[Refusal, ...]] = {}
    failed: list[Skipped] = []
    broken: set[str] = set()
    for _ in range(FIXED_POINT_BOUND):
        moved = False
        for codemod in codemods:
            if not current.files.exists(path):
                break
            source = current.source(path)
            settings = options(codemod.name)
            if codemod.name in broken or not codemod.wants(current, source, settings):
                continue
            try:
                place = Place(source, source.tree.module, by="scan")
                scope = Scope(current, (place,), settings)
                made = make(scope, codemod, None, allow)
            except (GateError, SourceError) as error:
                broken.add(codemod.name)
                failed.append(Skipped(path, f"{codemod.name}: {error}"))
                continue
            refused[codemod.name] = made.refusals
            if made.patches:
                for item in made.patches:
                    before.setdefault(item.path, item.before)
                current = current.with_changes({item.path: item.after for item in made.patches})
                changes += [Found(codemod.name, change) for change in made.changes]
                moved = True
        if not moved:
            break
    patches = tuple(
        FilePatch(name, data, after)
        for name, data in before.items()
        if (after := _data(current, name)) != data
    )
    left = tuple((name, item) for name, items in refused.items() for item in items)
    return FixResult(patches, tuple(changes), left, tuple(failed))


def _data(project: Project, path: str) -> bytes | None:
    return project.source(path).data if project.files.exists(path) else None
