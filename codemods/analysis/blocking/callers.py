"""Which functions of a project block, and which files call them: asked from below, for all.

:func:`~codemods.analysis.blocking.paths.blocking_path` answers for one call, from the call
downwards, and reads whatever lies on the way. For a scan of thousands of files the way goes up:
the files that hold a word of the table are read first, then those that import what blocks and
hold its name, level by level. Imports and names are told by the bytes, so that a small part of the
files is parsed; who calls whom is decided by the resolver alone.
"""

from __future__ import annotations

import ast
import posixpath
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from codemods.analysis.blocking.bodies import (
    DEPTH,
    followed_row,
    is_followed,
    last_names,
    running,
)
from codemods.analysis.blocking.table import rows
from codemods.analysis.blocking.words import held, is_called
from codemods.analysis.names.import_words import import_keys, imports, key_of, last_two, top_modules
from codemods.analysis.names.index import Index, index_of
from codemods.analysis.names.values import DefinitionRef
from codemods.project.project import AT_ONCE, Project
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


def _of_table(
    data: bytes, imported: Iterable[tuple[bytes, bytes]], table: Mapping[bytes, tuple[bytes, ...]]
) -> set[str]:
    """By which words a file may call something of the table: it imports the module and holds a
    callable's name before a parenthesis or an ``as``."""
    return {
        name.rstrip(b"(").removesuffix(b" as ").decode()
        for top in top_modules(imported) & table.keys()
        for name in table[top]
        if name in data
    }


@cache
def _words() -> dict[bytes, tuple[bytes, ...]]:
    """For each module of the table how its callables are written where they are called."""
    found: dict[bytes, set[bytes]] = defaultdict(set)
    for name in rows():
        top, _, rest = name.partition(".")
        last = last_part(rest).encode()
        found[b"" if top == "builtins" else top.encode()] |= {last + b"(", last + b" as "}
    return {top: tuple(sorted(names)) for top, names in found.items()}


@cache
def _followed() -> frozenset[str]:
    """The last words of the callables that are followed to callers."""
    return frozenset(last_part(name) for name, item in rows().items() if is_followed(item))


def find_blocking_callers(project: Project) -> BlockingCallers:
    """Read the project and follow what blocks to its callers."""
    return _Search(project).run()


class _Search:
    """One search; holds no trees for longer than it must."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._paths = project.python_paths
        self._functions: dict[str, set[str]] = defaultdict(set)
        self._callers: dict[str, set[str]] = defaultdict(set)
        self._words: set[str] = set()
        self._holders: dict[str, tuple[str, ...]] = {}
        self._importers: dict[bytes, list[str]] = defaultdict(list)
        self._folders: dict[str, list[str]] = defaultdict(list)
        self._batch: Project | None = None
        self._bytes = 0

    def run(self) -> BlockingCallers:
        """Level after level, from the table up."""
        fresh: dict[str, set[str]] = defaultdict(set)
        holders = self._first_pass()
        for path in self._with_callers(holders):
            for name in self._direct(path):
                fresh[path].add(name)
        for _ in range(DEPTH - 1):
            if not fresh:
                break
            for path, names in fresh.items():
                self._functions[path] |= names
            above: dict[str, set[str]] = defaultdict(set)
            candidates = self._candidates(fresh)
            told = {
                path: held(self._project.bytes_of(path), words)
                for path, words in candidates.items()
            }
            needed = self._with_callers(
                {path: set(item.functions) for path, item in told.items() if item.functions}
            )
            needed |= {path for path, item in told.items() if item.coroutines}
            for path, words in candidates.items():
                for name in self._calling(path, words) if path in needed else ():
                    if name not in self._functions[path]:
                        above[path].add(name)
            fresh = above
        if self._batch is not None:
            self._batch.forget()
        return BlockingCallers(
            {path: frozenset(names) for path, names in self._functions.items() if names},
            {path: frozenset(names) for path, names in self._callers.items()},
            frozenset(self._words),
            self._holders,
        )

    def _first_pass(self) -> dict[str, set[str]]:
        """The files in which functions hold words of the table, with the names of the functions;
        remembers who imports what on the way."""
        keys = {key_of(path) for path in self._paths}
        whole = _words()
        followed = _followed()
        found = {}
        for path in self._paths:
            data = self._project.bytes_of(path)
            self._folders[posixpath.dirname(path)].append(path)
            here = list(imports(data))
            for key in keys.intersection(import_keys(here, path)):
                self._importers[key].append(path)
            every = _of_table(data, here, whole)
            words = every & followed
            if every and b"async def" in data:
                self._holders[path] = tuple(sorted(every))
            functions = held(data, words).functions if words else None
            if functions:
                found[path] = set(functions)
        return found

    def _with_callers(self, functions: Mapping[str, set[str]]) -> set[str]:
        """Those of the files whose functions anybody calls by their names: what is only handed to
        somebody runs in a thread, or nobody knows where."""
        found: set[str] = set()
        for path, words in self._candidates(functions).items():
            data = self._project.bytes_of(path)
            for word, paths in words.items():
                if not paths <= found and is_called(data, word):
                    found |= paths
        return found

    def _candidates(self, fresh: Mapping[str, set[str]]) -> dict[str, dict[str, set[str]]]:
        """The files that import a module with functions that block, and hold the name of one: each
        with the names and the files of the functions."""
        # Pairs that many files share: a set for each would be most of what a scan holds.
        words: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for path, names in fresh.items():
            pairs = [(name, path) for name in {_called(name) for name in names}]
            folder = posixpath.dirname(path)
            near = {path, *self._folders[folder]}
            keys = [key_of(path)]
            inside = self._project.bytes_of(f"{folder}/__init__.py") if folder else b""
            if any(name.encode() in inside for name, _ in pairs):
                # What a package offers is imported from the package.
                keys.append(last_two(folder.encode()))
            for key in keys:
                near.update(self._importers.get(key, ()))
            for other in near:
                words[other] += pairs
        found = {}
        for path in sorted(words):
            data = self._project.bytes_of(path)
            called: dict[str, set[str]] = {}
            for name, other in words[path]:
                if name in called:
                    called[name].add(other)
                elif name.encode() + b"(" in data or _renamed(name, data):
                    called[name] = {other}
            if called:
                found[path] = called
        return found

    def _source(self, path: str) -> tuple[Index, SourceFile, Tree] | None:
        """A file with its tree, in a project that forgets when it has become too large."""
        if self._batch is None:
            self._batch = Project(self._project.files)
            self._batch.sweeping = True
            self._batch.__dict__.update(python_paths=self._paths, modules=self._project.modules)
        elif self._bytes > AT_ONCE:
            self._batch.forget()
        source = SourceFile(path, self._project.bytes_of(path))
        self._batch.adopt(source)
        tree = readable(source)
        self._bytes = self._batch.bytes_parsed
        return (index_of(self._batch), source, tree) if tree is not None else None

    def _direct(self, path: str) -> Iterator[str]:
        """The functions of a file that call something of the table which is not cheap."""
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

    def _calling(self, path: str, words: Container[str]) -> Iterator[str]:
        """The functions of a file that call one which blocks; coroutines are noted."""
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
            if not any(self._blocks(ref) for ref in found):
                continue
            if isinstance(function, ast.AsyncFunctionDef):
                self._callers[path].add(name)
                self._words.add(name)
            elif ref := running(index, source, tree, call):
                self._words.add(name)
                yield ref.qualified_name

    def _blocks(self, ref: DefinitionRef) -> bool:
        names = self._functions.get(ref.path, set())
        if isinstance(ref.node, ast.ClassDef):
            return f"{ref.qualified_name}.__init__" in names
        return ref.qualified_name in names


def _called(name: str) -> str:
    """The word by which a function is called: the class's for its ``__init__``."""
    parts = name.split(".")
    return parts[-2] if parts[-1] == "__init__" and len(parts) > 1 else parts[-1]


def _renamed(name: str, data: bytes) -> bool:
    return name.encode() + b" as " in data


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
