"""From which safety on a site counts for the exit status of a scan."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.codemod import Safety
from codemods.project.config import SAFETIES
from tests.cli.conftest import Run
from tests.cli.test_scanning import SAFE, project

__all__ = ["project"]
SHOWN = """\
import os


async def there(path: str) -> list[str]:
    return os.listdir(path)
"""
"""One site that is only shown; ``app/waiting.py`` has one to be reviewed, ``app/prices.py`` one
that is safe."""
FILES = {"safe": "app/prices.py", "review": "app/waiting.py", "display": "app/shown.py"}


@pytest.fixture(autouse=True)
def _shown(project: Path) -> None:
    (project / "app/shown.py").write_text(SHOWN)


def test_the_names_are_the_engine_s() -> None:
    assert [*Safety] == [*SAFETIES]


@pytest.mark.parametrize("site", FILES)
@pytest.mark.parametrize("fail_on", [None, *SAFETIES])
def test_a_site_that_is_weaker_does_not_count(
    autofix: Run, project: Path, site: str, fail_on: str | None
) -> None:
    option = () if fail_on is None else ("--fail-on", fail_on)
    done = autofix("scan", FILES[site], *option, "--output-format", "concise")
    counts = Safety(site).rank <= Safety(fail_on or "review").rank
    assert done.status == int(counts)
    # It is shown all the same, and told why it does not count.
    assert f"[{site}]" in done.text
    told = f"1 site does not count for the exit status: fail-on {fail_on or 'review'}"
    assert (told in done.lines) == (not counts)


def test_the_setting_and_the_option_that_goes_before_it(autofix: Run, project: Path) -> None:
    (project / "autofix.toml").write_text('fail-on = "safe"\n')
    assert autofix("scan", "app/waiting.py").status == 0
    assert autofix("scan", "app/waiting.py", "--fail-on", "review").status == 1
    assert autofix("scan", "app/prices.py").status == 1
    assert autofix("scan", "app/prices.py", "--exit-zero").status == 0


@pytest.mark.parametrize(
    ("options", "status"),
    [((), 0), (("--unsafe-fixes",), 0), (("--fail-on", "review", "--unsafe-fixes"), 1)],
)
def test_a_diff_counts_by_what_it_shows(
    autofix: Run, project: Path, options: tuple[str, ...], status: int
) -> None:
    done = autofix("scan", "app/waiting.py", "--diff", "--fail-on", "safe", *options)
    assert done.status == status
    assert bool(done.out) == ("--unsafe-fixes" in options)


def test_what_was_fixed_does_not_count_and_what_is_left_does(autofix: Run, project: Path) -> None:
    assert autofix("scan", "--fix", "--fail-on", "review").status == 1
    assert autofix("scan", "--fix", "--fail-on", "safe").status == 0


def test_a_file_that_cannot_be_read_counts_whatever_is_asked_for(
    autofix: Run, project: Path
) -> None:
    (project / "app/broken.py").write_text(f"{SAFE}\n\ndef broken(:\n")
    assert autofix("scan", "app/broken.py", "--fail-on", "safe").status == 1


def test_wrong_words_are_one_line(autofix: Run, project: Path) -> None:
    done = autofix("scan", "--fail-on", "never")
    assert (done.status, done.out, len(done.lines)) == (2, b"", 1)
    assert "never" in done.err
    (project / "autofix.toml").write_text("fail-on = true\n")
    done = autofix("scan")
    assert (done.status, len(done.lines)) == (2, 1)
