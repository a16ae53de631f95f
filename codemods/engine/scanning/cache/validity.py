"""Which of the answers that were kept still hold.

An answer is what a scan saw in one file. It was made from that file, from what was asked of the
rest of the project while the file's batch was looked at, and from what was found out about the
whole project before (:meth:`~codemods.project.project.Project.survey`). It holds as long as each
of these is as it was. Where that is not known exactly, it does not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

import msgspec

from codemods.analysis.blocking.callers import BlockingCallers, find_blocking_callers
from codemods.analysis.threads.worlds import loop_of_most
from codemods.engine.scanning.cache.stored import Kept, StoredBatch
from codemods.project.project import Project, name_of

_BLOCKING = name_of(find_blocking_callers)
_LATE = {name_of(loop_of_most): loop_of_most}
"""What is found out when a codemod first asks, by its name."""


def encoded(survey: object) -> bytes:
    """What was found out, as bytes that are the same for the same.

    Raises:
        TypeError: when it has no such form.
    """
    return msgspec.msgpack.encode(survey, order="deterministic")


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of the project as it was, and of what has changed."""

    kept: Kept
    changed: frozenset[str]
    """Files with another content, or with one that is not known."""
    project: Project
    prepare: Callable[[], None]
    """Finds out about the whole project what a scan asks first."""


def valid(before: Before) -> frozenset[str]:
    """The files whose answers hold."""
    kept = before.kept
    if not before.changed and all(_exist_as_before(before, item) for item in kept.batches):
        return frozenset(kept.answers)
    before.prepare()
    other = _Surveys(before)
    if other.all_differ:
        return frozenset()
    bad = {
        number
        for number, batch in enumerate(kept.batches)
        if other.concerns(batch) or _differs(before, batch)
    }
    out = before.changed | other.files
    return frozenset(
        path for path, answer in kept.answers.items() if path not in out and answer.batch not in bad
    )


def _differs(before: Before, batch: StoredBatch) -> bool:
    if not before.changed.isdisjoint(batch.files) or not _exist_as_before(before, batch):
        return True
    for search in batch.searches:
        for path in before.changed:
            if search.last is not None and path > search.last:
                continue
            if path in search.members:
                return True
            data = before.project.bytes_of(path)
            if any(literal in data for literal in search.literals):
                return True
    return False


def _exist_as_before(before: Before, batch: StoredBatch) -> bool:
    exists = before.project.files.exists
    return all(exists(path) == found for path, found in batch.exists)


class _Surveys:
    """What differs in what was found out about the whole project."""

    def __init__(self, before: Before) -> None:
        self._before = before
        self._differing: set[str] = set()
        self.files: frozenset[str] = frozenset()
        """Files of which something else was found out."""
        self.all_differ = False
        """Whether no answer holds: files are chosen by what was found out."""
        now = before.project.surveys
        old = before.kept.surveys
        for name, value in now.items():
            if name not in old:
                self.all_differ = True
            elif name == _BLOCKING and isinstance(value, BlockingCallers):
                self._compare(value, msgspec.msgpack.decode(old[name], type=BlockingCallers))
            elif encoded(value) != old[name]:
                self.all_differ = True
        for name in old.keys() - now.keys():
            if name not in _LATE or encoded(before.project.survey(_LATE[name])) != old[name]:
                self._differing.add(name)

    def _compare(self, now: BlockingCallers, old: BlockingCallers) -> None:
        self.files = frozenset(
            (*_other(now.callers, old.callers), *_other(now.holders, old.holders))
        )
        if now.words != old.words:
            self._differing.add(_BLOCKING)

    def concerns(self, batch: StoredBatch) -> bool:
        """Whether something of it was asked for the files of a batch."""
        return not self._differing.isdisjoint(batch.surveys)


def _other(now: Mapping[str, Collection[str]], old: Mapping[str, Collection[str]]) -> Iterator[str]:
    for path in now.keys() | old.keys():
        if path not in now or path not in old or now[path] != old[path]:
            yield path
