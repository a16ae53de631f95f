"""``[tool.autofix.bot]``, read strictly, and from the base branch alone: what a pull request
changes there counts when it is merged."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from pathspec import GitIgnoreSpec

from codemods.findings.model import Severity
from codemods.project.settings import SettingsError, did_you_mean

SAFETIES = ("safe", "review")
"""What a pull request may hold; what is only shown is never opened unasked."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit for a part of the project: a noisy folder does not starve the rest."""

    paths: tuple[str, ...]
    open_limit: int

    def holds(self, paths: Sequence[str]) -> bool:
        """Whether one of the paths lies in this part."""
        return _fits(self.paths, paths)


@dataclass(frozen=True, slots=True)
class Ignore:
    """What is kept out."""

    why: str
    finding: str | None = None
    key: str | None = None
    paths: tuple[str, ...] = ()
    until: datetime.date | None = None

    def holds(
        self, selectors: Sequence[str], key: str, paths: Sequence[str], today: datetime.date
    ) -> bool:
        """Whether this keeps a finding out today."""
        if self.until is not None and today > self.until:
            return False
        if self.key is not None and not key.startswith(self.key):
            return False
        if self.finding is not None and not any(
            self.finding in (item, item.partition(":")[2]) for item in selectors
        ):
            return False
        return not self.paths or (bool(paths) and all(_fits(self.paths, [path]) for path in paths))


def _fits(patterns: Sequence[str], paths: Sequence[str]) -> bool:
    spec = GitIgnoreSpec.from_lines(patterns)
    return any(spec.match_file(path) for path in paths)


@dataclass(frozen=True, slots=True, kw_only=True)
class BotSettings:
    """What the bot may do; the defaults are the careful ones."""

    enabled: bool = False
    """Until then ``--apply`` writes the dashboard only."""
    base: str | None = None
    """The branch that pull requests go into; read on the default branch."""
    open_limit: int = 5
    per_run_limit: int = 2
    severities: tuple[Severity, ...] = tuple(Severity)
    """Findings of others, and without one, are opened only if a person asks."""
    safety: str = "review"
    """The weakest that is opened unasked."""
    draft: str = "review"
    """Which pull requests are drafts: ``never``; ``partly``: those that leave something;
    ``review``: those too that hold changes to be reviewed; ``always``."""
    labels: tuple[str, ...] = ("autofix",)
    reviewers: tuple[str, ...] = ()
    """Logins, and teams as ``team:NAME``."""
    assignees: tuple[str, ...] = ()
    update: str = "needed"
    stale_days: int = 7
    verify: str | None = None
    template: str | None = None
    """A file of the base branch: the body of a pull request, in jinja2."""
    automerge: str = "never"
    """``safe``: GitHub is told to merge what keeps behaviour, as soon as its rules allow it."""
    close_issues: bool = True
    commands_from: tuple[str, ...] = ()
    """Bots whose comments count as commands; people need write access."""
    limits: tuple[Limit, ...] = ()
    ignore: tuple[Ignore, ...] = ()


_CHOICES: Mapping[str, tuple[str, ...]] = {
    "safety": SAFETIES,
    "draft": ("never", "partly", "review", "always"),
    "update": ("needed", "always", "never"),
    "automerge": ("never", "safe"),
}
_SINGLE = ("base", "verify", "template")
_TABLES: Mapping[str, tuple[str, ...]] = {
    "limits": ("paths", "open-limit"),
    "ignore": ("finding", "key", "paths", "why", "until"),
}
_WHERE = "tool.autofix.bot"


def read_settings(table: Mapping[str, Any]) -> BotSettings:
    """The settings of the bot.

    Raises:
        SettingsError: for unknown keys and values of a wrong type, all of them.
    """
    problems = tuple(_problems(table))
    if problems:
        raise SettingsError(*problems)
    given = {key.replace("-", "_"): value for key, value in table.items()}
    for name in ("labels", "reviewers", "assignees", "commands_from"):
        if name in given:
            given[name] = tuple(given[name])
    if "severities" in given:
        given["severities"] = tuple(Severity(item.upper()) for item in given["severities"])
    given["limits"] = tuple(
        Limit(tuple(item["paths"]), item["open-limit"]) for item in table.get("limits", ())
    )
    given["ignore"] = tuple(
        Ignore(
            item["why"],
            item.get("finding"),
            item.get("key"),
            tuple(item.get("paths", ())),
            item.get("until"),
        )
        for item in table.get("ignore", ())
    )
    return BotSettings(**given)


def _problems(table: Mapping[str, Any]) -> Iterator[str]:
    defaults = BotSettings()
    known = {item.name.replace("_", "-"): getattr(defaults, item.name) for item in fields(defaults)}
    for key, value in table.items():
        where = f"{_WHERE}.{key}"
        if key not in known:
            yield f"unknown key {where}{did_you_mean(key, tuple(known))}"
        elif key in _TABLES:
            yield from _rows(where, value, _TABLES[key])
        elif key in _CHOICES:
            if value not in _CHOICES[key]:
                yield f"{where} must be one of {', '.join(_CHOICES[key])}"
        elif key == "severities":
            if not _texts(value) or not {item.upper() for item in value} <= set(Severity):
                yield f"{where} must be a list of {', '.join(Severity)}"
        elif key in _SINGLE:
            if not isinstance(value, str) or not value.strip():
                yield f"{where} must be a non-empty string"
        else:
            default = known[key]
            for kind, word, fits in _KINDS:
                if isinstance(default, kind):
                    if not fits(value):
                        yield f"{where} must be {word}"
                    break


def _rows(where: str, value: object, keys: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        yield f"{where} must be tables: [[{where}]]"
        return
    for number, item in enumerate(value, 1):
        row = f"{where}[{number}]"
        for key, given in item.items():
            if key not in keys:
                yield f"unknown key {row}.{key}{did_you_mean(key, keys)}"
            elif not _ROW[key][1](given):
                yield f"{row}.{key} must be {_ROW[key][0]}"
        if "open-limit" in keys:
            for key in keys:
                if key not in item:
                    yield f"{row} lacks {key}"
        elif "why" not in item:
            yield f"{row} lacks why"
        elif not {"finding", "key", "paths"} & set(item):
            yield f"{row} lacks finding, key or paths"


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item for item in value)


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


_KINDS: tuple[tuple[type, str, Callable[[object], bool]], ...] = (
    (bool, "true or false", lambda value: isinstance(value, bool)),
    (int, "a non-negative number", _count),
    (tuple, "a list of strings", _texts),
)
_ROW: Mapping[str, tuple[str, Callable[[object], bool]]] = {
    "paths": ("a list of strings", lambda value: _texts(value) and value != []),
    "open-limit": ("a non-negative number", _count),
    "finding": ("a non-empty string", _text),
    "key": ("a non-empty string", _text),
    "why": ("a non-empty string", _text),
    "until": ("a date, without quotes", lambda value: type(value) is datetime.date),
}
