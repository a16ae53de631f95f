"""Carrying out a decision: one step after the other, each safe to be cut off after.

What fails is told and tried again by the next run; a push or deletion whose lease fails ends the
steps of its subject, since somebody was there first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from codemods.codemod import Safety
from codemods.delivery.bot.body import Setting, body, issues_of
from codemods.delivery.bot.life import (
    TOLD,
    Create,
    Decision,
    Delete,
    Mark,
    Push,
    Say,
    State,
    Step,
    ToDraft,
    farewell,
)
from codemods.delivery.bot.marker import (
    Marker,
    digest,
    few,
    new_body,
    read_marker,
    spliced,
    ticks,
    without_ticks,
)
from codemods.delivery.bot.matching import Matched, closed_of
from codemods.delivery.bot.printed import printed, printed_in
from codemods.delivery.bot.seen import Ask, Found, Seen
from codemods.delivery.bot.settings import BotSettings
from codemods.delivery.bot.subjects import Subject
from codemods.delivery.bot.workshop import Checked, RefusedError, Workshop
from codemods.delivery.forge.protocol import Forge, ForgeError, RepositoryFacts, Trouble
from codemods.delivery.inert import inline as line

MOVED = "the branch moved"
CLOSED = "its pull request was closed in the meantime"


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a decision."""

    decision: Decision
    number: int | None = None
    problem: str = ""
    written: tuple[str, ...] = ()
    trouble: Trouble | None = None
    """What the forge said, where that is the problem."""
    compare: str = ""
    """Where a person can open what we could not: the branch stands."""


@dataclass(slots=True)
class _Course:
    """Where the steps of one subject are."""

    item: Matched
    seen: Seen
    decision: Decision
    checked: Checked
    number: int | None
    branch: str | None
    pushed: bool = False
    written: list[str] = field(default_factory=list)


class _LeaseError(Exception):
    """Somebody was there since we looked; never leaves this module."""


class Hands:
    """Writes what was decided.

    Args:
        render: makes our part of a body; a template's, where there is one.
        published: numbers of issues that ``publish`` opened, by key.
        closed: numbers of our pull requests that were closed when we looked.
    """

    def __init__(
        self,
        forge: Forge,
        workshop: Workshop,
        settings: BotSettings,
        facts: RepositoryFacts,
        branch: str,
        published: Mapping[str, int],
        closed: Collection[int],
        render: Callable[[Subject, Setting, Decision], str] = body,
    ) -> None:
        self._forge = forge
        self._workshop = workshop
        self._settings = settings
        self._facts = facts
        self._base_branch = branch
        self._published = published
        self._closed = closed
        self._render = render

    def carry_out(self, item: Matched, seen: Seen, decision: Decision, checked: Checked) -> Done:
        """Do the steps of a decision, in their order."""
        number = item.open.pull.number if item.open is not None else None
        branch = item.branch.name if item.branch is not None else None
        course = _Course(item, seen, decision, checked, number, branch)
        try:
            if any(isinstance(step, Create) for step in decision.steps):
                self._look_again(course)
            for step in decision.steps:
                self._step(course, step)
            if decision.state in (State.OPEN, State.EDITED):
                self._refresh(course)
        except _LeaseError as error:
            return self._moved(course, str(error))
        except (ForgeError, RefusedError) as error:
            return self._failed(course, error)
        return self._done(course, decision)

    def _done(self, course: _Course, decision: Decision) -> Done:
        return Done(decision, course.number, "", tuple(course.written))

    def _look_again(self, course: _Course) -> None:
        """Another bot may have opened one since we looked, and a person closed it: that person is
        obeyed, and even the branch, which may be deleted by now, is not pushed again."""
        if closed_of(
            _subject(course), self._forge.closed_since(self._closed), self._workshop.exists
        ):
            raise _LeaseError(CLOSED)

    def _moved(self, course: _Course, why: str) -> Done:
        for mark in course.decision.undo:
            try:
                # Where it is closed by now, another bot did what we were about to do, and the
                # marker says why: without it people would seem to have closed it.
                if self._forge.pull(mark.number).open:
                    self._mark(course, mark)
            except ForgeError as error:
                return self._failed(course, error)
        held = Decision(State.HELD, f"held: {why}", why, keeps_ask=True)
        return self._done(course, held)

    def _failed(self, course: _Course, error: ForgeError | RefusedError) -> Done:
        trouble = error.trouble if isinstance(error, ForgeError) else None
        held = Decision(State.HELD, str(error), course.decision.rule, keeps_ask=True)
        compare = ""
        if course.number is None and course.branch is not None:
            ends = f"{quote(self._base_branch)}...{quote(course.branch)}"
            compare = f"{self._facts.url}/compare/{ends}?expand=1"
        return Done(held, course.number, str(error), tuple(course.written), trouble, compare)

    def _step(self, course: _Course, step: Step) -> None:
        match step:
            case Mark():
                self._mark(course, step)
            case Push():
                self._push(course, step)
            case Create():
                self._create(course)
            case Delete():
                if not self._workshop.delete(step.branch, step.expected):
                    raise _LeaseError(MOVED)
                course.written.append(f"deleted {step.branch}")
            case Say():
                self._say(step)
                course.written.append(f"commented on #{step.number}")
            case ToDraft():
                self._forge.set_draft(step.number)
                course.written.append(f"#{step.number} is a draft")

    def tell_late(self, number: int, why: str) -> None:
        """Say of a closed pull request why it was closed: an earlier run was cut off before that.

        Raises:
            ForgeError: when it fails again.
        """
        self._say(farewell(number, why))
        self._note(Mark(number, {TOLD: why}))

    def _say(self, step: Say) -> None:
        mark = f"<!-- autofix:said {step.topic} -->"
        self._forge.comment(step.number, f"{line(step.text)}\n\n{mark}", mark)

    def _mark(self, course: _Course, step: Mark) -> None:
        if self._note(step):
            course.written.append(f"noted in #{step.number}")

    def _note(self, step: Mark) -> bool:
        # Read again just before: people edit bodies, too.
        pull = self._forge.pull(step.number)
        marker = read_marker(pull.body) or Marker()
        noted = marker.with_notes(step.notes)
        if noted == marker:
            return False
        self._forge.edit(step.number, body=spliced(pull.body, noted))
        return True

    def _push(self, course: _Course, step: Push) -> None:
        subject = _subject(course)
        item = course.item.open
        if item is not None and item.marker.notes.get("automerge") and not self._merges(subject):
            # What is pushed now somebody has to look at before it is merged.
            self._forge.set_auto_merge(item.pull.number, on=False)
        name = self._workshop.push(subject, step.branch, step.expected, keep=step.keep)
        if name is None:
            raise _LeaseError(MOVED)
        course.branch, course.pushed = name, True
        course.written.append(f"pushed {name}")

    def _create(self, course: _Course) -> None:
        subject, decision = _subject(course), course.decision
        setting = self._setting(course)
        title = self._workshop.title(subject)
        text = self._render(subject, setting, decision)
        notes = self._identity(course, setting, Marker()) | {
            "title": digest(title),
            "labels": list(self._settings.labels),
            "automerge": self._merges(subject) or None,
        }
        assert course.branch is not None, "a branch was pushed, or stood there"
        number = self._forge.create(
            course.branch,
            self._base_branch,
            title,
            new_body(Marker(notes), text),
            draft=self._is_draft(subject),
            known=self._closed,
        )
        if number is None:
            raise _LeaseError(CLOSED)
        course.number = number
        course.written.append(f"opened #{number}")
        self._invite(course, number)

    def _merges(self, subject: Subject) -> bool:
        """Whether nobody need look at it: it keeps behaviour, and leaves nothing."""
        whole = subject.found is Found.FIXED and subject.safety is Safety.SAFE
        return self._settings.automerge == "safe" and whole and not self._is_draft(subject)

    def _is_draft(self, subject: Subject) -> bool:
        wanted = self._settings.draft
        if wanted in ("never", "always"):
            return wanted == "always"
        review = wanted == "review" and subject.safety is not Safety.SAFE
        return subject.found is Found.PARTLY or review

    def _invite(self, course: _Course, number: int) -> None:
        """Labels, reviewers and assignees, each by itself: a name that cannot be asked does not
        fail the run, and is never tried again."""
        people = [item for item in self._settings.reviewers if not item.startswith("team:")]
        teams = [
            item.removeprefix("team:")
            for item in self._settings.reviewers
            if item.startswith("team:")
        ]
        forge = self._forge
        tries: list[Callable[[], None]] = []
        if self._settings.labels:
            tries.append(lambda: forge.add_labels(number, self._settings.labels))
        if people:
            tries.append(lambda: forge.request_reviewers(number, people, ()))
        if teams:
            tries.append(lambda: forge.request_reviewers(number, (), teams))
        if self._settings.assignees:
            tries.append(lambda: forge.add_assignees(number, self._settings.assignees))
        if self._merges(_subject(course)):
            tries.append(lambda: forge.set_auto_merge(number, on=True))
        refused = []
        for attempt in tries:
            try:
                attempt()
            except ForgeError as error:
                if error.trouble.is_final:
                    raise
                refused.append(str(error))
        if refused:
            self._mark(course, Mark(number, {"refused": refused}))

    def _refresh(self, course: _Course) -> None:
        """Our part of the body and the title, where they say something else by now."""
        item, number, decision = course.item, course.number, course.decision
        if number is None or item.subject is None or item.open is None:
            return
        setting = self._setting(course)
        handled = {(name, key) for name, key in ticks(item.open.pull.body) if _is_box(name)}
        content = self._content(item.subject, setting, decision)
        if not (course.pushed or handled or self._has_news(item, content)):
            return
        pull = self._forge.pull(number)
        marker = read_marker(pull.body) or Marker()
        ours = None
        notes = {"keys": self._identity(course, setting, marker)["keys"]}
        if course.pushed or content != marker.text("content"):
            ours = self._render(item.subject, setting, decision)
            # What a pull request stands for is what was pushed last.
            notes = self._identity(course, setting, marker) if course.pushed else notes
            notes["content"] = content
        if course.pushed and not self._merges(item.subject):
            notes["automerge"] = None
        title = None
        if course.pushed and marker.text("title") == digest(pull.title):
            wanted = self._workshop.title(item.subject)
            title = wanted if wanted != pull.title else None
            notes["title"] = digest(wanted)
        text = spliced(without_ticks(pull.body, handled), marker.with_notes(notes), ours)
        if title is not None or text != pull.body.replace("\r\n", "\n"):
            self._forge.edit(number, title=title, body=text)
            course.written.append(f"edited #{number}")

    def _has_news(self, item: Matched, content: str) -> bool:
        assert item.open is not None, "a pull request is open"
        marker = item.open.marker
        known = {item.key} <= set(marker.texts("keys"))
        return not known or marker.text("content") != content

    def _content(self, subject: Subject, setting: Setting, decision: Decision) -> str:
        return digest(body(subject, setting, decision, lines=False))

    def _setting(self, course: _Course) -> Setting:
        subject = _subject(course)
        base, checked, item = self._workshop.base, course.checked, course.item
        verified = checked.words if checked.passed else ""
        output = printed(checked.printed, passed=checked.passed)
        if not course.pushed and item.branch is not None:
            base = item.branch.base or base
            if item.open is not None:
                verified = item.open.marker.text("verified") or ""
                failing = "" if checked.passed else output
                output = "\n\n".join(filter(None, (printed_in(item.open.pull.body), failing)))
        refused = item.open.marker.texts("refused") if item.open is not None else ()
        return Setting(
            url=self._facts.url,
            base=base,
            verified=verified,
            printed=output,
            close_issues=self._settings.close_issues,
            issues=issues_of(subject, self._published),
            refused=refused,
        )

    def _identity(self, course: _Course, setting: Setting, marker: Marker) -> dict[str, object]:
        """What the marker says of the fix, for finding the pull request again."""
        subject = _subject(course)
        keys = list(dict.fromkeys((*marker.texts("keys"), *_known(course), subject.key)))
        # In all, with the longest body, no more than a forge takes.
        places = sorted(f"{path}::{name}" for path, name in subject.places)
        return {
            "keys": few(keys, 300, last=True),
            "findings": few(subject.selectors, 600),
            "places": few(places, 1500),
            "patch": self._workshop.patch_id(subject),
            "base": setting.base,
            "left": few((item[:300] for item in subject.left), 800) or None,
            "verified": setting.verified[:300] or None,
            "content": self._content(subject, setting, course.decision),
        }


def _known(course: _Course) -> Sequence[str]:
    return course.item.open.keys if course.item.open is not None else ()


def _is_box(name: str) -> bool:
    return name in (Ask.REBASE, Ask.RECREATE, Ask.IGNORE)


def _subject(course: _Course) -> Subject:
    assert course.item.subject is not None, "only findings of a report are pushed or opened"
    return course.item.subject
