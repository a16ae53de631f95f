"""The promises of the bot, over histories: what people did is kept, and nothing is done twice."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.bot.months import DOINGS, Month

KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "faults": {"fault": 0.15},
    "crashes": {"crash": True},
    "races": {"races": True},
    "coming and going": {"flapper": True, "days": 60},
    "everything": {"fault": 0.15, "crash": True, "races": True, "flapper": True},
}


@pytest.mark.parametrize("kind", ["plain", "coming and going", "everything"])
def test_a_short_month(kind: str) -> None:
    Month(1, **{**KINDS[kind], "days": 8}).live()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_months(kind: str) -> None:
    doings: Counter[str] = Counter()
    for seed in range(50):
        month = Month(seed, **KINDS[kind])
        month.live()
        doings += month.doings
    # Whatever people can do was done: a month without it would prove nothing.
    assert set(DOINGS) <= set(doings)
