"""What is kept of the catalogue, so that one file is scanned without importing all of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from codemods.engine.scanning.cache import facts
from codemods.engine.scanning.cache.facts import Facts, facts_of, keep, kept
from codemods.transforms import catalogue

CODE = b"c" * 16
KNOWN = {"raise-from": Facts(True, (b"except",)), "rename-constant": Facts(False, ())}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    place = tmp_path / "__pycache__" / "some.facts"
    keep(place, CODE, KNOWN)
    return place


def test_it_says_of_each_codemod_what_the_codemod_says() -> None:
    found = facts_of(catalogue())
    assert found == {name: Facts(item.scans, item.triggers) for name, item in catalogue().items()}


def test_plug_ins_speak_for_themselves() -> None:
    found = facts_of({"house": catalogue()["raise-from"]})
    assert found == {"house": Facts(True, catalogue()["raise-from"].triggers)}


def test_what_is_kept_is_known(place: Path) -> None:
    assert kept(place, CODE) == KNOWN


def test_what_was_kept_for_other_code_is_not(place: Path) -> None:
    assert kept(place, b"d" * 16) is None


@pytest.mark.parametrize("at", [0, 16, -1])
def test_a_changed_byte_is_seen(place: Path, at: int) -> None:
    data = bytearray(place.read_bytes())
    data[at] ^= 1
    place.write_bytes(bytes(data))
    assert kept(place, CODE) is None


def test_half_of_it_is_nothing(place: Path) -> None:
    place.write_bytes(place.read_bytes()[:-9])
    assert kept(place, CODE) is None
    place.write_bytes(b"")
    assert kept(place, CODE) is None


def test_a_folder_that_cannot_be_written_is_no_matter(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    keep(tmp_path / "file" / "some.facts", CODE, KNOWN)
    assert kept(tmp_path / "file" / "some.facts", CODE) is None


def test_nothing_is_kept_where_python_keeps_no_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert facts._place() is None
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys.implementation, "cache_tag", None)
    assert facts._place() is None
