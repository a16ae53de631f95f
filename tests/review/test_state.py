"""What was decided so far: kept, taken back, and told where it holds no more."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from codemods.cli.review.editing import edit, in_terminal
from codemods.cli.review.state import Choice, Reviewing
from codemods.cli.review.writing import write
from codemods.delivery.review.decisions import Verdict, read_decisions
from codemods.engine.patching.edited import EditError
from tests.cli.conftest import Run, git
from tests.review.conftest import short

Editor = Callable[[str, str], None]


def numbered(reviewing: Reviewing) -> dict[str, int]:
    return {short(item): number for number, item in enumerate(reviewing.items)}


def again(reviewing: Reviewing) -> Reviewing:
    return Reviewing(reviewing.session, reviewing.review)


def test_nothing_decided_no_file(reviewing: Reviewing) -> None:
    assert (reviewing.decisions(), reviewing.path.exists(), reviewing.told) == ((), False, [])
    assert reviewing.undo() is None
    assert reviewing.counts() == "0 accepted · 0 skipped · 4 to decide"


def test_what_can_be_decided_comes_first(reviewing: Reviewing) -> None:
    assert list(map(short, reviewing.items))[:4] == ["B-01", "B-02", "B-04", "B-05"]


def test_the_file_lies_in_gits_folder(reviewing: Reviewing) -> None:
    reviewing.accept(0)
    assert reviewing.path.parent.name == ".git"
    assert git(reviewing.session.root, "status", "--porcelain") == ""


def test_decisions_outlive_the_review(reviewing: Reviewing) -> None:
    at = numbered(reviewing)
    reviewing.accept(at["B-02"])
    reviewing.skip(at["B-05"])
    reviewing.turn(at["B-04"], 1)
    later = again(reviewing)
    assert (
        later.choices
        == reviewing.choices
        == {
            item.name: choice
            for item in reviewing.items
            for choice in [
                {
                    "B-02": Choice(Verdict.ACCEPT),
                    "B-05": Choice(Verdict.SKIP),
                    "B-04": Choice(Verdict.ACCEPT, frozenset({1})),
                }.get(short(item))
            ]
            if choice
        }
    )
    assert later.decisions() == reviewing.decisions()


def test_undo_goes_back_step_by_step(reviewing: Reviewing) -> None:
    reviewing.accept(0)
    reviewing.turn(0, 1)
    reviewing.skip(1)
    assert [reviewing.undo(), reviewing.undo()] == [1, 0]
    assert reviewing.choices == {reviewing.items[0].name: Choice(Verdict.ACCEPT)}
    assert reviewing.undo() == 0 and reviewing.choices == {} == again(reviewing).choices


def test_a_decision_about_another_patch_is_told_and_kept(reviewing: Reviewing) -> None:
    reviewing.accept(0)
    document = json.loads(reviewing.path.read_text())
    document["decisions"][0]["patch"] = "d" * 40
    reviewing.path.write_text(json.dumps(document))
    later = again(reviewing)
    assert later.choices == {}
    assert "has a different patch now" in later.told[0]
    later.accept(1)
    found = read_decisions(later.path, "d.json").decisions
    assert {item.patch for item in found} > {"d" * 40}


def test_what_is_told_is_harmless(reviewing: Reviewing) -> None:
    reviewing.accept(0)
    document = json.loads(reviewing.path.read_text())
    document["decisions"][0] |= {"finding": "\x1b[2Jgone", "key": "0" * 12}
    reviewing.path.write_text(json.dumps(document))
    (line,) = again(reviewing).told
    assert line.startswith("\ufffd[2Jgone was decided, and is in none of the reports")


@pytest.mark.parametrize("text", ["", "{", '{"version": 9}'])
def test_a_file_that_is_none_is_told(reviewing: Reviewing, text: str) -> None:
    reviewing.path.write_text(text)
    later = again(reviewing)
    assert (later.choices, len(later.told)) == ({}, 1)
    assert later.told[0].startswith("started over")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("nothing of that", "x", "nothing was edited"),
        ("time.sleep(2**attempt)", "time.sleep(", "nothing was edited"),
        ("await asyncio.sleep(2**attempt)", "await asyncio.sleep(", "compiles"),
        ("await asyncio.sleep(2**attempt)", "await pause(2**attempt)", "names-defined"),
        ('"""', "", "compiles"),
    ],
)
def test_what_is_not_taken_from_the_editor(
    reviewing: Reviewing, editor: Editor, old: str, new: str, why: str
) -> None:
    editor(old, new)
    candidate = reviewing.items[1].candidate
    assert candidate is not None
    with pytest.raises(EditError, match=why):
        edit(reviewing, candidate, 0, in_terminal)


@pytest.mark.parametrize("command", ["false", "/no/such/editor"])
def test_an_editor_that_fails(
    reviewing: Reviewing, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("VISUAL", command)
    candidate = reviewing.items[1].candidate
    assert candidate is not None
    with pytest.raises(EditError):
        edit(reviewing, candidate, 0, in_terminal)


def test_an_edited_change_becomes_a_commit_that_says_so(
    reviewing: Reviewing, editor: Editor
) -> None:
    number = numbered(reviewing)["B-02"]
    candidate = reviewing.items[number].candidate
    assert candidate is not None
    editor("asyncio.sleep(2**attempt)", "asyncio.sleep(min(2**attempt, 30))")
    reviewing.edit(number, 0, edit(reviewing, candidate, 0, in_terminal))
    # The editor begins with what was edited before.
    editor("30", "60")
    reviewing.edit(number, 0, edit(reviewing, candidate, 0, in_terminal))
    later = again(reviewing)
    assert later.decisions() == reviewing.decisions()
    (row,) = write(later, later.decisions())
    assert row.done and row.result is not None and row.result.branch is not None
    root, name = later.session.root, row.result.branch
    assert "min(2**attempt, 60)" in git(root, "show", f"{name}:orders/invoices.py")
    assert "a person edited the Change" in git(root, "log", "-1", "--format=%B", name)
    assert git(root, "diff", "--name-only", "main", name) == "orders/invoices.py"


def test_an_edited_change_beside_another_one(reviewing: Reviewing, editor: Editor) -> None:
    number = numbered(reviewing)["B-01"]
    candidate = reviewing.items[number].candidate
    assert candidate is not None
    editor("target.write_bytes, document", "target.write_bytes, bytes(document)")
    reviewing.edit(number, 1, edit(reviewing, candidate, 1, in_terminal))
    (row,) = write(reviewing, reviewing.decisions())
    assert row.done and row.result is not None and row.result.branch is not None
    text = git(reviewing.session.root, "show", f"{row.result.branch}:orders/invoices.py")
    assert "to_thread(render_invoice" in text and "bytes(document)" in text


def test_the_commands_own_file_may_hold_edits(
    autofix: Run, reviewing: Reviewing, editor: Editor
) -> None:
    candidate = reviewing.items[1].candidate
    assert candidate is not None
    editor("asyncio.sleep(2**attempt)", "asyncio.sleep(1)")
    reviewing.edit(1, 0, edit(reviewing, candidate, 0, in_terminal))
    root = reviewing.session.root
    done = autofix("apply", "-C", root, "--decisions", reviewing.path)
    assert done.status == 0
    assert "asyncio.sleep(1)" in git(root, "show", f"{done.text.strip()}:orders/invoices.py")
