"""The promises again, on real repositories and over HTTP: leases, trailers and answers are real."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pytest

from codemods.delivery.bot.observing import STOP
from codemods.delivery.forge.client import Client, token_auth
from codemods.delivery.forge.github import GitHub
from codemods.delivery.forge.protocol import ForgeError
from tests.bot.conftest import Waits
from tests.bot.remote_shop import RemoteShop
from tests.bot.server.description import ENTERPRISE, GITHUB
from tests.bot.server.faults import Fault, When
from tests.bot.server.http import ForgeServer, serving
from tests.bot.server.state import PERSON, Item

pytestmark = pytest.mark.slow
DOINGS = (
    *("push", "push", "amend", "merge", "close", "approve", "queue", "label", "title", "words"),
    *("tick", "tick", "base", "base", "patch", "patch", "gone", "back", "day", "fault", "fault"),
)
WRITES = (("POST", "/pulls"), ("PATCH", ""), ("POST", "/comments"), ("POST", "/labels"))


class History:
    """People and faults, one after the other, on one forge."""

    def __init__(self, seed: int, shop: RemoteShop) -> None:
        self.random = random.Random(seed)
        self.shop = shop
        self.state = shop.server.state
        self.theirs: set[str] = set()
        self.dropped: set[str] = set()
        self.closed: set[int] = set()
        self.words: dict[int, str] = {}
        self.asked = 0

    def live(self, steps: int) -> None:
        for _ in range(steps):
            for _ in range(self.random.randint(0, 3)):
                self.person()
            self.run()
            self.check()
        self.state.faults.clear()
        for _ in range(3):
            self.run()
        before = self.writes()
        self.run()
        assert self.writes() == before
        self.check()

    def run(self) -> None:
        try:
            self.shop.run()
        except ForgeError as error:
            # Not even the dashboard could be written: the next run goes on.
            assert "502" in str(error) or "no answer" in str(error), error

    def writes(self) -> int:
        calls = self.state.calls
        return sum(
            call.method in ("POST", "PATCH") and call.path != "/graphql" for call in calls
        ) + sum(call.path.endswith("git-receive-pack") for call in calls)

    def check(self) -> None:
        state = self.state
        reachable = set(state.git("rev-list", "--all").split())
        tips = {item.tip for item in state.items.values() if item.state == "closed" and item.tip}
        kept = set(state.git("rev-list", *tips).split()) if tips else set()
        assert not self.theirs - reachable - kept - self.dropped
        heads = Counter(item.head for item in state.pulls())
        assert max(heads.values(), default=0) <= 1
        for item in state.items.values():
            bodies = [c.body for c in state.comments.values() if c.number == item.number]
            assert len(bodies) == len(set(bodies))
        for number in self.closed:
            again = [i for i in state.pulls() if i.head == state.items[number].head]
            assert not again or self.asked, number
        for number, text in self.words.items():
            assert text in (state.items[number].body + state.items[number].title), number
        assert state.problems == []

    def person(self) -> None:
        state, pulls = self.state, self.state.pulls()
        doing = self.random.choice(DOINGS)
        name = self.random.choice(list(self.shop.versions))
        if doing == "base":
            state.commit("main", "README.md", str(self.random.random()).encode())
        elif doing == "patch":
            self.shop.versions[name] += 1
        elif doing in ("gone", "back"):
            (self.shop.gone.add if doing == "gone" else self.shop.gone.discard)(name)
        elif doing == "day":
            self.shop.day += self.random.choice((1, 8))
        elif doing == "fault":
            method, path = self.random.choice(WRITES)
            state.faults.append(Fault(method, path, when=self.random.choice(list(When))))
        elif pulls:
            self._to(self.random.choice(pulls), doing)

    def _to(self, item: Item, doing: str) -> None:
        state = self.state
        tip = state.tips()[item.head]
        if doing == "push":
            self.theirs.add(state.commit(item.head, "hand.py", str(self.random.random()).encode()))
        elif doing == "amend":
            made = state.commit(item.head, "hand.py", str(self.random.random()).encode(), "main")
            # With everything that stood below: a person threw it away.
            self.dropped |= set(state.git("rev-list", tip).split())
            self.theirs.add(made)
        elif doing == "merge" and tip not in self.theirs:
            state.merge(item.number)
            path = state.git("show", "--format=", "--name-only", "main")
            self.shop.gone |= {name for name in self.shop.versions if name in path}
        elif doing == "close":
            state.close(item.number)
            self.closed.add(item.number)
        elif doing == "approve":
            item.approvals = [PERSON]
        elif doing == "queue":
            item.queued = not item.queued
        elif doing == "label":
            item.labels = [name for name in item.labels if name != STOP] + [STOP] * (
                STOP not in item.labels
            )
        elif doing == "title":
            item.title = self.words[item.number] = f"Our title {self.random.random()}"
        elif doing == "words":
            text = self.words[item.number] = f"Our words {self.random.random()}"
            item.body += f"\n{text}"
        elif doing == "tick":
            page = next(other for other in state.items.values() if not other.head)
            target = self.random.choice((item, page))
            boxes = re.findall(r"- \[ \] <!-- autofix:\w+", target.body)
            if boxes:
                box = self.random.choice(boxes)
                self.asked += 1
                target.body = target.body.replace(box, box.replace("[ ]", "[x]"), 1)


@pytest.mark.parametrize("described", [GITHUB, ENTERPRISE])
@pytest.mark.parametrize("seed", range(6))
def test_a_history(seed: int, described: str, tmp_path: Path, waits: Waits) -> None:
    with serving(tmp_path / "forge", described) as server:
        github = GitHub(Client(token_auth("ghp_bot"), server.api, waits.clock), "acme/shop")
        History(seed, RemoteShop.make(server, github, tmp_path)).live(12)


def test_two_bots_at_once(server: ForgeServer, github: GitHub, tmp_path: Path) -> None:
    """The second has looked before the first writes: its pushes and requests meet what is there."""
    shop = RemoteShop.make(server, github, tmp_path)
    shop.run()
    second = shop.workshop()
    shop.run()
    before = server.state.tips()
    for subject in shop.subjects():
        if (name := second.push(subject, None, None, keep=False)) is not None:
            # What the first has not opened yet, since its limit was reached.
            assert name not in before
    tips = server.state.tips()
    assert {name: tips[name] for name in before} == before
    for item in server.state.pulls():
        number = github.create(item.head, "main", item.title, "again", draft=False)
        assert number == item.number
