"""What is released: the same bytes from the same commit, and nothing that is not meant."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from tests.test_package import script

ROOT = Path(__file__).resolve().parents[2]
HOME = "https://forge.example/a/autofix"


@pytest.fixture
def release() -> ModuleType:
    return script(".ci/release.py")


def packed(folder: Path, names: list[str], mtime: int, user: str) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name in names:
            item = tarfile.TarInfo(name)
            item.size, item.mtime, item.uname, item.mode = 2, mtime, user, 0o600
            archive.addfile(item, io.BytesIO(b"x\n"))
    return stream.getvalue()


def test_who_packed_it_and_when_is_not_told(release: ModuleType, tmp_path: Path) -> None:
    one = release.same_bytes(packed(tmp_path, ["a/x", "a/y"], 1, "me"), 5)
    other = release.same_bytes(packed(tmp_path, ["a/y", "a/x"], 2, "you"), 5)
    assert one == other
    with tarfile.open(fileobj=io.BytesIO(one)) as archive:
        assert [(item.name, item.mtime, item.mode) for item in archive] == [
            ("a/x", 5, 0o644),
            ("a/y", 5, 0o644),
        ]


def test_files_that_are_missing(release: ModuleType, tmp_path: Path) -> None:
    (wrong,) = release.problems([tmp_path / "a.whl"], None)
    assert "a wheel and a source distribution are wanted" in wrong


def test_the_uploading_job_runs_no_code_of_ours() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text("utf-8"))
    build, publish = workflow["jobs"]["build"], workflow["jobs"]["publish"]
    assert workflow["permissions"] == {}
    assert build["permissions"] == {"contents": "read"}
    assert publish["permissions"] == {"id-token": "write"}
    assert publish["needs"] == "build"
    assert not any("run" in step for step in publish["steps"])


@pytest.mark.slow
def test_the_release(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ".ci/release.py", "--tag", "v9.9.9", "--twice", str(tmp_path / "dist")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        env={**os.environ, "AUTOFIX_HOME": HOME},
    )
    # It is built twice, and nothing is wrong but the tag.
    assert done.stderr.splitlines()[-1:] == ["the tag v9.9.9 is not v0.1.0"], done.stderr
    assert "other bytes" not in done.stderr
    assert done.returncode == 1
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (item for item in archive.namelist() if item.endswith("/METADATA"))
        metadata = Parser().parsestr(archive.read(name).decode())
    assert f"Homepage, {HOME}" in (metadata.get_all("Project-URL") or [])
    (sdist,) = (tmp_path / "dist").glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "setup.py", "cli/app.py", "codemods/demands/lexicon.toml"} <= names
    assert not any(name.startswith((".venv", "build/", "dist/")) for name in names)
