"""A project: its files, its history, its settings and what is derived, each when asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast, runtime_checkable

from codemods.project.files import Files, OverlayFiles
from codemods.project.popular import Popular
from codemods.project.source import SourceFile

if TYPE_CHECKING:
    from codemods.project.memory import Memory
    from codemods.project.modules import Modules
    from codemods.project.reads import Reads

_T = TypeVar("_T")

AT_ONCE = 100_000
"""Bytes of source that a scan keeps before it lets go of them: trees take some 36 times as much."""

Watch = Callable[[str, int, int], None]
"""Is told how far something is: what is done, of how many things, and of how many in all."""


def unwatched(_stage: str, _done: int, _total: int) -> None:
    """Nobody waits."""


class History(Protocol):
    """What git knows of a path; a project without git has none."""

    def renamed_to(self, path: str) -> tuple[str, ...]:
        """The paths, best first, that hold today what ``path`` held when it was last there."""

    def is_sparse(self, path: str) -> bool:
        """Whether ``path`` is outside of what a sparse checkout has of the index."""


@runtime_checkable
class Circular(Protocol):
    """What holds circles, so that it has to be told when it is not needed any more."""

    def forget(self) -> None:
        """Break them; it is of no use afterwards."""


@runtime_checkable
class OfFiles(Protocol):
    """What a survey says of single files, so that where one of these is another, the rest holds."""

    def others(self, old: Any) -> Iterator[str]:
        """The files of which it says something else than an old one did."""

    def same_for_all(self, old: Any) -> bool:
        """Whether what it says of no file in particular is the same."""


class Project:
    """One state of a code base.

    Args:
        files: where the bytes come from.
        history: for files that moved; ``None`` where there is no git.
        target_python: the oldest Python that the project supports; read from its
            ``pyproject.toml`` (``requires-python``) when not given.
    """

    def __init__(
        self,
        files: Files,
        *,
        history: History | None = None,
        target_python: tuple[int, int] | None = None,
    ) -> None:
        self.files = files
        self._files = files
        self.reads: Reads | None = None
        """What has been asked since :meth:`record` or :meth:`forget`; ``None``: nobody records."""
        self.history = history
        self._given_python = target_python
        self._sources: dict[str, SourceFile] = {}
        self._loaded = False
        self._popular = Popular()
        self._kept: frozenset[str] = frozenset()
        self._held: int | None = None
        """What :attr:`bytes_parsed` was when :meth:`holds_more_than` last looked."""
        self._counted = 0
        """What all projects had parsed by then."""
        self.sweeping = False
        """Whether every file is looked at once, so that the bytes of all are not worth keeping: a
        search through all of them takes as long as reading them."""
        self._memos: dict[Callable[[Project], object], object] = {}
        self._surveys: dict[Callable[[Project], object], object] = {}
        self.watch: Watch = unwatched
        """Is told how far a scan is."""
        self.memory: Memory | None = None
        """What was found out before; ``None``: nobody keeps it."""

    @cached_property
    def target_python(self) -> tuple[int, int]:
        """The oldest Python that the project runs on."""
        if self._given_python is not None:
            return self._given_python
        from codemods.project.settings import target_python

        return target_python(self._files)

    def record(self) -> None:
        """Note down from now on what is asked, in :attr:`reads`."""
        from codemods.project.reads import Reads, RecordedFiles

        self.reads = Reads()
        if self.files is self._files:
            self.files = RecordedFiles(self._files, self)

    @contextmanager
    def unrecorded(self) -> Iterator[None]:
        """What is asked meanwhile is not noted down."""
        reads, self.reads = self.reads, None
        try:
            yield
        finally:
            self.reads = reads

    def memo(self, factory: Callable[[Project], _T]) -> _T:
        """What ``factory`` makes of this state: made once, and let go with the trees.

        Args:
            factory: a class or function of a module, which is the key: no lambda.
        """
        if factory not in self._memos:
            self._memos[factory] = factory(self)
        return cast(_T, self._memos[factory])

    def survey(self, factory: Callable[[Project], _T]) -> _T:
        """What ``factory`` finds out about the whole project before a scan: found out once, kept
        when trees go, and true of the project with some files changed too."""
        if factory not in self._surveys:
            with self.unrecorded():
                self._surveys[factory] = factory(self)
        self._note_survey(factory)
        return cast(_T, self._surveys[factory])

    def in_each_file(
        self, look: Callable[[str, bytes], _T], kind: type[_T]
    ) -> Iterator[tuple[str, _T]]:
        """What a survey sees in each Python file by itself; where that is nothing (empty, 0,
        ``False``), the file is left out.

        Args:
            look: a function of a module, or a partial one, that gets the path and the bytes. It
                may depend on these and on which files there are, and on nothing else: what it has
                seen is kept for the next time.
            kind: what it gives, of plain values.
        """
        memory = self.memory
        if memory is None:
            paths = self.watched("preparing", self.python_paths)
            seen = ((path, look(path, self._bytes(path))) for path in paths)
            yield from ((path, fact) for path, fact in seen if fact)
            return
        name = name_of(look.func if isinstance(look, partial) else look)
        known = memory.recall(name, dict[str, kind])  # type: ignore[valid-type]
        found = {}
        for path in self.watched("preparing", self.python_paths):
            if known is not None and memory.holds_for(path):
                fact = known.get(path)
            else:
                fact = look(path, self._bytes(path))
            if fact:
                found[path] = fact
                yield path, fact
        memory.keep(name, found)

    def watched(self, stage: str, paths: Collection[str]) -> Iterator[str]:
        """The paths, each told before it is looked at."""
        for done, path in enumerate(paths):
            self.watch(stage, done, len(paths))
            yield path

    def surveyed(self, factory: Callable[[Project], _T]) -> _T | None:
        """What :meth:`survey` has found out, ``None`` where nobody asked it."""
        self._note_survey(factory)
        return cast("_T | None", self._surveys.get(factory))

    def _note_survey(self, factory: Callable[[Project], object]) -> None:
        if self.reads is not None:
            self.reads.surveys.add(name_of(factory))

    @property
    def surveys(self) -> Mapping[str, object]:
        """What was found out about the whole project, by :func:`name_of` who found it out."""
        return {name_of(factory): value for factory, value in self._surveys.items()}

    def source(self, path: str) -> SourceFile:
        """A file of the project; each is read once.

        Raises:
            FileNotFoundError: when there is no such file.
        """
        if self.reads is not None:
            self.reads.files.add(path)
        found = self._sources.get(path)
        if found is None:
            found = self._sources[path] = SourceFile(path, self._files.read(path))
        return found

    def held(self, path: str) -> SourceFile | None:
        """A file of the project if it was read already."""
        return self._sources.get(path)

    def adopt(self, source: SourceFile) -> None:
        """Take a file that was read already."""
        self._sources[source.path] = source

    def forget(self) -> None:
        """Let go of every tree and all that was found out: a project holds circles, which would
        wait for a garbage collection that a scan switches off.

        The bytes of a project that was searched stay: they are a small part of it, and the next
        search would read them all again.
        """
        parsed = {path: item for path, item in self._sources.items() if item.is_parsed}
        sizes = {path: len(item.data) for path, item in parsed.items()}
        kept = self._popular.after(sizes)
        for path, source in parsed.items():
            if path not in kept:
                self._sources[path] = SourceFile(path, source.data)
        if not self._loaded:
            self._sources = {path: self._sources[path] for path in kept}
        self._kept = frozenset(kept)
        self._held = None
        memos, self._memos = self._memos, {}
        for made in memos.values():
            if isinstance(made, Circular):
                made.forget()
        if self.reads is not None:
            self.record()

    def discard(self) -> None:
        """Let go of everything: nothing is asked of this state again. What was found out about it
        may be a circle, which would wait for a garbage collection."""
        self._sources = {}
        for made in self._memos.values():
            if isinstance(made, Circular):
                made.forget()
        self._memos = {}

    def holds_more_than(self, most: int) -> bool:
        """Whether :attr:`bytes_parsed` is more than that, give or take a tenth. This is asked for
        each file, and all of them are looked through only when so much was parsed since."""
        since = SourceFile.bytes_parsed - self._counted
        if self._held is None or since > max(most - self._held, most // 10):
            self._held, self._counted = self.bytes_parsed, SourceFile.bytes_parsed
        return self._held > most

    @property
    def bytes_parsed(self) -> int:
        """How much of the source is held as trees that go when :meth:`forget` is called."""
        return sum(
            len(item.data)
            for path, item in self._sources.items()
            if item.is_parsed and path not in self._kept
        )

    @cached_property
    def python_paths(self) -> tuple[str, ...]:
        """Every ``.py`` and ``.pyi`` file and every program of Python without a suffix, sorted."""
        named = (path for path in self._files.paths() if path.endswith((".py", ".pyi")))
        return tuple(sorted((*named, *self._files.scripts)))

    def containing(self, *literals: bytes) -> Iterator[SourceFile]:
        """The Python files that hold at least one of the literals, sorted by path.

        This is the cheap prefilter before anything is parsed: substring tests over bytes.
        """
        found = self._containing(literals)
        yield from found if self.reads is None else self._noted(found, literals, self.reads)

    def _noted(
        self, found: Iterator[SourceFile], literals: tuple[bytes, ...], reads: Reads
    ) -> Iterator[SourceFile]:
        from codemods.project.reads import Search

        search = reads.searches.setdefault(literals, Search())
        for source in found:
            search.members.add(source.path)
            search.reach(source.path)
            yield source
        search.reach(None)

    def _containing(self, literals: tuple[bytes, ...]) -> Iterator[SourceFile]:
        if not self._loaded and not self.sweeping:
            missing = tuple(path for path in self.python_paths if path not in self._sources)
            for path, data in self._files.read_all(missing).items():
                self._sources[path] = SourceFile(path, data)
            self._loaded = True
        for path in self.python_paths:
            source = self._sources.get(path)
            if source is not None:
                if _holds(source.data, literals):
                    yield source
            elif not self._loaded and (data := self._bytes(path)) and _holds(data, literals):
                source = self._sources[path] = SourceFile(path, data)
                yield source
                if not source.is_parsed:
                    self._sources.pop(path, None)

    def bytes_of(self, path: str) -> bytes:
        """A file that need not be kept; nothing where it cannot be read."""
        if self.reads is not None:
            self.reads.files.add(path)
        return self._bytes(path)

    def _bytes(self, path: str) -> bytes:
        try:
            return self._files.read(path)
        except OSError:
            # As with ``read_all``: whoever needs the file itself reports it.
            return b""

    @cached_property
    def modules(self) -> Modules:
        """Which file a module is."""
        from codemods.project.modules import Modules

        return Modules(self.python_paths)

    def with_changes(
        self, changed: Mapping[str, bytes | None], sources: Iterable[SourceFile] = ()
    ) -> Project:
        """The project as it would be with some files replaced, or gone (``None``).

        Args:
            changed: the new bytes by path.
            sources: those of the new files that were parsed already, or will be by somebody else.
        """
        after = Project(
            OverlayFiles(self._files, changed),
            history=self.history,
            target_python=self._given_python,
        )
        after._surveys = dict(self._surveys)
        after.sweeping = self.sweeping
        if all(data is not None and self._files.exists(path) for path, data in changed.items()):
            for name in ("python_paths", "modules"):
                if name in self.__dict__:
                    after.__dict__[name] = self.__dict__[name]
        after._sources = {
            path: source for path, source in self._sources.items() if path not in changed
        }
        after._sources.update(
            (path, SourceFile(path, data)) for path, data in changed.items() if data is not None
        )
        after._sources.update((source.path, source) for source in sources)
        # Every other file is held as it was.
        after._loaded = self._loaded
        return after


def name_of(factory: Callable[..., object]) -> str:
    """How what a factory makes is called where it is kept."""
    return f"{factory.__module__}:{factory.__qualname__}"


def _holds(data: bytes, literals: tuple[bytes, ...]) -> bool:
    return (
        any(literal in data for literal in literals) if len(literals) > 1 else (literals[0] in data)
    )


SURVEYS: dict[str, Callable[[Project], object]] = {}
"""What a codemod asks while a scan goes on, by :func:`name_of` who finds it out."""


def late(factory: Callable[[Project], _T]) -> Callable[[Project], _T]:
    """Marks what is asked for by :meth:`Project.survey` while a scan goes on: it can be asked again
    by its name."""
    SURVEYS[name_of(factory)] = factory
    return factory
