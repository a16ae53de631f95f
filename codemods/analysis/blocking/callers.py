"""Which functions of a project block, and which files call them: found from the bottom up.

:func:`~codemods.analysis.blocking.paths.blocking_path` answers for one call, from the call
downwards, and reads whatever lies on the way. For a scan of thousands of files the way goes up:
the files that hold a word of the table are read first, then those that import what blocks and
hold its name, level by level. Imports and names are told by the bytes, so that a small part of the
files is parsed; who calls whom is decided by the resolver alone.
"""

from __future__ import annotations

import ast
import itertools
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, partial
from posixpath import dirname as folder_of

from codemods.analysis.blocking.bodies import (
    DEPTH,
    followed_row,
    is_followed,
    last_names,
    running,
)
from codemods.analysis.blocking.remembered import Answers, Calling, Remembering, Row
from codemods.analysis.blocking.table import rows
from codemods.analysis.blocking.words import Held, Spoken, Words, called, held
from codemods.analysis.names.import_words import import_keys, imports, key_of, last_two, top_modules
from codemods.analysis.names.index import Index, index_of
from codemods.analysis.names.values import DefinitionRef
from codemods.project.memory import Memory
from codemods.project.project import AT_ONCE, Project, name_of
from codemods.project.reads import stored_reads
from codemods.project.source import SourceFile, readable
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.tree import FUNCTIONS, Tree


@dataclass(frozen=True, slots=True)
class BlockingCallers:
    """What blocks in a project, and who calls it."""

    functions: Mapping[str, frozenset[str]]
    """The qualified names of the functions that block, by path."""
    callers: Mapping[str, frozenset[str]]
    """For files with coroutines that call them, the last names by which they do."""
    words: frozenset[str]
    """The words by which the functions are called somewhere."""
    holders: Mapping[str, tuple[str, ...]]
    """For files with coroutines the words by which they may call something of the table."""

    def others(self, old: BlockingCallers) -> Iterator[str]:
        """The files of which something else is said."""
        for now, before in ((self.callers, old.callers), (self.holders, old.holders)):
            for path in now.keys() | before.keys():
                if now.get(path) != before.get(path):
                    yield path

    def same_for_all(self, old: BlockingCallers) -> bool:
        """Whether the functions are called by the same words."""
        return self.words == old.words


@cache
def _words() -> dict[bytes, frozenset[str]]:
    """For each module of the table the words by which its callables are called."""
    found: dict[bytes, set[str]] = defaultdict(set)
    for name in rows():
        top, _, rest = name.partition(".")
        found[b"" if top == "builtins" else top.encode()].add(last_part(rest))
    return {top: frozenset(names) for top, names in found.items()}


@cache
def _table() -> Words:
    """What finds them all in a file."""
    return Words(sorted(frozenset[str]().union(*_words().values())))


def coroutine_calls(data: bytes, words: Collection[str]) -> bool:
    """Whether a coroutine of a file calls something of the table by one of the words."""
    return bool(words) and held(_table().of(data), words).coroutines


@cache
def _followed() -> frozenset[str]:
    """The last words of the callables that are followed to callers."""
    return frozenset(last_part(name) for name, item in rows().items() if is_followed(item))


def find_blocking_callers(project: Project) -> BlockingCallers:
    """Read the project and follow what blocks to its callers."""
    return _Search(project).run()


class _Seen(Row, frozen=True):
    """What a file says by its bytes."""

    imported: tuple[bytes, ...]
    """Keys of the project's modules that it may import."""
    holds: tuple[str, ...]
    """With coroutines: the words by which it may call something of the table."""
    functions: tuple[str, ...]
    """The functions that may call something which is followed."""


def _seen(keys: Container[bytes], path: str, data: bytes) -> _Seen:
    here = list(imports(data))
    spoken = _table().of(data)
    whole = _words()
    tops = top_modules(here) & whole.keys()
    every = spoken.words & set[str]().union(*(whole[top] for top in tops))
    return _Seen(
        tuple(dict.fromkeys(key for key in import_keys(here, path) if key in keys)),
        tuple(sorted(every)) if every and b"async def" in data else (),
        tuple(sorted(held(spoken, every & _followed()).functions)),
    )


class _Candidate:
    """A file that may call what blocks."""

    def __init__(self, project: Project, path: str, search: Words, answers: Answers) -> None:
        self.path = path
        self.words: dict[str, list[list[str]]] = {}
        """The names that it holds, with lists of the files of the functions, which all that are
        near share."""
        self._project = project
        self._search = search
        self._answers = answers

    @cached_property
    def _spoken(self) -> Spoken:
        return self._search.of(self._project.bytes_of(self.path))

    def said(self) -> Collection[str]:
        """All words that the file holds, in an order that is always the same."""
        return sorted(self._spoken.words)

    def held(self) -> Held:
        """In which functions it calls them."""
        return self._answers.held(self.path, self.words, lambda: held(self._spoken, self.words))

    def called(self) -> Collection[str]:
        """Those that it calls."""
        return self._answers.called(
            self.path, self.words, lambda: sorted(called(self._spoken, self.words))
        )


class _Search:
    """One search; holds no trees for longer than it must."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._paths = project.python_paths
        self._functions: dict[str, set[str]] = defaultdict(set)
        self._callers: dict[str, set[str]] = defaultdict(set)
        self._words: set[str] = set()
        self._holders: dict[str, tuple[str, ...]] = {}
        self._near: dict[str, frozenset[str | bytes]] = {}
        self._batch: Project | None = None
        self._remembering = Remembering(project.memory or Memory(), name_of(find_blocking_callers))

    def run(self) -> BlockingCallers:
        """Level after level, from the table up."""
        users = self._with_callers(self._first_pass())
        # In their order, so that what is remembered was read in the same batches.
        here = self._project.watched("following blocking calls", sorted(users))
        fresh = {path: names for path in here if (names := set(self._direct(path)))}
        for _ in range(DEPTH - 1):
            if not fresh:
                break
            for path, names in fresh.items():
                self._functions[path] |= names
            told = {
                item.path: (frozenset(item.words), item.held()) for item in self._candidates(fresh)
            }
            needed = self._with_callers({path: item.functions for path, (_, item) in told.items()})
            fresh = {
                path: names
                for path in self._project.watched("following blocking calls", told)
                for words, item in (told[path],)
                if (path in needed or item.coroutines)
                and (names := set(self._calling(path, words)) - self._functions[path])
            }
        self._end_batch()
        if self._project.memory is not None:
            self._remembering.keep()
        return BlockingCallers(
            {path: frozenset(names) for path, names in self._functions.items() if names},
            {path: frozenset(names) for path, names in self._callers.items()},
            frozenset(self._words),
            self._holders,
        )

    def _first_pass(self) -> dict[str, frozenset[str]]:
        """The files in which functions hold words of the table, with the names of the functions;
        remembers what each file is near to on the way."""
        keys = {key: key for key in map(key_of, self._paths)}
        found = {}
        for path, here in self._project.in_each_file(partial(_seen, keys), _Seen):
            self._near[path] = frozenset((folder_of(path), *(keys[key] for key in here.imported)))
            if here.holds:
                self._holders[path] = here.holds
            if here.functions:
                found[path] = frozenset(here.functions)
        return found

    def _with_callers(self, functions: Mapping[str, Iterable[str]]) -> set[str]:
        """Those of the files whose functions anybody calls by their names: what is only handed to
        somebody runs in a thread, or nobody knows where."""
        found: set[str] = set()
        for item in self._candidates(functions):
            for word in item.called():
                for paths in item.words[word]:
                    found.update(paths)
                    # Many files ask by the same word.
                    paths.clear()
        return found

    def _candidates(self, functions: Mapping[str, Iterable[str]]) -> Iterator[_Candidate]:
        """The files that are near to one with functions that block, and hold the name of one."""
        words = {path: {_called(name) for name in names} for path, names in functions.items()}
        every_word = tuple(sorted(set[str]().union(*words.values())))
        search = Words(every_word)
        answers = self._remembering.spoken(every_word, len(self._paths))
        places: dict[str, dict[str | bytes, list[str]]] = defaultdict(lambda: defaultdict(list))
        for folder, inside in itertools.groupby(sorted(words, key=folder_of), folder_of):
            package = self._project.bytes_of(f"{folder}/__init__.py") if folder else b""
            offered = search.anywhere(package)
            for path in inside:
                near: list[str | bytes] = [folder, key_of(path)]
                if not offered.isdisjoint(words[path]):
                    # What a package offers is imported from the package.
                    near.append(last_two(folder.encode()))
                for word, place in itertools.product(words[path], near):
                    places[word][place].append(path)
        every = {place for item in places.values() for place in item}
        for number, (path, here) in enumerate(self._near.items()):
            if every.isdisjoint(here):
                continue
            candidate = _Candidate(self._project, path, search, answers)
            for word in answers.said(number, path, candidate.said):
                if lists := [places[word][place] for place in places[word].keys() & here]:
                    candidate.words[word] = lists
            if candidate.words:
                yield candidate

    def _source(self, path: str) -> tuple[Index, SourceFile, Tree] | None:
        """A file with its tree, in a project that forgets when it has become too large."""
        if self._batch is None:
            self._batch = Project(self._project.files)
            self._batch.sweeping = True
            self._batch.__dict__.update(python_paths=self._paths, modules=self._project.modules)
            if self._project.memory is not None:
                self._batch.record()
        elif self._batch.holds_more_than(AT_ONCE):
            self._end_batch()
        if self._batch.held(path) is None:
            self._batch.adopt(SourceFile(path, self._batch.bytes_of(path)))
        source = self._batch.source(path)
        tree = readable(source)
        return (index_of(self._batch), source, tree) if tree is not None else None

    def _end_batch(self) -> None:
        """Let go of the trees."""
        if self._batch is not None:
            if self._batch.reads is not None:
                self._remembering.read(stored_reads(self._batch.reads))
            self._batch.forget()

    def _direct(self, path: str) -> tuple[str, ...]:
        """The functions of a file that call something of the table which is not cheap."""
        known = self._remembering.direct(path)
        if known is None:
            known = tuple(dict.fromkeys(self._look_for_table(path)))
            self._remembering.note_direct(path, known)
        return known

    def _look_for_table(self, path: str) -> Iterator[str]:
        opened = self._source(path)
        if opened is None:
            return
        index, source, tree = opened
        wanted = last_names() | {item.asname for item in tree.of(ast.alias) if item.asname}
        others = _names_of_other_modules(tree)
        for call in tree.of(ast.Call):
            if (
                last_name(call.func) in wanted
                and _root(call.func) not in others
                and (ref := running(index, source, tree, call))
                and followed_row(index, source, call) is not None
            ):
                yield ref.qualified_name

    def _calling(self, path: str, words: Collection[str]) -> tuple[str, ...]:
        """The functions of a file that call one which blocks; coroutines are noted."""
        by = tuple(sorted(words))
        known = self._remembering.calling(path, by, self._is_known)
        if known is None:
            asked: dict[tuple[str, str], bool] = {}
            callers: set[str] = set()
            called: set[str] = set()
            names = tuple(dict.fromkeys(self._look_for(path, words, asked, callers, called)))
            every = tuple((*function, blocks) for function, blocks in asked.items())
            batch = self._remembering.batch
            known = Calling(by, every, names, tuple(callers), tuple(called), batch)
            self._remembering.note_calling(path, known)
        if known.callers:
            self._callers[path].update(known.callers)
        self._words.update(known.called)
        return known.names

    def _look_for(
        self,
        path: str,
        words: Collection[str],
        asked: dict[tuple[str, str], bool],
        callers: set[str],
        called: set[str],
    ) -> Iterator[str]:
        opened = self._source(path)
        if opened is None:
            return
        index, source, tree = opened
        renamed = {item.asname for item in tree.of(ast.alias) if item.asname and item.name in words}
        for call in tree.of(ast.Call):
            name = last_name(call.func)
            if name not in words and name not in renamed:
                continue
            function = tree.function(call)
            if not isinstance(function, FUNCTIONS):
                continue
            found = index.definition_of(source, call.func)
            if not any(self._blocks(ref, asked) for ref in found):
                continue
            if isinstance(function, ast.AsyncFunctionDef):
                callers.add(name)
                called.add(name)
            elif ref := running(index, source, tree, call):
                called.add(name)
                yield ref.qualified_name

    def _blocks(self, ref: DefinitionRef, asked: dict[tuple[str, str], bool]) -> bool:
        name = ref.qualified_name
        if isinstance(ref.node, ast.ClassDef):
            name = f"{name}.__init__"
        return asked.setdefault((ref.path, name), self._is_known(ref.path, name))

    def _is_known(self, path: str, name: str) -> bool:
        return name in self._functions.get(path, ())


def _called(name: str) -> str:
    """The word by which a function is called: the class's for its ``__init__``."""
    parts = name.split(".")
    return parts[-2] if parts[-1] == "__init__" and len(parts) > 1 else parts[-1]


def _names_of_other_modules(tree: Tree) -> set[str]:
    """What a file imports from modules that have nothing in the table: their calls need not be
    looked at, and the modules not be read."""
    known = _words()
    found = set()
    for node in tree.of(ast.ImportFrom):
        top = "." if node.level else (node.module or "").partition(".")[0]
        if top.encode() not in known:
            found |= {item.asname or item.name for item in node.names}
    return found


def _root(node: ast.expr) -> str:
    """The name that a chain of attributes and calls begins with."""
    while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
