"""A server for each test, and no credentials of whoever runs them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from codemods.delivery.forge.client import Client, token_auth
from codemods.delivery.forge.github import GitHub
from codemods.delivery.forge.pace import Clock
from tests.bot.server.http import ForgeServer, serving


class Waits:
    """A clock that nobody waits for."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.now, self.sleep)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GH_TOKEN", "GITHUB_TOKEN", "GITHUB_ACTIONS", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("GIT_DIR", "GIT_WORK_TREE", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ForgeServer]:
    with serving(tmp_path / "forge") as running:
        yield running


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def github(server: ForgeServer, waits: Waits) -> GitHub:
    client = Client(token_auth("ghp_bot"), server.api, waits.clock)
    return GitHub(client, "acme/shop")
