"""What a suggestion brings in: code that opens a door is only shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run, git
from tests.cli.hostile import CODE, repository, top

__all__ = ["repository", "top"]

SUGGESTION = """\
# Report

### S-1: first() calls x without a limit
- **Severity**: HIGH
- **Location**: `app/main.py:8`
- **Status**: NEW
- **Description**: `return x()` has no limit.
- **Suggested Fix**: Replace `return x()` with `{code}`.
"""


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("return eval(x())", "it runs code that it is given"),
        ("return __import__('os').system(x())", "it runs code that it is given"),
        ("return x(verify=False)", "it turns off a check of certificates, keys or signatures"),
    ],
)
def test_a_suggestion_that_brings_in_a_shell_is_only_shown(
    autofix: Run, repository: Path, code: str, words: str
) -> None:
    (repository / "docs/audits").mkdir(parents=True)
    (repository / "docs/audits/R.md").write_text(SUGGESTION.format(code=code))
    for command in (["apply", "--all"], ["apply", "S-1", "--in-place"], ["diff", "S-1"]):
        done = autofix(*command)
        assert (done.status, done.out) == (1, b""), command
        assert "shown, not written: " in done.err
        assert words in done.err
    assert git(repository, "branch", "--list", "autofix/*") == ""
    assert (repository / "app/main.py").read_text() == CODE
    forced = autofix("apply", "S-1", "--force")
    assert forced.status == 0
    assert f"note: {words}" in forced.err
    message = git(repository, "log", "-1", "--format=%B", forced.text.strip())
    assert words in " ".join(message.split())


def test_a_suggestion_without_one_is_written(autofix: Run, repository: Path) -> None:
    (repository / "docs/audits").mkdir(parents=True)
    (repository / "docs/audits/R.md").write_text(SUGGESTION.format(code="return x(limit=5)"))
    assert autofix("apply", "S-1").status == 0
