"""The order service of the demo, with the branches that autofix made in it before the house."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from tests.cli.conftest import _alone, autofix, git
from tests.templates import copied

__all__ = ["_alone", "autofix"]

DATA = Path(__file__).resolve().parent
STREAM = DATA / "shop.fast-export"
BASE = "30c51c7190a87a5b5e91f3676d7713b81e00e0c8"
"""What `main` of the stream is: the branches name it in their trailers."""

MakeShop = Callable[[], Path]


def unpack(folder: Path) -> None:
    """The repository of the stream, with `main` checked out."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "user.name", "Ada Example")
    git(folder, "config", "user.email", "ada@example.org")
    git(folder, "fast-import", "--quiet", stdin=STREAM.read_bytes())
    git(folder, "reset", "--quiet", "--hard", "main")
    assert git(folder, "rev-parse", "main") == BASE


@pytest.fixture
def make_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeShop:
    """Unpacks the repository once more, and goes there."""
    numbers = count()

    def make() -> Path:
        shop = tmp_path / f"shop-{next(numbers)}"
        copied(unpack, shop)
        monkeypatch.chdir(shop)
        return shop

    return make


@pytest.fixture
def shop(make_shop: MakeShop) -> Path:
    """The repository, which is the current folder too."""
    return make_shop()


def refs(shop: Path) -> dict[str, str]:
    """Every branch with its commit."""
    listing = git(shop, "for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads")
    return dict(line.split(" ") for line in listing.splitlines())
