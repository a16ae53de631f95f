"""What lies outside of the bot, in memory: commits, branches, pull requests, reports and people.

The bot that runs on it is the real one. Only the forge's interface and git's are replaced, by
:mod:`tests.bot.forge_in_memory` and :mod:`tests.bot.workshop_in_memory`.
"""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from codemods.codemod import Change, Refusal, Safety, Site
from codemods.delivery.bot.marker import read_marker
from codemods.delivery.bot.observing import STOP
from codemods.delivery.bot.seen import GRACE_DAYS, Ask
from codemods.delivery.bot.settings import BotSettings
from codemods.delivery.bot.subjects import Member, Subject, subjects
from codemods.delivery.forge.protocol import (
    ForgeError,
    Issue,
    Trouble,
)
from codemods.engine.outcomes import AlreadyFixed, FilePatch, Fixed, NotFound, Patch, Resolution
from tests.delivery.sandbox import finding

BOT = "autofix[bot]"
EPOCH = datetime.date(2026, 3, 2)
OPEN_LIMIT = 3


class Crash(BaseException):
    """The process of the bot ends, in the middle."""


@dataclass
class Commit:
    """A commit of somebody."""

    id: str
    author: str
    version: object
    """What it does to its base; of people's commits anything."""
    base: str
    key: str
    parent: str | None = None


@dataclass
class Defect:
    """What the reports and the code say of one finding today."""

    key: str
    id: str
    version: int = 0
    """Another one is another patch."""
    found: str = "fixed"
    reported: bool = True
    conflicts: str | None = None
    """The tip that does not merge into the base any more."""
    failing: bool = False
    """The project's command does not pass with its fix."""


@dataclass
class Pull:
    """A pull request as the forge holds it."""

    number: int
    title: str
    body: str
    head: str
    base: str
    draft: bool
    open: bool = True
    merged: bool = False
    labels: set[str] = field(default_factory=set)
    approved: bool = False
    queued: bool = False
    closed_by: str = ""
    comments: list[str] = field(default_factory=list)
    last_tip: str = ""


@dataclass(frozen=True)
class Push:
    """A push of the bot, with what it did away with."""

    key: str
    same: bool
    """Nothing was another one than before."""
    approved: bool
    asked: bool
    conflicted: bool


class World:
    """Everything outside of the bot."""

    def __init__(self, seed: int, defects: int = 8) -> None:
        self.random = random.Random(seed)
        self.defects = {
            f"{number:012x}": Defect(f"{number:012x}", f"B-{number:02d}")
            for number in range(1, defects + 1)
        }
        self.count = itertools.count(1)
        self.commits: dict[str, Commit] = {}
        self.branches: dict[str, str] = {}
        self.pulls: dict[int, Pull] = {}
        self.issues: dict[int, Issue] = {}
        self.trash: set[str] = set()
        self.base = "base-0"
        self.day = 0
        self.writes: list[str] = []
        self.pushes: list[Push] = []
        self.asked_now: set[str] = set()
        """Keys that a person asks for in the run that is going on."""
        self.fault_rate = 0.0
        self.crash_in: int | None = None
        self.between: Callable[[str], None] | None = None
        self.reports_readable = True
        self.intrusions: list[str] = []
        """What was written to a pull request that people held."""

    def move_base(self) -> None:
        """Somebody commits to the base branch."""
        self.base = f"base-{int(self.base.partition('-')[2]) + 1}"

    def commit(self, author: str, key: str, version: object, parent: str | None = None) -> str:
        """A new commit, on today's base or on another commit."""
        made = Commit(f"c{next(self.count)}", author, version, self.base, key, parent)
        self.commits[made.id] = made
        return made.id

    def write(self, what: str, effect: Callable[[], object]) -> object:
        """Every write of the bot: it may fail before or after its effect, or be the last."""
        if self.crash_in is not None:
            self.crash_in -= 1
            if self.crash_in < 0:
                self.crash_in = None
                raise Crash
        if self.between is not None:
            self.between(what)
        chance = self.random.random()
        if chance < self.fault_rate / 2:
            raise ForgeError(Trouble.UNKNOWN, f"{what}: cut off before")
        result = effect()
        self.writes.append(what)
        if chance < self.fault_rate:
            raise ForgeError(Trouble.UNKNOWN, f"{what}: cut off after")
        return result

    def open_pull(self, key: str) -> Pull | None:
        """The open pull request of a defect."""
        return next(
            (pull for pull in self.pulls.values() if pull.open and pull.head == branch_name(key)),
            None,
        )

    def is_held(self, pull: Pull) -> bool:
        """Whether nothing may be written to it: somebody holds it, or nobody can say today whether
        a report still names its finding."""
        defect = self.defects[pull.head.rpartition("-")[2]]
        unread = not self.reports_readable and not defect.reported
        return STOP in pull.labels or pull.queued or unread

    def reachable(self) -> set[str]:
        """Commits that a branch, a pull request or the trash keeps."""
        seen: set[str] = set()
        tips = {pull.last_tip for pull in self.pulls.values() if not pull.open}
        for tip in {*self.branches.values(), *self.trash, *tips}:
            at: str | None = tip
            while at and at not in seen:
                seen.add(at)
                at = self.commits[at].parent
        return seen

    def is_foreign(self, tip: str) -> bool:
        """Whether somebody else had a hand in a commit."""
        commit = self.commits[tip]
        return commit.author != "bot" or commit.parent is not None

    def subjects(self) -> tuple[Subject, ...]:
        """What resolving the reports gives today."""
        members = [
            (defect.key, Member(f"AUDIT:{defect.id}", _resolution(defect)))
            for defect in self.defects.values()
            if defect.reported
        ]
        return subjects(members)

    def dashboard(self) -> Issue | None:
        """The dashboard, where there is one."""
        return next(iter(self.issues.values()), None)

    def ticked(self) -> dict[str, str]:
        """Every tick, by key."""
        found = {}
        page = self.dashboard()
        for text, owner in [
            *(
                (pull.body, pull.head.rpartition("-")[2])
                for pull in self.pulls.values()
                if pull.open
            ),
            (page.body if page else "", ""),
        ]:
            for line in text.split("\n"):
                if line.startswith("- [x] <!-- autofix:"):
                    name, _, key = line.removeprefix("- [x] <!-- autofix:").partition(" ")
                    found[owner or key.split(" ")[0]] = name
        return found

    def tick(self, key: str, ask: Ask) -> bool:
        """A person ticks a box, if it is there."""
        page = self.dashboard()
        pull = self.open_pull(key)
        box = f"- [ ] <!-- autofix:{ask} {key} -->"
        if page is not None and box in page.body:
            body = page.body.replace(box, box.replace("[ ]", "[x]"))
            self.issues[page.number] = dataclasses.replace(page, body=body)
            return True
        box = f"- [ ] <!-- autofix:{ask} -->"
        if pull is not None and box in pull.body:
            pull.body = pull.body.replace(box, box.replace("[ ]", "[x]"))
            return True
        return False


SETTINGS = BotSettings(enabled=True, open_limit=OPEN_LIMIT, per_run_limit=99, draft="partly")


def branch_name(key: str) -> str:
    return f"autofix/add-exc-info/export-{key}"


def _resolution(defect: Defect) -> Resolution:
    made = finding(defect.id, f"export {defect.id} drops the traceback", report="docs/AUDIT.md")
    path = f"shop/{defect.id}.py"
    if defect.found == "already-fixed":
        evidence = (Refusal("already", "the traceback is logged", Site(path, 3, 3), already=True),)
        return Resolution(made, AlreadyFixed(evidence), "add-exc-info")
    if defect.found == "not-found":
        return Resolution(made, NotFound(("nothing like it stands there",)), "add-exc-info")
    files = (FilePatch(path, b"a\n", f"b {defect.version}\n".encode()),)
    change = Change(Site(path, 3, 3, "export"), "logs the traceback", (), Safety.REVIEW)
    patch = Patch(files, (change,), gates=("compiles",))
    return Resolution(made, Fixed(patch), "add-exc-info")


def close_branch(world: World, branch: str, who: str) -> None:
    """A branch goes, and its pull request is closed with it."""
    tip = world.branches.pop(branch)
    for pull in world.pulls.values():
        if pull.head == branch and pull.open:
            marker = read_marker(pull.body)
            if who == "bot" and marker and marker.text("closing") == "gone":
                since = marker.table("stale").get("day", 10**9)
                if (EPOCH + datetime.timedelta(days=world.day)).toordinal() - since < GRACE_DAYS:
                    world.intrusions.append(f"hasty {branch}")
            if who == "bot" and world.is_held(pull):
                world.intrusions.append(f"delete {branch}")
            pull.open, pull.closed_by, pull.last_tip, pull.queued = False, who, tip, False


def counted(world: World) -> Counter[str]:
    """Open pull requests by branch."""
    return Counter(pull.head for pull in world.pulls.values() if pull.open)
