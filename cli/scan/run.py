"""The commands ``scan`` and ``baseline``, from what was asked for to an exit status."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from codemods.codemod import Safety
from codemods.delivery.worktree import NotWritten, write_in_place
from codemods.engine.outcomes import Patch
from codemods.engine.scanning.baseline import (
    DEFAULT_NAME,
    Known,
    baseline_text,
    known_sites,
    read_baseline,
)
from codemods.engine.scanning.run import (
    Scanned,
    look,
    on_lines,
    without_known,
)
from codemods.engine.scanning.scope import Group, ProjectFiles, chosen, groups, relative, top_of
from codemods.project.config import Settings, load_settings
from codemods.project.files import OverlayFiles, WorkTreeFiles
from codemods.project.project import Project
from codemods.project.selection import Reason, Selection, select_files

from ..context import Session
from ..exit import DONE, NOT_FIXED, UserError
from ..files import check_target, write_file
from .notes import tell, tell_statistics, tell_unread
from .request import Request

if TYPE_CHECKING:
    from codemods.delivery.changed import Changed


MANY = 500
"""Files for which a scan takes a moment, so that somebody who waits is told."""


def run_scan(session: Session, request: Request) -> int:
    """``autofix scan``."""
    return _Scan(session, request).run()


def run_baseline(session: Session, request: Request) -> int:
    """``autofix baseline``."""
    return _Scan(session, request).write_baseline()


class _Scan:
    """One run. Whatever costs time is opened when it is first asked for."""

    def __init__(self, session: Session, request: Request) -> None:
        self.session = session
        self.request = request
        self.start = time.perf_counter()
        self.stages: dict[str, float] = {}
        """How long each stage took, in seconds."""
        if request.output_file is not None:
            check_target(self._from(request.output_file), request.output_file)
        folder = session.common.folder.resolve()
        given = [self._from(path) for path in request.paths]
        if request.stdin_name is not None:
            given = [self._from(Path(request.stdin_name))]
        self.top = top_of(folder, given)
        self.named = tuple(relative(self.top, path) for path in given)

    def _from(self, path: Path) -> Path:
        """As the shell means it, else as ``-C DIR`` does."""
        below = self.session.common.folder / path
        chosen_path = below if not path.exists() and below.exists() else path
        return Path.cwd() / chosen_path

    @cached_property
    def settings(self) -> Settings:
        return load_settings(WorkTreeFiles(self.top), self.session.codemods, self.session.defaults)

    @cached_property
    def stdin(self) -> bytes | None:
        return None if self.request.stdin_name is None else sys.stdin.buffer.read()

    @cached_property
    def project(self) -> Project:
        files = ProjectFiles(self.top)
        if self.stdin is None:
            return Project(files)
        return Project(OverlayFiles(files, {self.named[0]: self.stdin}))

    @cached_property
    def changed(self) -> Changed | None:
        if self.request.since is None:
            return None
        from codemods.delivery.changed import changed_since
        from codemods.delivery.repository import Repository

        return changed_since(Repository.open(self.top), self.request.since)

    @cached_property
    def selection(self) -> Selection:
        """The files that are read."""
        start = time.perf_counter()
        request = self.request
        named = self.named
        if self.stdin is not None and not (self.top / named[0]).is_file():
            return Selection(named, ())
        try:
            found = select_files(
                self.top,
                named,
                exclude=(*self.settings.exclude, *request.exclude),
                force_exclude=request.force_exclude,
            )
        except FileNotFoundError as error:
            raise UserError(f"{error}: there is no such file or folder") from error
        except ValueError as error:
            raise UserError(f"exclude: {error}") from error
        if self.changed is not None:
            changed = self.changed.files
            kept = tuple(path for path in found.paths if path in changed)
            found = Selection(kept, tuple(i for i in found.left_out if i.path in changed))
        self.stage("choosing files", start)
        return found

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        catalogue, request = self.session.codemods, self.request
        wanted = request.select or self.settings.select
        unwanted = (*request.ignore, *self.settings.ignore)
        codemods = chosen(catalogue, wanted, unwanted, given=bool(request.select))
        return tuple(groups(codemods, self.settings, self.selection.paths))

    def run(self) -> int:
        session, request = self.session, self.request
        scanned = self.look()
        baseline = self.baseline()
        if baseline:
            scanned = without_known(scanned, baseline, self.selection.paths)
        if self.request.changed_lines and self.changed is not None:
            scanned = on_lines(scanned, self.changed.covers)
        if self.fixes:
            scanned = self.fixed(scanned)
        self.write(scanned)
        fail_on = self.fail_on
        tell(session, request, scanned, self.selection, self.groups, fail_on)
        if request.statistics:
            tell_statistics(session, scanned, self.stages, fixes=self.fixes)
        if self.request.exit_zero:
            return DONE
        return NOT_FIXED if self.unsolved(scanned) else DONE

    def write(self, scanned: Scanned) -> None:
        """The result, to stdout or where it was asked for."""
        request, session = self.request, self.session
        if request.check:
            return
        if self.prints_source:
            document = self.project.files.read(self.named[0])
            for item in scanned.patches:
                # A file that goes is one without source.
                document = (item.after or b"") if item.path == self.named[0] else document
        elif request.diff:
            from codemods.output.diff import unified_diff

            document = unified_diff(scanned.patches)
            if request.output_file is None:
                from ..rendering import write_diff

                write_diff(session.out, document, forced=session.forced_color)
                return
        else:
            from codemods.output.scan_formats import print_text, rendered

            seconds = time.perf_counter() - self.start
            kind = request.format or "text"
            if kind == "text" and request.output_file is None:
                print_text(session.out, scanned)
                return
            document = rendered(kind, scanned, self.selection, seconds)
        if request.output_file is not None:
            write_file(self._from(request.output_file), document)
        else:
            from ..rendering import write_bytes

            write_bytes(document)

    @property
    def fail_on(self) -> Safety:
        """The weakest safety with which a site counts for the exit status."""
        return self.request.fail_on or Safety(self.settings.fail_on)

    def unsolved(self, scanned: Scanned) -> bool:
        """Whether something stands there that counts, or was not read."""
        left = [site.found for site in scanned.sites]
        # What a diff shows stands there still.
        standing = [*left, *scanned.fixed] if self.request.diff else left
        counts = any(item.change.safety.rank <= self.fail_on.rank for item in standing)
        return bool(counts or scanned.failed or self.unreadable(scanned))

    def unreadable(self, scanned: Scanned) -> list[str]:
        folders = [i.path for i in self.selection.left_out if i.reason is Reason.UNREADABLE]
        return [*(item.path for item in scanned.unread), *folders]

    def look(self) -> Scanned:
        """Find."""
        files = len(self.selection.paths)
        if files > MANY and self.session.say.is_terminal:
            self.session.note(f"scanning {files} files …", "dim")
        groups = self.groups
        start = time.perf_counter()
        found = look(self.project, groups, jobs=self.jobs, timed=self.request.statistics)
        self.stage("reading, parsing, finding", start)
        return found

    @property
    def jobs(self) -> int:
        """How many processes may work."""
        if self.request.jobs:
            return self.request.jobs
        if hasattr(os, "sched_getaffinity"):
            return len(os.sched_getaffinity(0))
        return os.cpu_count() or 1

    def stage(self, name: str, start: float) -> None:
        """A stage that began at ``start`` ends."""
        self.stages[name] = self.stages.get(name, 0.0) + time.perf_counter() - start

    @property
    def fixes(self) -> bool:
        """Whether anything is rewritten, for the files or for a diff."""
        return self.request.fix or self.request.diff or self.prints_source

    @property
    def prints_source(self) -> bool:
        """Whether stdout gets the fixed source of stdin."""
        request = self.request
        quiet = request.check or request.diff or request.format is not None
        return request.stdin_name is not None and (request.fix or not quiet)

    def fixed(self, scanned: Scanned) -> Scanned:
        """Fix, and write where that was asked for."""
        # A scan that fixes nothing needs neither libcst nor the gates.
        from codemods.engine.scanning.fix_all import fix_all

        start = time.perf_counter()
        done = fix_all(
            scanned,
            self.groups,
            self.request.allow,
            narrowed=bool(scanned.known or scanned.elsewhere),
            jobs=self.jobs,
        )
        self.stage("fixing", start)
        start = time.perf_counter()
        if self.request.fix and self.stdin is None and done.patches:
            written = write_in_place(self.top, Patch(done.patches, ()), force=True)
            if isinstance(written, NotWritten):
                raise UserError(written.reason)
        self.stage("writing", start)
        return done

    def baseline_path(self) -> tuple[Path, str, bool]:
        """The file, how to call it, and whether it must be there."""
        request = self.request
        if request.baseline is not None:
            return self._from(request.baseline), str(request.baseline), True
        if self.settings.baseline is not None:
            return self.top / self.settings.baseline, self.settings.baseline, True
        return self.top / DEFAULT_NAME, DEFAULT_NAME, False

    def baseline(self) -> Sequence[Known]:
        """The sites that do not count."""
        path, name, needed = self.baseline_path()
        if self.request.no_baseline or not (needed or path.exists()):
            return ()
        return read_baseline(path, name)

    def write_baseline(self) -> int:
        """``autofix baseline``."""
        scanned = self.look()
        path, name, _ = self.baseline_path()
        if self.request.output_file is not None:
            path, name = self._from(self.request.output_file), str(self.request.output_file)
        sites = [
            (site.codemod, site.change.site, self.project.source(site.change.site.path))
            for site in scanned.sites
        ]
        known = known_sites(sites)
        if path.exists() and (self.named or self.request.select or self.request.ignore):
            names = {codemod.name for group in self.groups for codemod in group.codemods}
            read = set(self.selection.paths)
            stay = (
                item
                for item in read_baseline(path, name)
                if item.path not in read or item.codemod not in names
            )
            known = tuple(sorted((*known, *stay)))
        write_file(path, baseline_text(known).encode())
        total = sum(item.count for item in known)
        self.session.note(f"{name}: {total} known site{'' if total == 1 else 's'}")
        tell_unread(self.session, scanned, self.selection)
        return NOT_FIXED if self.unreadable(scanned) else DONE
