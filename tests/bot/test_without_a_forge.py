"""What the bot says where nothing tells which repository is meant."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from codemods.cli.app import run


@pytest.mark.parametrize(
    "command",
    [
        ["bot", "run"],
        pytest.param(["bot", "dashboard"], marks=pytest.mark.slow),
        pytest.param(["publish"], marks=pytest.mark.slow),
    ],
)
def test_one_line_and_wrong_use(
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("GITHUB_REPOSITORY", "GITHUB_API_URL", "GH_HOST"):
        monkeypatch.delenv(name, raising=False)
    for words in (["init", "-q", "."], ["commit", "-q", "--allow-empty", "-m", "first"]):
        identity = ["-c", "user.name=a", "-c", "user.email=a@b.invalid"]
        subprocess.run(["git", *identity, *words], cwd=tmp_path, check=True)
    status = run([*command, "-C", str(tmp_path)])
    told = capsys.readouterr().err
    assert status == 2
    assert "--repository OWNER/NAME" in told and "internal error" not in told
