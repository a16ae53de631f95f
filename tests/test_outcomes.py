"""``benchmarks/outcomes.py`` records what the command line answers, and tells every difference."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "benchmarks" / "outcomes.py"
CODE = """\
import asyncio
import time


async def send() -> None:
    time.sleep(4)
"""
REPORT = """\
# Backend Audit — 2026-03-02

### B-01: send sleeps on the event loop

- **Severity**: HIGH
- **Location**: `mail.py:6`
- **Status**: NEW
- **Description**: `send()` makes a blocking call in an `async def`: it sleeps with `time.sleep()`.
- **Evidence**:
  ```python
      time.sleep(4)
  ```
- **Suggested Fix**: Use `await asyncio.sleep(4)`.

### B-02: Endpoints have no rate limit

- **Severity**: LOW
- **Location**: `mail.py`
- **Status**: NEW
- **Description**: Anybody may ask as often as they like.
- **Suggested Fix**: Choose a limiter.
"""
FIXED = {"outcome": "fixed", "codemod": "add-exc-info", "diff": "aaaa", "record": "1111"}
REFUSED = {"outcome": "refused", "codemod": "bound-queue", "diff": "", "record": "2222"}


def _run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def _audited(root: Path) -> Path:
    """A project whose second commit adds a report."""
    root.mkdir()
    identity = {
        f"GIT_{who}_{what}": "a@example.org"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    report = "docs/audits/AUDIT_BACKEND_2026-03-02.md"
    commands: list[list[str]] = [["init", "--quiet"]]
    for name, text in (("mail.py", CODE), (report, REPORT)):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
        commands += [["add", name], ["commit", "--quiet", "--message", name]]
    for command in commands:
        subprocess.run(["git", *command], cwd=root, env={**os.environ, **identity}, check=True)
    return root


def _record(audited: Path, out: Path) -> dict[str, Any]:
    program = Path(sys.executable).with_name("autofix")
    done = _run(
        "record", f"--autofix={program}", f"--audited={audited}", f"--trees={audited}", "--out", out
    )
    assert done.returncode == 0, done.stderr
    units: dict[str, Any] = json.loads(out.read_text(encoding="ascii"))["units"]
    return units


def _compare(tmp_path: Path, before: object, after: object, *options: str) -> tuple[int, str]:
    paths = []
    for name, units in (("before", before), ("after", after)):
        paths.append(tmp_path / f"{name}.json")
        paths[-1].write_text(json.dumps({"version": 1, "units": units}), encoding="ascii")
    done = _run("compare", *paths, *options)
    assert not done.stderr
    return done.returncode, done.stdout


@pytest.mark.slow
def test_findings_and_sites_are_recorded_the_same_each_time(tmp_path: Path) -> None:
    audited = _audited(tmp_path / "shop")
    units = _record(audited, tmp_path / "one.json")
    first, second = units["report AUDIT_BACKEND_2026-03-02"].values()
    assert (first["outcome"], first["codemod"]) == ("fixed", "offload-blocking-calls")
    assert first["diff"]
    assert (second["outcome"], second["diff"]) == ("no-codemod", "")
    tree = units["tree shop"]
    assert tree["mail.py:6:5 offload-blocking-calls"]["lines"] == "6-6"
    assert tree["diff --git a/mail.py b/mail.py"]["diff"] == first["diff"]
    assert {tree[f"output {kind}"]["outcome"] for kind in ("json", "sarif", "diff")} == {"exit 1"}

    _record(audited, tmp_path / "two.json")
    recorded = (tmp_path / "one.json").read_bytes()
    assert recorded == (tmp_path / "two.json").read_bytes()
    assert str(tmp_path).encode() not in recorded


@pytest.mark.slow
def test_what_cannot_be_run_is_recorded(tmp_path: Path) -> None:
    audited = _audited(tmp_path / "shop")
    blob = subprocess.run(
        ["git", "rev-parse", "HEAD:docs/audits/AUDIT_BACKEND_2026-03-02.md"],
        cwd=audited,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    (audited / ".git/objects" / blob[:2] / blob[2:]).unlink()
    unit = _record(audited, tmp_path / "one.json")["report AUDIT_BACKEND_2026-03-02"]
    assert unit["all"] == {"outcome": "not-run", "reason": "the report is missing in the clone"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"outcome": "failed"}, "report A: B-01@3: outcome 'fixed' → 'failed'"),
        ({"diff": "bbbb"}, "report A: B-01@3: diff differs"),
        ({"diff": ""}, "report A: B-01@3: diff 'aaaa' → ''"),
        ({"record": "3333"}, "report A: B-01@3: record differs"),
    ],
)
def test_a_difference_is_told(tmp_path: Path, change: dict[str, str], told: str) -> None:
    before = {"report A": {"B-01@3": FIXED, "B-02@9": REFUSED}}
    after = {"report A": {"B-01@3": {**FIXED, **change}, "B-02@9": REFUSED}}
    status, text = _compare(tmp_path, before, after)
    assert status == 1
    assert told in text.splitlines()
    assert "differences: 1; compared 1 of 1" in text


def test_texts_can_be_left_out(tmp_path: Path) -> None:
    before, after = {"report A": {"B": FIXED}}, {"report A": {"B": {**FIXED, "record": "3333"}}}
    assert _compare(tmp_path, before, after, "--ignore-texts")[0] == 0
    after["report A"]["B"]["diff"] = "bbbb"
    assert _compare(tmp_path, before, after, "--ignore-texts")[0] == 1


def test_rows_that_are_gone_or_new_are_told(tmp_path: Path) -> None:
    before, after = {"report A": {"B": FIXED}}, {"report A": {"C": REFUSED}}
    status, text = _compare(tmp_path, before, after)
    assert status == 1
    assert "report A: B: only before: fixed, add-exc-info, aaaa" in text
    assert "report A: C: only after: refused, bound-queue" in text


def test_a_quick_record_is_held_against_its_part_of_a_whole_one(tmp_path: Path) -> None:
    whole = {"report A": {"B": FIXED}, "seed S": {"C": {**REFUSED, "shown": "4444"}}}
    status, text = _compare(tmp_path, whole, {"seed S": {"C": REFUSED}})
    assert (status, "compared 1 of 2" in text) == (0, True)


def test_records_that_share_nothing_are_not_the_same(tmp_path: Path) -> None:
    assert _compare(tmp_path, {"report A": {"B": FIXED}}, {})[0] == 1
    status, text = _compare(tmp_path, {"report A": {}}, {"report A": {}, "tree shop": {}})
    assert (status, "tree shop" in text) == (1, True)
