"""What gets installed is what the folders hold, and what is pinned is what is asked for."""

from __future__ import annotations

import importlib.util
import re
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
INSTALLED_AS = {"codemods": ROOT / "codemods", "codemods.cli": ROOT / "cli"}


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def script(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shipped(folder: Path) -> list[Path]:
    return [
        path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    ]


def test_every_folder_with_modules_is_a_package() -> None:
    """`setup.py` takes the folders that hold an `__init__.py`, and leaves out the others."""
    folders = {
        path.parent
        for folder in INSTALLED_AS.values()
        for path in shipped(folder)
        if path.suffix == ".py" and "sample-project" not in path.parts
    }
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_every_data_file_is_package_data() -> None:
    data = pyproject()["tool"]["setuptools"]["package-data"]
    kept = set()
    for name, folder in INSTALLED_AS.items():
        for pattern in data.get(name, []):
            kept |= set(folder.glob(pattern))
        for pattern in data["*"]:
            kept |= set(folder.rglob(pattern))
    everything = [path for folder in INSTALLED_AS.values() for path in shipped(folder)]
    modules = {
        path for path in everything if path.suffix == ".py" and "sample-project" not in path.parts
    }
    assert [path for path in everything if path not in modules | kept] == []


def test_the_sample_has_no_file_that_starts_with_a_dot() -> None:
    """`glob` of setuptools leaves those out of the wheel."""
    assert [
        path for path in shipped(ROOT / "cli/sample-project") if path.name.startswith(".")
    ] == []


def test_constraints_are_pins_without_addresses() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert [
        pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.+!]+", pin)
    ] == []


def test_every_dependency_is_pinned() -> None:
    project = pyproject()["project"]
    asked = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        asked += extra
    pins = {
        line.partition("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    }
    names = [re.split(r"[<>=!~\[ ;]", item)[0].lower().replace("_", "-") for item in asked]
    assert [name for name in names if name not in pins] == []


def wheel(path: Path, names: set[str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names | {"autofix_codemods-0.dist-info/METADATA"}:
            archive.writestr(name, "")
    return path


@pytest.mark.parametrize(
    ("removed", "added", "status"),
    [
        ("codemods/engine/run.py", "", 1),
        ("codemods/cli/sample-project/pyproject.toml", "", 1),
        ("", "codemods/engine/gone.py", 1),
        ("", "cli/app.py", 1),
        ("", "", 0),
    ],
)
def test_a_wheel_is_compared_with_the_folders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], removed: str, added: str, status: int
) -> None:
    compare = script(".ci/wheel_files.py")
    names = compare.expected(ROOT)
    assert {"codemods/py.typed", "codemods/cli/app.py"} <= names
    assert not removed or removed in names
    built = wheel(tmp_path / "a.whl", (names - {removed}) | ({added} - {""}))
    assert compare.main([str(built)]) == status
    assert (removed or added or "as in the folders") in capsys.readouterr().out


def test_no_wheel_is_wrong_use() -> None:
    assert script(".ci/wheel_files.py").main([]) == 2
