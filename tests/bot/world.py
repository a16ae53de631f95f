"""A forge, a remote and people, in memory: everything that the bot asks, with faults and crashes.

The bot that runs here is the real one. Only what lies outside is replaced: the forge's interface
and git's.
"""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import random
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from codemods.codemod import Change, Refusal, Safety, Site
from codemods.delivery.bot.marker import read_marker
from codemods.delivery.bot.observing import STOP
from codemods.delivery.bot.run import Bot, Report, Request, Told
from codemods.delivery.bot.seen import GRACE_DAYS, Ask
from codemods.delivery.bot.settings import BotSettings
from codemods.delivery.bot.subjects import Member, Subject, subjects
from codemods.delivery.bot.workshop import Likeness, RemoteBranch
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

    def run(
        self,
        settings: BotSettings | None = None,
        *,
        told: Mapping[str, Told] | None = None,
        failing: Mapping[str, str] | None = None,
        apply: bool = True,
    ) -> Report:
        """One run of the bot."""
        shop = FakeWorkshop(self, failing or {})
        bot = Bot(FakeForge(self), shop, settings or SETTINGS, "main")
        self.asked_now = set(told or {}) | set(self.ticked())
        unreadable = () if self.reports_readable else ("docs/b.md: cannot be read",)
        today = EPOCH + datetime.timedelta(days=self.day)
        request = Request(apply=apply, today=today, told=told or {}, unreadable=unreadable)
        return bot.run(self.subjects(), request)

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

    def create(self, head: str, base: str, title: str, body: str, *, draft: bool) -> int:
        world = self.world

        def effect() -> int:
            for pull in world.pulls.values():
                if pull.head == head and pull.open:
                    return pull.number
            if head not in world.branches:
                raise ForgeError(Trouble.REFUSED, "head invalid")
            number = next(world.count)
            world.pulls[number] = Pull(number, title, body, head, base, draft)
            return number

        return int(str(world.write(f"create {head}", effect)))

    def edit(self, number: int, *, title: str | None = None, body: str | None = None) -> None:
        world = self.world

        def effect() -> None:
            held = world.pulls.get(number)
            if held is not None and held.open and (STOP in held.labels or held.queued):
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

    def comments(self, number: int) -> tuple[Comment, ...]:
        held = self.world.pulls[number].comments
        return tuple(Comment(place, body, BOT) for place, body in enumerate(held, 1))

    def comment(self, number: int, body: str, mark: str) -> None:
        def effect() -> None:
            self.world.pulls[number].comments.append(body)

        if not any(mark in item.body for item in self.comments(number)):
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
        return "write"

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


class FakeWorkshop:
    """Git and the remote, as the bot sees them."""

    def __init__(self, world: World, failing: Mapping[str, str]) -> None:
        self.world = world
        self.base = world.base
        self._failing = failing
        # What today's fixes are was found out when the run began.
        self._today = {key: (d.version, d.conflicts) for key, d in world.defects.items()}

    def branches(self, heads: Collection[str]) -> dict[str, RemoteBranch]:
        return {name: self._branch(name, tip) for name, tip in self.world.branches.items()}

    def _branch(self, name: str, tip: str) -> RemoteBranch:
        world, commit = self.world, self.world.commits[tip]
        foreign = "holds commits of others" if world.is_foreign(tip) else None
        # An amended commit keeps its trailers.
        defect = world.defects[commit.key]
        selectors = (f"AUDIT:{defect.id}",)
        return RemoteBranch(
            name, tip, commit.key, selectors, commit.base, str(commit.version), foreign
        )

    def compare(self, pairs: Sequence[tuple[Subject, RemoteBranch]]) -> list[Likeness]:
        found = []
        for subject, branch in pairs:
            version, conflicts = self._today[subject.key]
            commit = self.world.commits[branch.tip]
            found.append(
                Likeness(
                    subject.patch is not None and commit.version != version,
                    conflicts == branch.tip,
                    commit.base != self.base,
                )
            )
        return found

    def patch_id(self, subject: Subject) -> str:
        return f"{subject.key}-{self._today[subject.key][0]}" if subject.patch else ""

    def collides(self, subject: Subject, branch: RemoteBranch) -> bool:
        return False

    def verify(self, subject: Subject) -> tuple[bool, str]:
        return subject.key not in self._failing, self._failing.get(subject.key, "")

    def title(self, subject: Subject) -> str:
        return f"fix(shop): {subject.finding.title}"

    def push(
        self, subject: Subject, branch: str | None, expected: str | None, *, keep: bool
    ) -> str | None:
        world = self.world
        name = branch or branch_name(subject.key)
        version = self._today[subject.key][0]

        def effect() -> str | None:
            if world.branches.get(name) != expected:
                return None
            pull = next((p for p in world.pulls.values() if p.open and p.head == name), None)
            if pull is not None and pull.queued:
                # GH006: what is queued for merging cannot be updated.
                return None
            retargeted = pull is not None and pull.base != "main"
            if retargeted and subject.key not in world.asked_now:
                world.intrusions.append(f"push to a retargeted {name}")
            if pull is not None and STOP in pull.labels:
                world.intrusions.append(f"push {name}")
            if expected is not None:
                old = world.commits[expected]
                world.pushes.append(
                    Push(
                        subject.key,
                        (old.version, old.base, old.parent) == (version, self.base, None),
                        pull is not None and pull.approved,
                        subject.key in world.asked_now,
                        world.defects[subject.key].conflicts == expected,
                    )
                )
                if keep:
                    world.trash.add(expected)
            world.branches[name] = world.commit("bot", subject.key, version)
            world.commits[world.branches[name]].base = self.base
            if pull is not None:
                pull.approved = False
            return name

        done = world.write(f"push {name}", effect)
        return str(done) if done is not None else None

    def delete(self, branch: str, expected: str) -> bool:
        world = self.world

        def effect() -> bool:
            if world.branches.get(branch) != expected:
                return False
            close_branch(world, branch, "bot")
            return True

        return bool(world.write(f"delete {branch}", effect))


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
            if who == "bot" and (STOP in pull.labels or pull.queued):
                world.intrusions.append(f"delete {branch}")
            pull.open, pull.closed_by, pull.last_tip, pull.queued = False, who, tip, False


def counted(world: World) -> Counter[str]:
    """Open pull requests by branch."""
    return Counter(pull.head for pull in world.pulls.values() if pull.open)
