"""Branches of before the house: known by their trailers, kept, and never overwritten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run, git
from tests.compat.conftest import BASE, refs

BACKEND = "autofix/backend-2026-03-02"
REVIEW = "autofix/review-2026-03-05"
BRANCHES = {
    "AUDIT_BACKEND_2026-03-02:B-01": f"{BACKEND}/B-01-create-invoice-draws-and-writes-the-invoice",
    "AUDIT_BACKEND_2026-03-02:B-02": f"{BACKEND}/B-02-send-with-retry-sleeps-on-the-event-loop",
    "AUDIT_BACKEND_2026-03-02:B-04": f"{BACKEND}/B-04-recent-multiplies-rows",
    "AUDIT_BACKEND_2026-03-02:B-05": f"{BACKEND}/B-05-post-mail-logs-errors-without-a-traceback",
    "AUDIT_REVIEW_2026-03-05:R-01": f"{REVIEW}/R-01-legen-logs-an-error-without-its-traceback",
    "AUDIT_REVIEW_2026-03-05:R-02@25": f"{REVIEW}/R-02-warten-sleeps-on-the-event-loop",
}
"""By the trailer ``Autofix-Finding``."""
B_01 = BRANCHES["AUDIT_BACKEND_2026-03-02:B-01"]


def results(autofix: Run, *arguments: str) -> dict[tuple[str, str], dict[str, object]]:
    """What a command says of each finding, by its id and title."""
    document = json.loads(autofix(*arguments, "--output-format", "json").out)
    return {(item["finding"], item["title"]): item for item in document["results"]}


def amend(shop: Path, branch: str, *, words: str | None = None) -> str:
    """Somebody amends the commit of a branch: its words, or else one of its files."""
    message = git(shop, "log", "-1", "--format=%B", branch) + "\n"
    tree = git(shop, "rev-parse", f"{branch}^{{tree}}")
    if words is None:
        blob = git(shop, "hash-object", "-w", "--stdin", stdin=b"by hand\n")
        listing = git(shop, "ls-tree", branch)
        changed = [line for line in listing.splitlines() if not line.endswith("\tREADME.md")]
        changed.append(f"100644 blob {blob}\tREADME.md")
        tree = git(shop, "mktree", stdin="".join(f"{line}\n" for line in changed).encode())
    else:
        message = f"{words}\n\n{message.partition(chr(10) * 2)[2]}"
    commit = git(shop, "commit-tree", tree, "-p", BASE, stdin=message.encode())
    git(shop, "update-ref", f"refs/heads/{branch}", commit)
    return commit


def test_the_record_holds_a_branch_for_each_finding(shop: Path) -> None:
    assert set(refs(shop)) == {"main", *BRANCHES.values()}
    for key, branch in BRANCHES.items():
        message = git(shop, "log", "-1", "--format=%B", branch)
        assert f"\nAutofix-Finding: {key}\n" in message
        assert f"\nAutofix-Base: {BASE}\nAutofix-Digest: " in message


def test_applying_again_leaves_them_as_they_are(shop: Path, autofix: Run) -> None:
    before = refs(shop)
    done = results(autofix, "apply", "--all")
    assert refs(shop) == before
    kept = {item["branch"]: item["commit"] for item in done.values() if item["branch"]}
    assert kept == {branch: before[branch] for branch in BRANCHES.values()}
    assert autofix("apply", "B-01").err.splitlines()[-1] == f"  branch {B_01} (unchanged)"


def test_on_a_new_base_that_they_merge_into_they_stay(shop: Path, autofix: Run) -> None:
    """They were made anew at each commit of the base, which started every check again."""
    before = refs(shop)
    (shop / "README.md").write_text("more\n")
    git(shop, "commit", "--quiet", "--all", "--message", "docs: more")
    assert autofix("apply", "--all").status == 1
    assert refs(shop) == before | {"main": git(shop, "rev-parse", "HEAD")}


def test_on_a_new_base_that_conflicts_they_are_made_anew(shop: Path, autofix: Run) -> None:
    """Only what is known as ours, by its digest, is moved at all; its name stays."""
    before = refs(shop)
    module = shop / "orders/invoices.py"
    text = module.read_text("utf-8")
    lines = text.splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if "render_invoice(order_id, lines)" in line)
    lines.insert(place, "    # Drawn first, so that a broken one is never kept.\n")
    module.write_text("".join(lines), "utf-8")
    git(shop, "commit", "--quiet", "--all", "--message", "docs: why")
    head = git(shop, "rev-parse", "HEAD")
    assert autofix("apply", "B-01").text.strip() == B_01
    assert set(refs(shop)) == set(before)
    assert git(shop, "rev-parse", f"{B_01}^") == head
    message = git(shop, "log", "-1", "--format=%B", B_01)
    assert f"\nAutofix-Base: {head}\n" in message
    assert "\nAutofix-Key: " in message and "\nAutofix-Patch: " in message
    assert autofix("apply", "B-01").err.splitlines()[-1] == f"  branch {B_01} (unchanged)"


@pytest.mark.parametrize("words", [None, "fix: in my own words"])
def test_an_amended_one_is_not_overwritten(shop: Path, autofix: Run, words: str | None) -> None:
    mine = amend(shop, B_01, words=words)
    (shop / "README.md").write_text("more\n")
    git(shop, "commit", "--quiet", "--all", "--message", "docs: more")
    ran = autofix("apply", "B-01")
    assert ran.status == 1
    assert f"{B_01} was amended by hand since autofix made it: not changed" in ran.err
    assert refs(shop)[B_01] == mine
    assert autofix("undo", "B-01").status == 1
    assert refs(shop)[B_01] == mine


def test_one_that_others_committed_to_is_not_overwritten(shop: Path, autofix: Run) -> None:
    tree = git(shop, "rev-parse", "main^{tree}")
    theirs = git(shop, "commit-tree", tree, "-p", B_01, "-m", "by hand")
    git(shop, "update-ref", f"refs/heads/{B_01}", theirs)
    ran = autofix("apply", "B-01")
    assert ran.status == 1
    assert f"{B_01} has commits by other people (the last is {theirs[:10]}, 'by hand')" in ran.err
    assert refs(shop)[B_01] == theirs


@pytest.mark.parametrize("key", BRANCHES)
@pytest.mark.parametrize("short", [False, True])
def test_undo_finds_each_by_its_finding(shop: Path, autofix: Run, key: str, short: bool) -> None:
    before = refs(shop)
    ran = autofix("undo", key.partition(":")[2] if short else key)
    assert (ran.status, ran.text) == (0, f"{BRANCHES[key]}\n")
    assert f"git branch {BRANCHES[key]} {before.pop(BRANCHES[key])}" in ran.err
    assert refs(shop) == before


def test_undo_needs_no_report(shop: Path, autofix: Run) -> None:
    git(shop, "rm", "-r", "--quiet", "docs")
    assert autofix("undo", "B-01").status == 0
    assert B_01 not in refs(shop)


@pytest.mark.parametrize("arguments", [("list",), ("show", "B-01"), ("diff", "B-01")])
def test_on_a_branch_its_base_is_read(shop: Path, autofix: Run, arguments: tuple[str, ...]) -> None:
    """Not the fix itself, in which the finding would be fixed already."""
    on_main = autofix(*arguments, "--output-format", "json").out
    git(shop, "checkout", "--quiet", B_01)
    on_branch = autofix(*arguments, "--output-format", "json").out
    assert b'"outcome": "fixed"' in on_main
    assert on_branch == on_main


def test_one_that_only_the_remote_has_is_found(shop: Path, autofix: Run) -> None:
    before = refs(shop)
    git(shop, "update-ref", f"refs/remotes/origin/{B_01}", before[B_01])
    git(shop, "branch", "--quiet", "-D", B_01)
    assert autofix("apply", "B-01").status == 0
    assert refs(shop) == before
