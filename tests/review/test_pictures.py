"""The pictures of docs/review.md: there, shown, and of what the commands do today."""

from __future__ import annotations

import dataclasses
import json
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "pictures"


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(ROOT / "docs")
    import pictures

    yield pictures
    sys.modules.pop("pictures", None)


def test_three_of_the_page_and_three_of_the_terminal(pictures: ModuleType) -> None:
    shown = re.findall(r"!\[[^\]]+\]\(pictures/([^)]+)\)", (ROOT / "docs/review.md").read_text())
    assert sorted(shown) == sorted({*pictures.PAGE, *pictures.SCREEN})
    assert (len(pictures.PAGE), len(pictures.SCREEN)) == (3, 3)
    there = {path.name for path in FOLDER.iterdir()} - {pictures.SOURCES.name}
    assert there == set(shown) == set(json.loads(pictures.SOURCES.read_text()))


def test_they_are_pictures_and_ask_for_nothing(pictures: ModuleType) -> None:
    for name, (width, height, _, _) in pictures.PAGE.items():
        data = (FOLDER / name).read_bytes()
        assert data.startswith(b"\x89PNG\r\n")
        assert struct.unpack(">II", data[16:24]) == (width, height)
    for name in pictures.SCREEN:
        text = (FOLDER / name).read_text()
        assert text.startswith("<svg") and "@font-face" not in text
        assert set(re.findall(r"https?://[^\"' ]+", text)) <= {
            "http://www.w3.org/2000/svg",
            "https://www.textualize.io",
        }


@pytest.mark.slow
def test_they_are_of_today(pictures: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    now = pictures.drawn()
    assert pictures.stale(now) == []
    changed = dataclasses.replace(now, page=now.page + b" ")
    assert pictures.stale(changed) == sorted(pictures.PAGE)
    screens = now.screens | {"screen.svg": now.screens["screen.svg"] + " "}
    assert pictures.stale(dataclasses.replace(now, screens=screens)) == ["screen.svg"]


@pytest.mark.slow
def test_what_was_changed_by_hand_is_noticed(
    pictures: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    now = pictures.drawn()
    monkeypatch.setattr(pictures, "PICTURES", tmp_path)
    monkeypatch.setattr(pictures, "SOURCES", tmp_path / "drawn-from.json")
    assert pictures.stale(now) == sorted({*pictures.PAGE, *pictures.SCREEN})
    pictures.write_screens(now)
    assert pictures.stale(now) == sorted(pictures.PAGE)
    (tmp_path / "screen.svg").write_text("<svg/>")
    assert "screen.svg" in pictures.stale(now)
