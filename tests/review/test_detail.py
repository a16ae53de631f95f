"""One finding on the screen: the auditor's words as words, and the quoted code as code."""

from __future__ import annotations

import dataclasses

import pytest

from codemods.cli.drawing import SCREEN
from codemods.cli.review.detail import detail
from codemods.codemod import Change, Safety, Site
from codemods.engine.outcomes import FilePatch, Patch, Resolution, ended
from codemods.output.entries import Said, blocks, entry
from codemods.output.results import Result
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from tests.engine.reported import at, finding
from tests.review.pages import fixed


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [(False, [""])]),
        ("no `code`\n``here``", [(False, ["no `code`", "``here``"])]),
        ("a\n```python\nx = 1\n\n```\nb", [(False, ["a"]), (True, ["x = 1", ""]), (False, ["b"])]),
        ("````\n```\nx\n```\n````", [(True, ["```", "x", "```"])]),
        ("~~~\nnever closed", [(True, ["never closed"])]),
        ("```\n```", []),
        ("```\n~~~\n```\nb", [(True, ["~~~"]), (False, ["b"])]),
    ],
)
def test_what_is_code(text: str, found: list[tuple[bool, list[str]]]) -> None:
    assert list(blocks(text)) == found


def test_quoted_code_stands_apart() -> None:
    said = (Said("evidence", "```python\nx = 1\n```\nso it is"), Said("impact", "none\nat all"))
    shown = dataclasses.replace(fixed("F-1"), said=said)
    lines = [str(line) for line in detail(shown, None, [], 80, SCREEN, two=False)]
    start = lines.index("What the report says") + 1
    assert lines[start : start + 5] == [
        "evidence:",
        "  │ x = 1",
        "so it is",
        "impact: none",
        "at all",
    ]


def test_what_each_change_says_alike_is_read_once() -> None:
    code = b"def a(): ...\n\n\ndef b(): ...\n"
    project = Project(MemoryFiles({"m.py": code}))
    changes = tuple(
        Change(
            Site("m.py", line, line, name), "renamed", (), Safety.REVIEW, notes=("mind it", name)
        )
        for line, name in ((1, "a"), (4, "b"))
    )
    patch = Patch((FilePatch("m.py", code, code + b"\n"),), changes)
    resolution = Resolution(finding("It is.", [at("m.py")]), ended(patch), "unused-name")
    shown = entry(Result(resolution), project, "a:F-1", marks=("", ""))
    assert shown.notes == ("mind it",)
    assert [change.notes for change in shown.changes] == [("a",), ("b",)]
    one = Resolution(resolution.finding, ended(dataclasses.replace(patch, changes=changes[:1])))
    (step,) = entry(Result(one), project, "a:F-1", marks=("",)).changes
    assert step.notes == ("mind it", "a")
