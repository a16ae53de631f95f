"""What people said to another run since this one looked counts: closed, deleted, ignored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

import pytest

from codemods.delivery.bot.life import State
from codemods.delivery.bot.run import Bot, Report, Request, Told
from codemods.delivery.bot.seen import Ask
from codemods.delivery.forge.github import GitHub
from tests.bot.forge_in_memory import FakeForge
from tests.bot.server.faults import Fault, When
from tests.bot.server.http import ForgeServer
from tests.bot.server.state import PERSON
from tests.bot.workshop_in_memory import FakeWorkshop
from tests.bot.world import EPOCH, SETTINGS, World, branch_name, close_branch

HEAD = "autofix/x"


def run(world: World, told: Mapping[str, Told] | None = None, open_limit: int = 3) -> Report:
    settings = replace(SETTINGS, open_limit=open_limit)
    bot = Bot(FakeForge(world), FakeWorkshop(world), settings, "main")
    return bot.run(world.subjects(), Request(apply=True, today=EPOCH, told=told or {}))


def states(report: Report) -> dict[str, State]:
    return {row.key: row.state for row in report.rows}


def close(world: World, key: str) -> None:
    pull = world.open_pull(key)
    assert pull is not None
    pull.open, pull.closed_by, pull.last_tip = False, "person", world.branches[pull.head]


def delete(world: World, key: str) -> None:
    close_branch(world, branch_name(key), "person")


def merge(world: World, key: str) -> None:
    pull = world.open_pull(key)
    assert pull is not None
    pull.merged = True
    delete(world, key)


Person = Callable[[World, str], None]
PEOPLE: dict[Person, State] = {close: State.IGNORED, delete: State.IGNORED, merge: State.WAITING}
"""What they do, and where the finding stands when the next run has seen it."""


def once(world: World, what: str, does: Callable[[], object]) -> None:
    """Something happens just before a write of the bot."""

    def between(write: str) -> None:
        if write.startswith(what):
            world.between = None
            does()

    world.between = between


def other_bot(world: World, key: str, person: Person) -> None:
    run(world)
    person(world, key)


@pytest.mark.parametrize("person", PEOPLE)
def test_it_is_closed_while_another_is_pushed(person: Person) -> None:
    world = World(1, defects=2)
    first, second = world.defects
    run(world)
    once(world, "push", lambda: other_bot(world, second, person))
    assert states(run(world)) == {first: State.HELD, second: State.HELD}
    assert [pull.head for pull in world.pulls.values()] == [*map(branch_name, (first, second))]
    # A branch that a person deleted is not even pushed.
    assert (branch_name(second) in world.branches) is (person is close)
    assert states(run(world)) == {first: State.OPEN, second: PEOPLE[person]}
    assert len(world.pulls) == 2


def test_what_another_run_was_told_to_ignore_stays_ignored() -> None:
    world = World(1, defects=2)
    first, second = world.defects
    ignore = {second: Told(Ask.IGNORE, "ada")}
    run(world)
    # The comment's run is through while this one writes, and nothing was open that it could close.
    once(world, "push", lambda: run(world, ignore, open_limit=0))
    assert states(run(world, open_limit=1)) == {first: State.OPEN, second: State.WAITING}
    assert states(run(world)) == {first: State.OPEN, second: State.IGNORED}
    # What a person takes back is taken back.
    assert world.tick(second, Ask.UNIGNORE)
    assert states(run(world)) == {first: State.OPEN, second: State.OPEN}
    assert states(run(world)) == {first: State.OPEN, second: State.OPEN}


def test_the_other_bot_knew_it_by_another_key() -> None:
    world = World(1, defects=2)
    first, second = world.defects
    run(world)
    other = "f" * 12

    def rewritten() -> None:
        """Somebody rewrote the function on the base, which the other bot has read."""
        defect = world.defects.pop(second)
        defect.key, world.defects[other] = other, defect
        other_bot(world, other, close)

    once(world, "push", rewritten)
    assert states(run(world)) == {first: State.HELD, second: State.HELD}
    assert [pull.head for pull in world.pulls.values()] == [*map(branch_name, (first, other))]
    assert branch_name(second) not in world.branches


@pytest.mark.parametrize("person", [close, merge])
def test_it_is_closed_just_before_it_is_opened(person: Person) -> None:
    world = World(1, defects=1)
    (key,) = world.defects
    run(world)
    once(world, "create", lambda: other_bot(world, key, person))
    assert states(run(world)) == {key: State.HELD}
    assert len(world.pulls) == 1


def test_what_was_closed_before_is_opened_where_somebody_asks() -> None:
    world = World(1, defects=1)
    (key,) = world.defects
    for _ in range(2):
        run(world)
    close(world, key)
    assert states(run(world)) == {key: State.IGNORED}
    assert world.tick(key, Ask.OPEN)
    assert states(run(world)) == {key: State.OPEN}
    assert len(world.pulls) == 2


def opened(server: ForgeServer, github: GitHub, known: Collection[int] = ()) -> int | None:
    state = server.state
    if HEAD not in state.tips():
        state.git("update-ref", f"refs/heads/{HEAD}", "refs/heads/main")
        state.commit(HEAD, "a.py", b"x = 1\n")
    return github.create(HEAD, "main", "fix: x", "body", draft=False, known=known)


@pytest.mark.slow
def test_what_is_known_to_be_closed_is_no_obstacle(server: ForgeServer, github: GitHub) -> None:
    number = opened(server, github)
    assert number is not None
    assert github.closed_since(()) == ()
    server.state.close(number)
    assert (opened(server, github), len(server.state.items)) == (None, 1)
    assert [item.number for item in github.closed_since(())] == [number]
    assert github.closed_since({number}) == ()
    again = opened(server, github, {number})
    assert again not in (None, number)
    # It is open: found, whatever was closed.
    assert opened(server, github) == again


@pytest.mark.slow
def test_what_others_opened_from_our_branch_is_not_ours(
    server: ForgeServer, github: GitHub
) -> None:
    number = opened(server, github)
    assert number is not None
    server.state.items[number].author = PERSON
    server.state.close(number)
    assert github.closed_since(()) == ()
    assert opened(server, github) not in (None, number)


def test_its_answer_is_lost_and_it_is_closed_at_once(
    server: ForgeServer, github: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.state.faults.append(Fault("POST", "/pulls", when=When.CUT_AFTER))
    listed = github._of_head

    def closes(head: str) -> list[object]:
        # A person is quicker than our look.
        for item in server.state.pulls():
            server.state.close(item.number)
        return listed(head)

    monkeypatch.setattr(github, "_of_head", closes)
    assert opened(server, github) is None
    assert len(server.state.items) == 1
