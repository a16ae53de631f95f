"""The life of a pull request, as a pure function: what is seen, and what follows.

Each rule protects something of people. A branch that somebody else committed to is never pushed
over unasked. An approval is not dropped for a newer patch. What a person closed stays closed. What
comes and goes is opened twice at most. Where nothing happened, nothing is written.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from codemods.delivery.bot.seen import Ask, Branch, Found, Open, Past, Seen, Today

CURRENT = "current"
MOST_UNASKED = 2
"""How often a key is opened anew after we closed it, before a person has to ask."""


class State(enum.StrEnum):
    """Where a finding stands; the dashboard has a section for each."""

    WAITING = "waiting"
    """A pull request could be opened: a limit, or a person's tick, is missing."""
    OPEN = "open"
    HELD = "held"
    """Open, and nothing is written: the merge queue, a label, a lock, a branch that moved."""
    EDITED = "edited"
    """People committed to the branch: it is theirs."""
    NEEDS = "needs"
    """Only a person can go on."""
    IGNORED = "ignored"
    CANNOT = "cannot"
    DONE = "done"
    """Merged, or fixed otherwise."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Note down in the marker of a pull request; ``None`` takes a note away."""

    number: int
    notes: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Push:
    """Move the branch to today's commit, if it still stands at ``expected``."""

    branch: str | None
    """``None``: a new one, under the name that is made from the key."""
    expected: str | None
    keep: bool = False
    """Keep the tip below ``refs/autofix/trash``: it holds commits of people."""


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete the branch, if it still stands at ``expected``; the forge closes its pull request."""

    branch: str
    expected: str


@dataclass(frozen=True, slots=True)
class Create:
    """Open the pull request."""

    branch: str | None


@dataclass(frozen=True, slots=True)
class Say:
    """Comment, once for each topic."""

    number: int
    topic: str
    text: str


@dataclass(frozen=True, slots=True)
class ToDraft:
    """Make it a draft."""

    number: int


Step = Mark | Push | Delete | Create | Say | ToDraft


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a key."""

    state: State
    words: str
    """For a person, in a few words."""
    rule: str
    """The row and column of the table that applied."""
    steps: tuple[Step, ...] = ()
    """To be done in this order; where a lease fails, nothing that follows is done."""
    undo: tuple[Mark, ...] = ()
    """What is taken back where a lease fails."""
    box: Ask | None = None
    """What a person can ask for there."""
    line: str = ""
    """A line for the body of the pull request: what is said there only while it holds."""
    settled: str = ""
    """The words when nothing more happens; ``""``: the same."""
    keeps_ask: bool = field(default=False)
    """What was asked could not be done yet: the box stays ticked."""
    undone: str = ""
    """Why what was asked is not done, and is done with all the same; ``""`` where it is done."""


def decide(seen: Seen, today: Today) -> Decision:
    """The rule that applies to a key, and what follows from it."""
    decision = _none(seen, today) if seen.pull is None else _open(seen, seen.pull, today)
    return replace(decision, undone="" if decision.keeps_ask else _undone(seen, decision))


def _undone(seen: Seen, decision: Decision) -> str:
    """Why what was asked is not done: whoever asked is told so, and not that it was."""
    ask, state, stands = seen.ask, decision.state, decision.settled == CURRENT
    moves = any(isinstance(step, Push | Create) for step in decision.steps)
    if ask is None or moves or (seen.pull is not None and (stands or decision.words == CURRENT)):
        return ""
    done = {
        Ask.IGNORE: state is State.IGNORED,
        Ask.OPEN: seen.pull is not None,
        Ask.UNIGNORE: seen.pull is not None or state not in (State.IGNORED, State.NEEDS),
        # The branch stands as it is wanted; the line says why it is not ours.
        Ask.RECREATE: seen.pull is not None and seen.branch is not None and seen.branch.stands,
    }
    if done.get(ask, False):
        return ""
    if ask is Ask.REBASE and seen.pull is None:
        return f"{decision.words}: no pull request of it is open, recreate opens one"
    return decision.line or decision.words


def _open(seen: Seen, pull: Open, today: Today) -> Decision:
    if pull.held:
        return Decision(State.HELD, f"held: {pull.held}", "held", keeps_ask=True)
    branch = seen.branch
    if branch is None:
        return Decision(State.HELD, "held: its branch is gone", "held", keeps_ask=True)
    if branch.foreign is not None:
        return _edited(seen, pull, branch, branch.foreign)
    if seen.ask is Ask.IGNORE or seen.excluded:
        words = seen.excluded or "someone asked for it"
        settled = f"ignored: {seen.excluded}" if seen.excluded else "ignored"
        return _close(pull, branch, "ignored", words, settled)
    marks: dict[str, object] = {}
    if pull.foreign is not None:
        marks["foreign"] = None
    if pull.closing is not None:
        if not seen.found.has_patch:
            return _close(pull, branch, pull.closing, "", seen.reason)
        marks |= {"closing": None, "stale": None}
    if seen.found is Found.ALREADY:
        words = f"fixed on the base: {seen.reason}" if seen.reason else "fixed on the base"
        return _close(pull, branch, "fixed", words, seen.reason)
    if seen.found is Found.GONE:
        return _stale(seen, pull, branch, today, marks)
    if pull.stale is not None:
        marks["stale"] = None
    before = (Mark(pull.number, marks),) if marks else ()
    return _current(seen, pull, branch, today, before)


def _current(
    seen: Seen, pull: Open, branch: Branch, today: Today, before: tuple[Step, ...]
) -> Decision:
    """An open pull request of ours whose patch is at hand."""
    row = f"{seen.found}, " + ("approved" if pull.approved else "open")
    if seen.failing:
        line = f"verify fails with today's patch: {seen.failing}"
        draft: tuple[Step, ...] = ()
        if not pull.drafted:
            draft = (Mark(pull.number, {"drafted": True}), ToDraft(pull.number))
        return Decision(
            State.OPEN, "verify fails", f"{row}, verify fails", (*before, *draft), line=line
        )
    asked = seen.ask in (Ask.REBASE, Ask.RECREATE)
    needed = branch.conflicts or (branch.differs and not pull.approved)
    always = today.update == "always" and branch.behind
    if not branch.stands and (asked or always or (needed and today.update != "never")):
        why = "conflicts" if branch.conflicts else "other patch" if branch.differs else "base moved"
        return Decision(
            State.OPEN,
            "updated",
            f"{row}, {why}",
            (*before, Push(branch.name, branch.tip)),
            settled=CURRENT,
        )
    if branch.conflicts or branch.differs:
        line = (
            "A newer patch is ready: tick “rebuild” below. "
            + ("A push would dismiss the approval." if pull.approved else "")
        ).rstrip()
        words = "a newer patch is ready: tick “rebuild”"
        return Decision(State.OPEN, words, f"{row}, other patch", before, box=Ask.REBASE, line=line)
    return Decision(State.OPEN, CURRENT, f"{row}, same patch", before)


def _edited(seen: Seen, pull: Open, branch: Branch, why: str) -> Decision:
    """People's commits stay where they are, whatever the code says."""
    anew = seen.ask is Ask.RECREATE and seen.found.has_patch and not seen.failing
    if anew and not branch.stands:
        clean: dict[str, object] = {"foreign": None, "stale": None, "closing": None}
        replace = (Push(branch.name, branch.tip, keep=True), Mark(pull.number, clean))
        rule = f"{seen.found}, edited, recreate"
        return Decision(State.OPEN, "made anew", rule, replace, settled=CURRENT)
    steps: tuple[Step, ...] = ()
    if pull.foreign != branch.tip or pull.closing is not None:
        steps = (Mark(pull.number, {"foreign": branch.tip, "closing": None}),)
    line = f"This branch {why}: autofix leaves it alone."
    if seen.found is Found.ALREADY:
        line += f" The finding is now fixed on the base{f': {seen.reason}' * bool(seen.reason)}."
    elif seen.found is Found.GONE:
        line += f" There is no patch for today's code: {seen.reason or 'not found'}."
    elif branch.conflicts:
        line += " It conflicts with the base; “rebuild” replaces it with today's patch."
    elif branch.differs:
        line += " Today's patch is different; “rebuild” replaces the branch with it."
    if seen.ask in (Ask.REBASE, Ask.IGNORE):
        line += (
            f" {seen.ask} was requested but not done: ask for recreate, or close the pull request."
        )
    box = Ask.RECREATE if seen.found.has_patch else None
    return Decision(
        State.EDITED, "edited by people", f"{seen.found}, edited", steps, box=box, line=line
    )


def _stale(
    seen: Seen, pull: Open, branch: Branch, today: Today, marks: Mapping[str, object]
) -> Decision:
    since = pull.stale
    reason = seen.reason or "not found"
    if since is None:
        noted = {**marks, "stale": {"day": today.day, "base": today.base}}
        steps: tuple[Step, ...] = (Mark(pull.number, noted),)
    elif today.day - since.day >= today.stale_days and today.base != since.base:
        return _close(pull, branch, "gone", f"no patch for today's code: {reason}", reason)
    else:
        steps = (Mark(pull.number, marks),) if marks else ()
    line = (
        f"There is no patch for today's code: {reason}. If the next run finds none either, this "
        "is closed."
    )
    return Decision(State.OPEN, "stale", "gone, open", steps, line=line)


def _close(pull: Open, branch: Branch, why: str, words: str, settled: str) -> Decision:
    """Marker, branch, comment, and that it was made: a crash in between is continued by the next
    run, and a branch that moved meanwhile takes the marker back."""
    steps: list[Step] = []
    if pull.closing != why:
        steps.append(Mark(pull.number, {"closing": why}))
    steps.append(Delete(branch.name, branch.tip))
    said = words or CLOSED.get(why, why)
    steps += [farewell(pull.number, why, said), Mark(pull.number, {TOLD: why})]
    state = {"fixed": State.DONE, "ignored": State.IGNORED}.get(why, State.CANNOT)
    undo = (Mark(pull.number, {"closing": None}),)
    return Decision(state, f"closed: {said}", f"{why}, open", tuple(steps), undo, settled=settled)


CLOSED: Mapping[str, str] = {
    "fixed": "fixed on the base",
    "ignored": "it is ignored",
    "gone": "there is no longer a patch for today's code",
}
"""The reasons of the marker, in words."""
TOLD = "told"
"""The note of which reason the comment gave; while it is another one than ``closing``, the comment
of a closed pull request may be missing."""


def farewell(number: int, why: str, said: str = "") -> Say:
    """The comment at a close."""
    return Say(number, f"closed-{why}", f"Closed: {said or CLOSED.get(why, why)}.")


def _none(seen: Seen, today: Today) -> Decision:
    """No pull request is open."""
    branch = seen.branch
    # Not by rebase: that is asked of an open pull request, which somebody closed meanwhile.
    asked = seen.ask in (Ask.OPEN, Ask.UNIGNORE, Ask.RECREATE)
    ours = branch is not None and branch.foreign is None
    drop = (Delete(branch.name, branch.tip),) if branch is not None and ours else ()
    if seen.excluded:
        return Decision(State.IGNORED, f"ignored: {seen.excluded}", "ignored", drop)
    if seen.ask is Ask.IGNORE or (seen.ignored and not asked):
        return Decision(State.IGNORED, "ignored", "ignored", drop, box=Ask.UNIGNORE)
    last = seen.past[-1] if seen.past else None
    if last is not None and (ended := _ended(seen, last, asked=asked)) is not None:
        return ended
    if not seen.found.has_patch:
        # A branch of ours that no pull request is of: a crash left it, or its finding went.
        state = State.NEEDS if seen.refused else State.CANNOT
        state = State.DONE if seen.found is Found.ALREADY else state
        return Decision(state, seen.reason or str(seen.found), f"{seen.found}, none", drop)
    return _new(seen, today, branch, asked=asked)


def _ended(seen: Seen, last: Past, *, asked: bool) -> Decision | None:
    """The last pull request was merged or closed; ``None``: another one may be opened."""
    patched = seen.found.has_patch
    if last.merged:
        if patched:
            words = "came back after it was merged"
            waits = Decision(State.WAITING, words, "fixed, merged", box=Ask.OPEN)
            return None if asked else waits
        if last.left and seen.found is not Found.ALREADY:
            left = ", ".join(last.left)
            return Decision(State.NEEDS, f"merged, left: {left}", "partly-fixed, merged")
        return Decision(State.DONE, "merged", "done, merged")
    if asked:
        return None
    if last.closing is None:
        box = Ask.OPEN if patched else None
        return Decision(State.IGNORED, "someone closed it", "someone closed it", box=box)
    if last.closing == "ignored":
        return Decision(State.IGNORED, "ignored", "ignored", box=Ask.OPEN)
    unasked = sum(item.closing is not None for item in seen.past)
    if patched and unasked >= MOST_UNASKED:
        words = f"keeps coming back: {unasked} pull requests were closed"
        return Decision(State.WAITING, words, "comes and goes", box=Ask.OPEN)
    return None


def _new(seen: Seen, today: Today, branch: Branch | None, *, asked: bool) -> Decision:
    """A pull request is to be opened, if nothing stands in the way."""
    if branch is not None and branch.foreign is not None and seen.ask is not Ask.RECREATE:
        words = f"its branch {branch.name} {branch.foreign}"
        return Decision(State.NEEDS, words, "a branch of people", box=Ask.RECREATE)
    if seen.failing:
        words = f"verify fails: {seen.failing}"
        return Decision(State.NEEDS, words, f"{seen.found}, verify fails", keeps_ask=True)
    if not asked:
        for words in (seen.only_asked, f"opens after #{seen.after}" * bool(seen.after), today.room):
            if words:
                return Decision(State.WAITING, words, f"{seen.found}, waits", box=Ask.OPEN)
    steps: tuple[Step, ...] = (Create(branch.name if branch else None),)
    if branch is None:
        steps = (Push(None, None), *steps)
    elif branch.differs or branch.conflicts or branch.foreign is not None:
        steps = (Push(branch.name, branch.tip, keep=branch.foreign is not None), *steps)
    return Decision(State.OPEN, "opened", f"{seen.found}, none", steps, settled=CURRENT)
