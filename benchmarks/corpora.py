"""Code bases to measure on: fetched by name through pip, kept in a folder, or a path."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

CACHE = "AUTOFIX_CORPORA"
"""The environment variable that names the folder of what was fetched."""
KNOWN = {
    "homeassistant": ("homeassistant==2025.4.4", False),
    "django": ("django==5.2.19", True),
    "arize-phoenix": ("arize-phoenix", False),
    "jupyterhub": ("jupyterhub", False),
    "mlflow": ("mlflow", False),
}
"""By name: what pip is asked for, and whether as a source distribution."""
NEWEST = "3.13"
"""The Python that wheels are asked for: some are not for the one that runs this."""


def corpus(name: str, cache: Path | None = None) -> Path:
    """The folder of a code base.

    Args:
        name: one of :data:`KNOWN`, or a path.
        cache: where what is fetched is kept; by default what ``AUTOFIX_CORPORA`` says, else
            ``build/corpora``.

    Raises:
        SystemExit: when it is neither, or pip does not get it.
    """
    if name not in KNOWN:
        if not Path(name).is_dir():
            raise SystemExit(f"{name}: neither a folder nor one of {', '.join(KNOWN)}")
        return Path(name).resolve()
    folder = folder_of(cache) / name
    if not folder.is_dir():
        _fetch(name, folder)
    return folder


def folder_of(cache: Path | None = None) -> Path:
    """Where what is fetched is kept."""
    return (cache or Path(os.environ.get(CACHE, "build/corpora"))).resolve()


def _fetch(name: str, folder: Path) -> None:
    wanted, source = KNOWN[name]
    release(wanted, folder, source=source)


def release(wanted: str, folder: Path, *, source: bool = False) -> None:
    """Get what pip calls ``wanted`` (``name==version``), and unpack it into ``folder``.

    Args:
        wanted: the requirement.
        folder: must not exist yet; what pip downloads is kept beside it.
        source: whether the source distribution is meant, which pip asks for its metadata.

    Raises:
        SystemExit: when pip does not get it.
    """
    downloads = folder.parent / "downloads" / folder.name
    downloads.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", f"-d{downloads}"]
    # A wheel for any version and platform is the sources as well; nothing is installed.
    wheels = ("--only-binary=:all:", f"--python-version={NEWEST}")
    only = ("--no-binary=:all:",) if source else wheels
    print(f"fetching {wanted}", file=sys.stderr)
    if subprocess.run([*command, *only, wanted], check=False).returncode:
        raise SystemExit(f"{folder.name}: pip could not get {wanted}")
    (archive,) = [path for path in downloads.iterdir() if path.suffix in (".whl", ".gz", ".zip")]
    unpacked = folder.with_name(f"{folder.name}.part")
    if archive.suffix == ".gz":
        with tarfile.open(archive) as tar:
            tar.extractall(unpacked, filter="data")
    else:
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(unpacked)
    unpacked.rename(folder)
