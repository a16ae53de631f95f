"""What stands in a repository before anything is written: branches, whose they are, base files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from codemods.delivery.deepening import deepen
from codemods.delivery.merging import merged_trees
from codemods.delivery.repository import HEADS, Repository, lines
from codemods.delivery.trailers import DECIDED, Entry, Trailers, digest, read_trailers

REMOTE = "origin"
DEEPEST = 100
"""Commits of others that are looked through above one of ours."""
CHUNK = 400
"""Paths on one command line."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit as it is stored: grafts and replacements do not count."""

    id: str
    tree: str
    parents: tuple[str, ...]
    message: bytes


@dataclass(frozen=True, slots=True)
class FindingBranch:
    """A branch that autofix made for a finding."""

    ref: str
    """The whole name: ``refs/heads/autofix/…`` or ``refs/remotes/origin/autofix/…``."""
    branch: str
    """The name as a local branch."""
    tip: str
    own: str
    """The commit of autofix: the tip, unless somebody committed or merged the base above it."""
    trailers: Trailers
    entries: frozenset[Entry]
    """What it changes against its base."""
    foreign: str | None
    """Why it is not, or no longer, autofix's alone; ``None`` when it is."""
    amended: bool
    """Whether its one commit is not word for word as autofix made it; ``foreign`` then, too."""
    decided: bool = False
    """Whether it is what a person decided in a review, word for word; ``foreign`` then, too."""


def read_commits(repository: Repository, ids: Iterable[str]) -> dict[str, Commit]:
    """The commits with these ids; what is no commit, or not there, is left out.

    Raises:
        GitError: when the objects cannot be read.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    output = repository.ask("cat-file", "--batch", stdin=lines(wanted)).stdout
    found: dict[str, Commit] = {}
    position = 0
    while position < len(output):
        end = output.index(b"\n", position)
        head = output[position:end].decode().split()
        position = end + 1
        if len(head) == 3 and head[2].isdigit():
            size = int(head[2])
            if head[1] == "commit":
                found[head[0]] = _commit(head[0], output[position : position + size])
            position += size + 1
    return found


def _commit(identifier: str, data: bytes) -> Commit:
    head, _, message = data.partition(b"\n\n")
    tree = ""
    parents = []
    for line in head.decode("utf-8", "replace").split("\n"):
        name, _, value = line.partition(" ")
        if name == "tree":
            tree = value
        elif name == "parent":
            parents.append(value)
    return Commit(identifier, tree, tuple(parents), message)


def changed_entries(
    repository: Repository, pairs: Sequence[tuple[str, str]]
) -> dict[str, frozenset[Entry]]:
    """What each commit changes, given as pairs of a base and a commit with that one parent.

    Bases that are not there (shallow, or collected) are left out.

    Raises:
        GitError: when git cannot compare them.
    """
    there = read_commits(repository, [base for base, _ in pairs])
    stdin = lines(f"{commit} {base}" for base, commit in pairs if base in there)
    if not stdin:
        return {}
    output = repository.ask(
        "diff-tree", "--stdin", "-r", "--raw", "-z", "--no-abbrev", "--no-renames", stdin=stdin
    ).stdout
    found: dict[str, set[Entry]] = {commit: set() for base, commit in pairs if base in there}
    current: set[Entry] = set()
    pieces = iter(output.split(b"\0"))
    for piece in pieces:
        if piece.startswith(b":"):
            _, mode, _, blob, _ = piece.split(b" ")
            current.add(Entry(next(pieces), mode, blob))
        elif piece:
            current = found[piece.decode()]
    return {commit: frozenset(entries) for commit, entries in found.items()}


def base_entries(
    repository: Repository, commit: str, paths: Iterable[bytes]
) -> dict[bytes, Entry | None]:
    """How ``commit`` holds each path; ``None`` where it does not.

    A folder has the mode ``040000``, a submodule ``160000``, a symbolic link ``120000``.

    Raises:
        GitError: when the commit's trees cannot be read.
    """
    wanted = sorted(set(paths))
    found: dict[bytes, Entry | None] = dict.fromkeys(wanted)
    for start in range(0, len(wanted), CHUNK):
        chunk = [path.decode("utf-8", "surrogateescape") for path in wanted[start : start + CHUNK]]
        listing = repository.ask("ls-tree", "-z", "--full-tree", commit, "--", *chunk).stdout
        for line in filter(None, listing.split(b"\0")):
            facts, _, path = line.partition(b"\t")
            mode, _, blob = facts.split(b" ")
            if path in found:
                found[path] = Entry(path, mode, blob)
    return found


class Survey:
    """The branches below a prefix, read once.

    Args:
        base: commits that it holds are not looked through for trailers: a fix that was merged is
            part of every later branch's history, and marks none of them as its own.
    """

    def __init__(self, repository: Repository, prefix: str, base: str | None) -> None:
        self._repository = repository
        self._prefix = prefix
        self._base = base

    @cached_property
    def refs(self) -> dict[str, str]:
        """Commit ids by full name: all branches in the way of the prefix or below it, local and
        as last fetched."""
        parts = self._prefix.split("/")
        above = [HEADS + "/".join(parts[:length]) for length in range(1, len(parts) + 1)]
        remote = f"refs/remotes/{REMOTE}/{self._prefix}"
        listing = self._repository.ask(
            "for-each-ref", "--format=%(objectname) %(refname)", *above, remote
        ).text
        lines = (line.partition(" ") for line in listing.split("\n") if line)
        return {name: commit for commit, _, name in lines}

    @cached_property
    def checked_out(self) -> dict[str, str]:
        """Where each branch (full name) is checked out, or in the middle of a rebase."""
        found: dict[str, str] = {}
        place = ""
        for line in self._repository.ask("worktree", "list", "--porcelain").text.split("\n"):
            word, _, value = line.partition(" ")
            if word == "worktree":
                place = value
            elif word == "branch":
                found[value] = place
        common = self._repository.common_dir
        for git_dir in (common, *sorted(common.glob("worktrees/*"))):
            for ref in _in_progress(git_dir):
                found.setdefault(ref, str(git_dir))
        return found

    @cached_property
    def branches(self) -> tuple[FindingBranch, ...]:
        """Every branch below the prefix that autofix made, local ones first."""
        below = (f"{HEADS}{self._prefix}/", f"refs/remotes/{REMOTE}/{self._prefix}/")
        tips = {ref: tip for ref, tip in self.refs.items() if ref.startswith(below)}
        found = describe(self._repository, tips, self._base).values()
        return tuple(sorted(found, key=lambda item: (not item.ref.startswith(HEADS), item.ref)))


def describe(
    repository: Repository, tips: Mapping[str, str], base: str | None = None
) -> dict[str, FindingBranch]:
    """Those of some refs (full names, with their commits) that autofix made.

    Args:
        base: see :class:`Survey`. Merges of what it holds, as the button of a forge makes them, are
            nobody's commits.

    Raises:
        GitError: when the commits cannot be read.
    """
    commits = read_commits(repository, tips.values())
    own: dict[str, tuple[Commit, Trailers]] = {}
    for tip, commit in commits.items():
        found = _own(repository, commit, base)
        if found is not None:
            own[tip] = found
    bases = {commit.id: trailers.base for commit, trailers in own.values()}
    if bases:
        names = {_branch(ref) for ref, tip in tips.items() if tip in own}
        deepen(repository, base, set(bases.values()), names, remote=REMOTE)
    entries = changed_entries(repository, [(there, commit) for commit, there in bases.items()])
    updated = {
        tip
        for tip, (commit, _) in own.items()
        if base and tip != commit.id and _is_updated(repository, commits[tip], commit, base)
    }
    return {
        ref: _finding_branch(
            ref, commits[tip], *own[tip], entries.get(own[tip][0].id), tip in updated
        )
        for ref, tip in tips.items()
        if tip in own
    }


def _own(repository: Repository, tip: Commit, base: str | None) -> tuple[Commit, Trailers] | None:
    """The commit of autofix that ``tip`` is, or that commits of others stand upon."""
    trailers = read_trailers(tip.message)
    if trailers is not None:
        return tip, trailers
    without = [f"^{base}"] if base else []
    listing = repository.run(
        "rev-list", "--first-parent", f"--max-count={DEEPEST}", tip.id, *without
    )
    for commit in read_commits(repository, listing.text.split()).values():
        trailers = read_trailers(commit.message)
        if trailers is not None:
            return commit, trailers
    return None


def _branch(ref: str) -> str:
    """The name of a branch, here or at a remote."""
    return ref.split("/", 2)[2] if ref.startswith(HEADS) else ref.split("/", 3)[3]


def _is_updated(repository: Repository, tip: Commit, own: Commit, base: str) -> bool:
    """Whether nothing stands above ``own`` but what a forge's "Update branch" button makes: merges
    of commits of the base, each with the tree that git itself makes of the two."""
    above = tip
    for _ in range(DEEPEST):
        if above.id == own.id:
            return True
        if len(above.parents) != 2:
            return False
        mine, theirs = above.parents
        if repository.run("merge-base", "--is-ancestor", theirs, base).status:
            return False
        if merged_trees(repository, [(mine, theirs)]).get((mine, theirs)) != above.tree:
            return False
        above = read_commits(repository, [mine])[mine]
    return False


def _finding_branch(
    ref: str,
    tip: Commit,
    own: Commit,
    trailers: Trailers,
    entries: frozenset[Entry] | None,
    updated: bool,
) -> FindingBranch:
    foreign, amended, decided = None, False, False
    if tip.id != own.id and not updated:
        words = tip.message.decode("utf-8", "replace").split("\n")[0]
        foreign = f"has commits by other people (the last is {tip.id[:10]}, {words!r})"
    elif own.parents != (trailers.base,):
        foreign = "was rebased or merged by hand since autofix made it"
    elif entries is None:
        foreign = f"is based on {trailers.base[:10]}, which is not in this clone"
    elif trailers.digest == f"{DECIDED}{digest(own.message, entries)}":
        foreign, decided = "has edits that a person made in a review", True
    elif digest(own.message, entries) != trailers.digest:
        foreign, amended = "was amended by hand since autofix made it", True
    kept = entries or frozenset()
    return FindingBranch(
        ref, _branch(ref), tip.id, own.id, trailers, kept, foreign, amended, decided
    )


def _in_progress(git_dir: Path) -> Iterator[str]:
    """Branches that a rebase or bisect will come back to: HEAD is detached meanwhile."""
    for name in ("rebase-merge/head-name", "rebase-apply/head-name", "BISECT_START"):
        try:
            text = (git_dir / name).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            # Not there: nothing of the kind is going on.
            continue
        yield text if text.startswith("refs/") else HEADS + text
