"""Each write of a run, and everything that can happen to it: the runs after it put it right.

The quick form cuts off every write in memory. The slow one gives every answer that a forge or a
proxy can give, over HTTP and with git's own pushes, and meets the states of a repository in which
nothing can be written.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from codemods.delivery.bot.marker import read_marker
from codemods.delivery.bot.run import Bot, Request
from codemods.delivery.forge.client import token_auth
from codemods.delivery.forge.github import GitHub
from codemods.delivery.forge.protocol import ForgeError, Trouble
from codemods.delivery.repository import RepositoryError
from tests.bot.conftest import Waits
from tests.bot.forge_in_memory import FakeForge
from tests.bot.remote_shop import RemoteShop, WatchedClient
from tests.bot.server.faults import KINDS, Fault, When
from tests.bot.server.http import ForgeServer, serving
from tests.bot.server.state import Item
from tests.bot.workshop_in_memory import FakeWorkshop
from tests.bot.world import EPOCH, SETTINGS, Crash, World

PUSH = ("GIT", "git-receive-pack")
SETTLING = 2
"""Runs that put everything right."""


@dataclass(frozen=True)
class Scene:
    """What stands there, so that the next run makes a certain write."""

    method: str
    path: str
    prepare: Callable[[RemoteShop], object]
    runs: int = 2
    """How many runs there were before."""


SCENES = {
    "the dashboard is opened": Scene("POST", "/issues", lambda _: None, 0),
    "a branch is pushed": Scene(*PUSH, lambda _: None, 1),
    "a pull request is opened": Scene("POST", "/pulls", lambda _: None, 1),
    "it is labelled": Scene("POST", "/labels", lambda _: None, 1),
    "its finding is gone": Scene("PATCH", "/issues/2", lambda shop: shop.gone.add("B-01")),
    "it is closed: the marker": Scene("PATCH", "/issues/2", lambda shop: shop.already.add("B-01")),
    "it is closed: the branch": Scene(*PUSH, lambda shop: shop.already.add("B-01")),
    "it is closed: the comment": Scene("POST", "/comments", lambda shop: shop.already.add("B-01")),
    "a newer patch is pushed": Scene(*PUSH, lambda shop: shop.rewrite("B-01")),
    "the dashboard is edited": Scene("PATCH", "/issues/1", lambda shop: shop.rewrite("B-01")),
}
MESSAGES = ("limit", "permission", "token", "not found", "moved", "rule", "status 5", "no JSON",
            "no number", "no id", "no answer", "archived", "disabled", "pushed to", "too long",
            "may not", "no list", "Validation Failed", "is acme/store now", "GH006", "not JSON",
            "response has no", "not a list", "write access",
            "cannot be read")  # fmt: skip
REFUSED = ("401", "403 not accessible", "403 primary limit", "404", "307", "422 rule")
"""What has no effect, whoever says it: one of each kind of trouble; test_github.py has them all."""
BROKEN = ("403 secondary limit", "502", "200 page", "200 of another")
"""What may hide an effect."""


def faults(scene: Scene) -> Iterator[Fault]:
    """Every kind, before the effect and behind it."""
    for when in When:
        if when.cuts:
            yield Fault(scene.method, scene.path, when=when)
            continue
        for kind in (*REFUSED, *BROKEN) if when is When.BEFORE else BROKEN:
            if kind == "200 of another" and scene.method == "GIT":
                # Git waits for the rest of so short an answer: see test_remote.py.
                continue
            status, message, headers, text = KINDS[kind]
            yield Fault(scene.method, scene.path, status, message, when, headers=headers, text=text)


class Stage:
    """A scene on a forge, which begins anew as often as it is wanted."""

    def __init__(self, server: ForgeServer, folder: Path, scene: Scene) -> None:
        self.server = server
        self.shop = RemoteShop.make(server, self._github(), folder, defects=2)
        for _ in range(scene.runs):
            self.run()
        scene.prepare(self.shop)
        state = server.state
        self._refs = state.git("for-each-ref", "--format=%(refname) %(objectname)").split("\n")
        self._held = copy.deepcopy((state.items, state.comments, state.last))

    def _github(self) -> GitHub:
        client = WatchedClient(token_auth("ghp_bot"), self.server.api, Waits().clock)
        return GitHub(client, "acme/shop")

    def again(self) -> None:
        """As the scene begins."""
        state = self.server.state
        there = state.git("for-each-ref", "--format=delete %(refname)")
        wanted = "".join(f"create {line}\n" for line in self._refs if line)
        state.git("update-ref", "--stdin", stdin=f"{there}\n".encode())
        state.git("update-ref", "--stdin", stdin=wanted.encode())
        state.items, state.comments, state.last = copy.deepcopy(self._held)
        state.faults.clear()

    def run(self) -> None:
        """One run, which may fail aloud: in one line, that says why."""
        self.shop.github = self._github()
        try:
            report = self.shop.run()
        except (ForgeError, RepositoryError) as error:
            said = [str(error)]
        else:
            said = [row.problem for row in report.rows if row.problem]
        for text in said:
            assert any(part in text for part in MESSAGES), text
            assert "\n" not in text and "ghp_" not in text

    def settled(self) -> list[str]:
        """What stands on the forge when some runs have put it right, after which nothing is
        written."""
        for _ in range(SETTLING):
            self.run()
        before = len(self.writes())
        self.run()
        assert self.writes()[before:] == []
        return sorted(self._told(item) for item in self.server.state.items.values())

    def writes(self) -> list[str]:
        """Everything that was written so far."""
        return [
            f"{call.method} {call.path}"
            for call in self.server.state.calls
            if (call.method in ("POST", "PATCH") and call.path != "/graphql")
            or call.path.endswith("receive-pack")
        ]

    def _told(self, item: Item) -> str:
        """What counts of an item."""
        marker = read_marker(item.body)
        state = self.server.state
        said = sum(comment.number == item.number for comment in state.comments.values())
        tip = state.tips().get(item.head, "")
        patch = state.git("show", "--format=", tip) if tip else ""
        closing = marker.text("closing") if marker is not None else None
        # Labels are given once: what is refused then is a line in the body.
        return f"{item.head} {item.state} {closing} {said} {patch}"


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENES)
def test_a_write_that_fails_is_put_right(name: str, tmp_path: Path) -> None:
    scene = SCENES[name]
    with serving(tmp_path / "forge") as server:
        stage = Stage(server, tmp_path, scene)
        stage.run()
        calm = stage.settled()
        for fault in faults(scene):
            stage.again()
            server.state.faults.append(fault)
            stage.run()
            assert fault.times == 0, "the write was not made"
            server.state.faults.clear()
            assert stage.settled() == calm, (name, fault)


def archived(server: ForgeServer, on: bool) -> None:
    server.state.archived = on


def renamed(server: ForgeServer, on: bool) -> None:
    server.moved_to = "acme/store" if on else None


def without_issues(server: ForgeServer, on: bool) -> None:
    server.state.has_issues = not on


def protected(server: ForgeServer, on: bool) -> None:
    """A rule that forbids every branch of ours."""
    server.state.protect(*(["refs/heads/autofix/*"] if on else []))


def queued(server: ForgeServer, on: bool) -> None:
    for item in server.state.pulls():
        item.queued = on
    protected(server, on)


STATES = {"archived": archived, "renamed": renamed, "issues are disabled": without_issues,
          "protected": protected, "in the merge queue": queued}  # fmt: skip
SILENT = ("archived", "renamed")
"""In which nothing at all is written."""


@pytest.mark.slow
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    "name", ["a pull request is opened", "its finding is gone", "it is closed: the branch",
             "a newer patch is pushed"],
)  # fmt: skip
def test_what_the_repository_does_not_take_is_done_later(
    name: str, state: str, tmp_path: Path
) -> None:
    with serving(tmp_path / "forge") as server:
        stage = Stage(server, tmp_path, SCENES[name])
        stage.run()
        calm = stage.settled()
        stage.again()
        STATES[state](server, True)
        before, tips = len(stage.writes()), server.state.tips()
        for _ in range(2):
            stage.run()
        if state in SILENT:
            assert stage.writes()[before:] == []
        if state != "issues are disabled":
            assert server.state.tips() == tips
        STATES[state](server, False)
        assert stage.settled() == calm


# In memory: every write of a few days, one after the other.

DAYS: tuple[Callable[[World], object], ...] = (
    lambda world: None,
    lambda world: None,
    lambda world: setattr(world.defects["000000000001"], "found", "already-fixed"),
    lambda world: setattr(world.defects["000000000002"], "version", 1),
    lambda world: setattr(world.defects["000000000003"], "found", "not-found"),
)


def lived(cut: int | None, how: str) -> tuple[int, list[str]]:
    """How many writes there were, and what stands there in the end.

    Args:
        cut: the write that something happens to.
        how: ``crash``, ``before`` or ``after`` its effect.
    """
    world = World(1, defects=3)
    count = 0

    def between(what: str) -> None:
        nonlocal count
        count += 1
        world.fault_rate = 0.0
        if count - 1 == cut:
            if how == "crash":
                raise Crash
            # Half of the faults are behind the effect.
            world.fault_rate = 1.0
            world.random = random.Random({"before": 1, "after": 2}[how])

    def once(*, calm: bool) -> None:
        world.between = None if calm else between
        bot = Bot(FakeForge(world), FakeWorkshop(world), replace(SETTINGS, open_limit=9), "main")
        try:
            bot.run(world.subjects(), Request(apply=True, today=EPOCH))
        except Crash:
            pass
        except ForgeError as error:
            assert error.trouble is Trouble.UNKNOWN
        world.fault_rate = 0.0

    for number, day in enumerate(DAYS):
        day(world)
        once(calm=False)
        # The first day's run opens the dashboard, and the second one's the pull requests.
        for _ in range(SETTLING if number else 0):
            once(calm=True)
    before = len(world.writes)
    once(calm=True)
    assert world.writes[before:] == [], (cut, how)
    return count, sorted(
        f"{pull.head} {pull.open} {len(pull.comments)} "
        f"{world.commits[world.branches[pull.head]].version if pull.open else ''}"
        for pull in world.pulls.values()
    )


HOWS = ("crash", "before", "after")


def test_some_writes_are_cut_off() -> None:
    writes, calm = lived(None, "crash")
    assert writes > 15
    for place, cut in enumerate(range(1, writes, 6)):
        how = HOWS[place % 3]
        assert lived(cut, how)[1] == calm, (cut, how)


@pytest.mark.slow
@pytest.mark.parametrize("how", HOWS)
def test_every_write_is_cut_off_once(how: str) -> None:
    writes, calm = lived(None, how)
    for cut in range(writes):
        assert lived(cut, how)[1] == calm, (cut, how)
