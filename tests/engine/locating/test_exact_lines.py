"""A line that holds the code which a finding quotes is a place; any other line is none."""

from __future__ import annotations

import pytest

from codemods.engine.locating.locate import Located, locate
from tests.engine.reported import at, field, finding, project

SHOP = """
import os

LIMIT = int(os.environ["LIMIT"])


def sell(order):
    try:
        return order.close()
    except ValueError as fault:
        return answer(text=str(fault))


def refund(order):
    try:
        return order.open()
    except ValueError as fault:
        return answer(text=repr(fault))


def lend(order):
    return answer(text=order.name, rate=LIMIT)
"""


def found(line: int, text: str, name: str = "risk") -> list[str]:
    """The definitions that are located, ``""`` for the module."""
    said = finding("Texts of faults reach buyers", [at("shop.py", (line, line))], field(name, text))
    place = locate(said, project({"shop.py": SHOP}), None)
    nodes = [item.node for item in place.places] if isinstance(place, Located) else []
    return [getattr(node, "name", "") for node in nodes]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        # The line does not hold it.
        (6, "`str(fault)` is sent."),
        (22, "`str(fault)` is sent."),
        # It stands twice, and the line is beside both.
        (16, "`answer(text=` is sent."),
        # A name is used in many places.
        (21, "`order` is sent."),
        (20, "`order.name` is sent."),
        # What the fix quotes is not there yet.
        (9, "Send something else than `repr(fault)`."),
        (10, "Nothing is quoted."),
    ],
)
def test_lines_without_the_code(line: int, text: str) -> None:
    assert found(line, text) == []


@pytest.mark.parametrize(
    ("line", "text", "name"),
    [
        (10, "`str(fault)` is sent.", "sell"),
        (11, "`str(fault)` is sent.", "sell"),
        (17, "the text, `repr( fault )`, is sent.", "refund"),
        (3, '`os.environ["LIMIT"]` may be missing.', ""),
    ],
)
def test_lines_with_it(line: int, text: str, name: str) -> None:
    assert found(line, text) == [name]
