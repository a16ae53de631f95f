"""A forge takes 65,536 characters, and what stands in a marker must never get lost."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from codemods.codemod import Change, Safety, Site
from codemods.delivery.bot import dashboard
from codemods.delivery.bot.dashboard import Content, Page
from codemods.delivery.bot.marker import few, read_marker
from codemods.delivery.bot.observing import Ignored
from codemods.delivery.bot.subjects import Member, Subject, subjects
from codemods.delivery.forge.protocol import Issue
from codemods.engine.outcomes import FilePatch, Left, PartlyFixed, Patch, Resolution
from tests.bot.server.routes import TOO_LONG
from tests.bot.test_farewell import run
from tests.bot.world import World
from tests.delivery.sandbox import finding

ENTRY = Ignored("ada-with-a-long-name", "2026-03-02", "ä" * 300, ("AUDIT_2026-03-02:B-01",) * 3)


def entries(count: int) -> dict[str, Ignored]:
    return {f"{number:012x}": ENTRY for number in range(count)}


@pytest.mark.parametrize("count", [0, 1, 90, 400, 1000])
def test_what_is_ignored_is_never_forgotten(count: int) -> None:
    held = entries(count)
    content = Content((), "b" * 40, "Next. " * 3000, held)
    text = dashboard.new_body(dashboard.page(content, {}), held)
    assert len(text) < TOO_LONG
    marker = read_marker(text)
    assert marker is not None
    page = Page(Issue(1, "t", text, "bot", True), marker)
    assert set(page.ignored) == set(held)
    again = dashboard.updated(page, dashboard.page(content, {}), page.ignored)
    # What was cut once stays as it is.
    assert again == text


def test_a_few_have_their_reasons() -> None:
    held = {"a": replace(ENTRY, why="the module goes in May")}
    text = dashboard.new_body("ours", held)
    marker = read_marker(text)
    assert marker is not None
    assert Page(Issue(1, "t", text, "bot", True), marker).ignored == held


def wide(key: str) -> Subject:
    """A fix of hundreds of places with long names, in a finding of many reports."""
    files = tuple(FilePatch(f"shop/{'deep/' * 9}module_{n}.py", b"a\n", b"b\n") for n in range(60))
    changes = tuple(
        Change(Site(file.path, 3, 3, "é" * 60), "logs the traceback", (), Safety.SAFE)
        for file in files
    )
    left = tuple(Left(f"what is left {'x' * 500} {n}") for n in range(20))
    members = []
    for number in range(12):
        made = finding(f"B-{number:02d}", "a title", report=f"docs/AUDIT_{number}.md")
        outcome = PartlyFixed(Patch(files, changes, left=left))
        member = Member(f"AUDIT_{number}:B-{number:02d}", Resolution(made, outcome, "add-exc-info"))
        members.append((key, member))
    (one,) = subjects(members)
    return one


def test_a_wide_fix_is_known_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(1, defects=1)
    (key,) = world.defects
    one = wide(key)
    monkeypatch.setattr(world, "subjects", lambda: (one,))
    for _ in range(2):
        run(world)
    (pull,) = world.pulls.values()
    assert len(pull.body) < TOO_LONG
    before = len(world.writes)
    run(world)
    assert world.writes[before:] == []
    pull.open, pull.closed_by, pull.last_tip = False, "person", world.branches[pull.head]
    run(world)
    assert len(world.pulls) == 1


def test_what_there_is_room_for() -> None:
    assert few(["aa", "bb"], 9) == ["aa"]
    assert few(["aa", "bb"], 9, last=True) == ["bb"]
    assert few(["é" * 100], 300) == []
    assert len(json.dumps(few(["x" * 50] * 99, 500))) < 600


def test_what_cannot_be_fixed_is_counted_by_its_outcome() -> None:
    world = World(1, defects=3)
    first, second, _ = world.defects.values()
    first.found = second.found = "not-found"
    run(world)
    (issue,) = world.issues.values()
    assert "<summary>Cannot: 2 (2 not-found)</summary>" in issue.body
    assert issue.body.count("| B-01 |") == 1
