"""A baseline that was written before the house knows the same sites today."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.compat.conftest import DATA

NAME = ".autofix-baseline.json"
RECORD = DATA / "baseline.json"
GONE = {"aeac2603ea8df9af": "the handler raises an answer again: a scan is silent about it now"}
"""Sites of then that a scan says nothing of today, by their fingerprints, each with its reason."""


@pytest.fixture
def known(shop: Path) -> Path:
    """The repository with its baseline; `orders/broken.py`, which nobody can read, is gone."""
    (shop / NAME).write_bytes(RECORD.read_bytes())
    (shop / "orders/broken.py").unlink()
    return shop


def test_every_site_is_known(known: Path, autofix: Run) -> None:
    ran = autofix("scan")
    assert (ran.status, ran.text) == (0, "")
    sites = json.loads(RECORD.read_text("utf-8"))["sites"]
    total = sum(item["count"] for item in sites if item["fingerprint"] not in GONE)
    assert f"{total} known sites left out by the baseline" in ran.lines
    (line,) = (line for line in ran.lines if "of the baseline" in line)
    assert line.startswith(f"{len(GONE)} site of the baseline ")
    assert autofix("scan", "--no-baseline").status == 1


def test_it_is_written_as_before(known: Path, autofix: Run) -> None:
    (known / NAME).unlink()
    assert autofix("baseline").status == 0
    lines = RECORD.read_text("utf-8").splitlines(keepends=True)
    written = "".join(line for line in lines if not any(known in line for known in GONE))
    assert (known / NAME).read_text("utf-8") == written


def test_a_site_more_is_new_and_one_that_moved_is_known(known: Path, autofix: Run) -> None:
    legacy = known / "orders/legacy.py"
    code = legacy.read_text("utf-8")
    again = code.replace("\t\ttime.sleep(2)\n", "\t\ttime.sleep(2)\n\t\ttime.sleep(2)\n", 1)
    legacy.write_text("# A line above.\n" + again, "utf-8")
    ran = autofix("scan", "--output-format", "concise")
    assert ran.status == 1
    assert ran.text.splitlines() == [
        "orders/legacy.py:17:3: offload-blocking-calls time.sleep() blocks the event loop [review]"
    ]


@pytest.mark.parametrize("where", ["option", "setting"])
def test_it_is_found_where_it_was_told(known: Path, autofix: Run, where: str) -> None:
    (known / NAME).rename(known / "known.json")
    if where == "setting":
        (known / "autofix.toml").write_text('baseline = "known.json"\n')
    assert autofix("scan", *(["--baseline", "known.json"] if where == "option" else [])).status == 0
