"""A scan says what it read, what it did not, and why."""

from __future__ import annotations

import ast
import dataclasses
import os
from collections.abc import Iterator

import pytest

from codemods.codemod import (
    Change,
    Codemod,
    Match,
    Operation,
    Plan,
    Refusal,
    Safety,
    Scope,
    site_of,
)
from codemods.demands.demands import Demands
from codemods.engine.scanning.fixing import fix
from codemods.engine.scanning.scan import MANY, scan
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.rewriting.parsed import Becomes


def _codemod(safety: Safety = Safety.SAFE, *, scans: bool = True, breaks: bool = False) -> Codemod:
    """Renames ``old`` to ``new``."""

    def recognise(_demands: Demands) -> Match[Plan] | None:
        return None

    def find(scope: Scope, _plan: Plan | None) -> Iterator[Change | Refusal]:
        for place in scope.places:
            for node in place.source.tree.within(place.node, ast.Name):
                site = site_of(place.source, node)
                if node.id == "old":
                    payload = Becomes("missing" if breaks else "new")
                    target = Operation(place.source.path, place.source.span(node), payload)
                    yield Change(site, "renames it", (target,), safety)
                elif node.id == "odd":
                    yield Refusal("odd", "it is odd", site)

    return Codemod(
        name="rename", recognise=recognise, find=find, triggers=(b"old", b"odd"), scans=scans
    )


def _project(**files: bytes) -> Project:
    return Project(MemoryFiles({f"{name}.py": data for name, data in files.items()}))


@pytest.mark.parametrize(
    "data",
    [b"old(\n", b"except Exception, e: old\n", b"old = 1\n# a\rb\n", b"old\0\n", b"\xff old\n"],
)
def test_a_file_that_cannot_be_read_is_named_and_not_silent(data: bytes) -> None:
    found = scan(_project(broken=data, fine=b"new = 1\nold\n"), [_codemod()])
    assert [item.path for item in found.skipped] == ["broken.py"]
    assert [item.change.site.path for item in found.found] == ["fine.py"]


def test_a_file_without_a_trigger_is_not_parsed() -> None:
    found = scan(_project(broken=b"x = = 1\n"), [_codemod()])
    assert (found.files, found.parsed, found.skipped) == (1, 0, ())


def test_a_codemod_that_does_not_scan_is_left_out() -> None:
    assert scan(_project(a=b"old\n"), [_codemod(scans=False)]).found == ()


def test_a_codemod_that_does_not_scan_is_never_asked_without_a_plan() -> None:
    asked = dataclasses.replace(_codemod(scans=False), find=lambda *_: pytest.fail("asked"))
    made = fix(_project(a=b"new = 1\nold\n"), [asked], "a.py")
    assert (made.files, made.refused, made.failed) == ((), (), ())


def test_a_comment_keeps_a_place_out_and_is_counted() -> None:
    found = scan(_project(a=b"old  # autofix: ignore\n"), [_codemod()])
    assert not found.found
    assert [refusal.reason for _, refusal in found.refused] == ["suppressed"]


def test_what_stays_has_its_reason() -> None:
    found = scan(_project(a=b"odd\n"), [_codemod()])
    assert [(name, refusal.reason) for name, refusal in found.refused] == [("rename", "odd")]


@pytest.mark.parametrize("safety", [Safety.REVIEW, Safety.DISPLAY])
def test_fixing_writes_only_what_is_allowed(safety: Safety) -> None:
    made = fix(_project(a=b"new = 1\nold\n"), [_codemod(safety)], "a.py")
    assert made.files == ()
    assert [refusal.reason for _, refusal in made.refused] == ["display-only"]


def test_a_patch_that_fails_a_gate_writes_nothing_and_is_said() -> None:
    made = fix(_project(a=b"print(old)\n"), [_codemod(breaks=True)], "a.py")
    assert made.files == ()
    assert len(made.failed) == 1 and "names-defined" in made.failed[0].reason


def test_fixing_gives_the_file_before_and_after() -> None:
    made = fix(_project(a=b"new = 1\r\nprint(old)\r\n"), [_codemod()], "a.py")
    assert [(item.before, item.after) for item in made.files] == [
        (b"new = 1\r\nprint(old)\r\n", b"new = 1\r\nprint(new)\r\n")
    ]
    assert not made.failed


def _many() -> Project:
    return _project(**{f"m{number}": b"new = 1\nold\n" for number in range(MANY)})


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_many_files_in_any_number_of_processes(jobs: int) -> None:
    found = scan(_many(), [_codemod()], jobs=jobs)
    assert [item.change.site.path for item in found.found] == list(_many().python_paths)
    assert (found.files, found.parsed, found.skipped, found.deaths) == (MANY, MANY, (), ())


def test_a_file_that_kills_its_process_is_named_and_costs_no_other() -> None:
    codemod = _codemod()

    def find(scope: Scope, plan: Plan | None) -> Iterator[Change | Refusal]:
        if scope.places[0].source.path == "m7.py":
            os._exit(9)
        yield from codemod.find(scope, plan)

    found = scan(_many(), [dataclasses.replace(codemod, find=find)], jobs=2)
    assert [item.path for item in found.skipped] == ["m7.py"]
    assert len(found.found) == MANY - 1
    assert any("m7.py given up" in line for line in found.deaths)


def test_a_prefilter_saves_the_parsing() -> None:
    codemod = dataclasses.replace(
        _codemod(), prefilter=lambda _project, source, _options: b"+" in source.data
    )
    found = scan(_project(a=b"old\n", b=b"old + 1\n"), [codemod])
    assert [item.change.site.path for item in found.found] == ["b.py"]
    assert (found.files, found.parsed) == (2, 1)


def test_preparing_is_for_many_files_and_once() -> None:
    prepared: list[Project] = []
    codemod = dataclasses.replace(_codemod(), prepare=prepared.append)
    scan(_project(a=b"old\n"), [codemod])
    assert prepared == []
    scan(_many(), [codemod], jobs=2)
    assert len(prepared) == 1


def test_trees_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codemods.engine.scanning.scan.AT_ONCE", 1)
    project = _many()
    assert len(scan(project, [_codemod()]).found) == MANY
    assert project.bytes_parsed < 16 * 20
