"""What a scan found, fixed: each file for itself, and then all together."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from codemods.codemod import Codemod, Safety
from codemods.engine.outcomes import FilePatch
from codemods.engine.scanning.fixing import Task, fix, fix_apart, let_go
from codemods.engine.scanning.run import Scanned, position, sites_of
from codemods.engine.scanning.scan import Found, Skipped, collection_paused, scan
from codemods.engine.scanning.scope import Group
from codemods.engine.scanning.tracking import only


@collection_paused()
def fix_all(
    scanned: Scanned,
    groups: Sequence[Group],
    allow: Safety,
    *,
    narrowed: bool,
    jobs: int = 1,
) -> Scanned:
    """Fix what was found, file by file.

    Of many files each is first fixed for itself, in several processes. They are put together in
    their order: a file that the fix of another one reaches into is fixed anew on what that left,
    as in one process.

    Args:
        scanned: what was found.
        groups: the files, as they were scanned.
        allow: the weakest safety that is written.
        narrowed: whether sites were left out of ``scanned`` that stand there all the same.
        jobs: how many processes fix.
    """
    original = scanned.project
    wanted = [site for site in scanned.sites if site.change.safety.rank <= allow.rank]
    asked = {(site.codemod, site.change.site.path, site.change.site.line) for site in wanted}
    group_of = {path: group for group in groups for path in group.paths}
    tasks: dict[str, Task] = {}
    for path in dict.fromkeys(site.change.site.path for site in wanted):
        group = group_of[path]
        codemods: Sequence[Codemod] = group.codemods
        if narrowed:
            codemods = [only(item, asked, original.files) for item in codemods]
        tasks[path] = Task(codemods, group.options)
    apart = fix_apart(original, tasks, allow=allow, jobs=jobs)
    before: dict[str, bytes] = {}
    after: dict[str, bytes | None] = {}
    fixed: list[Found] = []
    failed: list[Skipped] = []
    remaining: dict[str, Sequence[Found]] = {}
    reaching = narrowed
    for path, task in tasks.items():
        if path in apart.given_up:
            failed.append(Skipped(path, apart.given_up[path]))
            continue
        result = None
        if path not in after:
            # The project as it was has its index already.
            result = apart.results.get(path) or fix(
                original, task.codemods, path, options=task.options, allow=allow
            )
        if result is None or any(item.path in after for item in result.files):
            project = original.with_changes(after)
            result = fix(project, task.codemods, path, options=task.options, allow=allow)
        for item in result.files:
            before.setdefault(item.path, item.before)
            after[item.path] = item.after
        fixed += result.changes
        failed += result.failed
        reaching = reaching or any(item.path != path for item in result.files)
        if result.remaining is not None:
            remaining[path] = result.remaining
        let_go(original)
    patches = tuple(
        FilePatch(path, data, after[path]) for path, data in before.items() if after[path] != data
    )
    scanned = dataclasses.replace(scanned, deaths=(*scanned.deaths, *apart.deaths))
    if not patches:
        return dataclasses.replace(scanned, failed=tuple(failed))
    return dataclasses.replace(
        _again(
            scanned,
            groups,
            patches,
            {} if reaching else remaining,
            narrowed=narrowed,
            jobs=jobs,
        ),
        fixed=tuple(fixed),
        patches=patches,
        failed=tuple(failed),
    )


def _again(
    scanned: Scanned,
    groups: Sequence[Group],
    patches: Sequence[FilePatch],
    remaining: Mapping[str, Sequence[Found]],
    *,
    narrowed: bool,
    jobs: int,
) -> Scanned:
    """What stands in the changed files now, and in the others as before.

    Args:
        scanned: what was found.
        groups: the files, as they were scanned.
        patches: what was changed.
        remaining: what the fix has seen by itself in the files that it changed: these are not
            scanned again.
        narrowed: whether only the sites of ``scanned`` count.
        jobs: how many processes scan.
    """
    changed = {item.path: item.after for item in patches}
    partly = {item.path for item in scanned.unread}
    seen = {path: remaining[path] for path in changed if path in remaining and path not in partly}
    project = scanned.project.with_changes(changed)
    wanted = {(i.codemod, i.change.site.path, i.change.site.line) for i in scanned.sites}
    left = [site for site in scanned.sites if site.change.site.path not in changed]
    unread = [item for item in scanned.unread if item.path not in changed]
    left += sites_of(project, (item for path in seen for item in seen[path]))
    deaths = [*scanned.deaths]
    for group in groups:
        paths = tuple(
            path for path in group.paths if changed.get(path) is not None and path not in seen
        )
        if not paths:
            continue
        codemods: Sequence[Codemod] = group.codemods
        if narrowed:
            codemods = [only(item, wanted, scanned.project.files) for item in codemods]
        result = scan(project, codemods, paths, options=group.options, jobs=jobs)
        left += sites_of(project, result.found)
        unread += result.skipped
        deaths += result.deaths
    return dataclasses.replace(
        scanned,
        project=project,
        sites=tuple(sorted(left, key=position)),
        unread=tuple(unread),
        deaths=tuple(deaths),
    )
