"""An answer is kept for all that it depends on: each part of its key, left out, would be seen."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from codemods.codemod import Codemod
from codemods.engine.scanning.cache import code
from codemods.engine.scanning.cache.run import key_of
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.transforms import catalogue

HOUSE = "def find(scope, plan):\n    yield from ()\n"
NAMES = ("raise-from", "keep-task")


def _key(
    codemods: Mapping[str, Codemod] | None = None,
    settings: Mapping[str, object] | None = None,
    python: tuple[int, int] = (3, 11),
) -> str:
    used = codemods if codemods is not None else {name: catalogue()[name] for name in NAMES}
    project = Project(MemoryFiles({}), target_python=python)
    return key_of(project, used, lambda name: {"option": (settings or {}).get(name, 1)})


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    code._states.cache_clear()
    yield
    code._states.cache_clear()


def test_it_stays_while_all_of_it_does() -> None:
    first = _key()
    code._states.cache_clear()
    assert _key() == first


def test_the_python_of_the_project_is_in_it() -> None:
    assert _key(python=(3, 12)) != _key()


def test_who_looks_is_in_it() -> None:
    assert _key({name: catalogue()[name] for name in NAMES[:1]}) != _key()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_set_for_each_is_in_it(name: str) -> None:
    assert _key(settings={name: 2}) != _key()


def test_the_running_python_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    first = _key()
    monkeypatch.setattr(sys, "version", f"{sys.version} (another one)")
    assert _key() != first


def test_the_version_of_autofix_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    first = _key()
    monkeypatch.setattr(code, "version", lambda _name: "99.0")
    assert _key() != first


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The package of a plug-in."""
    package = tmp_path / "house_of_keys"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "rules.py").write_text(HOUSE)
    (package / "words.toml").write_text("a = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield package
    for name in [name for name in sys.modules if name.partition(".")[0] == package.name]:
        del sys.modules[name]


def _of_the_house(house: Path) -> dict[str, Codemod]:
    code._states.cache_clear()
    rules = importlib.import_module(f"{house.name}.rules")
    return {"house": dataclasses.replace(catalogue()["raise-from"], name="house", find=rules.find)}


@pytest.mark.parametrize("file", ["rules.py", "words.toml"])
def test_the_size_and_the_time_of_each_file_of_a_plug_in_are_in_it(house: Path, file: str) -> None:
    path = house / file
    os.utime(path, (5, 5))
    keys = [_key(_of_the_house(house))]
    os.utime(path, (6, 6))
    keys.append(_key(_of_the_house(house)))
    path.write_text(f"{path.read_text()}# more\n")
    os.utime(path, (5, 5))
    keys.append(_key(_of_the_house(house)))
    assert len(set(keys)) == 3


def test_a_file_more_of_a_plug_in_is_in_it(house: Path) -> None:
    first = _key(_of_the_house(house))
    (house / "more").mkdir()
    (house / "more/new.py").write_text("")
    assert _key(_of_the_house(house)) != first


def test_our_own_code_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    first = _key()
    states = code._states("codemods")
    other = functools.cache(lambda _name: (*states[1:], f"{states[0]}0"))
    monkeypatch.setattr(code, "_states", other)
    assert _key() != first
