"""Writing patches into the work tree: every file of one or none, each replaced in one step."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from codemods.codemod import Change
from codemods.delivery.repository import Repository, RepositoryError
from codemods.delivery.survey import CHUNK
from codemods.engine.outcomes import FilePatch, Patch
from codemods.project.temporary import kept_clean
from codemods.project.writing import (
    Staged,
    WriteError,
    check,
    drop_empty_folders,
    place,
    undisturbed,
)


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a patch, as they stand on disk now."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotWritten:
    """Nothing was written."""

    reason: str


NOTHING = "nothing was changed"


def work_tree(repository: Repository) -> Path:
    """The folder that ``--in-place`` writes to.

    Raises:
        RepositoryError: for a bare repository, which has none.
    """
    if repository.root is None:
        raise RepositoryError(f"{repository.name} is bare: it has no work tree, only branches")
    return repository.root


def uncommitted(repository: Repository, paths: Iterable[str]) -> dict[str, str]:
    """Which of the files git could not bring back, with why: ``has uncommitted changes``.

    Raises:
        RepositoryError: for a bare repository, or when git cannot tell.
    """
    root = work_tree(repository)
    wanted = list(dict.fromkeys(paths))
    if not wanted:
        return {}
    tracked = _listed(repository, "ls-files", *wanted)
    options = ("--porcelain=v1", "--untracked-files=no", "--no-renames")
    states = {
        line[3:]: line[:2] for line in _listed(repository, "status", *wanted, options=options)
    }
    found: dict[str, str] = {}
    for path in wanted:
        state = states.get(path)
        if state is not None:
            conflict = "U" in state or state in ("AA", "DD")
            found[path] = "has merge conflicts" if conflict else "has uncommitted changes"
        elif path not in tracked and (root / path).exists():
            # New, ignored, or a submodule's: whichever it is, this repository has no copy of it.
            found[path] = "is not tracked by git"
    return found


def _listed(
    repository: Repository, command: str, *paths: str, options: Sequence[str] = ()
) -> tuple[str, ...]:
    found: list[str] = []
    for start in range(0, len(paths), CHUNK):
        chunk = paths[start : start + CHUNK]
        done = repository.ask("--literal-pathspecs", command, "-z", *options, "--", *chunk)
        found += (os.fsdecode(line) for line in done.stdout.split(b"\0") if line)
    return tuple(found)


def apart(files: Iterable[FilePatch], changes: Iterable[Change]) -> list[Patch]:
    """The files of many changes as patches that have nothing to do with each other: two files are
    in one patch where a change, or a row of changes, edits both."""
    members = list(files)
    ties = [{edit.path for edit in change.edits} for change in changes]
    groups = _joined([{item.path} for item in members], ties)
    return [Patch(tuple(members[number] for number in group), ()) for group in groups]


def write_in_place(
    root: Path,
    patches: Sequence[Patch],
    *,
    repository: Repository | None = None,
    force: bool = False,
) -> tuple[Written | NotWritten, ...]:
    """Write patches below ``root``, each on what the ones before it left.

    A patch is written wholly or not at all; one that cannot be written takes with it what stands
    on it, and nothing else. A file that is no longer what its patch was made from is never
    written: that is looked at once more right before the file is replaced.

    Args:
        root: what the patches' paths are relative to; the work tree's top, with a repository.
        patches: in the order in which they were made.
        repository: whom to ask for uncommitted changes; ``None`` outside of git.
        force: write files with uncommitted changes, too.

    Returns:
        What became of each patch.

    Raises:
        RepositoryError: for a bare repository, or when git cannot tell a file's state.
        KeyboardInterrupt: when somebody stops it, once all files are as they were; a note of the
            exception says so.
    """
    files = _together(patches)
    blocked = dict(_obstacles(root, files))
    if repository is not None and not force:
        # Of what lies elsewhere git would say that it lies elsewhere, and nothing more.
        own = [file.path for file in files if _is_own(root, file.path)]
        for path, state in uncommitted(repository, own).items():
            blocked[path] = f"{path} {state}: commit or stash it, or use --force"
    answers: list[Written | NotWritten] = []
    for patch in patches:
        names = tuple(item.path for item in _changed(patch))
        reason = next((blocked[path] for path in names if path in blocked), None)
        answers.append(Written(names) if reason is None else NotWritten(reason))
        if reason is not None:
            blocked = dict.fromkeys(names, reason) | blocked
    wanted = [number for number, item in enumerate(answers) if isinstance(item, Written)]
    sets = [{item.path for item in _changed(patches[number])} for number in wanted]
    groups = [[wanted[index] for index in group] for group in _joined(sets)]
    states = [_together([patches[number] for number in group]) for group in groups]
    for group, reason in zip(groups, _write_all(root, states), strict=True):
        if reason is not None:
            for number in group:
                answers[number] = NotWritten(reason)
    return tuple(answers)


def _changed(patch: Patch) -> Iterator[FilePatch]:
    return (item for item in patch.files if item.before != item.after)


def _together(patches: Iterable[Patch]) -> list[FilePatch]:
    """Every file from its first state to its last."""
    before: dict[str, bytes] = {}
    after: dict[str, bytes | None] = {}
    for patch in patches:
        for item in _changed(patch):
            before.setdefault(item.path, item.before)
            after[item.path] = item.after
    return [FilePatch(path, data, after[path]) for path, data in before.items()]


def _joined(sets: Sequence[set[str]], ties: Iterable[set[str]] = ()) -> list[list[int]]:
    """The numbers of those sets that hang together, by what they or ``ties`` have in common."""
    leaders: dict[str, str] = {}

    def leader(path: str) -> str:
        while (above := leaders.setdefault(path, path)) != path:
            leaders[path] = leaders[above]
            path = above
        return path

    for first, *others in (sorted(members) for members in (*sets, *ties) if members):
        for other in others:
            leaders[leader(other)] = leader(first)
    groups: dict[str, list[int]] = {}
    for number, members in enumerate(sets):
        for path in sorted(members)[:1]:
            groups.setdefault(leader(path), []).append(number)
    return list(groups.values())


def _is_own(root: Path, path: str) -> bool:
    """Whether git can be asked about a path: it lies in the work tree, behind no link."""
    try:
        return place(root, path) == root.resolve() / path
    except WriteError:
        # Told with the other obstacles.
        return False


def _obstacles(root: Path, files: Iterable[FilePatch]) -> Iterator[tuple[str, str]]:
    """Which files may not be written, with why."""
    seen: dict[tuple[int, int], FilePatch] = {}
    for file in files:
        try:
            target = check(root, file.path, file.before, file.after)
        except WriteError as error:
            yield file.path, str(error)
            continue
        if not target.exists():
            continue
        state = target.stat()
        other = seen.setdefault((state.st_dev, state.st_ino), file)
        if other.path != file.path and other.after != file.after:
            # Two names of one file: what was done under the one would be lost under the other.
            yield file.path, f"{file.path} is the same file as {other.path}, which is written too"


def _write_all(root: Path, groups: Sequence[Sequence[FilePatch]]) -> list[str | None]:
    """Write each group wholly or not at all; why not, for each."""
    reasons: list[str | None] = []
    done: list[Staged] = []
    said = ""
    try:
        with undisturbed() as disturbed, kept_clean(root, (i.path for g in groups for i in g)):
            try:
                while len(reasons) < len(groups) and not disturbed():
                    reasons.append(_write_group(root, groups[len(reasons)], done))
            except BaseException:
                said = _put_back(done)
                raise
            if len(reasons) == len(groups):
                said = f"{len(done)} files were written" if done else NOTHING
                _finish(root, done)
            else:
                said = _put_back(done)
                reasons = [f"interrupted: {said}"] * len(groups)
    except BaseException as error:
        # Only now does a signal get through.
        if said:
            error.add_note(said)
        raise
    return reasons


def _write_group(root: Path, files: Sequence[FilePatch], done: list[Staged]) -> str | None:
    """Write files, all or none; why not. Those that are written go into ``done``.

    All new contents are on disk before the first file is replaced, and what goes goes last.
    """
    first, path = len(done), ""
    try:
        for file in sorted(files, key=lambda item: item.after is None):
            path = file.path
            done.append(Staged.make(root, path, file.before, file.after))
        for item in done[first:]:
            path = item.path
            item.put()
    except (OSError, WriteError) as error:
        mine = done[first:]
        del done[first:]
        said = _put_back(mine)
        if said != NOTHING:
            return said
        if isinstance(error, OSError):
            return f"{path}: {error.strerror or error}; {NOTHING}"
        return str(error)
    return None


def _put_back(done: Sequence[Staged]) -> str:
    """Make files what they were, and say so; or which of them could not be put back."""
    lost = [item.path for item in reversed(done) if not item.take_back()]
    if lost:
        return f"{', '.join(lost)}; these files were written and could not be put back"
    return NOTHING


def _finish(root: Path, done: Iterable[Staged]) -> None:
    """Folders go with the last file in them."""
    for item in done:
        item.drop()
        if item.after is None and not item.target.exists():
            drop_empty_folders(root, item.target.parent)
