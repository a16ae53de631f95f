"""What a scan found, fixed: each file for itself, and then all together."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from codemods.codemod import Safety
from codemods.engine.outcomes import FilePatch
from codemods.engine.scanning.fixing import FixResult, fix, fix_apart, let_go
from codemods.engine.scanning.scan import Found, Skipped, collection_paused, scan
from codemods.engine.scanning.scope import Group
from codemods.engine.scanning.sites import Scanned, sites_of
from codemods.engine.scanning.tracking import Asked, only
from codemods.project.project import Project


@collection_paused()
def fix_all(scanned: Scanned, allow: Safety, *, jobs: int = 1) -> Scanned:
    """Fix what was found, file by file.

    Of many files each is first fixed for itself, in several processes. They are put together in
    their order: a file that the fix of another one reaches into is fixed anew on what that left,
    as in one process.

    Args:
        scanned: what was found.
        allow: the weakest safety that is written.
        jobs: how many processes fix.
    """
    original = scanned.project
    tasks = dict(_tasks(scanned, allow))
    apart = fix_apart(original, tasks, allow=allow, jobs=jobs)
    together = _Together(original, allow)
    for path in original.watched("fixing", tasks):
        task = tasks[path]
        if path in apart.given_up:
            together.failed.append(Skipped(path, apart.given_up[path]))
            continue
        together.add(path, task, apart.results.get(path))
        let_go(original)
    scanned = dataclasses.replace(
        scanned, deaths=(*scanned.deaths, *apart.deaths), failed=tuple(together.failed)
    )
    patches = together.patches
    if not patches:
        return scanned
    # What one file's fix has seen of it is not true where another one reached into it.
    remaining = {} if together.reaching or scanned.narrowed else together.remaining
    scanned = _again(scanned, patches, remaining, jobs=jobs)
    return dataclasses.replace(scanned, fixed=tuple(together.fixed), patches=patches)


def without(scanned: Scanned, left: Mapping[str, str]) -> Scanned:
    """What a scan came to when some of its files were not written after all.

    Args:
        scanned: with its fixes.
        left: the paths, each with the reason.
    """
    if not left:
        return scanned
    undone = [
        FilePatch(item.path, item.after or b"", item.before)
        for item in scanned.patches
        if item.path in left
    ]
    # What a fix left standing there is not true any more: these are looked at as they were.
    again = _again(scanned, undone, {}, jobs=1)
    return dataclasses.replace(
        again,
        fixed=tuple(item for item in scanned.fixed if item.change.site.path not in left),
        patches=tuple(item for item in scanned.patches if item.path not in left),
        failed=(*scanned.failed, *(Skipped(path, reason) for path, reason in left.items())),
    )


def _tasks(scanned: Scanned, allow: Safety) -> Iterator[tuple[str, Group]]:
    """The files in which something may be fixed, each with who fixes it."""
    wanted = [site for site in scanned.sites if site.change.safety.rank <= allow.rank]
    asked = {(site.codemod, site.change.site.path, site.change.site.line) for site in wanted}
    group_of = {path: group for group in scanned.groups for path in group.paths}
    for path in dict.fromkeys(site.change.site.path for site in wanted):
        group = group_of[path]
        if scanned.narrowed:
            group = _narrowed(group, asked, scanned)
        yield path, group


def _narrowed(group: Group, asked: Asked, scanned: Scanned) -> Group:
    """The group, finding nothing but what is asked for."""
    files = scanned.project.files
    narrowed = {name: only(item, asked, files) for name, item in group.chosen.items()}
    return dataclasses.replace(group, chosen=narrowed)


class _Together:
    """The fixes of all files so far."""

    def __init__(self, original: Project, allow: Safety) -> None:
        self._original = original
        self._allow = allow
        self._before: dict[str, bytes] = {}
        self._after: dict[str, bytes | None] = {}
        self.fixed: list[Found] = []
        self.failed: list[Skipped] = []
        self.remaining: dict[str, Sequence[Found]] = {}
        """What the fix of a file has seen by itself, of those that it changed."""
        self.reaching = False
        """Whether the fix of one file changed another one."""

    def add(self, path: str, task: Group, result: FixResult | None) -> None:
        """Fix one more file, or take the result of who did it already."""
        if path in self._after:
            result = None
        elif result is None:
            # The project as it was has its index already.
            result = self._fixed(self._original, path, task)
        if result is None or any(item.path in self._after for item in result.files):
            result = self._fixed(self._original.with_changes(self._after), path, task)
        for item in result.files:
            self._before.setdefault(item.path, item.before)
            self._after[item.path] = item.after
        self.fixed += result.changes
        self.failed += result.failed
        self.reaching = self.reaching or any(item.path != path for item in result.files)
        if result.remaining is not None:
            self.remaining[path] = result.remaining

    def _fixed(self, project: Project, path: str, task: Group) -> FixResult:
        return fix(project, task.codemods, path, options=task.options, allow=self._allow)

    @property
    def patches(self) -> tuple[FilePatch, ...]:
        """Every file that is not as it was."""
        return tuple(
            FilePatch(path, data, self._after[path])
            for path, data in self._before.items()
            if self._after[path] != data
        )


def _again(
    scanned: Scanned,
    patches: Sequence[FilePatch],
    remaining: Mapping[str, Sequence[Found]],
    *,
    jobs: int,
) -> Scanned:
    """What stands in the changed files now, and in the others as before.

    Args:
        scanned: what was found.
        patches: what was changed.
        remaining: what the fix has seen by itself in the files that it changed: these are not
            scanned again.
        jobs: how many processes scan.
    """
    changed = {item.path: item.after for item in patches}
    partly = {item.path for item in scanned.unread}
    seen = {path: remaining[path] for path in changed if path in remaining and path not in partly}
    project = scanned.project.with_changes(changed)
    found = [*(site.found for site in scanned.sites), *scanned.fixed]
    wanted = {(i.codemod, i.change.site.path, i.change.site.line) for i in found}
    left = [site for site in scanned.sites if site.change.site.path not in changed]
    unread = [item for item in scanned.unread if item.path not in changed]
    left += sites_of(project, (item for path in seen for item in seen[path]))
    deaths = [*scanned.deaths]
    for group in scanned.groups:
        paths = tuple(
            path for path in group.paths if changed.get(path) is not None and path not in seen
        )
        if not paths:
            continue
        if scanned.narrowed:
            group = _narrowed(group, wanted, scanned)
        result = scan(project, group.codemods, paths, options=group.options, jobs=jobs)
        left += sites_of(project, result.found)
        unread += result.skipped
        deaths += result.deaths
    return dataclasses.replace(
        scanned,
        project=project,
        sites=tuple(sorted(left, key=lambda site: site.position)),
        unread=tuple(unread),
        deaths=tuple(deaths),
    )
