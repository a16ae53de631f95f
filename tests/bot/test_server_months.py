"""The promises again, on real repositories and over HTTP: leases, trailers and answers are real."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from codemods.delivery.forge.github import GitHub
from tests.bot.histories import KINDS, live
from tests.bot.remote_shop import RemoteShop
from tests.bot.server.description import ENTERPRISE, GITHUB
from tests.bot.server.http import ForgeServer

OF_EACH_KIND = int(os.environ.get("AUTOFIX_HISTORIES", "5"))
"""Each takes some two seconds of processor time: 50 live through three hundred."""


@pytest.mark.slow
@pytest.mark.parametrize("part", range(5))
@pytest.mark.parametrize("kind", KINDS)
def test_histories(kind: str, part: int, tmp_path: Path) -> None:
    for seed in range(part, OF_EACH_KIND, 5):
        described = (GITHUB, ENTERPRISE)[seed % 2]
        live(seed, KINDS[kind], described, tmp_path / str(seed))


@pytest.mark.slow
def test_two_bots_at_once(server: ForgeServer, github: GitHub, tmp_path: Path) -> None:
    """The second has looked before the first writes: its pushes and requests meet what is there."""
    shop = RemoteShop.make(server, github, tmp_path)
    shop.run()
    second = shop.workshop()
    shop.run()
    before = server.state.tips()
    for subject in shop.subjects():
        # What the first has not opened yet, since its limit was reached, is pushed; the rest is
        # refused, or is the same commit where both were made in one second.
        second.push(subject, None, None, keep=False)
    tips = server.state.tips()
    assert {name: tips[name] for name in before} == before
    for item in server.state.pulls():
        number = github.create(item.head, "main", item.title, "again", draft=False)
        assert number == item.number
