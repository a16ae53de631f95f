"""What a finding points at, and what a fix says nothing of."""

from __future__ import annotations

import dataclasses

import pytest

from codemods.engine.outcomes import Fixed, PartlyFixed
from codemods.engine.run import resolve
from codemods.findings.model import Location
from codemods.transforms import catalogue
from tests.engine.reported import at, field, finding, project

ROUTES = """\
import asyncio

import requests
from helpers import store, tidy


async def show(url):
    answer = requests.get(url, timeout=3)
    store(answer)
    tidy(answer)
    return answer


async def other(url):
    tidy(url)
    return url
"""
SHOWN = "answer = requests.get(url, timeout=3)\nstore(answer)\ntidy(url)"
FILES = {
    "app/routes.py": ROUTES,
    "app/more.py": "async def more(url):\n    return url\n",
    "helpers.py": "def store(item):\n    open('a').write(item)\n\n\ndef tidy(item):\n    pass\n",
}


def left(
    fix: str,
    *locations: Location,
    told: str = "",
    where: str | None = None,
    documented: bool = True,
) -> list[str]:
    places = locations or (at("app/routes.py", (8, 8)),)
    said = where or ", ".join(
        f"`{item.path}:{','.join(str(lines.start) for lines in item.lines)}`" for item in places
    )
    fields = (
        field("location", said),
        field("description", f"`show()` calls `requests.get()` on the event loop. {told}"),
        field("evidence", "", SHOWN),
        field("suggested fix", fix),
    )
    reported = finding("`show()` blocks the event loop", places, *fields)
    codemods = tuple(
        item if documented else dataclasses.replace(item, documentation="")
        for item in catalogue().values()
    )
    outcome = resolve(reported, project(FILES), codemods).outcome
    assert isinstance(outcome, Fixed | PartlyFixed), outcome
    return [str(item) for item in outcome.patch.left]


WRAP = "Wrap `requests.get()` in `asyncio.to_thread()`"


@pytest.mark.parametrize(
    "more",
    [
        ".",
        ", as `app/more.py` does.",
        ", matching `tidy()` in `app/more.py`.",
        ". Use the helper from `helpers.py`.",
        ". Add a test in `tests/test_more.py`.",
        ". Consider the same for `tidy()`.",
        ", before `store()` and `tidy()`.",
    ],
)
def test_what_is_only_mentioned_is_not_owed(more: str) -> None:
    assert left(WRAP + more) == []


def test_a_line_that_is_named_besides_is_not_owed() -> None:
    named = at("app/routes.py", (8, 8), (15, 15))
    assert left(WRAP, named, where="`app/routes.py:8`, called like `app/routes.py:15`") == []


def test_a_line_that_is_no_longer_what_the_finding_shows_is_not_owed() -> None:
    assert left(WRAP, at("app/routes.py", (8, 8), (16, 16))) == []


def test_a_range_is_no_line() -> None:
    assert left(WRAP, at("app/routes.py", (8, 8), (13, 16))) == []


def test_a_named_line_that_stays_is_owed() -> None:
    named = at("app/routes.py", (8, 8), (15, 15))
    assert left(WRAP, named) == ["app/routes.py:15: `tidy(url)` is unchanged"]


def test_a_name_of_a_list_of_which_others_change_is_owed() -> None:
    code = "import os\nimport sys\n\n\ndef f():\n    count = 1\n    return os.sep, sys.path\n"
    fields = (
        field("location", "`app.py:6`"),
        field("suggested fix", "Delete the unused `count` and `path`."),
    )
    reported = finding("Unused local variable `count`", (at("app.py", (6, 6)),), *fields)
    outcome = resolve(reported, project({"app.py": code}), tuple(catalogue().values())).outcome
    assert isinstance(outcome, PartlyFixed), outcome
    assert [item.what.partition(" ")[0] for item in outcome.left] == ["path"]


def test_the_same_for_another_name_is_owed() -> None:
    (said,) = left(f"{WRAP}. Do the same for `tidy`.")
    assert said.startswith("tidy is unchanged")


@pytest.mark.parametrize("documented", [True, False])
def test_a_demand_of_another_kind_is_owed_whoever_fixes(documented: bool) -> None:
    """A plug-in may say nothing of itself."""
    (said,) = left(f"{WRAP}. Rename `other` to `others`.", documented=documented)
    assert said.startswith("Rename `other`")


def test_a_file_that_the_suggestion_names_is_owed() -> None:
    (said,) = left(f"{WRAP}, and in `app/more.py` too.")
    assert said.startswith("app/more.py is unchanged")


CALLS = """\
import sys
from sys import exit


def stop(code):
    if code > 3:
        exit(code)
    return code


def give_up():
    exit()
"""


def test_a_short_line_with_its_number_is_owed() -> None:
    fields = (
        field("location", "`app.py:7`, `app.py:12`"),
        field("evidence", "", "exit(code)\nexit()"),
        field("suggested fix", "", "sys.exit(code)"),
    )
    reported = finding("`exit()` is for the shell", (at("app.py", (7, 7), (12, 12)),), *fields)
    outcome = resolve(reported, project({"app.py": CALLS}), tuple(catalogue().values())).outcome
    assert isinstance(outcome, PartlyFixed), outcome
    assert [str(item) for item in outcome.left] == ["app.py:12: `exit()` is unchanged"]


@pytest.mark.parametrize("gone", ["app/old_routes.py", "routes.txt"])
def test_what_is_left_out_is_told(gone: str) -> None:
    """Also where a file is edited whose name ends the same way."""
    fields = (
        field("description", "`show()` calls `requests.get()` on the event loop."),
        field("evidence", "", SHOWN),
        field("suggested fix", WRAP),
    )
    places = (at("routes.py", (8, 8)), at(gone, (8, 8)))
    reported = finding("`show()` blocks the event loop", places, *fields)
    files = {"routes.py": ROUTES, "helpers.py": FILES["helpers.py"]}
    outcome = resolve(reported, project(files), tuple(catalogue().values())).outcome
    assert isinstance(outcome, Fixed | PartlyFixed), outcome
    assert any(note.startswith(f"left out: {gone}") for note in outcome.patch.notes)
