"""Builds the wheel and the source distribution, the same bytes from the same commit.

    python .ci/release.py [--tag v1.2.3] [--twice] DIR

The wheel is made from the source distribution: what cannot be built from it is missing there. Times
are those of the commit (or `SOURCE_DATE_EPOCH`), and owners nobody.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEFT = (".git", ".venv", "build", "dist", "site", "__pycache__", "*.egg-info", ".*_cache")


def epoch() -> str:
    """When the commit was made, in seconds."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return given
    done = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def build(target: Path, seconds: str) -> list[Path]:
    """The two files, in a folder that is empty or does not exist yet."""
    with tempfile.TemporaryDirectory(prefix="autofix-release-") as folder:
        # A copy: setuptools takes what an earlier build has left behind.
        source = Path(folder) / "source"
        shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(*LEFT), symlinks=True)
        environment = {**os.environ, "SOURCE_DATE_EPOCH": seconds, "PYTHONHASHSEED": "0"}
        subprocess.run(
            [sys.executable, "-m", "build", "--outdir", str(target), str(source)],
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    for path in target.glob("*.tar.gz"):
        path.write_bytes(same_bytes(path.read_bytes(), int(seconds)))
    return sorted(target.iterdir())


def same_bytes(archive: bytes, seconds: int) -> bytes:
    """A tar.gz in which nothing tells when, where and by whom it was packed."""
    packed = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as old,
        gzip.GzipFile(fileobj=packed, mode="wb", mtime=seconds, filename="") as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as new,
    ):
        for item in sorted(old.getmembers(), key=lambda member: member.name):
            item.mtime = seconds
            item.uid = item.gid = 0
            item.uname = item.gname = ""
            item.mode = 0o755 if item.isdir() or item.mode & 0o100 else 0o644
            item.pax_headers = {}
            new.addfile(item, old.extractfile(item) if item.isfile() else None)
    return packed.getvalue()


def problems(files: list[Path], tag: str | None) -> list[str]:
    """What is wrong with the files, a line each."""
    kinds = sorted(path.suffix for path in files)
    if kinds != [".gz", ".whl"]:
        return [f"a wheel and a source distribution are wanted, and not {kinds}"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found = []
    if tag is not None and tag != f"v{project['version']}":
        found.append(f"the tag {tag} is not v{project['version']}")
    (wheel,) = (path for path in files if path.suffix == ".whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (item for item in archive.namelist() if item.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(name).decode())
    wanted = {"Name": project["name"], "Version": project["version"]}
    found += [
        f"{key} is {metadata[key]}, not {value}"
        for key, value in wanted.items()
        if metadata[key] != value
    ]
    if "# autofix" not in str(metadata.get_payload()):
        found.append("the README is no part of the metadata")
    if os.environ.get("AUTOFIX_HOME") and not metadata.get_all("Project-URL"):
        found.append("AUTOFIX_HOME is set, and the metadata has no address")
    done = subprocess.run(
        [sys.executable, str(ROOT / ".ci/wheel_files.py"), str(wheel)],
        capture_output=True,
        text=True,
    )
    return found + (done.stdout.splitlines() if done.returncode else [])


def digest(path: Path) -> str:
    """What tells two files apart."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main(arguments: list[str]) -> int:
    """Build and check; 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tag", help="the tag that is released: v1.2.3")
    parser.add_argument("--twice", action="store_true", help="build again, and compare")
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args(arguments)
    seconds = epoch()
    files = build(asked.folder, seconds)
    wrong = problems(files, asked.tag)
    if asked.twice:
        with tempfile.TemporaryDirectory(prefix="autofix-again-") as folder:
            again = {path.name: digest(path) for path in build(Path(folder), seconds)}
        wrong += [
            f"{path.name}: a second build has other bytes"
            for path in files
            if again.get(path.name) != digest(path)
        ]
    for path in files:
        print(f"{digest(path)}  {path.name}")
    for text in wrong:
        print(text, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
