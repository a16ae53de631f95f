"""Findings as issues: each once, whatever the report is called; who closed one is believed."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from codemods.delivery.bot.subjects import Member, Subject, subjects
from codemods.delivery.forge.protocol import Issue
from codemods.delivery.publish.deciding import Action, Published, decide, published
from codemods.delivery.publish.issue_body import body
from codemods.delivery.publish.publishing import Row, publish, table
from codemods.engine.outcomes import NoCodemod, Resolution
from codemods.findings.model import Field, Finding, Status, StatusKind
from tests.bot.forge_in_memory import FakeForge
from tests.bot.world import Crash, Pull, World
from tests.delivery.sandbox import finding

DATE = "2026-03-02"


def subject(made: Finding | None = None, key: str = "") -> Subject:
    """A finding that no codemod knows: most have no patch."""
    made = made or finding("B-09", "Exports are slow", description="It reads all rows.")
    resolution = Resolution(made, NoCodemod("nothing knows it"))
    member = Member(f"AUDIT:{made.id}", resolution)
    (one,) = subjects([(key or "aaaaaaaaaaaa", member)])
    return one


def before(one: Subject, *, opened: bool = True, declined: bool = False) -> list[Published]:
    text = body(decide(one, []), {})
    issue = Issue(7, "[2026-01-01] HIGH - Exports are slow", text, "bot", opened)
    return list(published([replace(issue, declined=declined)]))


def with_status(kind: StatusKind, *issues: str) -> Subject:
    made = finding("B-09", "Exports are slow")
    return subject(replace(made, status=Status(kind, kind.value, issues)))


@pytest.mark.parametrize(
    "kind", [StatusKind.FIXED, StatusKind.ACCEPTED, StatusKind.WONT_FIX, StatusKind.FALSE_POSITIVE]
)
def test_what_the_report_has_settled_is_not_published(kind: StatusKind) -> None:
    assert decide(with_status(kind), []).action is Action.SKIPPED


def test_an_issue_that_is_open_is_no_second_one() -> None:
    one = subject()
    decision = decide(one, before(one))
    assert (decision.action, decision.issue) == (Action.DUPLICATE, 7)


def test_closed_as_not_planned_stays_closed() -> None:
    one = subject()
    decision = decide(one, before(one, opened=False, declined=True))
    assert (decision.action, decision.issue) == (Action.DECLINED, 7)


def test_the_report_names_the_issue() -> None:
    decision = decide(with_status(StatusKind.EXISTING, "#12"), [])
    assert (decision.action, decision.issue) == (Action.EXISTING, 12)
    decision = decide(with_status(StatusKind.REGRESSION, "#12"), [])
    assert (decision.action, decision.issue) == (Action.REGRESSION, 12)
    assert "This was #12" in body(decision, {})
    # What we know ourselves goes before the report's words.
    one = with_status(StatusKind.REGRESSION, "#12")
    assert decide(one, before(one)).action is Action.DUPLICATE


@pytest.mark.parametrize("key", ["bbbbbbbbbbbb", "aaaaaaaaaaaa"])
def test_a_report_with_another_name_and_other_ids(key: str) -> None:
    """Known by its key; the name of a finding alone is nobody's."""
    one = subject()
    again = subject(finding("X-1", "Exports are slow", report="docs/NEW.md"), key)
    same = key == one.key
    expected = Action.DUPLICATE if same else Action.CREATED
    assert decide(again, before(one)).action is expected


def test_closed_and_found_again() -> None:
    one = subject()
    decision = decide(one, before(one, opened=False))
    assert (decision.action, decision.issue) == (Action.REGRESSION, 7)
    assert "This was #7" in body(decision, {})


@pytest.mark.parametrize(
    ("title", "alike"),
    [
        ("[2026-01-01] HIGH - Exports are slow", (9,)),
        ("exports are slow.", (9,)),
        ("Imports are fast", ()),
    ],
)
def test_likeness_only_proposes(title: str, alike: tuple[int, ...]) -> None:
    decision = decide(subject(), [], [Issue(9, title, "", "ada", True)])
    assert (decision.action, decision.alike) == (Action.CREATED, alike)


def test_the_words_of_a_report_do_nothing() -> None:
    hostile = "fixes #12\n\n```autofix\ncodemod = 'x'\n```\n@acme/team <!-- autofix:1 e30= -->"
    made = finding("B-09", "@acme: fixes #12", description=hostile)
    made = replace(made, fields=(*made.fields, Field("impact", "/close", 3, prose="/close")))
    text = body(decide(subject(made), []), {})
    for acting in ("@acme", "#12", "\n```autofix", "\n/close"):
        assert acting not in text
    assert text.count("<!-- autofix:1") == 1


def test_the_form_of_the_procedure() -> None:
    text = body(decide(subject(), []), {})
    heads = [line for line in text.split("\n") if line.startswith("## ")]
    assert heads == [
        "## Summary", "## Evidence / Code Paths", "## Impact", "## Proposed Fix", "## Today",
    ]  # fmt: skip


def test_a_run_and_another_one() -> None:
    world = World(1)
    forge = FakeForge(world)
    ones = (subject(), *world.subjects()[:2])
    labels = ["autofix", "backend"]
    said = publish(forge, ones, date=DATE, labels=labels, apply=False)
    assert [row.decision.action for row in said] == [Action.CREATED] * 3
    assert world.issues == {}
    first = publish(forge, ones, date=DATE, labels=labels, apply=True)
    assert len(world.issues) == 3
    assert world.issues[first[0].issue or 0].title == f"[{DATE}] HIGH - Exports are slow"
    later = (datetime.date.fromisoformat(DATE) + datetime.timedelta(days=9)).isoformat()
    again = publish(forge, ones, date=later, labels=labels, apply=True)
    assert [row.decision.action for row in again] == [Action.DUPLICATE] * 3
    assert len(world.issues) == 3
    lines = list(table(again))
    assert lines[0] == "| Finding | Severity | Dimension | Action | Issue |"
    assert f"DUPLICATE of #{first[0].issue}" in lines[2]


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        ("github:acme/shop#12", Action.EXISTING),
        ("github:Acme/Shop#12", Action.EXISTING),
        ("github:acme/other#12", Action.CREATED),
        ("github:acme/shop#12/x", Action.CREATED),
        ("docs/AUDIT.md", Action.CREATED),
    ],
)
def test_an_issue_that_is_a_report_gets_no_second_one(report: str, expected: Action) -> None:
    one = subject(finding("B-09", "Exports are slow", report=report))
    assert decide(one, [], [], "acme/shop").action is expected
    assert decide(one, [], []).action is Action.CREATED


def related(*numbers: int) -> Subject:
    names = tuple(f"#{number}" for number in numbers)
    return subject(replace(finding("B-09", "Exports are slow"), related=names))


def opened_pull(world: World) -> Pull:
    number = next(world.count)
    world.pulls[number] = Pull(number, "t", "", "x", "main", False)
    return world.pulls[number]


def published_once(world: World, one: Subject) -> tuple[Row, Row]:
    """Two runs, of which the second writes nothing."""
    forge = FakeForge(world)
    (first,) = publish(forge, [one], date=DATE, labels=[], apply=True)
    writes = len(world.writes)
    (second,) = publish(forge, [one], date=DATE, labels=[], apply=True)
    assert world.writes[writes:] == []
    return first, second


def test_related_issues_learn_of_it_once() -> None:
    world = World(1)
    pull = opened_pull(world)
    first, second = published_once(world, related(pull.number))
    (comment,) = pull.comments
    assert f"Related: #{first.issue}" in comment
    assert (first.problem, second.problem) == ("", "")


def test_a_related_issue_that_is_not_there_is_told_once() -> None:
    world = World(1)
    pull = opened_pull(world)
    first, second = published_once(world, related(99, pull.number))
    assert first.action.startswith("CREATED (") and "not found" in first.action
    assert (first.issue is not None, len(pull.comments), second.problem) == (True, 1, "")


@pytest.mark.parametrize("cut", range(1, 3))
def test_related_issues_learn_of_it_though_a_run_was_cut_off(cut: int) -> None:
    world = World(1)
    pull = opened_pull(world)
    one = related(pull.number)
    world.crash_in = cut
    with pytest.raises(Crash):
        publish(FakeForge(world), [one], date=DATE, labels=[], apply=True)
    (row,) = publish(FakeForge(world), [one], date=DATE, labels=[], apply=True)
    assert (row.decision.action, row.problem, row.issue) == (Action.DUPLICATE, "", None)
    published_once(world, one)
    assert len(pull.comments) == 1


@pytest.mark.parametrize(("author", "action"), [("ada", Action.DUPLICATE), ("eve", Action.CREATED)])
def test_what_another_account_published(author: str, action: Action) -> None:
    """Whoever may write to the repository; anybody else only wrote our marker into an issue."""
    world = World(1)
    one = subject()
    publish(FakeForge(world), [one], date=DATE, labels=[], apply=True)
    ((number, issue),) = world.issues.items()
    world.issues[number] = replace(issue, author=author)
    (row,) = publish(FakeForge(world), [one], date=DATE, labels=[], apply=False)
    assert row.decision.action is action
