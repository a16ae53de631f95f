"""Work that is counted, so that it is the same on every machine and under any load."""

from __future__ import annotations

import gc
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

BOUND = 1.15
"""The largest exponent that counts as linear: a sort is a little above 1."""
_NOISE = 0.02
"""What another process says, or when, is good for some calls more or less."""
Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Dimension:
    """Something that can be doubled."""

    name: str
    size: int
    """The smallest of the three sizes: large enough that a scan is in its steady state."""
    work: Callable[[int], Work]
    """Makes what is counted, for a size; making it is not counted."""
    bound: float = BOUND
    """The largest exponent that passes."""


def exponent(dimension: Dimension) -> tuple[float, tuple[int, ...]]:
    """The exponent of a dimension's growing part, and how many calls each size takes."""
    dimension.work(dimension.size)()  # What is made once and kept is no part of any size.
    counted = tuple(calls(dimension.work(dimension.size * factor)) for factor in (1, 2, 4))
    low, middle, high = counted
    if high - low < low * _NOISE or middle <= low or high <= middle:
        return 0.0, counted
    return math.log2((high - middle) / (middle - low)), counted


def calls(work: Work) -> int:
    """How many calls are made, of Python's functions and of C's."""
    count = 0

    def counting(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    gc.collect()
    sys.setprofile(counting)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count
