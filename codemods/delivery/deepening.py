"""History that a shallow clone lacks: CI checks one commit out, and a branch is held against its
base."""

from __future__ import annotations

from collections.abc import Collection

from codemods.delivery.repository import HEADS, Repository

STEPS = ("--deepen=100", "--deepen=1000", "--unshallow")


def deepen(
    repository: Repository,
    base: str | None,
    bases: Collection[str],
    branches: Collection[str],
    *,
    remote: str,
) -> None:
    """Fetch as much history as ties ``bases`` to ``base``; nothing happens in a whole clone.

    No ref is moved. Where the remote cannot be asked, everything stays as it is: whoever needs the
    history says that it is not there.

    Args:
        base: the commit that a run starts from; without one the others need only be there.
        bases: the commits that branches were made from.
        branches: the names of those branches, which the remote may have.
    """
    for step in STEPS:
        if not (repository.common_dir / "shallow").exists() or _is_tied(repository, base, bases):
            return
        if repository.run("remote", "get-url", remote).status:
            return
        known = repository.run("ls-remote", "--refs", remote, *(HEADS + item for item in branches))
        there = [line.partition("\t")[2] for line in known.text.split("\n") if line]
        options = ("--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=")
        silent = {"GIT_TERMINAL_PROMPT": "0"}
        done = repository.run(
            *("fetch", step, *options, "--no-recurse-submodules", remote, "HEAD", *there),
            environment=silent,
        )
        if done.status:
            return


def _is_tied(repository: Repository, base: str | None, bases: Collection[str]) -> bool:
    return all(_is_there(repository, base, item) for item in bases)


def _is_there(repository: Repository, base: str | None, commit: str) -> bool:
    if base is None:
        return repository.run("cat-file", "-e", f"{commit}^{{commit}}").status == 0
    return repository.run("merge-base", base, commit).status == 0
