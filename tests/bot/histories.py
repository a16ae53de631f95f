"""Histories on real repositories and over HTTP: people, faults, crashes, two bots, and the days.

What :mod:`tests.bot.months` lives through in memory, with git's own leases and merges, and with
GitHub's own description of each request and answer.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from codemods.delivery.bot.life import MOST_UNASKED, State
from codemods.delivery.bot.marker import read_marker
from codemods.delivery.bot.run import Report
from codemods.delivery.bot.seen import Ask
from codemods.delivery.forge.client import token_auth
from codemods.delivery.forge.github import GitHub
from codemods.delivery.forge.protocol import ForgeError
from tests.bot.conftest import Waits
from tests.bot.people import People
from tests.bot.remote_shop import SETTINGS, RemoteShop, WatchedClient
from tests.bot.server.faults import Fault, When
from tests.bot.server.http import ForgeServer, serving
from tests.bot.server.state import Item
from tests.bot.world import Crash

WRITES = (("POST", "/pulls"), ("PATCH", ""), ("POST", "/comments"), ("POST", "/labels"))
FAILURES = ("502", "no answer", "no JSON", "no number", "no id", "no list")


@dataclass(frozen=True)
class Kind:
    """What happens beside what people do."""

    faults: bool = False
    crashes: bool = False
    races: bool = False
    second: bool = False
    """Another bot runs as a whole between two writes of the first."""


KINDS: Mapping[str, Kind] = {
    "plain": Kind(),
    "faults": Kind(faults=True),
    "crashes": Kind(crashes=True),
    "races": Kind(races=True),
    "two bots": Kind(second=True),
    "everything": Kind(True, True, True, True),
}


def live(seed: int, kind: Kind, described: str, folder: Path, steps: int = 5) -> Counter[str]:
    """One history on a forge of its own; what people did in it."""
    with serving(folder / "forge", described) as server:
        history = History(seed, kind, server, folder)
        history.live(steps)
    return history.people.doings


@dataclass
class Before:
    """What stood on the forge before a run."""

    tips: dict[str, str]
    ours: dict[str, tuple[str, str]]
    """Base and patch of each branch that was ours, as its commit signs them."""
    approved: set[str]
    """Heads of approved pull requests."""
    asked: set[str]


@dataclass
class History:
    """One forge, some people, and a bot."""

    seed: int
    kind: Kind
    server: ForgeServer
    folder: Path

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.state = self.server.state
        self.shop = RemoteShop.make(self.server, self.github(), self.folder)
        self.people = People(self.random, self.shop)
        self.state.git("update-ref", "refs/heads/release", "refs/heads/main")
        self._inside = False

    def github(self) -> GitHub:
        """The forge as a run sees it, which has looked at nothing yet."""
        client = WatchedClient(token_auth("ghp_bot"), self.server.api, Waits().clock)
        return GitHub(client, "acme/shop")

    def live(self, steps: int) -> None:
        """Let it happen; every promise is checked after every run."""
        self.run()
        for _ in range(steps):
            for _ in range(self.random.randint(1, 4)):
                self.people.person()
            if self.kind.faults:
                method, path = self.random.choice(WRITES)
                self.state.faults.append(Fault(method, path, when=self.random.choice(list(When))))
            self.run()
            self.check()
        self.state.faults.clear()
        calm, self.kind = self.kind, Kind()
        for _ in range(3):
            self.run()
        before = self.writes()
        report = self.run()
        self.kind = calm
        assert report is not None
        assert self.writes() == before, (self.seed, self.state.calls[-6:])
        self.check()
        self._check_rows(report)

    def run(self) -> Report | None:
        """One run; ``None`` where it crashed or could not even write the dashboard."""
        before = self._before()
        self.shop.github = self.github()
        try:
            report = self.shop.run(self._between)
        except Crash:
            report = None
        except ForgeError as error:
            assert any(text in str(error) for text in FAILURES), error
            report = None
        self._check_pushes(before)
        for row in report.rows if report is not None else ():
            if row.handled is Ask.IGNORE and row.state is State.IGNORED and row.item.subject:
                self.people.ignore(row.item.subject.finding.id)
        return report

    def _between(self, what: str) -> None:
        """Before each write of the first bot."""
        if self._inside:
            return
        self._inside = True
        try:
            if self.kind.second and self.random.random() < 0.15:
                first, self.shop.github = self.shop.github, self.github()
                try:
                    self.shop.run(self._between)
                except ForgeError as error:
                    assert any(text in str(error) for text in FAILURES), error
                self.shop.github = first
            if self.kind.races and self.random.random() < 0.25:
                self.people.person(between=what)
        finally:
            self._inside = False
        if self.kind.crashes and self.random.random() < 0.12:
            raise Crash

    def writes(self) -> int:
        """How many there were so far."""
        calls = self.state.calls
        return sum(
            call.method in ("POST", "PATCH") and call.path != "/graphql" for call in calls
        ) + sum(call.path.endswith("git-receive-pack") for call in calls)

    # What has to hold.

    def _before(self) -> Before:
        state, tips = self.state, self.state.tips()
        ours = {
            name: (base, patch)
            for name, tip in tips.items()
            if name.startswith("autofix/") and tip not in self.people.theirs
            for base, patch in [self._signed(tip)]
        }
        opened = state.pulls()
        asked = {item.head for item in opened if "- [x]" in item.body}
        page = self.people.page()
        if page is not None and "- [x]" in page.body:
            # By name: the key of the row is that of the head.
            names = set(re.findall(r"- \[x\] .*?\*\*(B-\d\d)\*\*", page.body))
            asked |= {item.head for item in opened if self.people.name(item) in names}
        return Before(tips, ours, {item.head for item in opened if item.approvals}, asked)

    def _signed(self, tip: str) -> tuple[str, str]:
        message = self.state.git("log", "-1", "--format=%B", tip)
        found = dict(re.findall(r"^Autofix-(Base|Patch): (\w+)", message, re.MULTILINE))
        return found.get("Base", ""), found.get("Patch", "")

    def _check_pushes(self, before: Before) -> None:
        """No push that changes nothing, and no approval that is dropped for nothing."""
        if self.kind.races or self.kind.second:
            # Nobody could say what the bot saw.
            return
        tips = self.state.tips()
        for name, signed in before.ours.items():
            tip = tips.get(name)
            if tip is None or tip == before.tips[name]:
                continue
            assert self._signed(tip) != signed, (self.seed, "a push that changes nothing", name)
            if name in before.approved and name not in before.asked:
                merge = self.state.try_merge("main", before.tips[name])
                assert not merge, (self.seed, "an approval was dropped for nothing", name)

    def check(self) -> None:
        """The promises."""
        state, where = self.state, self.seed
        reachable = set(state.git("rev-list", "--all").split())
        tips = {item.tip for item in state.items.values() if item.state == "closed" and item.tip}
        kept = set(state.git("rev-list", *tips).split()) if tips else set()
        assert not self.people.theirs - reachable - kept - self.people.dropped, (
            where,
            "commits are lost",
        )
        heads = Counter(item.head for item in state.pulls())
        assert max(heads.values(), default=0) <= 1, (where, heads)
        pages = [item for item in state.items.values() if not item.head]
        # Two that begin at once may both open one: the next run keeps the first.
        assert len(pages) <= 1 or self.kind.second, (where, "two dashboards")
        for item in state.items.values():
            bodies = [c.body for c in state.comments.values() if c.number == item.number]
            assert len(bodies) == len(set(bodies)), (where, "a comment twice", bodies)
            assert item.number in self.people.closed or self._is_explained(item), (
                where,
                item.number,
            )
            for text in self.people.words.get(item.number, ()):
                assert text in f"{item.title}\n{item.body}", (where, item.number, text)
        for name in self.shop.versions:
            self._check_finding(name)
        assert state.problems == []

    def _is_explained(self, item: Item) -> bool:
        """Whether a closed one says why, since no person closed it."""
        if item.state == "open" or item.merged:
            return True
        marker = read_marker(item.body)
        return marker is not None and marker.text("closing") is not None

    def _check_finding(self, name: str) -> None:
        where = (self.seed, name)
        mine = [
            item
            for item in self.state.items.values()
            if item.head and self.people.name(item) == name
        ]
        anew = self.people.asked[name] + self.people.reopened[name]
        for place, item in enumerate(mine):
            marker = read_marker(item.body)
            by_person = item.number in self.people.closed and item.state == "closed"
            if by_person and not (marker and marker.text("closing")) and place + 1 < len(mine):
                assert anew, (*where, "opened unasked", item.number)
        most = MOST_UNASKED + anew + 1 + sum(item.merged for item in mine)
        assert len(mine) <= most, (*where, "comes and goes")
        if name in self.people.ignored:
            later = [item.number for item in mine if item.number > self.people.ignored[name]]
            assert not later, (*where, "opened though it is ignored", later)

    def _check_rows(self, report: Report) -> None:
        """Each finding once; and no more are open than may be."""
        names = Counter(
            member.finding.id
            for row in report.rows
            for member in (row.item.subject.members if row.item.subject else ())
        )
        assert names == Counter(set(self.shop.versions) - self.shop.dropped), self.seed
        pages = [item for item in self.state.items.values() if not item.head]
        assert sum(read_marker(item.body) is not None for item in pages) == 1, self.seed
        opened = len(self.state.pulls())
        allowed = SETTINGS.open_limit + self.people.asked.total() + self.people.reopened.total()
        assert opened <= allowed, (self.seed, opened)
        for item in self.state.items.values():
            marker = read_marker(item.body)
            over = item.state == "closed" and not (item.merged or item.locked)
            if over and marker is not None and marker.text("closing") is not None:
                texts = [c.body for c in self.state.comments.values() if c.number == item.number]
                told = any(text.startswith("Closed") for text in texts)
                assert told, (self.seed, "nobody is told why", item.number)
        page = self.people.page()
        assert (page is not None and "- [x]" not in page.body) or self._is_kept(report), self.seed

    def _is_kept(self, report: Report) -> bool:
        """Whether what is ticked still waits for something."""
        return any(row.decision.keeps_ask or row.handled is None for row in report.rows)
