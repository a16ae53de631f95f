"""Real repositories that know nothing of the machine's git configuration."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.delivery.sandbox import Sandbox


@pytest.fixture(autouse=True)
def hermetic(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No setting from outside, also when the tests are run by a git hook."""
    for name in os.environ:
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """A repository with two commits; whatever a test does through autofix, its work tree, index
    and HEAD must be the same bytes afterwards."""
    made = Sandbox.create(tmp_path / "project")
    yield made
    made.assert_untouched()
