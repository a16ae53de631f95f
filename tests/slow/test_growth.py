"""Work grows with a code base, not with its square: counted, so that no machine is too slow."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
from counted import Dimension, exponent
from growth import DIMENSIONS


def _pairs(size: int) -> list[int]:
    return [abs(one - other) for one in range(size) for other in range(size)]


@pytest.mark.slow
def test_pairs_are_told_from_a_pass() -> None:
    square, _ = exponent(Dimension("pairs", 20, lambda size: lambda: _pairs(size)))
    line, _ = exponent(Dimension("a pass", 20, lambda size: lambda: list(map(abs, range(size)))))
    assert square == pytest.approx(2, abs=0.05)
    assert line == 0, "what happens inside of one call is not seen"


@pytest.mark.slow
@pytest.mark.parametrize("dimension", DIMENSIONS, ids=lambda item: item.name)
def test_work_is_linear(dimension: Dimension) -> None:
    found, counted = exponent(dimension)
    assert found <= dimension.bound, counted
