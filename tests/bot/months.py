"""Months in which people, faults, crashes and a moving base meet the bot, and what has to hold."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from codemods.delivery.bot.life import MOST_UNASKED, State
from codemods.delivery.bot.marker import read_marker
from codemods.delivery.bot.observing import STOP
from codemods.delivery.bot.run import Bot, Report, Request, Told
from codemods.delivery.bot.seen import GRACE_DAYS, Ask
from tests.bot.forge_in_memory import FakeForge
from tests.bot.workshop_in_memory import FakeWorkshop
from tests.bot.world import (
    EPOCH,
    OPEN_LIMIT,
    SETTINGS,
    Crash,
    Pull,
    World,
    branch_name,
    close_branch,
    counted,
)

DOINGS = (
    *("merge", "close", "push", "push", "amend", "rebase", "reopen", "delete-branch", "approve"),
    *(
        "merge",
        "queue",
        "edit-body",
        "edit-title",
        "label",
        "unlabel",
        "unlabel",
        "retarget",
        "undraft",
    ),
    *("base", "base", "base", "patch", "conflict", "fix-by-hand", "lost", "back", "back"),
    *("drop-report", "name-again", "name-again", "unreadable", "readable", "readable"),
    *("break-tests", "mend-tests", "mend-tests"),
    *("tick", "tick", "tick"),
)

TO_PULLS = frozenset(DOINGS[: DOINGS.index("base")]) - {"reopen"}


@dataclass
class Month:
    """One history."""

    seed: int
    days: int = 30
    fault: float = 0.0
    crash: bool = False
    races: bool = False
    flapper: bool = False
    busy: int = 4
    """How much people do in a day, at most."""
    doings: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    """How often a person asked to open, by key."""
    reopened: Counter[str] = field(default_factory=Counter)
    dropped: set[str] = field(default_factory=set)
    """Commits that people threw away themselves."""
    theirs: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Titles and texts that people wrote, by pull request."""
    pending: dict[str, Ask] = field(default_factory=dict)
    """Boxes of the dashboard that were ticked, and that nobody has handled yet."""
    ignored: dict[str, int] = field(default_factory=dict)
    """The last pull request of a key when somebody said to ignore it."""
    gone: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Since when, and since which base, a defect is found nowhere."""

    def __post_init__(self) -> None:
        self.world = World(self.seed)

    def live(self) -> World:
        """Let the month pass; every promise is checked after every run."""
        world = self.world
        if self.races:
            world.between = self._between
        for day in range(self.days):
            world.day = day
            for _ in range(world.random.randint(0, self.busy)):
                self.person()
            if self.flapper and day % 3 == 0:
                world.move_base()
                found = world.random.choice(["fixed", "already-fixed", "not-found", "fixed"])
                next(iter(world.defects.values())).found = found
            world.fault_rate = self.fault
            for _ in range(2):
                if self.crash and world.random.random() < 0.3:
                    world.crash_in = world.random.randint(0, 6)
                told = None
                if world.random.random() < 0.05:
                    told = {world.random.choice(list(world.defects)): Told(Ask.IGNORE, "ada")}
                self.run(told)
                world.crash_in = None
            self.be_quiet()
        return world

    def run(self, told: Mapping[str, Told] | None = None) -> Report | None:
        """One run, which may crash."""
        world = self.world
        # What comes and goes must not wait for room that others took meanwhile.
        settings = replace(SETTINGS, open_limit=99) if self.flapper else SETTINGS
        bot = Bot(FakeForge(world), FakeWorkshop(world), settings, "main")
        world.asked_now = set(told or {}) | set(world.ticked())
        unreadable = () if world.reports_readable else ("docs/b.md: cannot be read",)
        today = EPOCH + datetime.timedelta(days=world.day)
        request = Request(apply=True, today=today, told=told or {}, unreadable=unreadable)
        try:
            report: Report | None = bot.run(world.subjects(), request)
        except Crash:
            report = None
        except Exception as error:
            # The dashboard cannot be read or written: the run fails as a whole, aloud.
            if "cut off" not in str(error):
                raise
            report = None
        self._settle(report, told or {})
        self.check()
        return report

    def _settle(self, report: Report | None, told: Mapping[str, Told]) -> None:
        """What was asked for is done, or is still asked for."""
        world = self.world
        if report is None:
            # Nobody knows what came of it: the dashboard may be written, and its answer lost.
            self.pending.clear()
            return
        for row in report.rows:
            key = row.key
            if row.handled is not None and (self.pending.get(key) == row.handled or key in told):
                self.pending.pop(key, None)
            if row.handled is Ask.IGNORE and key in told and row.state is State.IGNORED:
                numbers = [p.number for p in world.pulls.values() if p.head == branch_name(key)]
                self.ignored[key] = max(numbers, default=0)
        for key, ask in [*self.pending.items()]:
            if ask is Ask.REBASE and world.open_pull(key) is None:
                # Merged or closed since: the table has nothing to make anew.
                del self.pending[key]
        names = {row.key for row in report.rows}
        for key in set(self.pending) - names:
            # No report names it any more: its row is gone, and the tick with it.
            del self.pending[key]
        page = world.dashboard()
        for key, ask in self.pending.items():
            ticked = page is not None and f"- [x] <!-- autofix:{ask} {key} -->" in page.body
            assert ticked or key not in names, (self.seed, world.day, "a tick is lost", key, ask)

    def be_quiet(self) -> None:
        """Without events and faults, some runs settle everything; the next one writes nothing."""
        world = self.world
        world.fault_rate, between, world.between = 0.0, world.between, None
        for _ in range(4):
            self.run()
        before = len(world.writes)
        report = self.run()
        assert report is not None
        assert world.writes[before:] == [], (self.seed, world.day, world.writes[before:])
        # Each finding has one row; what reports no longer name has one while it is open.
        names = Counter(row.key for row in report.rows)
        wanted = {defect.key for defect in world.defects.values() if defect.reported}
        assert wanted <= set(names) and set(names.values()) == {1}
        opened = sum(pull.open for pull in world.pulls.values())
        unasked = opened - sum(self.asked.values()) - sum(self.reopened.values())
        assert unasked <= OPEN_LIMIT or self.flapper, (self.seed, world.day)
        for pull in world.pulls.values():
            if pull.closed_by == "bot":
                marker = read_marker(pull.body)
                assert marker and marker.text("closing"), (self.seed, pull.number)
                told = any(text.startswith("Closed") for text in pull.comments)
                assert told or pull.open, (self.seed, "nobody is told why", pull.number)
        self._check_gone()
        world.between = between

    def _check_gone(self) -> None:
        """What is found nowhere for long is closed, where it is ours to close."""
        world = self.world
        for key, defect in world.defects.items():
            if defect.found != "not-found" or not defect.reported:
                self.gone.pop(key, None)
                continue
            pull = world.open_pull(key)
            if pull is not None and (STOP in pull.labels or pull.queued or pull.base != "main"):
                # Nothing is written meanwhile: the days count from when it is ours again.
                self.gone[key] = (world.day, world.base)
                continue
            day, base = self.gone.setdefault(key, (world.day, world.base))
            if pull is None or world.day - day <= GRACE_DAYS or world.base == base:
                continue
            theirs = world.is_foreign(world.branches[pull.head]) or self.reopened[key]
            assert theirs, (self.seed, world.day, "open for ever", key)

    def check(self) -> None:
        """The promises."""
        world = self.world
        where = (self.seed, world.day)
        people = {commit.id for commit in world.commits.values() if commit.author == "person"}
        lost = people - world.reachable() - self.dropped
        assert not lost, (*where, "commits of people are lost", lost)
        assert max(counted(world).values(), default=0) <= 1, (*where, "two open of one branch")
        for pull in world.pulls.values():
            twice = [text for text, count in Counter(pull.comments).items() if count > 1]
            assert not twice, (*where, "a comment twice", twice)
            told = any(text.startswith("Closed") for text in pull.comments)
            again = self.reopened[pull.head.rpartition("-")[2]]
            assert not (told and pull.open) or again, (*where, "told closed", pull.number)
        assert not world.intrusions or self.races, (*where, "held", world.intrusions)
        for key in world.defects:
            self._check_key(key, where)
        for push in world.pushes:
            assert not push.approved or push.asked or push.conflicted or self.races, (
                *where, "an approval was dropped for nothing", push,
            )  # fmt: skip
            # Whose answer was lost is not known to be done: what is asked for is done again.
            known = not (push.asked and self.fault)
            assert not push.same or not known, (*where, "a push that changes nothing", push)
        for number, (title, text) in self.theirs.items():
            pull = world.pulls[number]
            assert pull.title == title, (*where, "a title was put back", number)
            assert text in pull.body, (*where, "words of a person are lost", number)

    def _check_key(self, key: str, where: tuple[int, int]) -> None:
        mine = [pull for pull in self.world.pulls.values() if pull.head == branch_name(key)]
        mine.sort(key=lambda pull: pull.number)
        for place, pull in enumerate(mine):
            by_person = not pull.open and not pull.merged and pull.closed_by == "person"
            if by_person and not _closing(pull) and place + 1 < len(mine):
                assert self.asked[key] + self.reopened[key], (*where, "opened unasked", key)
        if key in self.ignored:
            later = [pull.number for pull in mine if pull.number > self.ignored[key]]
            assert not later, (*where, "opened though it is ignored", key)
        most = MOST_UNASKED + self.asked[key] + 1 + sum(pull.merged for pull in mine)
        assert len(mine) <= most + self.reopened[key], (*where, "comes and goes", key)

    def _between(self, what: str) -> None:
        """Somebody does something between look and write, often to the very branch.

        But for words and ticks in the very body: a forge has no way to write one only if nobody
        else did, and we read it again just before.
        """
        world = self.world
        if world.random.random() < 0.12:
            ticks = ("tick",) if what.startswith("edit") else ()
            self.person(without=("edit-body", "edit-title", *ticks))
        branch = what.partition(" ")[2] if what.startswith(("push", "delete")) else ""
        if branch in world.branches and world.random.random() < 0.35:
            self._push(branch)

    def _push(self, branch: str) -> None:
        world = self.world
        tip = world.branches[branch]
        key = world.commits[tip].key
        world.branches[branch] = world.commit("person", key, object(), tip)

    def person(self, without: Collection[str] = ()) -> None:
        """A person does something, if it can be done."""
        world = self.world
        doing = world.random.choice([item for item in DOINGS if item not in without])
        opened = [key for key in world.defects if world.open_pull(key)]
        # What is done to pull requests is done to one that is there.
        keys = opened if doing in TO_PULLS and opened else list(world.defects)
        key = world.random.choice(keys)
        before = world.reachable()
        pull = world.open_pull(key)
        done = self._to_code(key, doing) or self._to_branch(key, doing)
        done = done or (pull is not None and self._to_pull(key, pull, doing))
        if done:
            self.doings[doing] += 1
        self.dropped |= before - world.reachable()

    def _to_code(self, key: str, doing: str) -> bool:
        world, defect = self.world, self.world.defects[key]
        changes = {"fix-by-hand": "already-fixed", "lost": "not-found", "back": "fixed"}
        if doing in ("base", "patch", "conflict", *changes):
            if doing == "conflict" and branch_name(key) not in world.branches:
                return False
            world.move_base()
            defect.found = changes.get(doing, defect.found)
            if doing in ("patch", "conflict"):
                defect.version += 1
            if doing == "conflict":
                defect.conflicts = world.branches[branch_name(key)]
            return True
        if doing in ("drop-report", "name-again"):
            defect.reported = doing == "name-again"
            return True
        if doing in ("break-tests", "mend-tests"):
            defect.failing = doing == "break-tests"
            return True
        if doing in ("readable", "unreadable"):
            world.reports_readable = doing == "readable"
            return True
        if doing == "tick":
            ask = world.random.choice(list(Ask))
            page = world.dashboard()
            on_page = page is not None and f"- [ ] <!-- autofix:{ask} {key} -->" in page.body
            if world.tick(key, ask):
                if on_page:
                    self.pending[key] = ask
                if ask in (Ask.OPEN, Ask.UNIGNORE, Ask.RECREATE):
                    self.ignored.pop(key, None)
                self.asked[key] += ask in (Ask.OPEN, Ask.UNIGNORE, Ask.RECREATE)
                return True
        return False

    def _to_branch(self, key: str, doing: str) -> bool:
        world, name = self.world, branch_name(key)
        if doing == "reopen":
            mine = [pull for pull in world.pulls.values() if pull.head == name]
            last = max(mine, key=lambda pull: pull.number, default=None)
            if last and not last.open and not last.merged and name in world.branches:
                last.open, last.closed_by = True, ""
                self.reopened[key] += 1
                return True
            return False
        if name not in world.branches:
            return False
        if doing == "push":
            self._push(name)
        elif doing in ("amend", "rebase"):
            world.branches[name] = world.commit("person", key, object())
        else:
            return False
        if pull := world.open_pull(key):
            pull.approved = False
        return True

    def _to_pull(self, key: str, pull: Pull, doing: str) -> bool:
        world, name = self.world, branch_name(key)
        ours = not world.is_foreign(world.branches[name])
        if doing == "merge" and ours:
            pull.merged = True
            close_branch(world, name, "person")
            world.move_base()
            world.defects[key].found = "already-fixed"
        elif doing == "close":
            pull.open, pull.closed_by, pull.queued = False, "person", False
            pull.last_tip = world.branches[name]
        elif doing == "delete-branch" and ours:
            close_branch(world, name, "person")
        elif doing == "edit-body":
            text = f"\nWords of a person, {world.day}."
            self.theirs[pull.number] = (self.theirs.get(pull.number, (pull.title, ""))[0], text)
            pull.body += text
        elif doing == "edit-title":
            pull.title = f"Our own title, {world.day}"
            self.theirs[pull.number] = (pull.title, self.theirs.get(pull.number, ("", ""))[1])
        elif doing in ("label", "unlabel"):
            (pull.labels.add if doing == "label" else pull.labels.discard)(STOP)
        elif doing == "retarget":
            pull.base = world.random.choice(["main", "release", "release"])
        elif doing in ("approve", "queue", "undraft"):
            changes = {"approve": "approved", "queue": "queued", "undraft": "draft"}
            setattr(pull, changes[doing], doing != "undraft")
        else:
            return False
        return True


def _closing(pull: Pull) -> str | None:
    marker = read_marker(pull.body)
    return marker.text("closing") if marker else None
