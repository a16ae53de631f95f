"""The comment at a close: once, also where a run was cut off before it."""

from __future__ import annotations

import pytest

from codemods.delivery.bot.life import TOLD
from codemods.delivery.bot.marker import read_marker, spliced
from codemods.delivery.bot.run import Bot, Report, Request
from codemods.delivery.forge.protocol import ForgeError, Trouble
from tests.bot.forge_in_memory import FakeForge
from tests.bot.test_closed_meanwhile import once
from tests.bot.workshop_in_memory import FakeWorkshop
from tests.bot.world import EPOCH, SETTINGS, Crash, Pull, World


def run(world: World, *, apply: bool = True) -> Report:
    bot = Bot(FakeForge(world), FakeWorkshop(world), SETTINGS, "main")
    return bot.run(world.subjects(), Request(apply=apply, today=EPOCH))


def opened() -> tuple[World, Pull]:
    """One open pull request, whose finding is fixed by now."""
    world = World(1, defects=1)
    for _ in range(2):
        run(world)
    (defect,) = world.defects.values()
    defect.found = "already-fixed"
    (pull,) = world.pulls.values()
    return world, pull


def settled(world: World) -> list[str]:
    """The comments, after which nothing is written any more."""
    run(world)
    before = len(world.writes)
    assert run(world).status == 0
    assert world.writes[before:] == []
    (pull,) = world.pulls.values()
    return pull.comments


@pytest.mark.parametrize("writes", range(5))
def test_a_run_is_cut_off(writes: int) -> None:
    """Before the marker, the deletion, the comment, the note of it; and behind all of them."""
    world, pull = opened()
    world.crash_in = writes
    with pytest.raises(Crash):
        run(world)
        raise Crash
    (comment,) = settled(world)
    assert comment.startswith("Closed: ") and not pull.open
    marker = read_marker(pull.body)
    assert marker is not None and marker.text(TOLD) == marker.text("closing") == "fixed"


def test_another_run_says_it_first() -> None:
    world, _ = opened()
    once(world, "comment", lambda: run(world))
    run(world)
    assert len(settled(world)) == 1


def test_it_is_only_said_where_something_may_be_written() -> None:
    world, pull = opened()
    world.crash_in = 2
    with pytest.raises(Crash):
        run(world)
    assert run(world, apply=False).status == 0
    assert pull.comments == []


def closing(world: World, pull: Pull) -> None:
    """As a run leaves it that was cut off behind the deletion, or before it."""
    marker = read_marker(pull.body)
    assert marker is not None
    pull.body = spliced(pull.body, marker.with_notes({"closing": "fixed"}))
    pull.open, pull.last_tip = False, world.branches[pull.head]


def test_what_people_closed_or_merged_needs_no_words_of_ours() -> None:
    world, pull = opened()
    pull.open, pull.closed_by, pull.last_tip = False, "person", world.branches[pull.head]
    assert settled(world) == []
    world, pull = opened()
    closing(world, pull)
    pull.merged = True
    assert settled(world) == []


def test_it_fails_again() -> None:
    world, pull = opened()
    closing(world, pull)

    def between(what: str) -> None:
        if what.startswith("comment"):
            raise ForgeError(Trouble.UNKNOWN, "comment: no answer")

    world.between = between
    report = run(world)
    assert report.status == 1
    assert any(f"#{pull.number}: nobody is told why" in note for note in report.notes)
    world.between = None
    assert len(settled(world)) == 1
