"""A scan without a terminal: a request in, a result out, and nothing is written or said."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.codemod import Safety
from codemods.engine.scanning.request import Changed, ScanRequest
from codemods.engine.scanning.run import baseline_of, run_scan
from codemods.engine.scanning.scope import ScopeError
from codemods.engine.scanning.unused import unused_suppressions
from codemods.findings.model import LineRange
from codemods.project.config import PathSettings, Settings
from tests.cli.test_scanning import FIXED, REVIEW, SAFE

LINE = 12
"""Where ``SAFE`` logs without a traceback."""


@pytest.fixture
def top(tmp_path: Path) -> Path:
    (tmp_path / "safe.py").write_text(SAFE)
    (tmp_path / "review.py").write_text(REVIEW)
    return tmp_path


def found(request: ScanRequest) -> list[str]:
    return [site.change.site.path for site in run_scan(request).sites]


def test_a_scan_that_fixes_in_two_lines(top: Path) -> None:
    scanned = run_scan(ScanRequest(top, fix=Safety.SAFE))
    assert [(item.path, item.after) for item in scanned.patches] == [("safe.py", FIXED.encode())]
    assert [item.codemod for item in scanned.fixed] == ["add-exc-info"]
    assert [site.codemod for site in scanned.sites] == ["offload-blocking-calls"]
    assert (top / "safe.py").read_text() == SAFE


def test_it_says_nothing(top: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (top / "broken.py").write_text(f"{SAFE}\ndef broken(:\n")
    run_scan(ScanRequest(top, fix=Safety.REVIEW, timed=True))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("request_", "part"),
    [
        (ScanRequest(Path(), ("missing.py",)), "missing.py: no such file or folder"),
        (ScanRequest(Path(), select=("nonsense",)), "no codemod is called 'nonsense'"),
        (ScanRequest(Path(), exclude=("!",)), "exclude: '!' is not a pattern"),
        (
            ScanRequest(Path(), settings=Settings(per_path=(PathSettings("!"),))),
            "per-path: '!' is not a pattern",
        ),
    ],
)
def test_what_cannot_be_scanned_is_one_line(request_: ScanRequest, part: str) -> None:
    with pytest.raises(ScopeError, match=part) as raised:
        run_scan(request_)
    assert "\n" not in str(raised.value)


def test_the_files_are_told_before_one_is_read(top: Path) -> None:
    told: list[tuple[str, ...]] = []
    run_scan(ScanRequest(top), lambda files: told.append(files.paths))
    assert told == [("review.py", "safe.py")]


def test_contents_go_before_the_disk(top: Path) -> None:
    assert found(ScanRequest(top, contents={"safe.py": FIXED.encode()})) == ["review.py"]
    assert found(ScanRequest(top, ("new.py",), contents={"new.py": SAFE.encode()})) == ["new.py"]


def test_settings_come_in_as_values(top: Path) -> None:
    settings = Settings(ignore=("add-exc-info",))
    assert found(ScanRequest(top, settings=settings)) == ["review.py"]
    assert found(ScanRequest(top, settings=settings, select=("add-exc-info",))) == []
    quiet = PathSettings("re*.py", tables={"offload-blocking-calls": {"offload": ["none.at.all"]}})
    assert run_scan(ScanRequest(top, settings=Settings(per_path=(quiet,)))).groups[0].options(
        "offload-blocking-calls"
    ) == {"offload": ["none.at.all"]}


@pytest.mark.parametrize(
    ("lines", "only_lines", "expected"),
    [
        ((LineRange(1, 2),), True, ([], 1)),
        ((LineRange(1, 2),), False, (["safe.py"], 0)),
        ((LineRange(LINE, LINE),), True, (["safe.py"], 0)),
        (None, True, (["safe.py"], 0)),
    ],
)
def test_what_changed_comes_in_as_values(
    top: Path,
    lines: tuple[LineRange, ...] | None,
    only_lines: bool,
    expected: tuple[list[str], int],
) -> None:
    changed = Changed({"safe.py": lines})
    scanned = run_scan(ScanRequest(top, changed=changed, changed_lines=only_lines))
    assert ([site.change.site.path for site in scanned.sites], scanned.elsewhere) == expected
    assert scanned.narrowed is (expected[1] > 0)


def test_what_is_known_does_not_count(top: Path) -> None:
    before = run_scan(ScanRequest(top))
    known = baseline_of(before)
    scanned = run_scan(ScanRequest(top, baseline=known, fix=Safety.REVIEW))
    assert (scanned.sites, scanned.patches, scanned.known) == ((), (), 2)
    assert before.fails() and not scanned.fails()


def test_a_baseline_keeps_what_was_not_asked_for(top: Path) -> None:
    known = baseline_of(run_scan(ScanRequest(top)))
    (top / "safe.py").write_text(FIXED)
    (top / "review.py").unlink()
    one = ScanRequest(top, ("safe.py",))
    assert [item.path for item in baseline_of(run_scan(one), known)] == ["review.py"]
    other = ScanRequest(top, ("safe.py",), select=("hide-exception-text",))
    assert baseline_of(run_scan(other), known) == known
    assert baseline_of(run_scan(one)) == ()


@pytest.mark.parametrize(
    ("fail_on", "setting", "number"),
    [
        (None, "display", 2),
        (None, "safe", 1),
        (Safety.REVIEW, "safe", 2),
        (Safety.SAFE, "display", 1),
    ],
)
def test_what_counts(top: Path, fail_on: Safety | None, setting: str, number: int) -> None:
    request = ScanRequest(top, fail_on=fail_on, settings=Settings(fail_on=setting))
    assert len(run_scan(request).counting()) == number


def test_what_is_fixed_counts_until_it_is_written(top: Path) -> None:
    scanned = run_scan(ScanRequest(top, ("safe.py",), fix=Safety.SAFE))
    assert scanned.counting() == () and not scanned.fails()
    assert scanned.counting(written=False) == scanned.fixed
    assert scanned.fails(written=False)


def test_what_was_not_read_fails(top: Path) -> None:
    (top / "safe.py").write_text(f"{SAFE}\ndef broken(:\n")
    scanned = run_scan(ScanRequest(top, ("safe.py",), fail_on=Safety.SAFE))
    assert (scanned.sites, scanned.unreadable) == ((), ("safe.py",))
    assert scanned.fails()


def test_suppressions_in_vain(top: Path) -> None:
    (top / "safe.py").write_text("LIMIT = 3  # autofix: ignore[add-exc-info]\n")
    assert list(unused_suppressions(run_scan(ScanRequest(top)))) == [
        ("safe.py", 1, "unused suppression: autofix: ignore[add-exc-info]")
    ]


def test_stages_are_those_that_there_were(top: Path) -> None:
    stages = run_scan(ScanRequest(top)).stages
    assert [*stages] == ["choosing files", "reading, parsing, finding"]
    unsaved = ScanRequest(top, ("n.py",), contents={"n.py": b""}, fix=Safety.SAFE)
    assert [*run_scan(unsaved).stages] == ["reading, parsing, finding", "fixing"]
