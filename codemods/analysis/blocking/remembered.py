"""What the search for blocking callers remembers, so that the next one parses less.

A file's answer holds as long as what was asked for it does: its own text, what the resolver read
of others, and which functions were known to block. Where one of these is another, or not known,
the file is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import msgspec

from codemods.analysis.blocking.words import Held
from codemods.project.memory import Memory
from codemods.project.reads import StoredReads


class Row(msgspec.Struct, array_like=True, frozen=True):
    """Values without their names: there are many thousands."""


class Direct(Row, frozen=True):
    """The functions of a file that call something of the table."""

    names: tuple[str, ...]
    batch: int
    """For which something was read together with others."""


class Calling(Row, frozen=True):
    """The functions of a file that call one which blocks."""

    words: tuple[str, ...]
    """By which it was looked for."""
    asked: tuple[tuple[str, str, bool], ...]
    """Functions, by file and name, and whether each was known to block."""
    names: tuple[str, ...]
    callers: tuple[str, ...]
    """The last names by which coroutines call."""
    called: tuple[str, ...]
    """All of them."""
    batch: int


class Spoken(Row, frozen=True):
    """What the files said of some words."""

    words: tuple[str, ...]
    asked: bytearray
    """A byte for each file of the project: whether it was asked."""
    said: dict[str, tuple[str, ...]]
    """The words that a file holds, where it holds one."""
    held: dict[str, tuple[tuple[str, ...], tuple[str, ...], bool]]
    """By file the words that counted, the functions, and whether a coroutine calls one."""
    called: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
    """By file the words that counted, and those that are called."""


class Remembered(Row, frozen=True):
    """All that one search remembers."""

    direct: dict[str, Direct]
    calling: dict[str, tuple[Calling, ...]]
    spoken: tuple[Spoken, ...]
    batches: tuple[StoredReads, ...]


_NOTHING = Remembered({}, {}, (), ())


class Remembering:
    """What was remembered, as far as it holds, and what will be.

    Args:
        memory: of the project.
        name: under which it is kept.
    """

    def __init__(self, memory: Memory, name: str) -> None:
        self._memory = memory
        self._name = name
        self._before = memory.recall(name, Remembered) or _NOTHING
        self._good: dict[int, bool] = {}
        self._batches = [*self._before.batches]
        self._direct: dict[str, Direct] = {}
        self._calling: dict[str, tuple[Calling, ...]] = {}
        self._spoken: list[Spoken] = []

    def direct(self, path: str) -> tuple[str, ...] | None:
        """What a file answered; ``None`` where that may be another answer now."""
        found = self._before.direct.get(path)
        if found is None or not self._holds(found.batch):
            return None
        self._direct[path] = found
        return found.names

    def calling(
        self, path: str, words: tuple[str, ...], blocks: Callable[[str, str], bool]
    ) -> Calling | None:
        """The same for calls of what blocks.

        Args:
            path: the file.
            words: by which they are looked for.
            blocks: whether a function of a file is known to block.
        """
        for found in self._before.calling.get(path, ()):
            if (
                found.words == words
                and self._holds(found.batch)
                and all(blocks(file, name) == known for file, name, known in found.asked)
            ):
                self._calling[path] = (*self._calling.get(path, ()), found)
                return found
        return None

    def spoken(self, words: tuple[str, ...], files: int) -> Answers:
        """The answers to the next search for words: it is for the same words as long as no
        function that blocks has come or gone.

        Args:
            words: all that are looked for.
            files: how many files the project has.
        """
        number = len(self._spoken)
        old = self._before.spoken[number] if number < len(self._before.spoken) else None
        new = Spoken(words, bytearray(files), {}, {}, {})
        self._spoken.append(new)
        return Answers(old if old is not None and old.words == words else None, new, self._memory)

    @property
    def batch(self) -> int:
        """The number of the batch that is read now."""
        return len(self._batches)

    def read(self, reads: StoredReads) -> None:
        """The batch has ended: what was asked in it."""
        self._batches.append(reads)

    def note_direct(self, path: str, names: tuple[str, ...]) -> None:
        """Remember the answer of a file."""
        self._direct[path] = Direct(names, self.batch)

    def note_calling(self, path: str, found: Calling) -> None:
        """Remember the answer of a file."""
        self._calling[path] = (*self._calling.get(path, ()), found)

    def keep(self) -> None:
        """Hand all of it over for the next time."""
        calls = (item for items in self._calling.values() for item in items)
        used = sorted(
            {*(item.batch for item in self._direct.values()), *(item.batch for item in calls)}
        )
        number = {old: new for new, old in enumerate(used)}
        direct = {
            path: Direct(item.names, number[item.batch]) for path, item in self._direct.items()
        }
        calling = {
            path: tuple(msgspec.structs.replace(item, batch=number[item.batch]) for item in items)
            for path, items in self._calling.items()
        }
        batches = tuple(self._batches[old] for old in used)
        self._memory.keep(self._name, Remembered(direct, calling, tuple(self._spoken), batches))

    def _holds(self, batch: int) -> bool:
        if batch not in self._good:
            differences = self._memory.differences
            self._good[batch] = differences is not None and not differences.concern(
                self._before.batches[batch]
            )
        return self._good[batch]


class Answers:
    """The answers of the files to one search for words."""

    def __init__(self, old: Spoken | None, new: Spoken, memory: Memory) -> None:
        self._old = old
        self._new = new
        self._memory = memory

    def said(self, number: int, path: str, look: Callable[[], Collection[str]]) -> Collection[str]:
        """The words that a file holds.

        Args:
            number: which file of the project it is.
            path: the file.
            look: finds them out.
        """
        old = self._of(path)
        known = old is not None and old.asked[number]
        words = old.said.get(path, ()) if old is not None and known else tuple(look())
        self._new.asked[number] = 1
        if words:
            self._new.said[path] = words
        return words

    def held(self, path: str, words: Collection[str], look: Callable[[], Held]) -> Held:
        """In which functions some of the words are called."""
        counted = tuple(sorted(words))
        old = self._of(path)
        known = old.held.get(path) if old is not None else None
        if known is None or known[0] != counted:
            found = look()
            known = (counted, tuple(found.functions), found.coroutines)
        self._new.held[path] = known
        return Held(frozenset(known[1]), known[2])

    def called(
        self, path: str, words: Collection[str], look: Callable[[], Collection[str]]
    ) -> Collection[str]:
        """Which of the words are called."""
        counted = tuple(sorted(words))
        old = self._of(path)
        known = old.called.get(path) if old is not None else None
        if known is None or known[0] != counted:
            known = (counted, tuple(look()))
        self._new.called[path] = known
        return known[1]

    def _of(self, path: str) -> Spoken | None:
        return self._old if self._memory.holds_for(path) else None
