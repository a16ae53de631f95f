"""One run of the bot: look once, decide about everything, then write, one thing at a time."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from codemods.delivery.bot import dashboard
from codemods.delivery.bot.acting import Done, Hands
from codemods.delivery.bot.body import Setting, body
from codemods.delivery.bot.life import Create, Decision, Push, State, decide
from codemods.delivery.bot.marker import read_marker
from codemods.delivery.bot.matching import Matched, match, ours, untold
from codemods.delivery.bot.observing import Ignored, Observer, Wishes
from codemods.delivery.bot.rows import Row, is_done
from codemods.delivery.bot.seen import Ask, Seen, Today
from codemods.delivery.bot.settings import BotSettings
from codemods.delivery.bot.subjects import Subject
from codemods.delivery.bot.workshop import Checked, Workshop
from codemods.delivery.forge.protocol import LABEL, Forge, ForgeError, Issue, Mine, Trouble

ISSUE = "issue"
"""The kind of marker of an issue that ``publish`` opened."""


@dataclass(frozen=True, slots=True)
class Told:
    """A command of a person, in a comment or on the command line."""

    ask: Ask
    who: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What a run is to do."""

    apply: bool = False
    today: datetime.date = field(default_factory=datetime.date.today)
    told: Mapping[str, Told] = field(default_factory=dict)
    """Commands by the key of their subject, or by the number of a pull request: ``#41``."""
    only: Callable[[Matched], bool] | None = None
    """Which subjects are written to; ``None``: all."""
    unreadable: Sequence[str] = ()
    """Reports, or parts of them, that could not be read, with the reason."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a run."""

    rows: tuple[Row, ...]
    page: str
    """The dashboard as it is to stand, without the marker."""
    notes: tuple[str, ...] = ()
    """For people, on stderr."""
    dashboard: int | None = None
    status: int = 0
    """0: done, 1: something that was to be done was not, 2: a permission or setting is missing."""


class Bot:
    """A run's parts.

    Args:
        branch: the base branch, without ``refs/heads/``.
        render: our part of a body.
    """

    def __init__(
        self,
        forge: Forge,
        workshop: Workshop,
        settings: BotSettings,
        branch: str,
        render: Callable[[Subject, Setting, Decision], str] = body,
    ) -> None:
        self._forge = forge
        self._workshop = workshop
        self._settings = settings
        self._branch = branch
        self._render = render
        self._notes: list[str] = []

    def run(self, subjects: Sequence[Subject], request: Request) -> Report:
        """Observe, plan, and write where that is asked for.

        Raises:
            ForgeError: when the forge cannot even be read.
            RepositoryError: when git cannot.
        """
        facts = self._forge.repository()
        mine = self._forge.mine()
        heads = {item.head for item in mine.pulls if item.open and item.head}
        branches = self._workshop.branches(heads)
        known, shop = ours(mine.pulls, branches), self._workshop
        matched = match(subjects, known, branches, shop.patch_id, shop.exists)
        page = dashboard.find(mine.issues)
        wishes = _wishes(page, matched, request.told)
        observer = Observer(
            self._forge, self._workshop, self._settings, request.today, self._branch
        )
        seen = observer.look(matched, wishes, _unread(request))
        first = page is None and facts.has_issues
        writes = request.apply and self._settings.enabled and not first and not facts.archived
        hands = Hands(
            self._forge,
            self._workshop,
            self._settings,
            facts,
            self._branch,
            _published(mine),
            frozenset(pull.number for pull in mine.pulls if not pull.open),
            self._render,
        )
        owes = self._tell_late(mine, hands) if writes and request.only is None else False
        rows = self._rows(matched, seen, observer.day, hands if writes else None, request)
        ignored = _ignored(page, rows, request, writes=writes)
        step = self._next_step(first=first)
        content = dashboard.Content(
            rows, self._workshop.base, step, ignored, tuple(request.unreadable)
        )
        shown, number = dashboard.page(content, {}), page.issue.number if page else None
        whole = request.only is None or writes
        if facts.archived:
            self._notes.append("the repository is archived: nothing was written")
        elif request.apply and whole:
            told = {row.key for row in rows if _told(row, request) is not None}
            number = self._write_page(page, content, rows, told, has_issues=facts.has_issues)
            if number is not None:
                for spare in dashboard.spares(mine.issues):
                    self._forge.edit(spare.number, body=dashboard.retired(number))
        status = 1 if owes or not is_done(rows) else 0
        if any(row.wrong for row in rows):
            status = 2
        return Report(tuple(rows), shown, tuple(self._notes), number, status)

    def _rows(
        self,
        matched: Sequence[Matched],
        seen: Sequence[Seen],
        today: Today,
        hands: Hands | None,
        request: Request,
    ) -> list[Row]:
        rooms = _Rooms(self._settings, matched)
        rows = []
        over = ""
        for item, one in zip(matched, seen, strict=True):
            decision = decide(one, replace(today, room=rooms.full(item)))
            number = item.open.pull.number if item.open is not None else None
            meant = request.only is None or request.only(item)
            checked = Checked()
            if hands is not None and meant and not over and _pushes(decision) and item.subject:
                checked = self._workshop.verify(item.subject)
                if not checked.passed:
                    decision = decide(replace(one, failing=checked.words), today)
            if decision.steps and any(isinstance(step, Create) for step in decision.steps):
                rooms.take(item)
            if hands is None or not meant or over:
                rows.append(Row(item, one, decision, number, over if meant else ""))
                continue
            done = hands.carry_out(item, one, decision, checked)
            if done.trouble is not None and done.trouble.is_final:
                over = done.problem
            rows.append(_row(item, one, done))
        return rows

    def _tell_late(self, mine: Mine, hands: Hands) -> bool:
        """The comments that earlier runs owe; whether one is still missing."""
        missing = False
        for number, why in untold(mine.pulls):
            try:
                hands.tell_late(number, why)
                self._notes.append(f"#{number}: commented why it was closed")
            except ForgeError as error:
                missing = True
                self._notes.append(f"#{number}: nobody is told why it was closed: {error}")
                if error.trouble.is_final:
                    break
        return missing

    def _next_step(self, *, first: bool) -> str:
        if not self._settings.enabled:
            return (
                "Nothing is opened yet: set `enabled = true` under `[tool.autofix.bot]` on "
                f"{self._branch}."
            )
        if first:
            return "This was the first run, which opens nothing. The next run opens pull requests."
        return (
            f"At most {self._settings.open_limit} pull requests are open at a time. "
            "Tick a box to ask for more."
        )

    def _write_page(
        self,
        page: dashboard.Page | None,
        content: dashboard.Content,
        rows: Sequence[Row],
        told: Collection[str],
        *,
        has_issues: bool,
    ) -> int | None:
        """The dashboard, read again just before: a box ticked meanwhile stays ticked."""
        if not has_issues:
            self._notes.append("issues are disabled in the repository: no dashboard was written")
            return None
        handled = {row.key: row.handled for row in rows if row.handled is not None}
        try:
            # Whoever runs beside us may have opened one since we looked.
            page = page or dashboard.find(self._forge.issues(author=self._forge.account()))
            if page is None:
                text = dashboard.new_body(dashboard.page(content, {}), content.ignored)
                mark = text.split("\n", 1)[0]
                return self._forge.create_issue(dashboard.TITLE, text, (LABEL,), mark)
            issue: Issue = self._forge.issue(page.issue.number)
            marker = read_marker(issue.body) or page.marker
            now = dashboard.Page(issue, marker)
            asked = page.asks
            # A tick that we saw is done with if it was carried out, or if a command was that
            # came after it; one that was made meanwhile is not.
            done = {key for key, ask in handled.items() if key in told or asked.get(key) is ask}
            kept = {
                key: ask
                for key, ask in now.asks.items()
                if not (key in done and asked.get(key) is ask)
            }
            ignored = _merged(page.ignored, content.ignored, now.ignored)
            text = dashboard.updated(now, dashboard.page(content, kept), ignored)
            if text != issue.body.replace("\r\n", "\n"):
                self._forge.edit(issue.number, body=text)
            return issue.number
        except ForgeError as error:
            self._notes.append(f"the dashboard is not up to date: {error}")
            if error.trouble is Trouble.DISABLED:
                return None
            raise


class _Rooms:
    """How many pull requests may still be opened."""

    def __init__(self, settings: BotSettings, matched: Sequence[Matched]) -> None:
        self._settings = settings
        self._open: list[tuple[str, ...]] = [
            _paths(item) for item in matched if item.open is not None
        ]
        self._opened = 0

    def full(self, item: Matched) -> str:
        """Why no pull request may be opened for it; ``""``: there is room."""
        settings = self._settings
        if len(self._open) >= settings.open_limit:
            return f"waiting: {len(self._open)} are open, and open-limit is {settings.open_limit}"
        if self._opened >= settings.per_run_limit:
            return f"waiting for the next run: per-run-limit is {settings.per_run_limit}"
        paths = _paths(item)
        for limit in settings.limits:
            held = sum(limit.holds(other) for other in self._open)
            if limit.holds(paths) and held >= limit.open_limit:
                return f"waiting: {held} are open in {', '.join(limit.paths)}"
        return ""

    def take(self, item: Matched) -> None:
        """Count one that is opened, or perhaps was."""
        self._open.append(_paths(item))
        self._opened += 1


def _paths(item: Matched) -> tuple[str, ...]:
    if item.subject is not None and item.subject.paths:
        return item.subject.paths
    return tuple(sorted(item.open.paths)) if item.open is not None else ()


def _row(item: Matched, seen: Seen, done: Done) -> Row:
    wrong = done.trouble in (Trouble.CREDENTIALS, Trouble.FORBIDDEN, Trouble.MOVED)
    return Row(
        item,
        seen,
        done.decision,
        done.number,
        done.problem,
        done.written,
        carried_out=True,
        compare=done.compare,
        wrong=wrong,
    )


def _pushes(decision: Decision) -> bool:
    return any(isinstance(step, Push | Create) for step in decision.steps)


def _unread(request: Request) -> str:
    """While a report cannot be read, a finding that no report names may still be in it."""
    if not request.unreadable:
        return ""
    return "no report names it, but some reports cannot be read"


def _wishes(
    page: dashboard.Page | None, matched: Sequence[Matched], told: Mapping[str, Told]
) -> Wishes:
    by_key = {}
    for item in matched:
        number = f"#{item.open.pull.number}" if item.open is not None else ""
        past = [f"#{old.pull.number}" for old in item.past]
        for name in (item.key, number, *past):
            if name in told:
                by_key[item.key] = told[name].ask
    return Wishes(page.asks if page else {}, page.ignored if page else {}, by_key)


def _published(mine: Mine) -> dict[str, int]:
    """Open issues of ``publish``, by key."""
    found: dict[str, int] = {}
    for issue in mine.issues:
        marker = read_marker(issue.body)
        if issue.open and marker is not None and marker.text("kind") == ISSUE:
            for key in marker.texts("keys"):
                found[key] = issue.number
    return found


def _ignored(
    page: dashboard.Page | None, rows: Sequence[Row], request: Request, *, writes: bool
) -> dict[str, Ignored]:
    """What is ignored from now on."""
    found = page.ignored if page else {}
    if not writes:
        return found
    known: Collection[str] = tuple(found)
    for row in rows:
        if row.handled is Ask.IGNORE and row.state is State.IGNORED:
            told = _told(row, request) or Told(Ask.IGNORE)
            names = row.item.subject.selectors if row.item.subject is not None else ()
            found[row.key] = Ignored(
                told.who or "a ticked box", request.today.isoformat(), told.why, tuple(names)
            )
        elif row.handled in (Ask.UNIGNORE, Ask.OPEN, Ask.RECREATE):
            for key in known:
                names = row.item.subject.selectors if row.item.subject is not None else ()
                if key in found and (key == row.key or set(names) & set(found[key].names)):
                    found.pop(key)
    return found


def _merged(
    before: Mapping[str, Ignored], ours: Mapping[str, Ignored], now: Mapping[str, Ignored]
) -> dict[str, Ignored]:
    """What this run changed, in what stands there now: another run may have been told since."""
    ended = set(before) - set(ours)
    begun = {key: entry for key, entry in ours.items() if before.get(key) != entry}
    return {key: entry for key, entry in now.items() if key not in ended} | begun


def _told(row: Row, request: Request) -> Told | None:
    for name in (row.key, f"#{row.shown_number}"):
        if name in request.told:
            return request.told[name]
    return None
