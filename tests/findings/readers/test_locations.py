"""Locations in all the forms that reports use."""

from __future__ import annotations

import pytest

from codemods.findings.model import LocationKind
from codemods.findings.readers.locations import locations_of

Seen = list[tuple[str | None, list[tuple[int, int]], str | None]]


def seen(text: str) -> Seen:
    return [
        (item.path, [(lines.start, lines.end) for lines in item.lines], item.symbol)
        for item in locations_of(text)
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Multiple routers", LocationKind.PROSE),
        ("`/api/tracks/{id}` and/or the client", LocationKind.PROSE),
        ("many (commits `d84d701d`)", LocationKind.PROSE),
        ("`Scanner._run()`", LocationKind.SYMBOL),
    ],
)
def test_no_path(text: str, kind: LocationKind) -> None:
    found = locations_of(text)
    assert [item.kind for item in found] == [kind]
    assert found[0].path is None


def test_nothing_is_nowhere() -> None:
    assert locations_of(" \n") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("`a/b.py:12`", [("a/b.py", [(12, 12)], None)]),
        ("`a/b.py:12-34`", [("a/b.py", [(12, 34)], None)]),
        ("`a/b.py:12–34`", [("a/b.py", [(12, 34)], None)]),
        ("`a/b.py:101,210-226`", [("a/b.py", [(101, 101), (210, 226)], None)]),
        (
            "`a/b.py:41-42, 93-94, 180-181`",
            [("a/b.py", [(41, 42), (93, 94), (180, 181)], None)],
        ),
        ("`a.py:635-70`", [("a.py", [(635, 670)], None)]),
        ("a/b.py:12-34 without quotes", [("a/b.py", [(12, 34)], None)]),
        ("`a.py:1`, `b.py:2-3`", [("a.py", [(1, 1)], None), ("b.py", [(2, 3)], None)]),
        ("`a.py:1 → b.py:2`", [("a.py", [(1, 1)], None), ("b.py", [(2, 2)], None)]),
        ("`a.py:64, x/b.py:7-9`", [("a.py", [(64, 64)], None), ("x/b.py", [(7, 9)], None)]),
        ("`x.py:1`; callers `y.py:2`", [("x.py", [(1, 1)], None), ("y.py", [(2, 2)], None)]),
        ("`a.py:1` and `:35-42`", [("a.py", [(1, 1)], None), ("a.py", [(35, 42)], None)]),
        ("No tests for `x/y.py`, `z.py`", [("x/y.py", [], None), ("z.py", [], None)]),
        ("`a.py` (state.setter)", [("a.py", [], "state.setter")]),
        ("`a.py:3` (`detect()`)", [("a.py", [(3, 3)], "detect")]),
        ("`a.py` (load_chunk)", [("a.py", [], "load_chunk")]),
        ("`a.py` (3 endpoints)", [("a.py", [], None)]),
        ("`a.py` (deleted)", [("a.py", [], None)]),
        ("`a.py::Class.method`", [("a.py", [], "Class.method")]),
        ("`a.py` lines 5-9", [("a.py", [(5, 9)], None)]),
        ("`a.py` (line 5)", [("a.py", [(5, 5)], None)]),
        ("`a.py` (líneas 5-9, 12)", [("a.py", [(5, 9), (12, 12)], None)]),
        ("`a.py` (строки 5-9)", [("a.py", [(5, 9)], None)]),
        ("`a.py`, Zeilen 5 bis 9 und 12", [("a.py", [(5, 9), (12, 12)], None)]),
        ("`a.py` (lignes 5 à 9)", [("a.py", [(5, 9)], None)]),
        ("`a.py` (líneas 5 a 9)", [("a.py", [(5, 9)], None)]),
        ("`a.py`: on line 5 a 404 is sent", [("a.py", [(5, 5)], None)]),
        ("`a.py` : la ligne 5 a 90 signes", [("a.py", [(5, 5)], None)]),
        ("`a.py`（第 5-9 行）", [("a.py", [(5, 9)], None)]),
        ("`a.py` (第 5 章)", [("a.py", [], None)]),
        ("`a.py` (5 líneas)", [("a.py", [], None)]),
        ("`a.py` (row 5)", [("a.py", [], None)]),
        ("`a.py#L5-L9`", [("a.py", [(5, 9)], None)]),
        ("`/mnt/data/p/a.py:1`", [("/mnt/data/p/a.py", [(1, 1)], None)]),
        ("`.github/workflows/x.yml:4`", [(".github/workflows/x.yml", [(4, 4)], None)]),
        ("`Dockerfile:33`", [("Dockerfile", [(33, 33)], None)]),
    ],
)  # fmt: skip
def test_forms(text: str, expected: Seen) -> None:
    assert seen(text) == expected


@pytest.mark.parametrize(
    ("text", "kind", "note"),
    [
        ("`x/dynamics/` (compressor module)", LocationKind.DIRECTORY, "compressor module"),
        ("`routers/*.py`", LocationKind.GLOB, None),
        ("`types/{a,b}.ts`", LocationKind.GLOB, None),
        ("`x.py` (FFmpeg path)", LocationKind.FILE, "FFmpeg path"),
    ],
)
def test_kinds_and_notes(text: str, kind: LocationKind, note: str | None) -> None:
    found = locations_of(text)
    assert [(item.kind, item.note) for item in found] == [(kind, note)]


def test_a_tilde_is_kept() -> None:
    found = locations_of("`x.py:~350`")[0]
    assert found.approximate
    assert found.lines[0].start == 350


def test_lines_of_the_report() -> None:
    found = locations_of("  - `a.py:1`\n  - REST: `b.py:2`", line=7)
    assert [(item.path, item.line) for item in found] == [("a.py", 7), ("b.py", 8)]


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("**shop/till.py:4** - `open()`", "shop/till.py", 4),
        ("**till.py:4**", "till.py", 4),
        ("`**/till.py`", "**/till.py", 0),
        ("`.env.example:7`", ".env.example", 7),
        ("`conf/app.yaml.sample`", "conf/app.yaml.sample", 0),
        ("It ends with till.py.", "till.py", 0),
        ("`shop/till.py`: 3 methods", "shop/till.py", 0),
        ("`shop/till.py`: 9+ methods", "shop/till.py", 0),
        ("`shop/till.py: 3 and 5`", "shop/till.py", 3),
        ("shop/till.py:3 opens it", "shop/till.py", 3),
        ("shop/till.py(3)", "shop/till.py", 3),
        ("my%20shop/till.py:3", "my shop/till.py", 3),
        ("file:///home/joe/shop/till.py:3", "/home/joe/shop/till.py", 3),
        ("https://bitbucket.org/a/b/src/c0ffee/shop/till.py#lines-3", "shop/till.py", 3),
    ],
)
def test_marks_and_counts_are_no_part_of_a_place(text: str, path: str, line: int) -> None:
    (found,) = locations_of(text)
    assert found.path == path
    assert [item.start for item in found.lines][:1] == ([line] if line else [])


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("`shop/{till,door}.py:3`", ["shop/till.py", "shop/door.py"]),
        ("shop/till.py & shop/door.py", ["shop/till.py", "shop/door.py"]),
        ("`shop/{till,d*}.py`", ["shop/{till,d*}.py"]),
        ("the shop/till.py", ["shop/till.py"]),
    ],
)
def test_several_files_in_one_word(text: str, paths: list[str]) -> None:
    assert [item.path for item in locations_of(text)] == paths
