"""Markers, boxes, settings, commands and templates: what others write is read with care."""

from __future__ import annotations

import base64
import datetime
from typing import Any

import pytest

from codemods.delivery.bot.commands import Command, Word, read_command
from codemods.delivery.bot.marker import (
    BEGIN,
    END,
    Marker,
    block,
    box,
    digest,
    new_body,
    read_marker,
    spliced,
    ticks,
    without_ticks,
)
from codemods.delivery.bot.settings import BotSettings, Ignore, read_settings
from codemods.delivery.bot.templates import TemplateError, render, rendered
from codemods.project.settings import SettingsError

MARKER = Marker({"keys": ["a"], "left": ["x"]})


def encoded(text: str) -> str:
    return f"<!-- autofix:1 {base64.b64encode(text.encode()).decode()} -->"


@pytest.mark.parametrize(
    "body",
    [
        "", "words", "<!-- autofix:1  -->", "<!-- autofix:1 ??? -->", encoded("[1]"),
        encoded("no json"), "<!-- autofix:1 " + "A" * 30_000 + " -->", "x " + MARKER.line,
        "<!-- autofix:2 e30= -->",
    ],
)  # fmt: skip
def test_what_is_no_marker(body: str) -> None:
    assert read_marker(body) is None


def test_a_marker_comes_back() -> None:
    text = f"A person's words.\r\n{MARKER.line}\r\n"
    assert read_marker(text) == MARKER
    assert read_marker(encoded("no json") + "\n" + MARKER.line) == MARKER
    assert Marker({"keys": "a", "stale": []}).texts("keys") == ()


def test_a_body_that_a_person_edited_stays_theirs() -> None:
    body = new_body(MARKER, "ours")
    noted = read_marker(body)
    assert noted is not None
    around = f"Before.\n{body}\nBehind."
    changed = spliced(around, noted.with_notes({"stale": {"day": 1}}), "new")
    assert (block(changed), changed.startswith("Before."), changed.endswith("Behind.")) == (
        "new", True, True,
    )  # fmt: skip
    theirs = around.replace("ours", "theirs")
    kept = spliced(theirs, noted.with_notes({"stale": None, "keys": ["b"]}), "new")
    assert block(kept) == "theirs"
    marker = read_marker(kept)
    assert marker is not None and marker.texts("keys") == ("b",)


def test_a_removed_marker_is_put_back_and_a_removed_part_is_not() -> None:
    kept = spliced("Only words.", MARKER, "new")
    assert read_marker(kept) == MARKER
    assert "new" not in kept


def test_a_tick_is_no_edit() -> None:
    text = f"{box('rebase')} make anew"
    assert digest(text) == digest(text.replace("[ ]", "[x]"))
    body = f"{BEGIN}\n{text.replace('[ ]', '[x]')}\n{END}"
    assert ticks(body) == (("rebase", ""),)
    assert ticks(without_ticks(body, {("rebase", "")})) == ()
    assert ticks(without_ticks(body, {("ignore", "")})) == (("rebase", ""),)


@pytest.mark.parametrize(
    "line", ["- [x] rebase", "* [x] <!-- autofix:rebase -->", "  - [x] <!-- autofix:rebase -->",
             "> - [x] <!-- autofix:rebase -->", "- [x] <!-- autofix:rebase <b> -->"],
)  # fmt: skip
def test_what_is_no_box(line: str) -> None:
    assert ticks(f"{BEGIN}\n{line}\n{END}") == ()


def test_a_box_outside_of_our_part_is_nothing() -> None:
    assert ticks(f"- [x] <!-- autofix:ignore -->\n{BEGIN}\n{END}") == ()


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({"enable": True}, "did you mean enabled?"),
        ({"enabled": "yes"}, "enabled must be true or false"),
        ({"open-limit": True}, "open-limit must be a non-negative number"),
        ({"open-limit": -1}, "open-limit must be a non-negative number"),
        ({"labels": "autofix"}, "labels must be a list"),
        ({"severities": ["BAD"]}, "severities must be a list of CRITICAL"),
        ({"draft": "sometimes"}, "draft must be one of"),
        ({"safety": "display"}, "safety must be one of safe, review"),
        ({"verify": " "}, "verify must be a non-empty string"),
        ({"limits": {}}, "limits must be tables"),
        ({"limits": [{"paths": []}]}, "paths must be"),
        ({"limits": [{"paths": ["a"]}]}, "lacks open-limit"),
        ({"ignore": [{"why": "x"}]}, "lacks finding, key or paths"),
        ({"ignore": [{"key": "a"}]}, "lacks why"),
        ({"ignore": [{"key": "a", "why": "x", "until": "2026-01-01"}]}, "until must be a date"),
    ],
)
def test_wrong_settings(table: dict[str, Any], problem: str) -> None:
    with pytest.raises(SettingsError, match=problem.replace("[", r"\[").replace("?", r"\?")):
        read_settings(table)


def test_settings() -> None:
    assert read_settings({}) == BotSettings()
    made = read_settings({"severities": ["high"], "limits": [{"paths": ["a/"], "open-limit": 1}]})
    assert [str(item) for item in made.severities] == ["HIGH"]
    assert made.limits[0].holds(["a/b.py"])
    assert not made.limits[0].holds(["b/a.py"])


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        (Ignore("w", finding="B-07"), True),
        (Ignore("w", finding="AUDIT:B-07"), True),
        (Ignore("w", finding="B-0"), False),
        (Ignore("w", key="abc"), True),
        (Ignore("w", key="abd"), False),
        (Ignore("w", paths=("app/",)), True),
        (Ignore("w", paths=("lib/",)), False),
        (Ignore("w", finding="B-07", paths=("lib/",)), False),
        (Ignore("w", key="abc", until=datetime.date(2026, 3, 1)), False),
        (Ignore("w", key="abc", until=datetime.date(2026, 3, 2)), True),
    ],
)
def test_what_is_ignored(rule: Ignore, holds: bool) -> None:
    today = datetime.date(2026, 3, 2)
    assert rule.holds(["AUDIT:B-07"], "abcdef", ["app/x.py"], today) is holds


def test_nothing_without_a_path_is_in_a_folder() -> None:
    rule = Ignore("w", paths=("app/",))
    assert not rule.holds(["A:B"], "abc", [], datetime.date(2026, 3, 2))


@pytest.mark.parametrize(
    "text", ["", "ignore", "text /autofix ignore", "> /autofix ignore", "/autofixit",
             "please\n/autofix ignore", " /autofix ignore"],
)  # fmt: skip
def test_what_is_no_command(text: str) -> None:
    assert read_command(text) is None


def test_commands() -> None:
    assert read_command("/autofix IGNORE  a  double\nmore") == Command(
        Word.IGNORE, "ignore", "a double"
    )
    assert read_command("/autofix") == Command(None, "", "")
    assert read_command("/autofix destroy") == Command(None, "destroy", "")


VALUES = {"id": "B-01", "changed": ["a", "b"], "title": "x" * 100}


@pytest.mark.parametrize(
    "template",
    [
        "{{ id.__class__ }}", "{{ ''.__class__.__mro__ }}", "{{ id.upper() }}", "{{ range(9) }}",
        "{{ 'a' * 999999999 }}", "{{ 2 ** 99 }}", "{{ '%s' % id }}", "{{ 9 // 2 }}",
        "{% include 'x' %}", "{% import 'x' as y %}", "{% extends 'x' %}", "{{ missing }}",
        "{{ id | attr('upper') }}", "{{ changed | map('upper') }}", "{{ id | safe }}",
        "{{ cycler('a') }}", "{{ lipsum() }}", "{{ self }}{{ self.__init__ }}", "{{ config }}",
        "{{ id | format }}", "{% for", "{{ changed.append('c') }}", "{% do 1 %}",
    ],
)  # fmt: skip
def test_what_no_template_may(template: str) -> None:
    with pytest.raises(Exception):  # noqa: B017 - jinja2's, of many kinds
        rendered(template, VALUES)


@pytest.mark.slow
@pytest.mark.parametrize(
    "template",
    [
        "{% for a in title %}{% for b in title %}{% for c in title %}{% for d in title %}"
        "{% for e in title %}x{% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}",
        "{{ missing }}",
        "{% for a in title %}{% for b in title %}{{ title }}{% endfor %}{% endfor %}",
    ],
)
def test_a_template_ends(template: str) -> None:
    with pytest.raises(TemplateError) as caught:
        render(template, VALUES)
    assert "\n" not in str(caught.value)


def test_a_template() -> None:
    assert rendered("{{ id }}: {{ changed | join(', ') }}", VALUES) == "B-01: a, b"
