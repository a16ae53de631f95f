"""The catalogue: every codemod by name, and no more of them imported than was asked for."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.metadata
import subprocess
import sys

import pytest

from codemods.codemod import Codemod
from codemods.transforms import Catalogue, catalogue


class Point:
    """An entry point of another distribution."""

    name = "house"
    module = "house_style"
    value = "house_style:codemod"
    dist = None

    def __init__(self, codemod: Codemod) -> None:
        self._codemod = codemod

    def load(self) -> Codemod:
        return self._codemod


def other(name: str, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    """A catalogue with a codemod of another distribution."""
    codemod = dataclasses.replace(catalogue()["add-exc-info"], name=name)
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda **_kind: [Point(codemod)])
    return Catalogue()


def test_names_are_sorted_and_name_what_is_there() -> None:
    known = catalogue()
    assert list(known) == sorted(known)
    assert all(item.name == name for name, item in known.items())
    assert len(known) == len(list(known))


def test_the_page_is_the_docstring_of_the_module() -> None:
    for name, item in catalogue().items():
        module = importlib.import_module(f"codemods.transforms.{name.replace('-', '_')}")
        assert item.documentation == module.__doc__
        assert item.summary and "\n" not in item.summary


def test_a_codemod_is_imported_when_it_is_asked_for() -> None:
    code = (
        "import sys; from codemods.transforms import catalogue;"
        "assert 'add-exc-info' in catalogue();"
        "assert 'codemods.transforms.add_exc_info' not in sys.modules;"
        "catalogue()['add-exc-info'];"
        "assert 'codemods.transforms.remove_dead_code' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_name_that_nobody_has() -> None:
    assert "add-exec-info" not in catalogue()
    assert catalogue().get("add-exec-info") is None
    with pytest.raises(KeyError):
        catalogue()["_loggers"]


def test_other_distributions_add_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    found = other("house-style", monkeypatch)
    assert found["house-style"].name == "house-style"
    assert "house-style" in found
    assert set(found) == {*catalogue(), "house-style"}


def test_a_name_that_is_taken_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    found = other("unused-name", monkeypatch)
    told: list[str] = []
    found.tell = told.append
    assert list(found) == list(catalogue())
    assert found["unused-name"] == catalogue()["unused-name"]
    assert list(found.left_out) == ["house"]
    assert told == ["plug-in house is left out: a codemod named unused-name already exists"]
