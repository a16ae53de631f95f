"""Demands that no codemod knows, and of which nothing shows in the patch."""

from __future__ import annotations

import pytest

from codemods.demands.demands import Demand, Demands
from codemods.engine.outcomes import FilePatch
from codemods.engine.unmet import Unmet
from codemods.findings.model import Location
from tests.engine.reported import at, field, finding

BEFORE = """\
from shop.limits import RATE


class NewOrder:
    amount: int
    rate: float


class OldOrder:
    amount: int
    note: str


def load(path, overlap):
    try:
        return read(path)
    except Exception:
        return None
"""
AFTER = BEFORE.replace("return read(path)", "return read(path, mode='rb')").replace(
    "class NewOrder:\n    amount: int", "class NewOrder:\n    amount: int = Field(ge=1)"
)
PATHS = ("shop/orders.py", "shop/stock.py", "shop/errors.py")


def left(
    fix: str, *locations: Location, description: str = "", own: bool = False, met: str = ""
) -> list[str]:
    fields = (field("description", description), field("suggested fix", fix))
    reported = finding("Orders are not checked", locations, *fields)
    patch = FilePatch("shop/orders.py", BEFORE.encode(), AFTER.encode())

    def reads(_demand: Demand) -> bool:
        return own

    def there(written: str) -> list[str]:
        return [path for path in PATHS if path == written]

    looked = Unmet(Demands.of(reported), [patch], [], {met}, there, reads)
    return [item.what for item in looked.left()]


READ = "Pass `mode='rb'` to `read()`"


@pytest.mark.parametrize(
    "fix",
    [
        # One demand may be met in a form that the words do not have.
        "Use `open_binary()`.",
        f"{READ}.",
        f"{READ} and validate `NewOrder.amount`.",
        # What it is compared with is no part of it.
        f"{READ}, as `old_read()` does. Validate `NewOrder` like `Limits`.",
        f"{READ}. Consider `mmap` later.",
        f"{READ}. Add a test for `overlap`.",
        f"{READ}. Wait for the next release.",
        # One of two ways is enough.
        f"{READ}, or drop `load()` and use `mmap`.",
        "Either pass `mode='rb'` to `read()`; or replace `read()` with `mmap.mmap()`.",
        f"{READ}. Log it with `exc_info=True` (already done above).",
        f"{READ}. Use the errors of `shop/errors.py`.",
    ],
)
def test_what_is_not_owed(fix: str) -> None:
    assert left(fix) == []


@pytest.mark.parametrize(
    ("fix", "expected"),
    [
        (f"{READ}. Use `OrderError` there.", ["Use `OrderError` there"]),
        (f"{READ}; either wire `overlap` in or drop it.", ["wire `overlap` in or drop it"]),
        (f"{READ}. Rename `RATE`.", ["Rename `RATE`"]),
        ("Replace `float` with `Decimal`.", ["Replace `float` with `Decimal`"]),
        (
            "Pass `mode='rb', closefd=True` to `read()`.",
            [READ.replace("'rb'", "'rb', closefd=True")],
        ),
    ],
)
def test_what_stays(fix: str, expected: list[str]) -> None:
    assert left(fix) == expected


def test_what_a_change_says_that_it_meets_is_met() -> None:
    assert left(f"{READ}. Use `OrderError` there.", met="d2") == []


def test_a_codemod_meets_what_it_reads_in_its_own_form() -> None:
    assert left(f"{READ}. Write to a `NamedTemporaryFile`.", own=True) == []
    assert left(f"{READ}. Drop `overlap`.", own=True) == ["Drop `overlap`"]


LISTED = """\
- `NewOrder.amount` — no bound
- `OldOrder.note` — no bound
- `Gone.amount` — no bound
"""


def test_the_rest_of_a_list_that_the_fix_refers_to() -> None:
    (said,) = left("Add `Field(ge=1)` to the models above.", description=LISTED)
    assert said.startswith("`OldOrder.note` is unchanged")


def test_a_list_that_the_fix_does_not_refer_to() -> None:
    assert left("Add `Field(ge=1)` to the model.", description=LISTED) == []


EVERY = "Validate `amount` at every place."


def test_all_are_asked_for_and_one_is_in_no_file_that_changes() -> None:
    places = (at("shop/orders.py", (5, 5)), at("shop/stock.py", (7, 7)))
    assert left(EVERY, *places) == ["Validate `amount` at every place"]
    assert left("Validate `amount`.", *places) == []


def test_a_place_that_is_not_in_the_project_is_not_owed() -> None:
    assert left(EVERY, at("shop/orders.py", (5, 5)), at("shop/gone.py", (7, 7))) == []


def test_more_places_than_are_named() -> None:
    (said,) = left(f"{READ}.", description="Throughout the codebase, files are read as text.")
    assert said.startswith("the finding mentions more places than it names")
    # With a place it is only told besides.
    place = at("shop/orders.py", (16, 16))
    assert left(f"{READ}.", place, description="It is used throughout the project.") == []
