"""``autofix baseline``: what is known does not count, wherever its lines go."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run
from tests.cli.test_scanning import FIXED, PRICES, SAFE, WAITING, project, sites

__all__ = ["project"]

FILE = ".autofix-baseline.json"


def known(root: Path, name: str = FILE) -> list[str]:
    return [item["path"] for item in json.loads((root / name).read_text("utf-8"))["sites"]]


def test_only_new_sites_count(autofix: Run, project: Path) -> None:
    done = autofix("baseline")
    assert (done.status, done.out) == (0, b"")
    assert f"{FILE}: 2 known sites" in done.err
    done = autofix("scan")
    assert (done.status, done.out) == (0, b"")
    assert "2 known sites left out by the baseline" in done.err
    assert autofix("scan", "--no-baseline").status == 1


def test_known_sites_stay_known_when_lines_move(autofix: Run, project: Path) -> None:
    autofix("baseline")
    path = project / "app/prices.py"
    more = SAFE.split("\n\n\n", 1)[1].replace("load", "store")
    path.write_text(
        f"{SAFE.replace('import', 'import os', 1)}\n\n{more}".replace(
            "os logging", "os\nimport logging"
        )
    )
    found = sites(autofix("scan", "--output-format", "json").text)
    assert [(item[0], item[2]) for item in found] == [("app/prices.py", "add-exc-info")]
    assert found[0][1] > 14


def test_fix_leaves_known_sites_alone(autofix: Run, project: Path) -> None:
    autofix("baseline")
    path = project / "app/prices.py"
    more = SAFE.split("\n\n\n", 1)[1].replace("load", "store")
    path.write_text(f"{SAFE}\n\n{more}")
    done = autofix("scan", "--fix")
    assert (done.status, "fixed 1 site" in done.err) == (0, True)
    assert path.read_text() == f"{SAFE}\n\n{more.replace('error)', 'error, exc_info=True)')}"


def test_entries_that_stand_nowhere_are_told(autofix: Run, project: Path) -> None:
    autofix("baseline")
    (project / "app/prices.py").write_text(FIXED)
    done = autofix("scan")
    assert done.status == 0
    assert "1 site of the baseline no longer found: run `autofix baseline` to drop them" in done.err
    assert "baseline stand" not in autofix("scan", "app/waiting.py").err
    autofix("baseline")
    assert known(project) == ["app/waiting.py"]


def test_with_paths_the_other_entries_stay(autofix: Run, project: Path) -> None:
    autofix("baseline")
    (project / "app/prices.py").write_text(FIXED)
    autofix("baseline", "app/waiting.py")
    assert known(project) == ["app/prices.py", "app/waiting.py"]
    autofix("baseline", "app/prices.py")
    assert known(project) == ["app/waiting.py"]


def test_where_it_is(autofix: Run, project: Path) -> None:
    (project / "autofix.toml").write_text('baseline = "ci/known.json"\n')
    (project / "ci").mkdir()
    done = autofix("scan")
    assert (done.status, done.lines[-1]) == (
        2,
        "autofix: ci/known.json: cannot be read: No such file or directory",
    )
    autofix("baseline")
    assert known(project, "ci/known.json") == ["app/prices.py", "app/waiting.py"]
    assert autofix("scan").status == 0
    autofix("baseline", "--output-file", "other.json", "--select", "add-exc-info")
    assert known(project, "other.json") == ["app/prices.py"]
    found = autofix("scan", "--baseline", "other.json", "--output-format", "json")
    assert sites(found.text) == [WAITING]


def test_a_baseline_is_the_same_when_it_is_written_again(autofix: Run, project: Path) -> None:
    autofix("baseline")
    first = (project / FILE).read_bytes()
    autofix("baseline")
    assert (project / FILE).read_bytes() == first
    assert PRICES[0].encode() in first
