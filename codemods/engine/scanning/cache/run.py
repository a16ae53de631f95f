"""A scan with what an earlier one saw: the same answer, in less time."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from codemods.codemod import Codemod
from codemods.engine.scanning.cache.code import code_of, packages_of
from codemods.engine.scanning.cache.folder import CacheFolder, UnusableError, not_kept
from codemods.engine.scanning.cache.stored import (
    Answer,
    DamagedError,
    File,
    Kept,
    batches_of,
    looked,
    stored,
)
from codemods.engine.scanning.cache.validity import Before, encoded, valid
from codemods.engine.scanning.scan import (
    Looked,
    Options,
    ScanResult,
    digest_of,
    prepare,
    scan,
)
from codemods.project.memory import Memory
from codemods.project.project import SURVEYS, Project
from codemods.project.reads import Differences, StoredReads, stored_reads

_MANY_CHANGED = 300
"""From how many changed files on it is quicker to look at everything anew."""
SETTLED = 2_000_000_000
"""Two seconds, in nanoseconds: the coarsest clock of a file system."""


class CachedScans:
    """Scans of one project, by what is kept in a folder.

    Args:
        project: the state that is read; nobody has asked anything of it yet.
        top: where its paths begin.
        folder: where answers are kept.
        tell: gets why something that was kept is not used, in one line.
        settled: nanoseconds after which a change of a file surely has another time of change;
            until then its content is compared.
    """

    def __init__(
        self,
        project: Project,
        top: Path,
        folder: CacheFolder,
        tell: Callable[[str], None],
        *,
        settled: int = SETTLED,
    ) -> None:
        self._project = project
        self._top = f"{top}{os.sep}"
        self._folder = folder
        self._tell = tell
        self._settled = time.time_ns() - settled
        self._times: dict[str, tuple[int, int]] = {}

    def scan(
        self, codemods: Mapping[str, Codemod], paths: Sequence[str], options: Options, jobs: int
    ) -> ScanResult:
        """What the codemods see in the files, as :func:`~codemods.engine.scanning.scan.scan`
        says it; only that the changes in files that were not looked at anew cannot be carried out.
        """
        project = self._project
        key = key_of(project, codemods, options)
        kept = self._load(key)
        now = self._files(kept)
        project.memory = Memory()
        try:
            holds = self._valid(kept, now, lambda: prepare(project, codemods.values()))
        except DamagedError as error:
            self._tell(f"the cache is damaged and was ignored: {error}")
            kept, holds = None, frozenset()
        rest = [path for path in paths if path not in holds]
        answers = {path: kept.answers[path] for path in holds} if kept is not None else {}
        if kept is not None and not rest:
            return _together(paths, answers, ScanResult(()))
        active = tuple(codemods.values())
        prepare(project, active)
        project.record()
        fresh = scan(project, active, rest, options=options, jobs=jobs)
        self._save(key, _Answers(kept, answers, fresh), now)
        project.memory = None
        return _together(paths, answers, fresh)

    def _load(self, key: str) -> Kept | None:
        try:
            return self._folder.load(key)
        except UnusableError as error:
            self._tell(str(error))
            return None

    def _files(self, kept: Kept | None) -> dict[str, File]:
        """What each file is now, with the digest where it is what it was."""
        known = kept.files if kept is not None else {}
        found = {}
        for path in dict.fromkeys((*self._project.python_paths, *known)):
            item = self._file(path)
            if item is not None:
                found[path] = self._as_before(path, item, known[path]) if path in known else item
        return found

    def _file(self, path: str) -> File | None:
        try:
            state = os.stat(self._top + path)  # noqa: PTH116 (many thousands at a time)
        except OSError:
            return None
        self._times[path] = times = (state.st_mtime_ns, state.st_ctime_ns)
        return File(state.st_size, *(times if max(times) < self._settled else (0, 0)), state.st_ino)

    def _as_before(self, path: str, item: File, known: File) -> File:
        same = msgspec.structs.replace(item, digest=known.digest)
        if item.modified and same == known:
            return known
        if item.size != known.size or digest_of(self._project.bytes_of(path)) != known.digest:
            return item
        return same

    def _valid(
        self, kept: Kept | None, now: Mapping[str, File], prepare: Callable[[], None]
    ) -> frozenset[str]:
        """The files whose answers are not looked for anew."""
        if kept is None or kept.listing != _listing(self._project):
            return frozenset()
        changed = frozenset(
            path
            for path, item in kept.files.items()
            if path not in now or not item.digest or now[path].digest != item.digest
        )
        if len(changed) > _MANY_CHANGED:
            return frozenset()
        project = self._project
        differences = Differences(changed, project.bytes_of, project.files.exists)
        project.memory = Memory(kept.memory, differences)
        return valid(Before(kept, differences, project, prepare))

    def _save(self, key: str, answers: _Answers, now: Mapping[str, File]) -> None:
        batches, numbers = answers.batches()
        project, memory = self._project, self._project.memory
        for name in {name for batch in batches for name in batch.surveys} & SURVEYS.keys():
            # Another process may have been the one that asked.
            project.survey(SURVEYS[name])
        try:
            surveys = {name: encoded(value) for name, value in project.surveys.items()}
        except TypeError:
            # A plug-in's, of which nobody could say later whether it is another one.
            return
        kept = Kept(
            _listing(project),
            dict(self._read(now, answers, batches)),
            dict(answers.stored(numbers)),
            frozenset(item for batch in batches for item in batch.exists),
            msgspec.Raw(msgspec.msgpack.encode(batches)),
            surveys,
            {
                name: msgspec.Raw(msgspec.msgpack.encode(value))
                for name, value in (memory.kept if memory is not None else {}).items()
            },
        )
        try:
            self._folder.save(key, kept)
        except UnicodeEncodeError:
            # A file name that is not UTF-8: such a project is scanned anew each time.
            return
        except OSError as error:
            self._tell(not_kept(error))

    def _read(
        self, now: Mapping[str, File], answers: _Answers, batches: Iterable[StoredReads]
    ) -> Iterator[tuple[str, File]]:
        """The files that answers were made from, as they were when they were read."""
        digests = {item.path: item.digest for item in answers.fresh.looked if item.read}
        others = (path for batch in batches for path in batch.files)
        for path in dict.fromkeys((*self._project.python_paths, *others)):
            before = now.get(path) or self._file(path)
            times = self._times.get(path)
            after = self._file(path)
            if before is None or after is None:
                # It was not there when it was asked for.
                yield path, File(0, 0, 0, 0)
                continue
            digest = before.digest or digests.get(path)
            if digest is None:
                digest = digest_of(self._project.bytes_of(path))
            same = before == msgspec.structs.replace(after, digest=before.digest)
            still = same and self._times[path] == times
            # Who knows which of the two was read.
            yield path, msgspec.structs.replace(before, digest=digest if still else b"")


class _Answers:
    """The answers that hold, and those that were found now."""

    def __init__(self, kept: Kept | None, held: Mapping[str, Answer], fresh: ScanResult) -> None:
        self._old = batches_of(kept) if kept is not None else ()
        self._held = held
        self.fresh = fresh

    def batches(self) -> tuple[tuple[StoredReads, ...], Mapping[int, int]]:
        """What was asked for each batch, and where the old ones are now."""
        used = sorted({item.batch for item in self._held.values()} - {-1})
        numbers = {old: number for number, old in enumerate(used)}
        old = [self._old[number] for number in used]
        new = (stored_reads(item.reads) for item in self.fresh.batches)
        return (*old, *new), {**numbers, -1: -1}

    def stored(self, numbers: Mapping[int, int]) -> Iterator[tuple[str, Answer]]:
        """Each file's answer, by the numbers that the batches have now."""
        for path, answer in self._held.items():
            yield path, msgspec.structs.replace(answer, batch=numbers[answer.batch])
        batch_of = {
            path: len(numbers) - 1 + number
            for number, batch in enumerate(self.fresh.batches)
            for path in batch.paths
        }
        for item in self.fresh.looked:
            if item.read:
                yield item.path, stored(item, batch_of.get(item.path, -1))


def _together(paths: Sequence[str], answers: Mapping[str, Answer], fresh: ScanResult) -> ScanResult:
    anew: dict[str, Looked] = {item.path: item for item in fresh.looked}
    every = (anew.get(path) or looked(path, answers[path]) for path in paths)
    return dataclasses.replace(fresh, looked=tuple(every))


def _listing(project: Project) -> bytes:
    return digest_of("\0".join(project.python_paths).encode("utf-8", "surrogateescape"))


def key_of(project: Project, codemods: Mapping[str, Codemod], options: Options) -> str:
    """What a kept answer is found by: everything that it depends on and is no file of the project.

    Args:
        project: whose Python counts.
        codemods: who looks; our own need not be imported for it.
        options: what is set for them.
    """
    asked = [
        str(project.target_python),
        code_of(packages_of(codemods)).hex(),
        *(f"{name} {json.dumps(options(name), sort_keys=True)}" for name in codemods),
    ]
    return hashlib.blake2b("\n".join(asked).encode(), digest_size=10).hexdigest()
