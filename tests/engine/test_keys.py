"""The key of a fix: it stays while the code is the same, and tells every two places apart."""

from __future__ import annotations

import pytest

from codemods.codemod import Change, Safety, Site
from codemods.engine.keys import LENGTH, patch_key
from codemods.engine.outcomes import FilePatch, Patch

BEFORE = b"""import os


def pay(order):
    charge(order)


def ship(order):
    charge(order)
"""


def patch(*places: tuple[int, str], before: bytes = BEFORE, path: str = "shop.py") -> Patch:
    """A patch of one file, with a change at each line and in each function."""
    changes = tuple(
        Change(Site(path, line, line, function), "charged once", (), Safety.SAFE)
        for line, function in places
    )
    return Patch((FilePatch(path, before, b"x = 1\n"),), changes)


KEY = patch_key("charge", patch((5, "pay")))


@pytest.mark.parametrize(
    "other",
    [
        patch((9, "ship")),
        patch((5, "pay"), (9, "ship")),
        patch((4, "pay")),
        patch((5, "")),
        patch((5, "pay"), path="other.py"),
        patch((5, "pay"), before=BEFORE.replace(b"charge(order)", b"charge(order, 1)", 1)),
        Patch((), ()),
    ],
)
def test_other_places_have_other_keys(other: Patch) -> None:
    assert patch_key("charge", other) != KEY


def test_another_codemod_has_another_key() -> None:
    assert patch_key("refund", patch((5, "pay"))) != KEY


@pytest.mark.parametrize(
    "same",
    [
        patch((7, "pay"), before=b"import sys\nimport re\n" + BEFORE),
        patch((5, "pay"), before=BEFORE.replace(b"    charge", b"\tcharge")),
        patch((5, "pay"), before=BEFORE.replace(b"\n", b"\r\n")),
        patch((5, "pay"), (5, "pay")),
    ],
)
def test_it_stays_when_other_lines_move(same: Patch) -> None:
    assert patch_key("charge", same) == KEY
    assert len(KEY) == LENGTH == len(bytes.fromhex(KEY)) * 2


def test_the_order_of_changes_does_not_count() -> None:
    one, two = patch((5, "pay"), (9, "ship")), patch((9, "ship"), (5, "pay"))
    assert patch_key("charge", one) == patch_key("charge", two)


@pytest.mark.parametrize("before", [b"", b"\xff\xfe\n", b"# coding: none\nx\n"])
def test_what_cannot_be_read_has_a_key_too(before: bytes) -> None:
    assert len(patch_key("charge", patch((1, ""), before=before))) == LENGTH
    far = patch((99, "pay"), before=before)
    assert len(patch_key("charge", far)) == LENGTH


def test_a_site_in_a_file_that_stays_has_a_key_too() -> None:
    made = patch((5, "pay"))
    elsewhere = Patch((FilePatch("other.py", b"", b"x\n"),), made.changes)
    assert patch_key("charge", elsewhere) != KEY
