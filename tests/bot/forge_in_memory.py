"""The forge in memory, as the bot sees it: every write may fail, or be the last."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence

from codemods.delivery.forge.protocol import (
    Comment,
    ForgeError,
    Issue,
    Mine,
    PullRequest,
    RepositoryFacts,
    Standing,
    Trouble,
)
from tests.bot.world import BOT, Pull, World


class FakeForge:
    """The forge, as the bot sees it."""

    def __init__(self, world: World) -> None:
        self.world = world

    def account(self) -> str:
        return BOT

    def repository(self) -> RepositoryFacts:
        url = "https://forge.example/acme/shop"
        return RepositoryFacts("acme/shop", "main", url, f"{url}.git")

    def mine(self) -> Mine:
        pulls = tuple(map(self._view, self.world.pulls.values()))
        return Mine(pulls, tuple(self.world.issues.values()))

    def _view(self, pull: Pull) -> PullRequest:
        tip = self.world.branches.get(pull.head, pull.last_tip)
        return PullRequest(
            pull.number,
            pull.title,
            pull.body,
            pull.head if pull.open else "",
            tip if pull.open else "",
            pull.base if pull.open else "",
            pull.open,
            pull.merged,
            pull.draft,
            labels=tuple(sorted(pull.labels)),
        )

    def standing(self, numbers: Sequence[int]) -> dict[int, Standing]:
        pulls = self.world.pulls
        return {
            number: Standing(pulls[number].approved, pulls[number].queued) for number in numbers
        }

    def pull(self, number: int) -> PullRequest:
        return self._view(self.world.pulls[number])

    def closed_since(self, known: Collection[int]) -> tuple[PullRequest, ...]:
        pulls = map(self._view, self.world.pulls.values())
        return tuple(pull for pull in pulls if not pull.open and pull.number not in known)

    def create(
        self,
        head: str,
        base: str,
        title: str,
        body: str,
        *,
        draft: bool,
        known: Collection[int] = (),
    ) -> int | None:
        world = self.world

        def effect() -> int | None:
            mine = [pull for pull in world.pulls.values() if pull.head == head]
            for pull in mine:
                if pull.open:
                    return pull.number
            if {pull.number for pull in mine} - set(known):
                return None
            if head not in world.branches:
                raise ForgeError(Trouble.REFUSED, "head invalid")
            number = next(world.count)
            world.pulls[number] = Pull(number, title, body, head, base, draft)
            return number

        made = world.write(f"create {head}", effect)
        return None if made is None else int(str(made))

    def edit(self, number: int, *, title: str | None = None, body: str | None = None) -> None:
        world = self.world

        def effect() -> None:
            held = world.pulls.get(number)
            if held is not None and held.open and world.is_held(held):
                world.intrusions.append(f"edit {number}")
            if number in world.issues:
                assert body is not None
                world.issues[number] = dataclasses.replace(world.issues[number], body=body)
                return
            pull = world.pulls[number]
            pull.title, pull.body = title or pull.title, pull.body if body is None else body

        world.write(f"edit {number}", effect)

    def set_draft(self, number: int) -> None:
        def effect() -> None:
            self.world.pulls[number].draft = True

        if not self.world.pulls[number].draft:
            self.world.write(f"draft {number}", effect)

    def set_auto_merge(self, number: int, *, on: bool) -> None:
        raise ForgeError(Trouble.REFUSED, "auto-merge is not allowed")

    def comments(self, number: int) -> tuple[Comment, ...]:
        if number not in self.world.pulls:
            raise ForgeError(Trouble.GONE, f"read the comments of #{number}: not found")
        held = self.world.pulls[number].comments
        return tuple(Comment(place, body, BOT) for place, body in enumerate(held, 1))

    def comment(self, number: int, body: str, mark: str) -> None:
        self.comments(number)

        def effect() -> None:
            if not any(mark in item.body for item in self.comments(number)):
                self.world.pulls[number].comments.append(body)

        self.world.write(f"comment {number}", effect)

    def react(self, comment: int, content: str) -> None:
        raise NotImplementedError

    def add_labels(self, number: int, labels: Sequence[str]) -> None:
        self.world.write(f"label {number}", lambda: self.world.pulls[number].labels.update(labels))

    def request_reviewers(self, number: int, logins: Sequence[str], teams: Sequence[str]) -> None:
        raise ForgeError(Trouble.REFUSED, "not a collaborator")

    def add_assignees(self, number: int, logins: Sequence[str]) -> None:
        raise ForgeError(Trouble.REFUSED, "not a collaborator")

    def permission(self, login: str) -> str:
        return "read" if login == "eve" else "write"

    def issue(self, number: int) -> Issue:
        return self.world.issues[number]

    def editor(self, number: int) -> str | None:
        return ""

    def issues(self, *, labels: Sequence[str] = (), author: str | None = None) -> tuple[Issue, ...]:
        return tuple(self.world.issues.values())

    def create_issue(self, title: str, body: str, labels: Sequence[str], mark: str) -> int:
        world = self.world
        for issue in world.issues.values():
            if mark in issue.body:
                return issue.number

        def effect() -> int:
            number = next(world.count)
            world.issues[number] = Issue(number, title, body, BOT, True)
            return number

        return int(str(world.write("create issue", effect)))
