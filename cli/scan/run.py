"""One run of ``autofix scan``, from what was asked for to an exit status."""

from __future__ import annotations

import dataclasses
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from codemods.delivery.worktree import NotWritten, apart, write_in_place
from codemods.engine.scanning.baseline import Known, read_baseline
from codemods.engine.scanning.request import Changed, ScanRequest
from codemods.engine.scanning.run import run_scan
from codemods.engine.scanning.sites import Scanned
from codemods.output.formats import ScanFormat, document

from ..context import Session
from ..exit import DONE, NOT_FIXED
from ..files import tidy, write_file
from ..progress import Stages
from .notes import tell, tell_statistics
from .options import ScanOptions
from .where import Where

if TYPE_CHECKING:
    from codemods.engine.scanning.cache.folder import CacheFolder


def run(session: Session, asked: ScanOptions) -> int:
    """Look, fix, write and tell."""
    start = time.perf_counter()
    piped = asked.stdin_filename
    where = Where(session, asked.paths if piped is None else [Path(piped)], asked.output_file)
    tidy(session, where.top)
    with Stages(session.say) as progress:
        scanned = run_scan(_request(session, where, asked), where.begins, progress)
    if asked.add_ignore:
        scanned = _ignored(session, where, scanned)
    stages = dict(scanned.stages)
    if asked.fixes:
        writing = time.perf_counter()
        if asked.fix and piped is None and scanned.patches:
            scanned = _written(where.top, scanned)
        stages["writing"] = time.perf_counter() - writing
    if asked.summary is not None:
        from .summary import summary

        write_file(where.path(asked.summary), summary(scanned).encode(), where.top)
    if not asked.check:
        _write(session, asked, where, scanned, start)
    tell(session, scanned, writing=asked.fix)
    if asked.statistics:
        tell_statistics(session, scanned, stages, fixes=asked.fixes)
    failed = not asked.exit_zero and scanned.fails(written=not asked.diff)
    return NOT_FIXED if failed else DONE


def _ignored(session: Session, where: Where, scanned: Scanned) -> Scanned:
    """Write a comment for each site; those without one are left."""
    from codemods.engine.outcomes import Patch
    from codemods.engine.scanning.adding_ignores import with_ignores
    from codemods.output.words import counted

    made = with_ignores(scanned)
    patches = [Patch((item,), ()) for item in made.patches]
    done = write_in_place(where.top, patches, force=True)
    failed = {
        patch.path: item.reason
        for patch, item in zip(made.patches, done, strict=True)
        if isinstance(item, NotWritten)
    }
    left = [*made.left]
    left += [
        (site, failed[path]) for site in made.sites if (path := site.change.site.path) in failed
    ]
    for site, reason in left:
        place = site.change.site
        session.warn(f"{scanned.request.shown(place.path)}:{place.line}: not ignored: {reason}")
    written = len(made.sites) + len(made.left) - len(left)
    files = len(made.patches) - len(failed)
    session.note(f"ignored {counted(written, 'site')} in {counted(files, 'file')}")
    remaining = {id(site) for site, _ in left}
    return dataclasses.replace(
        scanned, sites=tuple(site for site in scanned.sites if id(site) in remaining)
    )


def _written(top: Path, scanned: Scanned) -> Scanned:
    """Write the fixes; a file that cannot be written is among those that were not fixed."""
    from codemods.engine.scanning.fix_all import without

    patches = apart(scanned.patches, (item.change for item in scanned.fixed))
    left = {
        file.path: done.reason
        for patch, done in zip(patches, write_in_place(top, patches, force=True), strict=True)
        if isinstance(done, NotWritten)
        for file in patch.files
    }
    return without(scanned, left)


def _request(session: Session, where: Where, asked: ScanOptions) -> ScanRequest:
    """What is asked of the engine."""
    piped = asked.stdin_filename is not None
    return dataclasses.replace(
        where.request(asked),
        contents={where.named[0]: sys.stdin.buffer.read()} if piped else {},
        changed=_changed(where.top, asked.since) if asked.since is not None else None,
        changed_lines=asked.changed_lines,
        baseline=_known(where, asked),
        fix=asked.allow if asked.fixes else None,
        fail_on=asked.fail_on,
        jobs=asked.jobs,
        timed=asked.statistics,
        cache=_cache(session, where, asked) if asked.keeps and not piped else None,
    )


def _cache(session: Session, where: Where, asked: ScanOptions) -> CacheFolder | None:
    """Where what was seen is kept; ``None`` where that is not to be trusted, which is told."""
    from codemods.engine.scanning.cache.folder import NAME, CacheFolder, UnusableError

    try:
        folder = where.path(asked.cache_dir) if asked.cache_dir else where.top / NAME
        return CacheFolder(folder, where.top)
    except UnusableError as error:
        session.warn(str(error))
        return None


def _changed(top: Path, ref: str) -> Changed:
    """What changed since the work tree left ``ref``."""
    from codemods.delivery.changed_lines import changed_since
    from codemods.delivery.repository import Repository

    return changed_since(Repository.open(top), ref)


def _known(where: Where, asked: ScanOptions) -> tuple[Known, ...]:
    """The sites that do not count."""
    if asked.no_baseline:
        return ()
    path, name, needed = where.baseline_file(asked.baseline)
    return read_baseline(path, name) if needed or path.exists() else ()


def _write(
    session: Session, asked: ScanOptions, where: Where, scanned: Scanned, start: float
) -> None:
    """The result, to stdout or where it was asked for."""
    from ..rendering import write_bytes, write_diff

    if asked.prints_source:
        path = where.named[0]
        data = scanned.request.contents[path]
        for item in scanned.patches:
            # A file that goes is one without source.
            data = (item.after or b"") if item.path == path else data
    elif asked.diff:
        from codemods.output.diff import unified_diff

        data = unified_diff(scanned.patches)
        if asked.output_file is None:
            write_diff(session.out, scanned.patches, data, forced=session.forced_color)
            return
    else:
        format = asked.format or ScanFormat.TEXT
        if format is ScanFormat.TEXT and asked.output_file is None:
            from codemods.output.text import print_text

            print_text(session.out, scanned)
            return
        data = document(format, scanned, time.perf_counter() - start)
    if asked.output_file is not None:
        write_file(where.path(asked.output_file), data, where.top)
    else:
        write_bytes(data)
