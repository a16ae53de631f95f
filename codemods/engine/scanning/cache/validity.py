"""Which of the answers that were kept still hold.

An answer is what a scan saw in one file. It was made from that file, from what was asked of the
rest of the project while the file's batch was looked at, and from what was found out about the
whole project before (:meth:`~codemods.project.project.Project.survey`). It holds as long as each
of these is as it was. Where that is not known exactly, it does not hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from codemods.engine.scanning.cache.stored import Kept, batches_of
from codemods.project.project import SURVEYS, OfFiles, Project
from codemods.project.reads import Differences, StoredReads


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
    differences: Differences
    project: Project
    prepare: Callable[[], None]
    """Finds out about the whole project what a scan asks first."""


def valid(before: Before) -> frozenset[str]:
    """The files whose answers hold.

    Raises:
        DamagedError: when what was kept is none of ours.
    """
    kept, changed = before.kept, before.differences.changed
    exists = before.project.files.exists
    if not changed and all(exists(path) == found for path, found in kept.exists):
        return frozenset(kept.answers)
    before.prepare()
    other = _Surveys(before)
    if other.all_differ:
        return frozenset()
    bad = {
        number
        for number, batch in enumerate(batches_of(kept))
        if other.concerns(batch) or before.differences.concern(batch)
    }
    out = changed | other.files
    return frozenset(
        path for path, answer in kept.answers.items() if path not in out and answer.batch not in bad
    )


class _Surveys:
    """What differs in what was found out about the whole project."""

    def __init__(self, before: Before) -> None:
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
            elif isinstance(value, OfFiles):
                self._compare(name, value, old[name])
            elif encoded(value) != old[name]:
                self.all_differ = True
        for name in old.keys() - now.keys():
            # Found out when a codemod first asks.
            if name not in SURVEYS or encoded(before.project.survey(SURVEYS[name])) != old[name]:
                self._differing.add(name)

    def _compare(self, name: str, now: OfFiles, data: bytes) -> None:
        try:
            old = msgspec.msgpack.decode(data, type=type(now))
        except msgspec.DecodeError:
            self.all_differ = True
            return
        self.files |= frozenset(now.others(old))
        if not now.same_for_all(old):
            self._differing.add(name)

    def concerns(self, batch: StoredReads) -> bool:
        """Whether something of it was asked for the files of a batch."""
        return not self._differing.isdisjoint(batch.surveys)
