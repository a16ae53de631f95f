"""The commands ``scan`` and ``baseline``, from what was asked for to an exit status."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from codemods.delivery.worktree import NotWritten, write_in_place
from codemods.engine.outcomes import Patch
from codemods.engine.scanning.baseline import DEFAULT_NAME, Known, baseline_text, read_baseline
from codemods.engine.scanning.request import Changed, ScanRequest
from codemods.engine.scanning.run import baseline_of, run_scan
from codemods.engine.scanning.scope import relative, top_of
from codemods.engine.scanning.sites import Scanned
from codemods.output.words import counted
from codemods.project.config import Settings, load_settings
from codemods.project.files import WorkTreeFiles
from codemods.project.selection import Selection

from ..context import Session
from ..exit import DONE, NOT_FIXED, UserError
from ..files import check_target, write_file
from .notes import tell, tell_statistics, tell_unread
from .request import Request

MANY = 500
"""Files for which a scan takes a moment, so that somebody who waits is told."""


def scan(session: Session, asked: Request) -> int:
    """``autofix scan``."""
    start = time.perf_counter()
    where = _Where(session, asked)
    scanned = run_scan(where.request(baseline=where.known()), lambda files: _begins(session, files))
    stages = dict(scanned.stages)
    if asked.fixes:
        writing = time.perf_counter()
        if asked.fix and asked.stdin_name is None and scanned.patches:
            written = write_in_place(where.top, Patch(scanned.patches, ()), force=True)
            if isinstance(written, NotWritten):
                raise UserError(written.reason)
        stages["writing"] = time.perf_counter() - writing
    if not asked.check:
        _write(where, scanned, start)
    tell(session, asked, scanned)
    if asked.statistics:
        tell_statistics(session, scanned, stages, fixes=asked.fixes)
    failed = not asked.exit_zero and scanned.fails(written=not asked.diff)
    return NOT_FIXED if failed else DONE


def write_baseline(session: Session, asked: Request) -> int:
    """``autofix baseline``."""
    where = _Where(session, asked)
    request = where.request()
    scanned = run_scan(request, lambda files: _begins(session, files))
    path, name, _ = where.baseline_file()
    if asked.output_file is not None:
        path, name = where.path(asked.output_file), str(asked.output_file)
    known = baseline_of(
        scanned, read_baseline(path, name) if request.partial and path.exists() else ()
    )
    write_file(path, baseline_text(known).encode())
    total = sum(item.count for item in known)
    session.note(f"{name}: {counted(total, 'known site')}")
    tell_unread(session, scanned)
    return NOT_FIXED if scanned.unreadable else DONE


class _Where:
    """The project that is meant, with its settings; what a path of the command line is in it."""

    def __init__(self, session: Session, asked: Request) -> None:
        self.session = session
        self.asked = asked
        if asked.output_file is not None:
            check_target(self.path(asked.output_file), asked.output_file)
        named = (Path(asked.stdin_name),) if asked.stdin_name is not None else asked.paths
        given = [self.path(path) for path in named]
        self.top = top_of(session.common.folder.resolve(), given)
        self.named = tuple(relative(self.top, path) for path in given)
        files = WorkTreeFiles(self.top)
        self.settings: Settings = load_settings(files, session.codemods, session.defaults)

    def path(self, path: Path) -> Path:
        """As the shell means it, else as ``-C DIR`` does."""
        below = self.session.common.folder / path
        chosen_path = below if not path.exists() and below.exists() else path
        return Path.cwd() / chosen_path

    def request(self, baseline: tuple[Known, ...] = ()) -> ScanRequest:
        """What is asked of the engine."""
        asked = self.asked
        piped = asked.stdin_name is not None
        return ScanRequest(
            self.top,
            self.named,
            codemods=self.session.codemods,
            settings=self.settings,
            select=asked.select,
            ignore=asked.ignore,
            exclude=asked.exclude,
            force_exclude=asked.force_exclude,
            contents={self.named[0]: sys.stdin.buffer.read()} if piped else {},
            changed=self.changed(asked.since) if asked.since is not None else None,
            changed_lines=asked.changed_lines,
            baseline=baseline,
            fix=asked.allow if asked.fixes else None,
            fail_on=asked.fail_on,
            jobs=asked.jobs,
            timed=asked.statistics,
        )

    def changed(self, ref: str) -> Changed:
        """What changed since the work tree left ``ref``."""
        from codemods.delivery.changed import changed_since
        from codemods.delivery.repository import Repository

        return changed_since(Repository.open(self.top), ref)

    def baseline_file(self) -> tuple[Path, str, bool]:
        """The file, how to call it, and whether it must be there."""
        given, setting = self.asked.baseline, self.settings.baseline
        if given is not None:
            return self.path(given), str(given), True
        return self.top / (setting or DEFAULT_NAME), setting or DEFAULT_NAME, setting is not None

    def known(self) -> tuple[Known, ...]:
        """The sites that do not count."""
        path, name, needed = self.baseline_file()
        if self.asked.no_baseline or not (needed or path.exists()):
            return ()
        return read_baseline(path, name)


def _begins(session: Session, files: Selection) -> None:
    """Tell somebody who waits."""
    if len(files.paths) > MANY and session.say.is_terminal:
        session.note(f"scanning {len(files.paths)} files …", "dim")


def _write(where: _Where, scanned: Scanned, start: float) -> None:
    """The result, to stdout or where it was asked for."""
    asked, session = where.asked, where.session
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
            from ..rendering import write_diff

            write_diff(session.out, data, forced=session.forced_color)
            return
    else:
        from codemods.output.formats import ScanFormat, document

        format = asked.format or ScanFormat.TEXT
        if format is ScanFormat.TEXT and asked.output_file is None:
            from codemods.output.text import print_text

            print_text(session.out, scanned)
            return
        data = document(format, scanned, time.perf_counter() - start)
    if asked.output_file is not None:
        write_file(where.path(asked.output_file), data)
    else:
        from ..rendering import write_bytes

        write_bytes(data)
