"""The promises are worth something: each careful place of the bot, made careless, breaks one."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from codemods.delivery.bot import acting, life, matching, observing, run
from tests.bot.months import Month
from tests.bot.test_life import DIFFERS, OPEN, SEEN, TODAY, kinds

MUTANTS: dict[str, tuple[ModuleType, str, str]] = {
    "a deletion's lease is no matter": (
        acting,
        "if not self._workshop.delete(step.branch, step.expected):",
        "if self._workshop.delete(step.branch, step.expected) is None:",
    ),
    "commits of people are nobody's": (
        life,
        "    if branch.foreign is not None:\n        return _edited(",
        "    if False:\n        return _edited(",
    ),
    "what people committed is not kept": (life, "branch.tip, keep=True)", "branch.tip)"),
    "deleted before the marker says why": (life, "    if pull.closing != why:", "    if False:"),
    "closed by a person counts for nothing": (
        life, "    if last.closing is None:", "    if False:",
    ),
    "the queue is not looked at": (
        observing, '("it is in the merge queue" if found.queued else "")', '""',
    ),
    "the label is not looked at": (observing, "if STOP in pull.labels:", "if False:"),
    "an approval is dropped for any patch": (
        life, "(branch.differs and not pull.approved)", "branch.differs",
    ),
    "pushed at every base": (
        life, "needed = branch.conflicts", "needed = branch.behind or branch.conflicts",
    ),
    "no grace": (life, "today.day - since.day >= today.stale_days and", "True or"),
    "marked stale at every run": (life, "    if since is None:", "    if True:"),
    "the dashboard is written from the first look": (
        run, "                for key, ask in now.asks.items()",
        "                for key, ask in {}.items()",
    ),
    "what is ignored is forgotten": (run, "found[row.key] = Ignored(", "Ignored("),
    "limits do not count what is opened": (run, "rooms.take(item)", "pass"),
    "a title is put back": (
        acting, 'marker.text("title") == digest(pull.title)', "True",
    ),
    "a body is written from nothing": (
        acting, "self._forge.edit(step.number, body=spliced(pull.body, noted))",
        'self._forge.edit(step.number, body=spliced("", noted))',
    ),
    "retargeted is no matter": (
        observing, 'and item.open.pull.base not in ("", self._branch)', "and False",
    ),
    "what cannot be read is gone": (observing, "elif unread:", "elif False:"),
    "what does not pass is opened": (
        run, "if not checked.passed:\n", "if False:\n",
    ),
    "it comes and goes without end": (life, "unasked >= MOST_UNASKED", "unasked >= 99"),
    "a comment that was cut off is never made": (
        run, "in untold(mine.pulls):", "in ():",
    ),
    "no report names it, so nobody looks": (
        matching, "item for item in opened if not owner[item.pull.number]", "item for item in ()",
    ),
}  # fmt: skip
STAGED = {
    "an approval is dropped for any patch": replace(
        SEEN, branch=DIFFERS, pull=replace(OPEN, approved=True)
    )
}
"""What months seldom come to: an approved branch of ours whose patch is another one."""
SEEDS = 20
KINDS: tuple[dict[str, Any], ...] = (
    {},
    {"races": True},
    {"crash": True, "fault": 0.15},
    {"flapper": True, "days": 60, "busy": 1},
    {"days": 60, "busy": 1},
)
WHERE = {
    life: ("decide", (run, observing)),
    acting: ("Hands", (run,)),
    observing: ("Observer", (run,)),
    matching: ("match", (run,)),
}


@contextmanager
def mutated(module: ModuleType, old: str, new: str) -> Iterator[None]:
    """A module whose code is another one, wherever it was imported to."""
    source = inspect.getsource(module)
    assert source.count(old) == 1, old
    names: dict[str, Any] = {"__name__": module.__name__, "__file__": module.__file__}
    if module is run:
        exec(compile(source.replace(old, new), "mutant", "exec"), names)
        names_of = ("_write_page", "_rows", "_tell_late")
        changed = {name: getattr(run.Bot, name) for name in names_of}
        kept, ignored = dict(changed), run._ignored
        for name in changed:
            _swap(run.Bot, name, getattr(names["Bot"], name))
        _swap(run, "_ignored", names["_ignored"])
        yield
        for name, function in kept.items():
            _swap(run.Bot, name, function)
        _swap(run, "_ignored", ignored)
        return
    # Its values have to be those of the module, for `isinstance`: only functions are new.
    exec(compile(source.replace(old, new), "mutant", "exec"), names)
    held = dict(vars(module))
    functions = {
        name: value
        for name, value in names.items()
        if inspect.isfunction(value) or name in ("Hands", "Observer")
    }
    for value in functions.values():
        if inspect.isfunction(value) and value.__module__ == module.__name__:
            value.__globals__.update({k: v for k, v in held.items() if inspect.isclass(v)})
    name, users = WHERE[module]
    before = {user: getattr(user, name) for user in users}
    for user in users:
        _swap(user, name, functions[name])
    try:
        yield
    finally:
        for user, value in before.items():
            _swap(user, name, value)


def _swap(holder: Any, name: str, value: object) -> None:
    setattr(holder, name, value)


@pytest.mark.slow
@pytest.mark.parametrize("name", MUTANTS)
def test_a_careless_bot_is_caught(name: str) -> None:
    module, old, new = MUTANTS[name]
    with mutated(module, old, new):
        if name in STAGED and "Push" in kinds(vars(run)["decide"](STAGED[name], TODAY)):
            return
        for seed in range(SEEDS):
            for kind in KINDS:
                try:
                    Month(seed, **kind).live()
                except AssertionError:
                    return
    pytest.fail(f"nobody noticed: {name}")
