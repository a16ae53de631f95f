"""`autofix apply`, `diff` and `undo`, on the sample project."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run, git

RESULT_KEYS = [
    "finding",
    "report",
    "title",
    "severity",
    "outcome",
    "reason",
    "codemod",
    "safety",
    "branch",
    "commit",
    "sites",
    "refused",
    "left",
    "unaddressed",
    "notes",
    "diff",
    "also",
]


def branches(shop: Path) -> list[str]:
    return git(shop, "branch", "--list", "autofix/*", "--format=%(refname:short)").split()


def state(shop: Path) -> tuple[str, str, str]:
    """What must not change: HEAD, the index and the files."""
    return (
        git(shop, "rev-parse", "--symbolic-full-name", "HEAD") + git(shop, "rev-parse", "HEAD"),
        git(shop, "status", "--porcelain"),
        git(shop, "stash", "list"),
    )


def results(out: bytes) -> list[dict[str, Any]]:
    document = json.loads(out)
    assert (list(document), document["version"]) == (["version", "results"], 1)
    found: list[dict[str, Any]] = document["results"]
    assert all(list(item) == RESULT_KEYS for item in found)
    return found


@pytest.mark.parametrize("finding", ["B-03", "B-07", "B-08"])
def test_what_is_not_fixed_is_said_and_status_1(autofix: Run, shop: Path, finding: str) -> None:
    before = state(shop)
    done = autofix("apply", "--finding", finding)
    assert (done.status, done.out, branches(shop), state(shop)) == (1, b"", [], before)
    assert done.err.startswith(f"{finding}  ")
    assert len(done.lines) > 1


def test_already_fixed_is_status_0_and_no_branch(autofix: Run, shop: Path) -> None:
    done = autofix("apply", "--finding", "B-06")
    assert (done.status, done.out, branches(shop)) == (0, b"", [])
    assert "already-fixed" in done.err


@pytest.mark.parametrize("arguments", [["diff", "B-03"], ["apply", "B-03", "--dry-run"]])
def test_no_diff_where_nothing_changes(autofix: Run, shop: Path, arguments: list[str]) -> None:
    done = autofix(*arguments)
    assert (done.status, done.out) == (1, b"")


@pytest.mark.parametrize("finding", ["B-01", "B-02", "B-04", "B-05"])
def test_git_takes_the_diff_and_nothing_is_touched(autofix: Run, shop: Path, finding: str) -> None:
    before = state(shop)
    done = autofix("apply", "--finding", finding, "--dry-run")
    assert (done.status, branches(shop), state(shop)) == (0, [], before)
    assert autofix("diff", finding).out == done.out
    git(shop, "apply", "-", stdin=done.out)
    again = autofix("apply", "--finding", finding, "--dry-run", "--in-place")
    assert again.out == b""
    assert (again.status, "already-fixed" in again.err) == (0, True)


def test_git_takes_the_diffs_of_several_findings(autofix: Run, shop: Path) -> None:
    done = autofix("apply", "--all", "--dry-run")
    assert done.status == 1
    git(shop, "apply", "-", stdin=done.out)
    text = (shop / "orders/invoices.py").read_text()
    assert "asyncio.sleep(" in text and "to_thread(render_invoice" in text


def test_forced_colour_in_the_environment_leaves_the_diff_alone(
    autofix: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert b"\x1b" not in autofix("diff", "B-05").out
    assert b"\x1b" in autofix("diff", "B-05", "--color", "always").out


def test_a_branch_of_its_own(autofix: Run, shop: Path) -> None:
    before = state(shop)
    (shop / "orders/main.py").write_text("# in the middle of something\n")
    dirty = git(shop, "status", "--porcelain")
    diff = autofix("diff", "B-05").out
    done = autofix("apply", "--finding", "B-05")
    name = done.text.strip()
    assert done.status == 0
    assert branches(shop) == [name]
    assert re.fullmatch(r"autofix/add-exc-info/post_mail-[0-9a-f]{8}", name)
    assert git(shop, "status", "--porcelain") == dirty
    assert git(shop, "rev-parse", f"{name}^") == git(shop, "rev-parse", "main")
    git(shop, "checkout", "--", "orders/main.py")
    assert state(shop) == before
    git(shop, "apply", "--index", "-", stdin=diff)
    assert git(shop, "diff", "--cached", name) == ""


def test_again_the_commit_stays(autofix: Run, shop: Path) -> None:
    name = autofix("apply", "--finding", "B-05").text.strip()
    commit = git(shop, "rev-parse", name)
    done = autofix("apply", "--finding", "B-05")
    assert (done.status, done.text.strip(), git(shop, "rev-parse", name)) == (0, name, commit)
    assert "unchanged" in done.err


def test_the_finding_may_be_given_without_the_option(autofix: Run, shop: Path) -> None:
    assert autofix("apply", "--finding", "B-01", "B-05").status == 0
    assert len(branches(shop)) == 2


def test_json_has_the_shape_of_the_contract(autofix: Run, shop: Path) -> None:
    done = autofix("apply", "B-05", "B-03", "--output-format", "json")
    fixed, refused = results(done.out)
    assert done.status == 1
    assert fixed["branch"] == branches(shop)[0]
    assert fixed["commit"] == git(shop, "rev-parse", fixed["branch"])
    assert [sorted(item) for item in fixed["sites"]] == [
        ["end_line", "function", "line", "path", "what"]
    ]
    assert fixed["sites"][0]["function"] == "post_mail"
    assert fixed["diff"].startswith("diff --git a/orders/main.py b/orders/main.py\n")
    assert (fixed["outcome"], fixed["safety"]) == ("fixed", "safe")
    assert (refused["outcome"], refused["branch"], refused["diff"]) == ("refused", None, "")
    assert [sorted(item) for item in refused["refused"]] == [["detail", "line", "path", "reason"]]


def test_all_of_them_and_a_table_at_the_end(autofix: Run, shop: Path) -> None:
    done = autofix("apply", "--all")
    assert done.status == 1
    assert sorted(done.text.split()) == branches(shop)
    assert len(branches(shop)) == 4
    assert [line.split()[0] for line in done.lines[1:-1]] == [f"B-0{n}" for n in range(1, 9)]
    assert done.lines[-1] == "4 fixed, 1 refused, 1 already-fixed, 1 not-found, 1 no-codemod"


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        (["--severity", "HIGH"], 2),
        (["--codemod", "add-exc-info"], 1),
        (["--all", "--codemod", "offload-blocking-calls", "--severity", "HIGH"], 2),
        (["--severity", "CRITICAL"], 0),
    ],
)
def test_a_choice_of_them(autofix: Run, shop: Path, arguments: list[str], count: int) -> None:
    autofix("apply", *arguments)
    assert len(branches(shop)) == count


def test_one_that_cannot_be_written_stops_no_other(autofix: Run, shop: Path) -> None:
    name = autofix("apply", "B-05").text.strip()
    git(shop, "checkout", "-q", name)
    (shop / "mine.txt").write_text("mine\n")
    git(shop, "add", "mine.txt")
    git(shop, "commit", "-q", "-m", "mine")
    tip = git(shop, "rev-parse", name)
    git(shop, "checkout", "-q", "main")
    done = autofix("apply", "B-01", "B-05", "--output-format", "json")
    first, second = results(done.out)
    assert (done.status, first["outcome"], second["outcome"]) == (1, "fixed", "refused")
    assert "commits by other people" in second["reason"]
    assert git(shop, "rev-parse", name) == tip


def test_push_and_push_again(autofix: Run, shop: Path, tmp_path: Path) -> None:
    done = autofix("apply", "B-05", "--push")
    name = done.text.strip()
    assert (done.status, "pushed" in done.err) == (0, True)
    assert git(tmp_path / "origin.git", "rev-parse", name) == git(shop, "rev-parse", name)
    assert autofix("apply", "B-05", "--push").status == 0


def test_push_without_a_remote_keeps_the_branch(autofix: Run, shop: Path) -> None:
    git(shop, "remote", "remove", "origin")
    done = autofix("apply", "B-05", "--push")
    assert done.status == 1
    assert "not pushed: the remote origin does not exist" in done.err
    assert len(branches(shop)) == 1


def test_another_base(autofix: Run, shop: Path) -> None:
    git(shop, "apply", "--index", "-", stdin=autofix("diff", "B-05").out)
    git(shop, "commit", "-q", "-m", "fix: log the traceback")
    assert "already-fixed" in autofix("apply", "B-05").err
    done = autofix("apply", "B-05", "--base", "HEAD^")
    assert git(shop, "rev-parse", f"{done.text.strip()}^") == git(shop, "rev-parse", "HEAD^")


def test_in_place_writes_files_and_no_branch(autofix: Run, shop: Path) -> None:
    done = autofix("apply", "B-05", "--in-place")
    assert (done.status, done.out, branches(shop)) == (0, b"", [])
    assert git(shop, "status", "--porcelain").strip() == "M orders/main.py"
    assert "exc_info=True" in (shop / "orders/main.py").read_text()


def test_in_place_leaves_files_with_changes_alone(autofix: Run, shop: Path) -> None:
    target = shop / "orders/main.py"
    target.write_text(target.read_text() + "# mine\n")
    before = target.read_text()
    done = autofix("apply", "B-05", "B-04", "--in-place")
    assert (done.status, target.read_text()) == (1, before)
    assert "has uncommitted changes: commit or stash it, or use --force" in done.err
    assert "selectinload" in (shop / "orders/repository.py").read_text()
    assert autofix("apply", "B-05", "--in-place", "--force").status == 0
    assert target.read_text().endswith("# mine\n")
    assert "exc_info=True" in target.read_text()


def test_in_place_several_fixes_of_one_file(autofix: Run, shop: Path) -> None:
    done = autofix("apply", "B-01", "B-02", "--in-place")
    text = (shop / "orders/invoices.py").read_text()
    assert done.status == 0
    assert "await asyncio.sleep(2**attempt)" in text
    assert "asyncio.to_thread(render_invoice, order_id, lines)" in text


def test_diffs_of_several_findings_are_each_for_a_branch_of_its_own(
    autofix: Run, shop: Path
) -> None:
    told = "changed by several findings: each diff is for its own branch"
    assert told in autofix("apply", "--all", "--dry-run").err
    assert told not in autofix("apply", "--all", "--dry-run", "--in-place").err
    git(
        shop,
        "apply",
        "--check",
        "-",
        stdin=autofix("apply", "--all", "--dry-run", "--in-place").out,
    )


def test_in_place_all_writes_only_safe_changes(autofix: Run, shop: Path) -> None:
    done = autofix("apply", "--all", "--in-place", "--output-format", "json")
    found = {item["finding"]: item for item in results(done.out)}
    assert {item["safety"] for item in found.values()} <= {"safe", None}
    assert found["B-05"]["outcome"] == "fixed"
    assert found["B-01"]["outcome"] == "refused"
    changed = git(shop, "diff", "--name-only").split()
    assert "orders/main.py" in changed and "orders/invoices.py" not in changed


def test_in_place_all_with_unsafe_fixes(autofix: Run, shop: Path) -> None:
    autofix("apply", "--all", "--in-place", "--unsafe-fixes")
    assert "orders/invoices.py" in git(shop, "diff", "--name-only").split()


def test_outside_of_git_only_without_a_branch(
    autofix: Run, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(shop, "checkout-index", "--all", f"--prefix={tmp_path / 'plain'}/")
    monkeypatch.chdir(tmp_path / "plain")
    done = autofix("apply", "B-05")
    assert (done.status, len(done.lines)) == (2, 1)
    assert "is not in a git repository" in done.err
    assert autofix("apply", "B-05", "--in-place").status == 0
    assert "exc_info=True" in Path("orders/main.py").read_text()


def test_undo_takes_the_branch_back_once(autofix: Run, shop: Path) -> None:
    name = autofix("apply", "B-05").text.strip()
    done = autofix("undo", "B-05")
    assert (done.status, done.text.strip(), branches(shop)) == (0, name, [])
    assert f"git branch {name} " in done.err
    again = autofix("undo", "B-05")
    assert (again.status, again.out) == (1, b"")
    assert "no branch" in again.err


def test_undo_leaves_commits_of_others_alone(autofix: Run, shop: Path) -> None:
    name = autofix("apply", "B-05").text.strip()
    git(shop, "checkout", "-q", name)
    git(shop, "commit", "-q", "--allow-empty", "-m", "mine")
    git(shop, "checkout", "-q", "main")
    done = autofix("undo", "B-05", "--output-format", "json")
    assert (done.status, branches(shop)) == (1, [name])
    assert json.loads(done.out)["results"][0]["undone"] is False


def test_undo_needs_no_report(autofix: Run, shop: Path) -> None:
    autofix("apply", "B-05")
    git(shop, "rm", "-q", "-r", "docs")
    assert autofix("undo", "AUDIT_BACKEND_2026-03-02:B-05").status == 0


def test_in_place_outside_of_the_sparse_checkout(autofix: Run, shop: Path) -> None:
    """A namesake elsewhere, or nothing, is not what a file means that is only not checked out."""
    git(shop, "sparse-checkout", "set", "--cone", "docs")
    done = autofix("apply", "B-05", "--in-place")
    assert (done.status, "is outside of the sparse checkout" in done.err) == (1, True), done.err
    assert autofix("apply", "B-05").status == 0


def test_a_branch_is_found_by_its_finding(autofix: Run, shop: Path) -> None:
    assert "autofix/" not in autofix("list").text
    name = autofix("apply", "B-05").text.strip()
    listed = autofix("list")
    (line,) = (line for line in listed.text.splitlines() if line.startswith("B-05"))
    assert line.endswith(f"  {name}")
    assert listed.text.count("autofix/") == 1
    document = json.loads(autofix("list", "--output-format", "json").out)
    found = {item["id"]: item["branch"] for item in document["findings"]}
    assert found == dict.fromkeys(found) | {"B-05": name}


def test_undo_finds_what_another_report_named_first(autofix: Run, shop: Path) -> None:
    """Two audits of one defect share a branch, and its commit names those of its first run."""
    again = shop / "docs/audits/AUDIT_AGAIN_2026-03-09.md"
    text = (shop / "docs/audits/AUDIT_BACKEND_2026-03-02.md").read_text("utf-8")
    again.write_text(text.replace("B-0", "N-0"), "utf-8")
    git(shop, "add", "docs")
    git(shop, "commit", "-q", "-m", "docs: another audit")
    name = autofix("apply", "B-05").text.strip()
    assert autofix("apply", "N-05").text.strip() == name
    assert "autofix/" in next(x for x in autofix("list").text.splitlines() if x[:4] == "N-05")
    done = autofix("undo", "N-05")
    assert (done.status, done.text.strip(), branches(shop)) == (0, name, [])


def test_undo_at_the_remote(autofix: Run, shop: Path) -> None:
    name = autofix("apply", "B-05", "--push").text.strip()
    assert "`autofix undo --remote` deletes it there" in autofix("undo", "B-05").err
    assert name in git(shop, "ls-remote", "origin")
    done = autofix("undo", "B-05", "--remote")
    assert (done.status, done.text.strip()) == (0, name)
    assert re.search(rf"git push origin [0-9a-f]{{40}}:refs/heads/{name}", done.err)
    assert name not in git(shop, "ls-remote", "origin")
    autofix("apply", "B-05", "--push")
    document = json.loads(autofix("undo", "B-05", "--remote", "--output-format", "json").out)
    (result,) = document["results"]
    assert (result["undone"], result["withdrawn"], result["published"]) == (True, True, False)


def test_all_is_not_done_while_a_report_cannot_be_read(
    autofix: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mill.py").write_text("import time\n\n\nasync def grind():\n    time.sleep(1)\n")
    audits = tmp_path / "docs/audits"
    audits.mkdir(parents=True)
    (audits / "a.md").write_text(
        "### M-01: `grind()` sleeps on the event loop\n\n- **Severity**: HIGH\n"
        "- **Location**: `mill.py:5`\n- **Evidence**: `time.sleep(1)`\n"
        "- **Suggested Fix**: `await asyncio.sleep(1)`\n"
    )
    everything = ("apply", "--all", "--dry-run", "--in-place", "--unsafe-fixes")
    assert autofix(*everything).status == 0
    (audits / "b.md").write_bytes("### M-02: Körner\n".encode("latin-1"))
    done = autofix(*everything)
    assert (done.status, "docs/audits/b.md: is not UTF-8 text" in done.err) == (1, True)
    assert autofix("apply", "M-01", "--dry-run", "--in-place", "--unsafe-fixes").status == 0
