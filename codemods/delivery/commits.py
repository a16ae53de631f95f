"""Writing commits and moving branches, all of a run at once."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast

from codemods.delivery.quarantine import quarantined
from codemods.delivery.repository import HEADS, GitError, Repository, RepositoryError
from codemods.delivery.survey import read_commits
from codemods.delivery.trailers import Entry
from codemods.project.writing import undisturbed

Move = tuple[str, str | None]
"""The commit that a branch is to point to, and the one it points to now."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file as a new commit holds it."""

    entry: Entry
    data: bytes | None
    """``None`` where the commit no longer has it."""


@dataclass(frozen=True, slots=True)
class NewCommit:
    """A commit that is to be written."""

    message: bytes
    files: tuple[NewFile, ...]


def write_commits(
    repository: Repository, base: str, commits: Sequence[NewCommit]
) -> list[str | GitError]:
    """Write commits on ``base``; their ids, in order. No branch points to them yet.

    With ``commit.gpgsign`` they are signed; the error stands in the place of each that cannot be.

    Raises:
        RepositoryError: when nothing can be written, or git does not know who commits.
    """
    if not commits:
        return []
    author, committer = repository.identity("author"), repository.identity("committer")
    try:
        with quarantined(repository) as apart:
            written = import_commits(apart, base, commits, author, committer)
            if not repository.setting("commit.gpgsign"):
                return list(written)
            return _signed(apart, base, commits, written)
    except OSError as error:
        why = error.strerror or error
        raise RepositoryError(f"git cannot write to {repository.common_dir}: {why}") from error


def import_commits(
    repository: Repository,
    base: str,
    commits: Sequence[NewCommit],
    author: bytes,
    committer: bytes,
) -> list[str]:
    """Write commits on ``base``, unsigned, by these people; their ids, in order.

    Raises:
        RepositoryError: when git cannot write them.
    """
    with tempfile.TemporaryFile() as file:
        stream = cast(BinaryIO, file)
        _write_stream(stream, repository, base, commits, author, committer)
        stream.seek(0)
        # Without --done a stream that is cut off would be taken for a complete one.
        done = repository.run("fast-import", "--done", "--quiet", stdin=stream)
    if done.status:
        _drop_crash_report(repository, done.stderr)
        why = GitError(done.stderr, done.status)
        raise RepositoryError(f"git cannot write to {repository.common_dir}: {why}")
    return done.text.split()


def _write_stream(
    stream: BinaryIO,
    repository: Repository,
    base: str,
    commits: Sequence[NewCommit],
    author: bytes,
    committer: bytes,
) -> None:
    # fast-import wants a ref to build commits on. This one is taken back at the end of the stream,
    # and refs are written only then: it never exists, whatever goes wrong.
    ref = f"refs/autofix/tmp/{os.getpid()}".encode()
    marks: dict[bytes, int] = {}
    for commit in commits:
        for file in commit.files:
            if file.data is not None and file.entry.blob not in marks:
                marks[file.entry.blob] = len(marks) + 1
                stream.write(b"blob\nmark :%d\n" % marks[file.entry.blob])
                _write_data(stream, file.data)
    for number, commit in enumerate(commits, len(marks) + 1):
        stream.write(b"commit %s\nmark :%d\n" % (ref, number))
        stream.write(b"author %s\ncommitter %s\n" % (author, committer))
        _write_data(stream, commit.message)
        stream.write(b"from %s\n" % base.encode())
        for file in commit.files:
            if file.data is None:
                stream.write(b"D %s\n" % _quoted(file.entry.path))
                continue
            mark = marks[file.entry.blob]
            stream.write(b"M %s :%d %s\n" % (file.entry.mode, mark, _quoted(file.entry.path)))
        stream.write(b"\nget-mark :%d\n" % number)
    stream.write(b"reset %s\nfrom %s\n\ndone\n" % (ref, repository.no_object.encode()))


def _write_data(stream: BinaryIO, data: bytes) -> None:
    stream.write(b"data %d\n" % len(data))
    stream.write(data)
    stream.write(b"\n")


def _quoted(path: bytes) -> bytes:
    escaped = path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + escaped + b'"'


def _drop_crash_report(repository: Repository, stderr: str) -> None:
    """fast-import leaves a report in the git folder when it fails; its error line is enough."""
    found = re.search(r"fast_import_crash_\d+", stderr)
    if found:
        for folder in {repository.git_dir, repository.common_dir}:
            (folder / found[0]).unlink(missing_ok=True)


def _signed(
    repository: Repository, base: str, commits: Sequence[NewCommit], unsigned: Sequence[str]
) -> list[str | GitError]:
    trees = read_commits(repository, unsigned)
    results: list[str | GitError] = []
    for commit, plain in zip(commits, unsigned, strict=True):
        done = repository.run(
            "-c",
            "i18n.commitEncoding=UTF-8",
            "commit-tree",
            "-S",
            "-p",
            base,
            trees[plain].tree,
            stdin=commit.message,
        )
        if done.status:
            # What signs is gone or locked: asking it again for each branch would only repeat that.
            failure = GitError(done.stderr, done.status)
            return results + [failure] * (len(commits) - len(results))
        results.append(done.text)
    return results


def move_branches(repository: Repository, moves: Mapping[str, Move]) -> dict[str, str]:
    """Point branches to commits, in one transaction; the reasons of those that failed.

    Each is moved only if it still points where it did. If that stops the transaction, somebody
    moved a branch meanwhile: then each is tried by itself, so that the others are not lost.
    Ctrl-C waits until all of them are moved.
    """
    with undisturbed():
        if not moves or _transaction(repository, moves) is None:
            return {}
        failures = {
            branch: _transaction(repository, {branch: move}) for branch, move in moves.items()
        }
    return {branch: reason for branch, reason in failures.items() if reason is not None}


def _transaction(repository: Repository, moves: Mapping[str, Move]) -> str | None:
    commands = (
        f"update {HEADS}{branch}\0{new}\0{old or repository.no_object}\0"
        for branch, (new, old) in moves.items()
    )
    return _update_refs(repository, commands)


def delete_branch(repository: Repository, branch: str, tip: str) -> str | None:
    """Delete a branch if it still points to ``tip``; why not, if it failed."""
    reason = _update_refs(repository, [f"delete {HEADS}{branch}\0{tip}\0"])
    if reason is None:
        # As `git branch -D` does: the settings (upstream and so on) go with the branch.
        repository.run("config", "--local", "--remove-section", f"branch.{branch}")
    return reason


def _update_refs(repository: Repository, commands: Iterable[str]) -> str | None:
    stdin = "".join(commands).encode("utf-8", "surrogateescape")
    # In a session of its own: a transaction of many refs is a rename after the other, and git
    # leaves half of them behind when the terminal's Ctrl-C or hang-up ends it in between.
    done = repository.run("update-ref", "-m", "autofix", "--stdin", "-z", stdin=stdin, apart=True)
    return None if done.status == 0 else str(GitError(done.stderr, done.status))
