"""Merges that are tried and not made."""

from __future__ import annotations

from collections.abc import Sequence

from codemods.delivery.quarantine import scratch
from codemods.delivery.repository import Repository, lines


def merged_trees(
    repository: Repository, pairs: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """The tree of each merge of two commits; those with conflicts are left out, and all of them
    where git is too old to try (before 2.38). What git writes for it is thrown away.
    """
    if not pairs:
        return {}
    with scratch(repository) as apart:
        done = apart.run(
            *("merge-tree", "--write-tree", "--stdin", "--no-messages", "--name-only"),
            stdin=lines(f"{one} {other}" for one, other in pairs),
        )
    found: dict[tuple[str, str], str] = {}
    pieces = iter(done.text.split("\0"))
    for pair, clean in zip(pairs, pieces, strict=False):
        tree = next(pieces, "")
        # Behind the tree stand the names of the files in conflict, and an empty one.
        for name in pieces:
            if not name:
                break
        if clean == "1" and tree:
            found[pair] = tree
    return found if done.status == 0 else {}
