"""Branches on real repositories, in every state that a user can have one in."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from codemods.delivery.branches import Delivered, default_base, deliver
from codemods.delivery.planning import Action, NotDelivered, plan
from codemods.delivery.repository import Repository, RepositoryError
from codemods.engine.outcomes import FilePatch, Patch
from codemods.findings.model import Severity
from tests.delivery.sandbox import (
    AFTER,
    BEFORE,
    BRANCH,
    KEY,
    Sandbox,
    at,
    delivery,
    finding,
    git,
    near,
    patch,
)

# What is not written.


def test_a_branch_of_the_same_name_by_somebody_else_stays(sandbox: Sandbox) -> None:
    sandbox.git("branch", BRANCH)
    result = sandbox.refuse_one()
    assert result.reason == f"the branch {BRANCH} already exists and is not from autofix"
    assert result.branch == BRANCH


@pytest.mark.parametrize(
    "blocking", ["autofix", "autofix/offload-blocking-calls", f"{BRANCH}/more"]
)
def test_a_branch_that_is_in_the_way_is_named(sandbox: Sandbox, blocking: str) -> None:
    sandbox.git("branch", blocking)
    assert f"the branch {blocking} exists, and git cannot have" in sandbox.refuse_one().reason


def test_one_conflict_does_not_stop_the_others(sandbox: Sandbox) -> None:
    sandbox.git("branch", BRANCH)
    taken, fine = sandbox.deliver(delivery(), delivery(finding("B-03", "Another")))
    assert isinstance(taken, NotDelivered)
    assert isinstance(fine, Delivered)
    assert fine.branch == "autofix/offload-blocking-calls/B-03-2dab07a2"


def test_a_branch_that_is_checked_out_is_refused(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    sandbox.git("switch", "--quiet", BRANCH)
    other = delivery(made=patch(after=b"other\n"))
    result = sandbox.refuse_one(other, base="main")
    assert f"is checked out in {sandbox.root}" in result.reason


def test_a_branch_that_is_checked_out_elsewhere_is_refused(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.deliver_one()
    sandbox.git("worktree", "add", "--quiet", str(tmp_path / "elsewhere"), BRANCH)
    result = sandbox.refuse_one(delivery(made=patch(after=b"other\n")))
    assert f"is checked out in {tmp_path / 'elsewhere'}" in result.reason
    assert git(tmp_path / "elsewhere", "status", "--porcelain") == ""


def test_an_unborn_branch_that_is_checked_out_is_refused(sandbox: Sandbox) -> None:
    sandbox.git("checkout", "--quiet", "--orphan", BRANCH)
    assert "is checked out in" in sandbox.refuse_one(base="main").reason


def test_a_branch_in_the_middle_of_a_rebase_is_refused(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    state = sandbox.root / ".git" / "rebase-merge"
    state.mkdir()
    (state / "head-name").write_text(f"refs/heads/{BRANCH}\n")
    assert "is checked out in" in sandbox.refuse_one(delivery(made=patch(after=b"1\n"))).reason


def test_commits_of_others_are_left_alone(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    theirs = sandbox.foreign_commit(BRANCH)
    same = sandbox.refuse_one()
    sandbox.commit_readme()
    on_new_base = sandbox.refuse_one()
    for result in (same, on_new_base):
        assert (
            f"has commits by other people (the last is {theirs[:10]}, 'by hand')" in result.reason
        )
        assert result.branch == BRANCH


def test_an_amended_commit_is_left_alone(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    sandbox.git("switch", "--quiet", BRANCH)
    sandbox.write("engine.py", AFTER + b"# and a word\n")
    sandbox.git("commit", "--quiet", "--all", "--amend", "--no-edit")
    sandbox.git("switch", "--quiet", "main")
    assert "was amended by hand" in sandbox.refuse_one().reason


def test_a_rebased_commit_is_left_alone(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    sandbox.commit_readme()
    sandbox.git("rebase", "--quiet", "main", BRANCH)
    sandbox.git("switch", "--quiet", "main")
    assert "was rebased or merged by hand" in sandbox.refuse_one().reason


def test_a_reworded_commit_is_kept_on_its_base_and_left_alone_on_a_new_one(
    sandbox: Sandbox,
) -> None:
    sandbox.deliver_one()
    message = sandbox.git("log", "-1", "--format=%B", BRANCH).replace("fix(", "fix!(", 1)
    tree = f"{BRANCH}^{{tree}}"
    reworded = sandbox.git("commit-tree", tree, "-p", "main", stdin=message.encode())
    sandbox.git("branch", "--quiet", "--force", BRANCH, reworded)
    assert sandbox.deliver_one().action is Action.KEEP
    assert sandbox.git("rev-parse", BRANCH) == reworded
    sandbox.commit_readme()
    assert "was amended by hand" in sandbox.refuse_one().reason


def test_a_patch_made_from_other_bytes_is_refused(sandbox: Sandbox) -> None:
    result = sandbox.refuse_one(delivery(made=patch(before=BEFORE.replace(b"\n", b"\r\n"))))
    assert "was made from a engine.py that differs from the one in" in result.reason


@pytest.mark.parametrize("path", ["missing.py", "engine.py/below.py", "../up.py"])
def test_a_file_that_the_base_does_not_have_is_refused(sandbox: Sandbox, path: str) -> None:
    assert "is not a file in" in sandbox.refuse_one(delivery(made=patch(path))).reason


@pytest.mark.parametrize("path", [".git/hooks/x", "engine.py/below.py", "pkg/.GIT/x"])
def test_a_new_file_must_have_a_path_that_git_takes(sandbox: Sandbox, path: str) -> None:
    assert "is not a file in" in sandbox.refuse_one(delivery(made=patch(path, before=b""))).reason


@pytest.mark.parametrize("before", [b"", b"x"])
def test_a_folder_is_refused(sandbox: Sandbox, before: bytes) -> None:
    result = sandbox.refuse_one(delivery(made=patch("pkg", before=before)))
    assert "pkg is a folder" in result.reason


def test_a_link_is_refused(sandbox: Sandbox) -> None:
    (sandbox.root / "link.py").symlink_to("engine.py")
    sandbox.commit("a link")
    result = sandbox.refuse_one(delivery(made=patch("link.py", before=b"engine.py")))
    assert "link.py is a symbolic link" in result.reason


def test_a_patch_without_changes_is_refused(sandbox: Sandbox) -> None:
    assert "changes nothing" in sandbox.refuse_one(delivery(made=Patch((), ()))).reason
    same = delivery(made=patch(after=BEFORE))
    assert "changes nothing" in sandbox.refuse_one(same).reason


def test_a_finding_that_wants_the_same_places_otherwise_goes_second(sandbox: Sandbox) -> None:
    low = replace(finding("X-9", report="docs/AUDIT_X.md"), severity=Severity.LOW)
    other = delivery(low, patch(after=b"other\n"))
    second, first = sandbox.deliver(other, delivery())
    assert isinstance(first, Delivered)
    assert isinstance(second, NotDelivered)
    assert second.reason == (
        "AUDIT_BACKEND_2026-02-16:B-02 changes the same lines differently and comes first"
    )
    assert second.branch == first.branch
    assert git(sandbox.root, "show", f"{BRANCH}:engine.py") + "\n" == AFTER.decode()


def test_what_stands_in_the_way_of_one_does_so_for_all_of_a_key(sandbox: Sandbox) -> None:
    sandbox.git("branch", BRANCH)
    for result in sandbox.deliver(delivery(), delivery(finding("X-9"), patch())):
        assert isinstance(result, NotDelivered)
        assert "already exists and is not from autofix" in result.reason


def test_a_prefix_that_is_no_branch_name(sandbox: Sandbox) -> None:
    for prefix in ("", "a..b", "-x/..", "x y", "x.lock", "/x"):
        with pytest.raises(RepositoryError, match="valid branch prefix"):
            plan(sandbox.repository, sandbox.head, [delivery()], prefix=prefix)


def test_no_identity_is_one_line_that_says_how_to_set_it(sandbox: Sandbox) -> None:
    sandbox.git("config", "--unset", "user.name")
    sandbox.git("config", "--unset", "user.email")
    sandbox.git("config", "user.useConfigOnly", "true")
    with pytest.raises(RepositoryError, match=r"^git has no author: .* user\.name NAME.*$"):
        sandbox.deliver(delivery())
    assert list(sandbox.refs()) == ["refs/heads/main"]


def test_a_read_only_object_store(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may write anywhere, so that modes alone would prove nothing.
    def broken(*given: object, **named: object) -> str:
        if str(named.get("dir", "")).endswith("objects"):
            raise OSError(30, "Read-only file system")
        return made(*given, **named)  # type: ignore[call-overload, no-any-return]

    made = tempfile.mkdtemp
    monkeypatch.setattr(tempfile, "mkdtemp", broken)
    with pytest.raises(RepositoryError, match=r"git cannot write to .*\.git: .*"):
        sandbox.deliver(delivery())
    assert list(sandbox.refs()) == ["refs/heads/main"]


def test_a_lock_on_a_branch_stops_only_that_branch(sandbox: Sandbox) -> None:
    lock = sandbox.root / ".git" / "refs" / "heads" / f"{BRANCH}.lock"
    lock.parent.mkdir(parents=True)
    lock.write_bytes(b"")
    locked, fine = sandbox.deliver(delivery(), delivery(finding("B-03", "Another")))
    assert isinstance(locked, NotDelivered)
    assert "lock" in locked.reason
    assert "\n" not in locked.reason
    assert isinstance(fine, Delivered)
    assert sandbox.refs()[f"refs/heads/{fine.branch}"] == fine.commit


def test_a_signature_that_cannot_be_made(sandbox: Sandbox, tmp_path: Path) -> None:
    program = tmp_path / "gpg"
    program.write_text("#!/bin/sh\necho 'gpg: no secret key' >&2\nexit 2\n")
    program.chmod(0o755)
    sandbox.git("config", "commit.gpgsign", "true")
    sandbox.git("config", "gpg.program", str(program))
    for result in sandbox.deliver(delivery(), delivery(finding("B-03", "Another"))):
        assert isinstance(result, NotDelivered)
        assert "cannot be signed" in result.reason
    assert list(sandbox.refs()) == ["refs/heads/main"]


def test_hooks_are_not_run(sandbox: Sandbox, tmp_path: Path) -> None:
    for name in ("reference-transaction", "pre-commit", "commit-msg", "post-commit"):
        hook = sandbox.root / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n")
        hook.chmod(0o755)
    sandbox.deliver_one()
    assert not (tmp_path / "ran").exists()


# What is written.


def test_one_commit_on_the_base(sandbox: Sandbox) -> None:
    result = sandbox.deliver_one()
    assert (result.branch, result.action) == (BRANCH, Action.CREATE)
    assert sandbox.refs() == {
        "refs/heads/main": sandbox.head,
        f"refs/heads/{BRANCH}": result.commit,
    }
    assert sandbox.git("rev-parse", f"{BRANCH}^@") == sandbox.head
    assert sandbox.git("diff", "--name-status", "main", BRANCH) == "M\tengine.py"
    assert sandbox.git("cat-file", "blob", f"{BRANCH}:engine.py") + "\n" == AFTER.decode()
    people = sandbox.git("log", "-1", "--format=%an <%ae> %cn <%ce>", BRANCH)
    assert people == "Ada Example <ada@example.org> Ada Example <ada@example.org>"
    assert sandbox.git("fsck", "--strict") == ""


def test_the_trailers_are_gits(sandbox: Sandbox) -> None:
    sandbox.deliver_one(delivery(finding(description="Fixes: nothing\n\nSigned-off-by: nobody")))
    trailers = sandbox.git("log", "-1", "--format=%(trailers:only,unfold)", BRANCH).split("\n")
    assert trailers[:3] == [
        "Autofix-Finding: AUDIT_BACKEND_2026-02-16:B-02",
        "Autofix-Codemod: offload-blocking-calls",
        f"Autofix-Key: {KEY}",
    ]
    names = ["Autofix-Patch", "Autofix-Base", "Autofix-Digest"]
    assert [line.partition(":")[0] for line in trailers[3:] if line] == names
    assert trailers[4] == f"Autofix-Base: {sandbox.head}"


def test_the_patch_is_what_git_says_it_is(sandbox: Sandbox) -> None:
    made = sandbox.deliver_one()
    shown = sandbox.git("diff-tree", "-p", "main", BRANCH) + "\n"
    asked = sandbox.git("patch-id", "--stable", stdin=shown.encode()).split()[0]
    assert made.patch == asked
    assert f"\nAutofix-Patch: {asked}\n" in sandbox.git("log", "-1", "--format=%B", BRANCH)


def test_a_second_run_keeps_the_commit(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    first = sandbox.deliver_one()
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2031-01-01T00:00:00Z")
    objects = sorted((sandbox.root / ".git" / "objects").rglob("*"))
    second = sandbox.deliver_one()
    assert (second.commit, second.action) == (first.commit, Action.KEEP)
    assert sorted((sandbox.root / ".git" / "objects").rglob("*")) == objects


def test_a_second_run_needs_no_identity_and_no_free_checkout(sandbox: Sandbox) -> None:
    first = sandbox.deliver_one()
    sandbox.git("switch", "--quiet", BRANCH)
    sandbox.git("config", "user.useConfigOnly", "true")
    sandbox.git("config", "--unset", "user.email")
    assert sandbox.deliver_one(base="main").commit == first.commit


def test_another_patch_on_the_same_base_replaces_the_commit(sandbox: Sandbox) -> None:
    first = sandbox.deliver_one()
    second = sandbox.deliver_one(delivery(made=patch(after=AFTER + b"\n")))
    assert (second.branch, second.action) == (BRANCH, Action.UPDATE)
    assert second.commit != first.commit
    assert sandbox.git("rev-parse", f"{BRANCH}^") == sandbox.head


def test_on_a_new_base_a_branch_that_merges_to_the_same_stays(sandbox: Sandbox) -> None:
    first = sandbox.deliver_one()
    sandbox.commit_readme()
    objects = sorted((sandbox.root / ".git" / "objects").rglob("*"))
    second = sandbox.deliver_one()
    assert (second.commit, second.action) == (first.commit, Action.KEEP)
    assert sorted((sandbox.root / ".git" / "objects").rglob("*")) == objects


def test_on_a_new_base_it_is_made_anew_where_that_is_asked_for(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    head = sandbox.commit_readme()
    result = sandbox.deliver_one(replace(delivery(), anew=True))
    assert (result.action, result.anew) == (Action.UPDATE, True)
    assert sandbox.git("rev-parse", f"{BRANCH}^@") == head
    assert sandbox.deliver_one(replace(delivery(), anew=True)).action is Action.KEEP


def test_a_new_base_that_conflicts_regenerates(sandbox: Sandbox) -> None:
    first = sandbox.deliver_one()
    head = sandbox.commit_near()
    result = sandbox.deliver_one(near())
    assert (result.branch, result.action) == (first.branch, Action.UPDATE)
    assert sandbox.git("rev-parse", f"{BRANCH}^@") == head
    assert sandbox.git("rev-list", "--count", f"main..{BRANCH}") == "1"


def test_a_new_base_that_has_half_of_the_fix_regenerates(sandbox: Sandbox) -> None:
    """It merges cleanly, but what it says of itself is no longer what is left to do."""
    before, after = b"a = 1\n\n\n\n\n\n\n\nb = 1\n", b"a = 2\n\n\n\n\n\n\n\nb = 2\n"
    sandbox.write("two.py", before)
    sandbox.commit("two")
    sandbox.deliver_one(delivery(made=patch("two.py", before, after)))
    half = before.replace(b"a = 1", b"a = 2")
    sandbox.write("two.py", half)
    sandbox.commit("half")
    result = sandbox.deliver_one(delivery(made=patch("two.py", half, after)))
    assert result.action is Action.UPDATE


def test_an_edited_title_keeps_the_branch(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    kept = sandbox.deliver_one(delivery(finding(title="Another title")))
    assert (kept.branch, kept.action) == (BRANCH, Action.KEEP)
    sandbox.commit_near()
    moved = sandbox.deliver_one(replace(near(), finding=finding(title="Another title")))
    assert (moved.branch, moved.action) == (BRANCH, Action.UPDATE)


def test_a_renamed_branch_is_known_by_its_trailer(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    sandbox.git("branch", "--move", BRANCH, "autofix/mine")
    assert sandbox.deliver_one().branch == "autofix/mine"


def test_a_merged_fix_makes_no_later_branch_its_own(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    sandbox.git("merge", "--quiet", "--ff-only", BRANCH)
    sandbox.git("branch", "--quiet", "--delete", BRANCH)
    sandbox.commit_readme()
    sandbox.git("branch", "autofix/by-hand")
    sandbox.foreign_commit("autofix/by-hand")
    again = delivery(made=patch(before=AFTER, after=BEFORE))
    result = sandbox.deliver_one(again)
    assert (result.branch, result.action) != (BRANCH, Action.CREATE)


def test_equal_ids_get_branches_of_their_own(sandbox: Sandbox) -> None:
    first, second = sandbox.deliver(at(12), at(40))
    assert isinstance(first, Delivered)
    assert isinstance(second, Delivered)
    assert first.branch.startswith("autofix/offload-blocking-calls/at_12-")
    assert second.branch.startswith("autofix/offload-blocking-calls/at_40-")
    trailers = sandbox.git(
        "for-each-ref", "--format=%(contents:trailers:key=Autofix-Finding,valueonly)"
    )
    assert sorted(line for line in trailers.split("\n") if line) == [
        "AUDIT_BACKEND_2026-02-16:B-02@12",
        "AUDIT_BACKEND_2026-02-16:B-02@40",
    ]
    (alone,) = sandbox.deliver(replace(at(40), repeated=True))
    assert isinstance(alone, Delivered)
    assert (alone.branch, alone.action) == (second.branch, Action.KEEP)


def test_several_findings_of_one_defect_share_a_branch(sandbox: Sandbox) -> None:
    other = finding("SX-3", "The same in other words", report="docs/AUDIT_SECURITY_2026-03-01.md")
    results = sandbox.deliver(delivery(replace(other, severity=None), patch()), delivery())
    assert [item.branch for item in results] == [BRANCH, BRANCH]
    message = sandbox.git("log", "-1", "--format=%B", BRANCH)
    assert message.startswith("fix(engine): Engine.process_job blocks")
    assert "\nAlso reported as:\n- AUDIT_SECURITY_2026-03-01:SX-3\n" in message
    named = "Autofix-Finding: AUDIT_BACKEND_2026-02-16:B-02\n"
    assert f"{named}Autofix-Finding: AUDIT_SECURITY_2026-03-01:SX-3\n" in message
    again = sandbox.deliver_one(delivery(other, patch()))
    assert (again.branch, again.action) == (BRANCH, Action.KEEP)


def test_a_report_that_is_renamed_finds_the_branch(sandbox: Sandbox) -> None:
    first = sandbox.deliver_one()
    renamed = delivery(finding("NEW-1", report="docs/AUDIT_RENAMED.md"), patch())
    again = sandbox.deliver_one(renamed)
    assert (again.branch, again.commit, again.action) == (BRANCH, first.commit, Action.KEEP)


def test_a_key_goes_before_a_name(sandbox: Sandbox) -> None:
    """A report whose findings were numbered anew: what was B-02 is B-03 now."""
    two, three = delivery(), delivery(finding("B-03"))
    first, second = sandbox.deliver(two, three)
    head = sandbox.commit_readme()
    swapped = (replace(two, finding=three.finding), replace(three, finding=two.finding))
    again = sandbox.deliver(*swapped, base=head)
    assert [item.branch for item in again] == [first.branch, second.branch]


def test_a_line_that_was_edited_is_found_by_its_finding(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    before = BEFORE.replace(b"load(path)", b"load(path, 'rb')")
    sandbox.write("engine.py", before)
    sandbox.commit("edited")
    item = delivery(made=patch(before=before, after=AFTER))
    assert item.key != KEY
    result = sandbox.deliver_one(item)
    assert (result.branch, result.action) == (BRANCH, Action.UPDATE)
    assert f"\nAutofix-Key: {item.key}\n" in sandbox.git("log", "-1", "--format=%B", BRANCH)


def test_the_same_text_elsewhere_takes_no_branch_over(sandbox: Sandbox) -> None:
    """Its patch-id is the same, since that knows no place."""
    body = b"\n\n\n\n" + BEFORE + b"\n\n\n\n"
    sandbox.write("twice.py", body + body)
    sandbox.commit("twice")
    one = patch("twice.py", body + body, body.replace(BEFORE, AFTER) + body, function="one")
    two = patch("twice.py", body + body, body + body.replace(BEFORE, AFTER), function="two")
    first = sandbox.deliver_one(delivery(finding("A"), one))
    second = sandbox.deliver_one(delivery(finding("B"), two))
    assert first.patch == second.patch
    assert first.branch != second.branch


def test_a_key_that_begins_like_another_has_a_longer_name(sandbox: Sandbox) -> None:
    other = sandbox.deliver_one(delivery(finding("B-03")))
    sandbox.git("branch", "--move", other.branch, BRANCH)
    assert sandbox.deliver_one().branch == BRANCH.removesuffix(KEY[:8]) + KEY


def test_definitions_that_differ_in_case_only(sandbox: Sandbox) -> None:
    # Both names would be one file where the file system ignores case.
    first, second = sandbox.deliver(delivery(finding("A", "x")), delivery(finding("a", "x")))
    assert isinstance(first, Delivered)
    assert isinstance(second, Delivered)
    assert first.branch.lower() != second.branch.lower()


# What a forge's button makes of a branch.


def test_the_update_button_leaves_a_branch_ours(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    sandbox.commit_readme()
    sandbox.button(BRANCH)
    sandbox.commit_readme()
    tip = sandbox.button(BRANCH)
    kept = sandbox.deliver_one()
    assert (kept.commit, kept.action) == (tip, Action.KEEP)
    sandbox.commit_near()
    assert sandbox.deliver_one(near()).action is Action.UPDATE
    assert sandbox.git("rev-parse", f"{BRANCH}^") == sandbox.head


def test_a_merge_that_was_resolved_by_hand_is_somebodys_commit(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    sandbox.commit_readme()
    tree = sandbox.git("rev-parse", f"{BRANCH}^{{tree}}")
    words = ("-m", "Merge branch 'main'")
    tip = sandbox.git("commit-tree", tree, "-p", BRANCH, "-p", "main", *words)
    sandbox.git("update-ref", f"refs/heads/{BRANCH}", tip)
    assert "has commits by other people" in sandbox.refuse_one().reason


def test_a_merge_of_another_branch_is_somebodys_commit(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    sandbox.git("branch", "side")
    sandbox.foreign_commit("side")
    sandbox.button(BRANCH, "side")
    assert "has commits by other people" in sandbox.refuse_one().reason


def test_a_commit_below_the_button_is_somebodys(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    sandbox.foreign_commit(BRANCH, "NOTES")
    sandbox.commit_readme()
    sandbox.button(BRANCH)
    assert "has commits by other people" in sandbox.refuse_one().reason


def test_fifty_branches_in_one_call(sandbox: Sandbox) -> None:
    items = [delivery(finding(f"B-{n}", f"Number {n}", line=n)) for n in range(50)]
    first = sandbox.deliver(*items)
    assert all(isinstance(item, Delivered) for item in first)
    assert len(sandbox.refs()) == 51
    assert sandbox.git("fsck", "--strict") == ""
    second = sandbox.deliver(*items)
    assert [item.commit for item in first if isinstance(item, Delivered)] == [
        item.commit for item in second if isinstance(item, Delivered)
    ]


def test_the_executable_bit_is_kept(sandbox: Sandbox) -> None:
    (sandbox.root / "engine.py").chmod(0o755)
    sandbox.commit("executable")
    sandbox.deliver_one()
    assert sandbox.git("ls-tree", BRANCH, "engine.py").startswith("100755 ")


def test_a_new_file(sandbox: Sandbox) -> None:
    name = sandbox.deliver_one(delivery(made=patch("pkg/new.py", before=b""))).branch
    assert sandbox.git("ls-tree", name, "pkg/new.py").startswith("100644 ")
    assert sandbox.git("diff", "--name-status", "main", name) == "A\tpkg/new.py"


def test_a_file_that_is_not_there_is_not_deleted(sandbox: Sandbox) -> None:
    for before in (BEFORE, b""):
        made = Patch((FilePatch("pkg/no.py", before, None),), patch().changes)
        result = sandbox.refuse_one(delivery(made=made))
        assert result.reason == f"pkg/no.py is not a file in {sandbox.head[:10]}"


def test_a_file_that_is_another_one_by_now_is_not_deleted(sandbox: Sandbox) -> None:
    made = Patch((FilePatch("engine.py", b"another\n", None),), patch().changes)
    assert "that differs from the one in" in sandbox.refuse_one(delivery(made=made)).reason


def deleting(path: str = "pkg/deep/other.py") -> Patch:
    files = (FilePatch("engine.py", BEFORE, AFTER), FilePatch(path, b"x = 1\n", None))
    return Patch(files, patch().changes)


def test_a_file_goes_with_the_folders_that_it_leaves_empty(sandbox: Sandbox) -> None:
    first = sandbox.deliver_one(delivery(made=deleting()))
    assert sandbox.git("diff", "--name-status", "main", BRANCH) == (
        "M\tengine.py\nD\tpkg/deep/other.py"
    )
    assert sandbox.git("ls-tree", "--name-only", BRANCH).split() == ["README", "engine.py"]
    assert sandbox.git("fsck", "--strict") == ""
    again = sandbox.deliver_one(delivery(made=deleting()))
    assert (again.commit, again.action) == (first.commit, Action.KEEP)


def test_the_digest_knows_what_goes(sandbox: Sandbox) -> None:
    sandbox.deliver_one(delivery(made=deleting()))
    tree = sandbox.git("rev-parse", "main^{tree}")
    message = sandbox.git("log", "-1", "--format=%B", BRANCH).encode()
    emptied = sandbox.git("commit-tree", tree, "-p", "main", stdin=message)
    sandbox.git("update-ref", f"refs/heads/{BRANCH}", emptied)
    sandbox.commit_readme()
    assert "was amended by hand" in sandbox.refuse_one(delivery(made=deleting())).reason


@pytest.mark.parametrize("path", ['a "b" c.py', "tab\there.py", "ä/ß.py", "back\\slash.py"])
def test_a_path_that_needs_quotes_goes(sandbox: Sandbox, path: str) -> None:
    sandbox.write(path, b"x = 1\n")
    sandbox.commit("odd")
    sandbox.deliver_one(delivery(made=deleting(path)))
    changed = sandbox.git("diff", "-z", "--name-only", "--diff-filter=D", "main", BRANCH)
    assert changed == f"{path}\0"


@pytest.mark.parametrize("path", ['a "b" c.py', "tab\there.py", "ä/ß.py", "back\\slash.py", " .py"])
def test_paths_that_need_quotes(sandbox: Sandbox, path: str) -> None:
    sandbox.write(path, BEFORE)
    sandbox.commit("odd")
    name = sandbox.deliver_one(delivery(made=patch(path))).branch
    changed = sandbox.git("diff", "-z", "--name-only", "main", name)
    assert changed == f"{path}\0"


def test_filters_and_line_endings_are_no_concern(sandbox: Sandbox) -> None:
    sandbox.write(".gitattributes", b"*.py text eol=crlf filter=shout\n")
    sandbox.git("config", "filter.shout.clean", "tr a-z A-Z")
    sandbox.git("config", "core.autocrlf", "true")
    sandbox.git("add", ".gitattributes")
    sandbox.git("commit", "--quiet", "--message", "attributes")
    sandbox.deliver_one()
    assert sandbox.git("cat-file", "blob", f"{BRANCH}:engine.py") + "\n" == AFTER.decode()


def test_a_dirty_tree_an_index_and_a_stash_stay(sandbox: Sandbox) -> None:
    sandbox.write("engine.py", b"stashed\n")
    sandbox.git("stash", "--quiet")
    sandbox.write("engine.py", b"staged\n")
    sandbox.git("add", "engine.py")
    sandbox.write("engine.py", b"not staged\n")
    sandbox.write("untracked.py", b"mine\n")
    stash = sandbox.git("rev-parse", "refs/stash")
    sandbox.deliver_one()
    assert sandbox.git("rev-parse", "refs/stash") == stash


def test_in_the_middle_of_a_merge(sandbox: Sandbox) -> None:
    sandbox.git("switch", "--quiet", "--create", "side")
    sandbox.write("engine.py", b"side\n")
    sandbox.commit("side")
    sandbox.git("switch", "--quiet", "main")
    sandbox.write("README", b"again\n")
    sandbox.commit("main")
    sandbox.git("merge", "--quiet", "--no-commit", "side")
    assert (sandbox.root / ".git" / "MERGE_HEAD").exists()
    sandbox.deliver_one()


def test_a_detached_head(sandbox: Sandbox) -> None:
    sandbox.git("switch", "--quiet", "--detach", "HEAD")
    assert default_base(sandbox.repository).commit == sandbox.head
    sandbox.deliver_one()


def test_a_shallow_clone(sandbox: Sandbox, tmp_path: Path) -> None:
    url = sandbox.root.as_uri()
    git(tmp_path, "clone", "--quiet", "--depth=1", url, "shallow")
    shallow = Sandbox(tmp_path / "shallow")
    shallow.git("config", "user.name", "Ada")
    shallow.git("config", "user.email", "ada@example.org")
    shallow.deliver_one()
    assert shallow.deliver_one().action is Action.KEEP
    shallow.assert_untouched()


def shallow_clone(sandbox: Sandbox, folder: Path) -> Sandbox:
    """A clone with one commit of each branch."""
    options = ("--quiet", "--depth=1", "--no-single-branch")
    git(sandbox.root, "clone", *options, sandbox.root.as_uri(), str(folder))
    shallow = Sandbox(folder)
    shallow.git("config", "user.name", "Ada")
    shallow.git("config", "user.email", "ada@example.org")
    return shallow


def test_a_shallow_clone_fetches_the_base_of_a_branch(sandbox: Sandbox, tmp_path: Path) -> None:
    first = sandbox.deliver_one()
    sandbox.commit_readme()
    sandbox.commit_readme()
    shallow = shallow_clone(sandbox, tmp_path / "shallow")
    before = shallow.refs()
    again = shallow.deliver_one()
    assert (again.commit, again.branch) == (first.commit, first.branch)
    assert shallow.refs() == before | {f"refs/heads/{BRANCH}": first.commit}
    shallow.assert_untouched()


def test_a_shallow_clone_that_cannot_fetch_leaves_a_branch_alone(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.deliver_one()
    sandbox.commit_readme()
    shallow = shallow_clone(sandbox, tmp_path / "shallow")
    shallow.git("remote", "set-url", "origin", str(tmp_path / "gone"))
    assert "is not in this clone" in shallow.refuse_one().reason
    shallow.git("remote", "rename", "origin", "upstream")
    shallow.git("update-ref", f"refs/heads/{BRANCH}", f"refs/remotes/upstream/{BRANCH}")
    assert "is not in this clone" in shallow.refuse_one().reason


def test_a_bare_repository(sandbox: Sandbox, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(sandbox.root), "bare.git")
    git(tmp_path / "bare.git", "config", "user.name", "Ada")
    git(tmp_path / "bare.git", "config", "user.email", "ada@example.org")
    repository = Repository.open(tmp_path / "bare.git")
    (result,) = deliver(repository, sandbox.head, [delivery()])
    assert isinstance(result, Delivered)
    assert git(tmp_path / "bare.git", "rev-parse", f"{BRANCH}^") == sandbox.head


def test_a_linked_work_tree(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    repository = Repository.open(tmp_path / "linked")
    assert repository.common_dir == sandbox.root / ".git"
    (result,) = deliver(repository, sandbox.head, [delivery()])
    assert isinstance(result, Delivered)
    assert f"refs/heads/{BRANCH}" in sandbox.refs()
    assert git(tmp_path / "linked", "status", "--porcelain") == ""


def test_a_submodule(sandbox: Sandbox, tmp_path: Path) -> None:
    outer = Sandbox.create(tmp_path / "outer")
    outer.git(
        "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(sandbox.root), "sub"
    )
    outer.git("commit", "--quiet", "--message", "submodule")
    inner = Sandbox(outer.root / "sub")
    inner.git("config", "user.name", "Ada")
    inner.git("config", "user.email", "ada@example.org")
    outer.look()
    inner.deliver_one()
    assert f"refs/heads/{BRANCH}" not in outer.refs()
    result = outer.refuse_one(delivery(made=patch("sub", before=b"x")))
    assert "sub is a submodule" in result.reason
    inside = outer.refuse_one(delivery(made=patch("sub/engine.py")))
    assert "is not a file in" in inside.reason
    outer.assert_untouched()


def test_commits_are_signed_where_git_is_told_to(sandbox: Sandbox, tmp_path: Path) -> None:
    program = tmp_path / "gpg"
    program.write_text(
        "#!/bin/sh\ncat > /dev/null\nprintf '[GNUPG:] SIG_CREATED ' >&2\n"
        "printf -- '-----BEGIN PGP SIGNATURE-----\\nfake\\n-----END PGP SIGNATURE-----\\n'\n"
    )
    program.chmod(0o755)
    sandbox.git("config", "commit.gpgsign", "true")
    sandbox.git("config", "gpg.program", str(program))
    first = sandbox.deliver_one()
    assert "gpgsig -----BEGIN PGP SIGNATURE-----" in sandbox.git("cat-file", "commit", BRANCH)
    assert sandbox.deliver_one() == replace(first, action=Action.KEEP)
    other = delivery(finding("B-03", "Another"), made=replace(deleting(), changes=()))
    signed = sandbox.deliver_one(other)
    assert "gpgsig" in sandbox.git("cat-file", "commit", signed.commit)
    assert sandbox.git("ls-tree", "--name-only", signed.commit).split() == ["README", "engine.py"]


def test_sha256(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    git(root, "init", "--quiet", "--object-format=sha256")
    sandbox = Sandbox(root)
    sandbox.git("config", "user.name", "Ada")
    sandbox.git("config", "user.email", "ada@example.org")
    sandbox.write("engine.py", BEFORE)
    sandbox.commit("first")
    assert len(sandbox.deliver_one().commit) == 64
    assert sandbox.deliver_one().action is Action.KEEP
    gone = Patch((FilePatch("engine.py", BEFORE, None),), patch().changes)
    assert sandbox.deliver_one(delivery(made=gone)).action is Action.UPDATE
    assert sandbox.deliver_one(delivery(made=gone)).action is Action.KEEP
    sandbox.assert_untouched()


def test_the_plan_writes_nothing(sandbox: Sandbox) -> None:
    files = sorted(path for path in sandbox.root.rglob("*") if path.is_file())
    (step,) = plan(sandbox.repository, sandbox.head, [delivery()])
    assert not isinstance(step, NotDelivered)
    assert (step.branch, step.action, step.commit) == (BRANCH, Action.CREATE, None)
    assert sorted(path for path in sandbox.root.rglob("*") if path.is_file()) == files


def test_nothing_to_deliver(sandbox: Sandbox) -> None:
    assert sandbox.deliver() == ()


# Branches that only the remote has.


def test_the_commit_of_the_remote_is_taken_over(sandbox: Sandbox, tmp_path: Path) -> None:
    theirs = sandbox.deliver_one()
    clone = _clone(sandbox, tmp_path)
    ours = clone.deliver_one(delivery(finding(title="Edited")))
    assert (ours.branch, ours.commit, ours.action) == (BRANCH, theirs.commit, Action.CREATE)


def test_commits_of_others_on_the_remote_are_left_alone(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.deliver_one()
    sandbox.foreign_commit(BRANCH)
    result = _clone(sandbox, tmp_path).refuse_one()
    assert f"origin/{BRANCH} has commits by other people" in result.reason


def _clone(sandbox: Sandbox, tmp_path: Path) -> Sandbox:
    git(tmp_path, "clone", "--quiet", str(sandbox.root), "clone")
    clone = Sandbox(tmp_path / "clone")
    clone.git("config", "user.name", "Ada")
    clone.git("config", "user.email", "ada@example.org")
    return clone


# The default base.


def test_the_default_base_is_head(sandbox: Sandbox) -> None:
    base = default_base(sandbox.repository)
    assert (base.commit, base.why) == (sandbox.head, "HEAD")


def test_on_a_branch_of_autofix_it_is_that_branchs_base(sandbox: Sandbox) -> None:
    main = sandbox.head
    sandbox.deliver_one()
    sandbox.git("switch", "--quiet", BRANCH)
    sandbox.write("README", b"mine\n")
    sandbox.commit("on top")
    base = default_base(sandbox.repository)
    assert (base.commit, base.why) == (main, f"the base of {BRANCH}")


def test_a_hand_made_branch_below_the_prefix_is_its_own_base(sandbox: Sandbox) -> None:
    sandbox.git("switch", "--quiet", "--create", "autofix/mine")
    assert default_base(sandbox.repository).commit == sandbox.head


def test_a_hand_made_branch_above_a_merged_fix_is_its_own_base(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    sandbox.git("merge", "--quiet", "--ff-only", BRANCH)
    sandbox.git("switch", "--quiet", "--create", "autofix/mine")
    assert default_base(sandbox.repository).commit == sandbox.head


def test_without_commits_there_is_no_base(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    with pytest.raises(RepositoryError, match="has no commit yet"):
        default_base(Repository.open(tmp_path))


@pytest.mark.skipif(os.getuid() == 0, reason="root writes everywhere")
def test_an_object_store_without_permission(sandbox: Sandbox) -> None:
    pack = sandbox.root / ".git" / "objects" / "pack"
    pack.chmod(0o555)
    with pytest.raises(RepositoryError, match="git cannot write to"):
        sandbox.deliver(delivery())
    pack.chmod(0o755)
