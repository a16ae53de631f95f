"""`autofix review --plain`: Change by Change, also where nobody sits."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from codemods.cli.review.plain import Plain
from codemods.cli.review.state import Choice, Reviewing
from codemods.delivery.review.decisions import Verdict
from tests.cli.conftest import Run, git
from tests.review.conftest import short


def asked(reviewing: Reviewing, *answers: str) -> tuple[dict[str, Choice], int]:
    """What was decided after these answers, and how often something was asked."""
    left = list(answers)
    count = 0

    def ask(question: str) -> str | None:
        nonlocal count
        assert question.endswith("[y,n,e,s,q,?]? ")
        count += 1
        return left.pop(0) if left else None

    Plain(reviewing, lambda _number: None, ask).run()
    names = {item.name: short(item) for item in reviewing.items}
    return {names[name]: choice for name, choice in reviewing.choices.items()}, count


@pytest.mark.parametrize(
    ("answers", "count"),
    [([], 1), (["q"], 1), (["s", "s", "s", "s"], 4), (["y"], 2), (["?", "", "what", "q"], 4)],
)
def test_nothing_is_decided(reviewing: Reviewing, answers: list[str], count: int) -> None:
    """The first finding has two Changes: one of them is no decision."""
    assert asked(reviewing, *answers) == ({}, count)


def test_a_fix_is_decided_when_all_of_its_changes_are(reviewing: Reviewing) -> None:
    found, _ = asked(reviewing, "y", "n", "n", "n", "n", "y")
    assert found == {
        "B-01": Choice(Verdict.ACCEPT, frozenset({1})),
        "B-02": Choice(Verdict.SKIP),
        "B-04": Choice(Verdict.SKIP),
        "B-05": Choice(Verdict.ACCEPT),
    }
    # What is decided is not asked again.
    assert asked(Reviewing(reviewing.session, reviewing.review))[1] == 0


def test_why_nothing_is_asked_is_told(
    autofix: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    assert "Everything is decided" not in autofix("review", "B-02", "--dry-run").err
    assert "Everything is already decided" in autofix("review", "B-02", "--dry-run").err


def test_an_edit_that_fails_asks_again(
    reviewing: Reviewing, editor: Callable[[str, str], None]
) -> None:
    editor("nothing of that", "")
    found, count = asked(reviewing, "s", "e", "y", "q")
    assert (list(found), count) == (["B-02"], 4)
    assert found["B-02"].edits == {}


def test_an_edited_change_is_accepted(
    reviewing: Reviewing, editor: Callable[[str, str], None]
) -> None:
    editor("asyncio.sleep(2**attempt)", "asyncio.sleep(1)")
    found, _ = asked(reviewing, "s", "e", "q")
    assert "+        await asyncio.sleep(1)" in found["B-02"].edits[0]


def test_the_command_without_a_terminal(
    autofix: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("s\ny\ns\ny\n"))
    done = autofix("review")
    names = done.text.split()
    assert (done.status, len(names)) == (0, 2)
    there = git(shop, "branch", "--list", "autofix/*", "--format=%(refname:short)").split()
    assert sorted(names) == there
    assert "B-03  refused: PRINTER_LOCK is held here" in done.err
    assert "2 accepted · 0 skipped · 2 to decide" in done.err


@pytest.mark.parametrize("option", ["--dry-run", "--in-place", "--at-once"])
def test_where_it_goes(
    autofix: Run, shop: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("s\ny\nq\n"))
    done = autofix("review", "--plain", option, "--output-format", "json")
    rows = json.loads(done.out)["decisions"]
    assert done.status == 0
    assert [row["outcome"] for row in rows] == ([] if option == "--dry-run" else ["fixed"])
    changed = git(shop, "status", "--porcelain").split()
    assert changed == (["M", "orders/invoices.py"] if option == "--in-place" else [])
    branches = git(shop, "branch", "--list", "autofix/*").split()
    assert len(branches) == (option == "--at-once")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--html", "x.html", "--plain"],
        ["--html", "x.html", "--at-once"],
        ["--at-once", "--dry-run"],
        ["--push", "--dry-run"],
        ["--push", "--in-place"],
        ["--verify", "true", "--dry-run"],
        ["--verify", "true", "--in-place"],
        ["--html", "x.html", "--push"],
        ["--html", "x.html", "--verify", "true"],
        ["--verify", ""],
        ["NO-1"],
        ["--codemod", "no-such"],
        ["--severity", "bad"],
    ],
)
def test_options_that_do_not_go_together(autofix: Run, shop: Path, arguments: list[str]) -> None:
    assert autofix("review", *arguments).status == 2
