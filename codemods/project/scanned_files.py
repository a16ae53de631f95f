"""Which files a scan reads: those of the project, and not what others wrote or a tool made.

Left out, and counted by reason, is what ``.gitignore`` (of every folder, and git's own
``info/exclude``) or ``exclude`` names, what is vendored, generated or a migration, symbolic
links and submodules. As with ruff, ``.gitignore`` counts for files that git tracks all the same,
and a path that is named outright is read although a pattern leaves it out, unless
``force_exclude`` says otherwise (a pre-commit hook names every file). For a folder that is named
that means its own name; what is below it is chosen as ever. A file without a suffix is read where
its first line calls Python.
"""

from __future__ import annotations

import enum
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from codemods.project.folder_rules import FolderRules, Layers, by_rules, steps
from codemods.project.folder_settings import FolderSettings
from codemods.project.heads import State, is_script, read_comments, says_generated, state_of
from codemods.project.ignoring import Rules
from codemods.project.temporary import is_left_over
from codemods.project.vendored import is_licence, is_vendored, says_vendored

PYTHON = (".py", ".pyi")
NOTEBOOK = ".ipynb"

_TOOLS = frozenset(
    {
        *(".git", ".hg", ".svn", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"),
        *(".hypothesis", ".idea", ".vscode", ".ipynb_checkpoints", ".autofix_cache"),
    }
)
"""Folders of tools; there is no source of anybody's in them, and nothing to be counted."""
_VENDORED = frozenset(
    {
        *("site-packages", "node_modules", "__pypackages__", "bower_components"),
        *(".venv", "venv", ".tox", ".nox", ".eggs", ".direnv", ".pyenv", "buck-out"),
    }
)
_BUILT = frozenset({"build", "dist", "_build"})
"""Folders that tools fill, unless they are packages: then somebody wrote a module of that name."""
_MIGRATION = re.compile(r"\d{4}_\w+\.py")
_GENERATED_NAME = re.compile(r".*_pb2(?:_grpc)?\.pyi?")


class Reason(enum.StrEnum):
    """Why a file or folder is left out."""

    EXCLUDED = "excluded"
    IGNORED = "gitignored"
    VENDORED = "vendored"
    GENERATED = "generated"
    MIGRATION = "migration"
    SYMLINK = "symlink"
    IRREGULAR = "not a regular file"
    SUBMODULE = "submodule"
    UNREADABLE = "cannot be read"
    NOTEBOOK = "unsupported notebook"
    """Only for one that is named: a walk looks for Python files."""

    @property
    def is_fault(self) -> bool:
        """Whether something that was asked for was not done, which somebody has to be told."""
        return self in (Reason.UNREADABLE, Reason.NOTEBOOK)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A Python file, or a folder with all that is in it, that is not read."""

    path: str
    """With a slash at the end of a folder."""
    reason: Reason


@dataclass(frozen=True, slots=True)
class Selection:
    """The files of a scan, sorted, and what was left out."""

    paths: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    rules: tuple[str, ...] = ()
    """What is wrong with the patterns and the files that hold them; everything else counts."""

    @property
    def counts(self) -> Mapping[Reason, int]:
        """How often each reason was given, the most frequent first."""
        return dict(Counter(item.reason for item in self.left_out).most_common())


def select_files(
    root: Path,
    given: Sequence[str] = (),
    *,
    exclude: Iterable[str] = (),
    force_exclude: bool = False,
    settings: FolderSettings | None = None,
) -> Selection:
    """The Python files that a scan of ``given`` reads.

    Args:
        root: the top of the project; every path is relative to it.
        given: files and folders that were named, ``""`` for the top; none: the top.
        exclude: patterns in the syntax of ``.gitignore``, from the top.
        force_exclude: whether patterns count for files that are named outright, too.
        settings: those of each folder, which exclude more.

    Raises:
        FileNotFoundError: for a path that was named and does not exist.
        ValueError: for a pattern that is none.
        SettingsError: when the settings of a folder cannot be used.
    """
    selector = Selector(root, Rules(exclude), settings)
    for path in dict.fromkeys(given or ("",)):
        selector.add(path, force_exclude)
    return selector.selection


class Selector:
    """Walks what was named and collects."""

    def __init__(self, root: Path, exclude: Rules, settings: FolderSettings | None = None) -> None:
        self.root = root
        self._prefix = os.path.join(root, "")  # noqa: PTH118 (with the separator behind it)
        self.seen: dict[str, State | None] = {}
        """What the selection was made from, as it was before it was read: folders with a slash at
        their end, ``""`` for the top, and files. ``None``: it was not there, or who knows."""
        self.judged: set[str] = set()
        """The files among them that were chosen, or not, by how they begin."""
        self.found: set[str] = set()
        self.left_out: dict[str, Reason] = {}
        self._rules = FolderRules(root, exclude, settings, self._see)
        self.wrong = self._rules.wrong

    @property
    def selection(self) -> Selection:
        """What came of it."""
        return Selection(
            tuple(sorted(self.found)),
            tuple(LeftOut(path, reason) for path, reason in sorted(self.left_out.items())),
            tuple(sorted(self.wrong)),
        )

    def _see(self, path: str) -> None:
        """Note how something is before it is read."""
        try:
            self.seen[path] = state_of(os.stat(self._prefix + path))  # noqa: PTH116
        except OSError:
            self.seen[path] = None

    def add(self, path: str, force: bool) -> None:
        """Take one path that was named."""
        full = self.root / path
        if not full.is_symlink() and (real := self._real(path)) != path:
            # Behind a link to a folder: the file is read under its own name, if it has one here.
            if real is None:
                self.left_out[path] = Reason.SYMLINK
            else:
                self.add(real, force)
        elif full.is_symlink():
            # It may lead out of the project, or to a file that is read under its own name.
            self.left_out[path] = Reason.SYMLINK
        elif full.is_dir():
            prefix = path and f"{path}/"
            self._walk(prefix, self._rules.outside(path), self._entries(prefix))
        elif not full.exists():
            raise FileNotFoundError(path)
        elif not full.is_file():
            self.left_out[path] = Reason.IRREGULAR
        elif path.endswith(NOTEBOOK):
            # JSON is an expression of Python, too: it would be read, and found to be in order.
            self.left_out[path] = Reason.NOTEBOOK
        elif force and (reason := self._of_named(path)) is not None:
            self.left_out[path] = reason
        else:
            self.found.add(path)

    def _real(self, path: str) -> str | None:
        """The path without links, ``None`` where that leads out of the project."""
        top = os.path.realpath(self.root)
        real = Path(os.path.realpath(self.root / path))
        if not real.is_relative_to(top):
            return None
        inside = real.relative_to(top)
        return "" if inside == Path() else inside.as_posix()

    def _of_named(self, path: str) -> Reason | None:
        """Why a file that was named would not be found by a walk."""
        names = self._names("")
        for step in steps(path)[:-1]:
            parent, _, name = step.rpartition("/")
            above, names = names, self._names(f"{step}/")
            reason = self._of_folder(f"{step}/", name, self._rules.of(parent), above, names)
            if reason is not None:
                return reason
        folder, _, name = path.rpartition("/")
        return self._of_file(path, name, self._rules.of(folder))

    def _walk(self, prefix: str, layers: Layers, entries: Sequence[os.DirEntry[str]]) -> None:
        """Collect below a folder; ``layers`` are the rules from above.

        Folders wait in a list: they may be nested more deeply than Python calls.
        """
        waiting = [(prefix, layers, entries)]
        while waiting:
            waiting += self._look(*waiting.pop())

    def _look(
        self, prefix: str, layers: Layers, entries: Sequence[os.DirEntry[str]]
    ) -> Iterator[tuple[str, Layers, Sequence[os.DirEntry[str]]]]:
        """Collect in one folder; those in it that are looked into."""
        inside = frozenset(item.name for item in entries)
        if not prefix:
            # By which folders of others are told: the licence of the project itself.
            for name in filter(is_licence, inside):
                self._see(name)
        layers = self._rules.inside(prefix, layers, inside)
        for entry in entries:
            path = f"{prefix}{entry.name}"
            if entry.is_symlink():
                # Whether it leads to a folder may change where it leads to.
                self._see(path)
                if entry.name.endswith(PYTHON) or _leads_to_folder(entry):
                    self.left_out[path] = Reason.SYMLINK
            elif entry.is_dir(follow_symlinks=False):
                yield from self._enter(f"{path}/", entry.name, layers, inside)
            elif (
                entry.name.endswith(PYTHON) or self._is_script(path, entry)
            ) and path not in self.found:
                if is_left_over(entry.name):
                    continue
                if entry.is_file(follow_symlinks=False):
                    reason = self._of_file(path, entry.name, layers)
                    if "." not in entry.name:
                        # How it begins says more than whether it is generated: see above.
                        self.judged.discard(path)
                else:
                    reason = Reason.IRREGULAR
                if reason is None:
                    self.found.add(path)
                else:
                    self.left_out[path] = reason

    def _enter(
        self, prefix: str, name: str, layers: Layers, above: frozenset[str]
    ) -> Iterator[tuple[str, Layers, Sequence[os.DirEntry[str]]]]:
        if name in _TOOLS:
            return
        entries = self._entries(prefix)
        inside = frozenset(item.name for item in entries)
        reason = self._of_folder(prefix, name, layers, above, inside)
        if reason is None:
            yield prefix, layers, entries
        else:
            self.left_out[prefix] = reason

    def _entries(self, prefix: str) -> list[os.DirEntry[str]]:
        self._see(prefix)
        try:
            with os.scandir(self._prefix + prefix) as entries:
                return list(entries)
        except OSError:
            self.left_out[prefix] = Reason.UNREADABLE
            return []

    def _names(self, prefix: str) -> frozenset[str]:
        return frozenset(item.name for item in self._entries(prefix))

    def _of_folder(
        self,
        prefix: str,
        name: str,
        layers: Layers,
        above: frozenset[str],
        inside: frozenset[str],
    ) -> Reason | None:
        """Why a folder is left out; ``above`` and ``inside``: what is beside it, and in it."""
        if (kind := by_rules(prefix, layers)) is not None:
            return Reason(kind.value)
        if ".git" in inside:
            return Reason.SUBMODULE
        for item in inside:
            if is_licence(item):
                self._see(f"{prefix}{item}")
        if name in _VENDORED or "pyvenv.cfg" in inside or is_vendored(self.root, prefix, inside):
            return Reason.VENDORED
        if name in _BUILT and "__init__.py" not in inside:
            return Reason.GENERATED
        if name == "versions" and "env.py" in above:
            # How alembic lays them out, whatever the folder above is called.
            return Reason.MIGRATION
        return None

    def _is_script(self, path: str, entry: os.DirEntry[str]) -> bool:
        """Whether a file whose name does not say so begins as a Python program does."""
        if "." in entry.name or not entry.is_file(follow_symlinks=False):
            return False
        # Should it begin otherwise one day, the files are chosen anew.
        self._see(path)
        return is_script(self._prefix + path)

    def _of_file(self, path: str, name: str, layers: Layers) -> Reason | None:
        if (kind := by_rules(path, layers)) is not None:
            return Reason(kind.value)
        if _MIGRATION.fullmatch(name) and path.rpartition("/")[0].endswith("migrations"):
            return Reason.MIGRATION
        if "_pb2" in name and _GENERATED_NAME.fullmatch(name):
            return Reason.GENERATED
        return self.by_its_head(path)

    def by_its_head(self, path: str) -> Reason | None:
        """Why a file is left out, by what it says at its top."""
        self.judged.add(path)
        comments, self.seen[path] = read_comments(self._prefix + path)
        if not comments:
            return None
        if says_vendored(comments):
            return Reason.VENDORED
        return Reason.GENERATED if says_generated(comments) else None


def _leads_to_folder(link: os.DirEntry[str]) -> bool:
    try:
        return link.is_dir()
    except OSError:
        # It leads to itself.
        return False
