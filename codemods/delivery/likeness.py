"""Whether what a branch does is what a fix would do now: patch-ids, and trial merges.

All of it happens in an object store of its own that is thrown away, so that asking leaves nothing
in the repository.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from codemods.delivery.commits import NewCommit, NewFile, import_commits
from codemods.delivery.merging import merged_trees
from codemods.delivery.quarantine import scratch
from codemods.delivery.repository import Repository, lines
from codemods.delivery.survey import read_commits

NOBODY = b"autofix <autofix@localhost> 0 +0000"
_DIFF = (
    *("-p", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--text"),
    *("--full-index", "--unified=3", "--inter-hunk-context=0", "--diff-algorithm=myers"),
    *("--no-indent-heuristic", "--src-prefix=a/", "--dst-prefix=b/", "--ignore-submodules=none"),
)
"""A diff that no configuration makes another one."""


def patch_ids(repository: Repository, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The stable patch-id of each commit, given as pairs of its base and itself.

    It is what ``git diff-tree -p BASE COMMIT | git patch-id --stable`` says: of what changes with
    the three lines around, but not of where in the file that stands. Those of an empty patch are
    left out.

    Raises:
        GitError: when git cannot compare them.
    """
    stdin = lines(f"{commit} {base}" for base, commit in pairs)
    if not stdin:
        return {}
    patches = repository.ask("diff-tree", "--stdin", *_DIFF, stdin=stdin).stdout
    # No pipe between the two: what git reads is a file, whatever becomes of us.
    answer = repository.ask("patch-id", "--stable", stdin=patches).text
    found = (line.partition(" ") for line in answer.split("\n") if line)
    return {commit: patch for patch, _, commit in found}


class Trial:
    """Fixes as commits on ``base`` that nobody sees, to hold branches against them."""

    def __init__(
        self, repository: Repository, base: str, fixes: Sequence[tuple[NewFile, ...]]
    ) -> None:
        self._base = base
        self.patches: tuple[str, ...] = ()
        """The patch-id of each fix, in order."""
        self._trees: tuple[str, ...] = ()
        if not fixes:
            return
        with scratch(repository) as apart:
            commits = [NewCommit(b"", files) for files in fixes]
            ids = import_commits(apart, base, commits, NOBODY, NOBODY)
            known = patch_ids(apart, [(base, commit) for commit in dict.fromkeys(ids)])
            there = read_commits(apart, ids)
        self.patches = tuple(known.get(commit, "") for commit in ids)
        self._trees = tuple(there[commit].tree for commit in ids)

    def same(
        self, repository: Repository, pairs: Sequence[tuple[int, str]]
    ) -> set[tuple[int, str]]:
        """Those pairs of a fix's number and a commit where merging the commit into the base gives
        what the fix gives, to the byte."""
        trees = merged_trees(repository, [(self._base, commit) for _, commit in pairs])
        return {
            (number, commit)
            for number, commit in pairs
            if trees.get((self._base, commit)) == self._trees[number]
        }
