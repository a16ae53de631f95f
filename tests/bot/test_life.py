"""The table, row by row: where nothing is to be done first, and most often."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codemods.delivery.bot.life import (
    Create,
    Decision,
    Delete,
    Mark,
    Push,
    Say,
    State,
    ToDraft,
    decide,
)
from codemods.delivery.bot.seen import Ask, Branch, Found, Open, Past, Seen, Stale, Today

TODAY = Today("b2", 100)
BRANCH = Branch("autofix/x", "t1")
OPEN = Open(41)
SEEN = Seen("k1", Found.FIXED, branch=BRANCH, pull=OPEN)
NONE = Seen("k1", Found.FIXED)
DIFFERS = replace(BRANCH, differs=True)
CONFLICTS = replace(BRANCH, differs=True, conflicts=True)
BEHIND = replace(BRANCH, behind=True)
FOREIGN = replace(DIFFERS, foreign="has commits by other people")
GONE = replace(SEEN, found=Found.GONE, reason="not found")
BY_PERSON = Past(30)
BY_US = Past(30, closing="gone")
MERGED = Past(30, merged=True)


def kinds(decision: Decision) -> list[str]:
    return [type(step).__name__ for step in decision.steps]


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        (SEEN, State.OPEN),
        (replace(SEEN, found=Found.PARTLY), State.OPEN),
        # The base moved: an approval and the checks are worth more than a fresh base.
        (replace(SEEN, branch=BEHIND), State.OPEN),
        (replace(SEEN, branch=BEHIND, pull=replace(OPEN, approved=True)), State.OPEN),
        (replace(SEEN, branch=DIFFERS, pull=replace(OPEN, approved=True)), State.OPEN),
        # Asked for, and nothing would change.
        (replace(SEEN, ask=Ask.REBASE), State.OPEN),
        (replace(SEEN, ask=Ask.RECREATE), State.OPEN),
        (replace(SEEN, ask=Ask.OPEN), State.OPEN),
        # Held: whatever else holds.
        (replace(SEEN, branch=CONFLICTS, pull=replace(OPEN, held="queue")), State.HELD),
        (replace(GONE, pull=replace(OPEN, held="label"), ask=Ask.IGNORE), State.HELD),
        (replace(SEEN, found=Found.ALREADY, pull=replace(OPEN, held="locked")), State.HELD),
        (replace(SEEN, branch=None), State.HELD),
        # Edited by people, and noted: whatever the code says, and what is asked but recreate.
        *(
            (
                replace(
                    SEEN, found=found, branch=FOREIGN, pull=replace(OPEN, foreign="t1"), ask=ask
                ),
                State.EDITED,
            )
            for found in Found
            for ask in (None, Ask.REBASE, Ask.IGNORE, Ask.OPEN)
        ),
        # Retargeted: there is nothing to make anew.
        *(
            (
                replace(
                    SEEN,
                    branch=replace(BRANCH, foreign="goes into release", retargeted=True),
                    pull=replace(OPEN, foreign="t1"),
                    ask=ask,
                ),
                State.EDITED,
            )
            for ask in (None, *Ask)
        ),
        # Gone, in the days of grace; or for long, but on one base.
        (replace(GONE, pull=replace(OPEN, stale=Stale(98, "b1"))), State.OPEN),
        (replace(GONE, pull=replace(OPEN, stale=Stale(50, "b2"))), State.OPEN),
        # None open.
        (replace(NONE, past=(BY_PERSON,)), State.IGNORED),
        (replace(NONE, past=(BY_PERSON,), ask=Ask.REBASE), State.IGNORED),
        (replace(NONE, past=(BY_US, BY_PERSON)), State.IGNORED),
        (replace(NONE, past=(BY_US, BY_US)), State.WAITING),
        (replace(NONE, past=(Past(30, closing="ignored"),)), State.IGNORED),
        (replace(NONE, past=(MERGED,)), State.WAITING),
        (replace(NONE, found=Found.ALREADY, past=(MERGED,)), State.DONE),
        (replace(NONE, found=Found.GONE, past=(MERGED,)), State.DONE),
        (replace(NONE, found=Found.GONE, past=(replace(MERGED, left=("x.py",)),)), State.NEEDS),
        (replace(NONE, ignored=True), State.IGNORED),
        (replace(NONE, ask=Ask.IGNORE), State.IGNORED),
        (replace(NONE, excluded="by the settings", ask=Ask.OPEN), State.IGNORED),
        (replace(NONE, only_asked="display"), State.WAITING),
        (replace(NONE, after=41), State.WAITING),
        (replace(NONE, found=Found.GONE), State.CANNOT),
        (replace(NONE, found=Found.GONE, ask=Ask.OPEN), State.CANNOT),
        (replace(NONE, found=Found.ALREADY), State.DONE),
        (replace(NONE, failing="1 failed"), State.NEEDS),
        (replace(NONE, branch=FOREIGN), State.NEEDS),
    ],
)
def test_nothing_is_written(seen: Seen, state: State) -> None:
    decision = decide(seen, TODAY)
    assert decision.steps == ()
    assert decision.state is state


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (NONE, ["Push", "Create"]),
        (replace(NONE, found=Found.PARTLY), ["Push", "Create"]),
        # A run that was cut off between the two, or `apply --push`.
        (replace(NONE, branch=BRANCH), ["Create"]),
        (replace(NONE, branch=DIFFERS), ["Push", "Create"]),
        (replace(NONE, branch=FOREIGN, ask=Ask.RECREATE), ["Push", "Create"]),
        (replace(NONE, past=(BY_US,)), ["Push", "Create"]),
        (replace(NONE, past=(BY_PERSON,), ask=Ask.OPEN), ["Push", "Create"]),
        (replace(NONE, past=(MERGED,), ask=Ask.OPEN), ["Push", "Create"]),
        (replace(NONE, past=(BY_US, BY_US), ask=Ask.OPEN), ["Push", "Create"]),
        (replace(NONE, ignored=True, ask=Ask.UNIGNORE), ["Push", "Create"]),
        (replace(NONE, only_asked="display", ask=Ask.OPEN), ["Push", "Create"]),
        (replace(SEEN, branch=DIFFERS), ["Push"]),
        (replace(SEEN, branch=CONFLICTS), ["Push"]),
        (replace(SEEN, branch=CONFLICTS, pull=replace(OPEN, approved=True)), ["Push"]),
        (replace(SEEN, branch=BEHIND, ask=Ask.REBASE), ["Push"]),
        (replace(SEEN, branch=FOREIGN, ask=Ask.RECREATE), ["Push", "Mark"]),
        (replace(SEEN, branch=FOREIGN), ["Mark"]),
        # Somebody committed on top of ours, which alone would be up to date.
        (replace(SEEN, branch=replace(FOREIGN, differs=False), ask=Ask.RECREATE), ["Push", "Mark"]),
        (replace(SEEN, found=Found.ALREADY), ["Mark", "Delete", "Say", "Mark"]),
        (replace(SEEN, ask=Ask.IGNORE), ["Mark", "Delete", "Say", "Mark"]),
        (replace(SEEN, excluded="by the settings"), ["Mark", "Delete", "Say", "Mark"]),
        (GONE, ["Mark"]),
        (
            replace(GONE, pull=replace(OPEN, stale=Stale(93, "b1"))),
            ["Mark", "Delete", "Say", "Mark"],
        ),
        # A crash between the marker and the branch is continued; a marker alone is taken back.
        (replace(GONE, pull=replace(OPEN, closing="gone")), ["Delete", "Say", "Mark"]),
        (replace(SEEN, pull=replace(OPEN, closing="gone")), ["Mark"]),
        (replace(SEEN, pull=replace(OPEN, stale=Stale(98, "b1"))), ["Mark"]),
        (replace(SEEN, pull=replace(OPEN, foreign="t0")), ["Mark"]),
        # Nobody's any more.
        (replace(NONE, found=Found.GONE, branch=BRANCH), ["Delete"]),
        (replace(NONE, ignored=True, branch=BRANCH), ["Delete"]),
        (replace(SEEN, failing="1 failed"), ["Mark", "ToDraft"]),
    ],
)
def test_what_is_written(seen: Seen, expected: list[str]) -> None:
    assert kinds(decide(seen, TODAY)) == expected


def test_every_write_to_a_branch_says_what_it_expects() -> None:
    (push,) = decide(replace(SEEN, branch=DIFFERS), TODAY).steps
    assert push == Push("autofix/x", "t1")
    mark, delete, say, told = decide(replace(SEEN, found=Found.ALREADY), TODAY).steps
    assert mark == Mark(41, {"closing": "fixed"})
    assert delete == Delete("autofix/x", "t1")
    assert isinstance(say, Say)
    assert told == Mark(41, {"told": "fixed"})
    assert decide(NONE, TODAY).steps == (Push(None, None), Create(None))


def test_a_lease_that_fails_takes_the_marker_back() -> None:
    decision = decide(replace(SEEN, found=Found.ALREADY), TODAY)
    assert decision.undo == (Mark(41, {"closing": None}),)


def test_what_people_committed_is_kept() -> None:
    decision = decide(replace(SEEN, branch=FOREIGN, ask=Ask.RECREATE), TODAY)
    assert decision.steps[0] == Push("autofix/x", "t1", keep=True)


def test_a_draft_is_made_once() -> None:
    again = replace(SEEN, failing="1 failed", pull=replace(OPEN, drafted=True))
    assert ToDraft not in map(type, decide(again, TODAY).steps)


@pytest.mark.parametrize(
    ("update", "branch", "pushes"),
    [
        ("needed", BEHIND, False),
        ("always", BEHIND, True),
        ("always", BRANCH, False),
        ("never", BEHIND, False),
        ("never", CONFLICTS, False),
    ],
)
def test_when_branches_are_moved(update: str, branch: Branch, *, pushes: bool) -> None:
    decision = decide(replace(SEEN, branch=branch), replace(TODAY, update=update))
    assert kinds(decision) == ["Push"] * pushes


def test_limits_hold_but_for_who_asks() -> None:
    full = replace(TODAY, room="waits: 5 are open")
    assert decide(NONE, full).state is State.WAITING
    assert decide(NONE, full).words == "waits: 5 are open"
    assert kinds(decide(replace(NONE, ask=Ask.OPEN), full)) == ["Push", "Create"]


@pytest.mark.parametrize("seen", [SEEN, NONE, GONE, replace(SEEN, branch=FOREIGN)])
def test_a_rule_has_a_name(seen: Seen) -> None:
    decision = decide(seen, TODAY)
    assert decision.rule
    assert decision.words


def test_what_cannot_be_done_now_stays_asked() -> None:
    held = replace(SEEN, ask=Ask.REBASE, pull=replace(OPEN, held="queue"))
    assert decide(held, TODAY).keeps_ask
    assert not decide(replace(SEEN, ask=Ask.REBASE), TODAY).keeps_ask


EDITED = replace(SEEN, branch=FOREIGN)
CLOSED = replace(NONE, past=(BY_PERSON,))


@pytest.mark.parametrize(
    ("seen", "ask", "done"),
    [
        # Nothing has to be done, or it is done.
        (SEEN, Ask.REBASE, True),
        (replace(SEEN, branch=BEHIND), Ask.REBASE, True),
        (SEEN, Ask.OPEN, True),
        (SEEN, Ask.UNIGNORE, True),
        (SEEN, Ask.IGNORE, True),
        (EDITED, Ask.RECREATE, True),
        (CLOSED, Ask.IGNORE, True),
        (CLOSED, Ask.RECREATE, True),
        (replace(NONE, past=(MERGED,)), Ask.OPEN, True),
        (replace(NONE, found=Found.GONE, ignored=True), Ask.UNIGNORE, True),
        # Somebody waits for it, and has to be told.
        (EDITED, Ask.REBASE, False),
        (EDITED, Ask.IGNORE, False),
        (replace(EDITED, found=Found.GONE), Ask.RECREATE, False),
        (GONE, Ask.REBASE, False),
        (CLOSED, Ask.REBASE, False),
        (replace(NONE, past=(MERGED,)), Ask.REBASE, False),
        (NONE, Ask.OPEN, True),
        (replace(NONE, found=Found.GONE), Ask.OPEN, False),
        (replace(NONE, found=Found.ALREADY, past=(MERGED,)), Ask.RECREATE, False),
        (replace(NONE, excluded="by the settings"), Ask.UNIGNORE, False),
        (replace(NONE, branch=FOREIGN), Ask.OPEN, False),
        (replace(SEEN, branch=DIFFERS, failing="1 failed"), Ask.REBASE, False),
    ],
)
def test_whoever_asked_is_told_what_was_not_done(seen: Seen, ask: Ask, done: bool) -> None:
    decision = decide(replace(seen, ask=ask), TODAY)
    assert (decision.undone == "") is done, decision
    assert decide(seen, TODAY).undone == ""


def test_what_waits_is_not_over() -> None:
    """The box stays ticked, and the answer says what it waits for."""
    for seen in (replace(SEEN, pull=replace(OPEN, held="queue")), replace(NONE, failing="1")):
        decision = decide(replace(seen, ask=Ask.RECREATE), TODAY)
        assert decision.keeps_ask and decision.undone == ""


def test_refused_needs_a_person() -> None:
    refused = replace(NONE, found=Found.GONE, refused=True, reason="the lock is held")
    assert decide(refused, TODAY).state is State.NEEDS
    assert decide(replace(refused, past=(MERGED,)), TODAY).state is State.DONE
    assert decide(replace(refused, ignored=True), TODAY).state is State.IGNORED
