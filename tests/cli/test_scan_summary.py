"""`scan --summary FILE`: Markdown for the page of a job, whatever a file or a message is called."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run, autofix
from tests.cli.test_scanning import SAFE, project

__all__ = ["autofix", "project"]


def test_nothing_found(autofix: Run, project: Path) -> None:
    done = autofix("scan", "app/clean.py", "--summary", "s.md")
    assert done.status == 0
    assert (project / "s.md").read_text() == "### autofix scan: nothing in 1 file\n\n"


def test_a_name_of_a_file_is_no_markdown(autofix: Run, project: Path) -> None:
    name = "app/a|b`<img src=x>@team.py"
    (project / name).write_text(SAFE)
    assert autofix("scan", "app", "--summary", "s.md", "--check").out == b""
    lines = (project / "s.md").read_text().splitlines()
    (row,) = [line for line in lines if "img" in line]
    # Three cells, in which all of it is code.
    assert row.replace("\\|", "").count("|") == 4
    assert "`` app/a" in row or "`app/a" in row


def test_the_worst_comes_first_and_what_was_not_read_is_told(autofix: Run, project: Path) -> None:
    (project / "app/broken.py").write_text(f"{SAFE}\n\ndef broken(:\n")
    done = autofix("scan", "--summary", "s.md", "--output-format", "json")
    assert done.status == 1
    text = (project / "s.md").read_text()
    assert "- **not read** `app/broken.py`" in text
    assert text.index("| HIGH |") < text.index("| LOW |")
    assert "fixable with --fix" in text
