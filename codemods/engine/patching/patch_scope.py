"""From a scope to a patch that passed every gate: find, rewrite, gate."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from codemods.codemod import (
    Change,
    Codemod,
    Place,
    Plan,
    Refusal,
    Safety,
    Scope,
    by_position,
)
from codemods.engine.outcomes import FilePatch
from codemods.engine.patching.deletion import check_deleted
from codemods.engine.patching.formatting import formatter_for
from codemods.engine.patching.gates import check_file, check_second_run, line_map, removed_lines
from codemods.engine.patching.rewrite import RewrittenFile, rewrite
from codemods.engine.suppressions import suppressing
from codemods.findings.model import LineRange
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.tree import Definition


@dataclasses.dataclass(frozen=True, slots=True)
class Seen:
    """What ``find`` yields in a scope, without the places that a comment keeps out."""

    changes: tuple[Change, ...]
    """Those that may be written."""
    shown: tuple[Change, ...]
    """Those that are only shown; ``refusals`` has one for each."""
    refusals: tuple[Refusal, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class PatchedScope:
    """What a codemod made of a scope."""

    files: tuple[RewrittenFile, ...]
    changes: tuple[Change, ...]
    refusals: tuple[Refusal, ...]
    deleted: tuple[SourceFile, ...] = ()
    after: Project | None = None
    """The project with the patch, its new files parsed already; ``None`` where nothing changed."""
    left: Seen = Seen((), (), ())
    """What the codemod finds afterwards. Changes in it are those that could not be carried out."""

    @property
    def patches(self) -> tuple[FilePatch, ...]:
        """Every file that is not as it was."""
        edited = [
            FilePatch(item.before.path, item.before.data, item.after.data) for item in self.files
        ]
        return (*edited, *(FilePatch(item.path, item.data, None) for item in self.deleted))


def patch_scope(scope: Scope, codemod: Codemod, plan: Plan | None, allow: Safety) -> PatchedScope:
    """Find, rewrite and gate in one scope.

    Raises:
        GateError: when the patch does not pass a gate.
    """
    seen = look(scope, codemod, plan, allow)
    if not seen.changes:
        return PatchedScope((), (), seen.refusals, left=seen)
    written = rewrite(scope.project, seen.changes, lambda item: formatter_for(scope.project, item))
    for rewritten in written.files:
        check_file(rewritten, scope.project.target_python)
    patched = PatchedScope(
        written.files,
        _as_they_stand(written.changes),
        (*seen.refusals, *written.refusals),
        written.deleted,
        left=seen,
    )
    if not patched.patches:
        return patched
    after = scope.project.with_changes(
        {item.path: item.after for item in patched.patches}, [item.after for item in written.files]
    )
    check_deleted(scope.project, after, patched.deleted)
    left = look(_moved(scope, after, patched.files), codemod, plan, allow)
    check_second_run(_undone(left.changes, written.refusals))
    return dataclasses.replace(patched, after=after, left=left)


def _as_they_stand(changes: Sequence[Change]) -> tuple[Change, ...]:
    """The changes of each file as they follow each other there: that is how a diff is read."""
    of_files: dict[str, list[Change]] = {}
    for item in changes:
        of_files.setdefault(item.site.path, []).append(item)
    return tuple(item for some in of_files.values() for item in sorted(some, key=by_position))


def look(scope: Scope, codemod: Codemod, plan: Plan | None, allow: Safety) -> Seen:
    """What a codemod finds: suppressed places, and those that are only shown, as refusals."""
    changes: list[Change] = []
    shown: list[Change] = []
    refusals: list[Refusal] = []
    # Without a plan nothing says what a codemod that does not scan is to look for.
    for item in codemod.find(scope, plan) if plan is not None or codemod.scans else ():
        if isinstance(item, Refusal):
            refusals.append(item)
            continue
        source = scope.project.source(item.site.path)
        if suppressing(source, item.site.line, item.site.end_line, codemod.name):
            refusals.append(Refusal("suppressed", "a suppression comment excludes it", item.site))
        elif item.safety.rank > allow.rank:
            detail = "; ".join((item.what, *item.notes))
            refusals.append(Refusal("display-only", f"shown, not written: {detail}", item.site))
            shown.append(item)
        else:
            changes.append(item)
    return Seen(tuple(changes), tuple(shown), tuple(refusals))


def _undone(found: Iterable[Change], refused: Iterable[Refusal]) -> Iterable[Change]:
    """Without those that the first run could not carry out: it may well find them again."""
    left_alone = {(item.site.path, item.site.function) for item in refused if item.site}
    return (item for item in found if (item.site.path, item.site.function) not in left_alone)


def _moved(scope: Scope, after: Project, files: Iterable[RewrittenFile]) -> Scope:
    """The same places in the patched project."""
    by_path = {item.before.path: item for item in files}
    places = tuple(
        moved
        for place in scope.places
        if (moved := _moved_place(place, after, by_path)) is not None
    )
    return dataclasses.replace(scope, project=after, places=places)


_NOWHERE = LineRange(0, 0)


def _moved_place(
    place: Place, after: Project, by_path: Mapping[str, RewrittenFile]
) -> Place | None:
    """The same definition in the patched file, with its lines where they stand now; ``None``
    where it is gone."""
    path = place.source.path
    if not after.files.exists(path):
        return None
    source = after.source(path)
    rewritten = by_path.get(path)
    if rewritten is None:
        return dataclasses.replace(place, source=source)
    lines, gone = line_map(rewritten), removed_lines(rewritten)

    def mapped(ranges: tuple[LineRange, ...]) -> tuple[LineRange, ...]:
        # What stands next to lines that are gone was never meant.
        return tuple(
            _NOWHERE
            if gone.issuperset(range(item.start, item.end + 1))
            else LineRange(lines(item.start), lines(item.end))
            for item in ranges
        )

    node: ast.Module | Definition = source.tree.module
    if not isinstance(place.node, ast.Module):
        name = place.source.tree.qualified_name(place.node)
        same = [
            item
            for item in place.source.tree.definitions()
            if place.source.tree.qualified_name(item) == name
        ]
        now = [
            item for item in source.tree.definitions() if source.tree.qualified_name(item) == name
        ]
        position = same.index(place.node)
        if position >= len(now):
            return None
        node = now[position]
    return dataclasses.replace(
        place,
        source=source,
        node=node,
        evidence=mapped(place.evidence),
        reported=mapped(place.reported),
    )
