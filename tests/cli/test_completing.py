"""What the shell is told of findings when somebody presses Tab: names that select, no errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.cli.completing import findings_of
from codemods.cli.options import complete_severity
from tests.cli.conftest import Run
from tests.cli.test_same_finding import FIRST, twin


@pytest.mark.parametrize(
    "given",
    [
        {"folder": Path("no/such")},
        {"reports": [Path("no-such.md")]},
        {"reports": [Path("github:acme/shop#12")]},
    ],
)
def test_what_cannot_be_read_has_none(shop: Path, given: dict[str, object]) -> None:
    assert findings_of(given, "B") == []


def test_settings_that_are_wrong_are_told_by_the_command(shop: Path) -> None:
    (shop / "pyproject.toml").write_text("[tool.autofix]\nreports = 3\n")
    assert findings_of({}, "B") == []


def test_ids_with_their_titles(shop: Path) -> None:
    found = findings_of({}, "B-0")
    assert [name for name, _ in found] == [f"B-0{number}" for number in range(1, 9)]
    assert found[1][1] == "send_with_retry sleeps on the event loop"
    assert findings_of({}, "X") == []


@pytest.mark.slow
def test_the_report_too_where_it_is_typed_or_needed(shop: Path, autofix: Run) -> None:
    stem = Path(FIRST).stem
    assert findings_of({}, f"{stem}:B-02")[0][0] == f"{stem}:B-02"
    twin(shop, identifier="B-08")
    names = [name for name, _ in findings_of({}, "")]
    assert f"{stem}:B-08" in names and "AUDIT_SECURITY_2026-03-09:B-08" in names
    assert "B-08" not in names and "B-07" in names
    # Each of them selects one finding.
    for name in names:
        assert autofix("show", name).status == 0


def test_a_title_is_one_harmless_line(shop: Path) -> None:
    path = shop / FIRST
    path.write_text(path.read_text().replace("send_with_retry sleeps", "send \x1b[2J sleeps"))
    assert "\x1b" not in findings_of({}, "B-02")[0][1]


def test_severities() -> None:
    assert complete_severity("c") == ["critical", "critical+"]
    assert len(complete_severity("")) == 8
