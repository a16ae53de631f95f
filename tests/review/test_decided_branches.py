"""What a person decided stays as it is, until a person decides otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run, git
from tests.review.conftest import Decide

REPOSITORY = "orders/repository.py"


def state(shop: Path) -> dict[str, str]:
    listing = git(shop, "branch", "--list", "autofix/*", "--format=%(refname:short)")
    return {name: git(shop, "rev-parse", name) for name in listing.split()}


@pytest.fixture
def partial(autofix: Run, shop: Path, decide: Decide) -> dict[str, str]:
    """The branch of a fix of which a Change was left out."""
    assert autofix("apply", "--decisions", decide({"B-04": ("accept", "skip")})).status == 0
    found = state(shop)
    assert len(found) == 1
    return found


def test_apply_does_not_make_it_whole_again(
    autofix: Run, shop: Path, partial: dict[str, str]
) -> None:
    done = autofix("apply", "B-04")
    assert (done.status, state(shop)) == (1, partial)
    assert "edits that a person made in a review" in " ".join(done.err.split())


def test_the_same_decision_once_more_changes_nothing(
    autofix: Run, shop: Path, partial: dict[str, str], decide: Decide
) -> None:
    done = autofix("apply", "--decisions", decide({"B-04": ("accept", "skip")}))
    assert (done.status, state(shop)) == (0, partial)
    assert "unchanged" in done.err


def test_another_decision_counts(
    autofix: Run, shop: Path, partial: dict[str, str], decide: Decide
) -> None:
    done = autofix("apply", "--decisions", decide({"B-04": ("accept",)}))
    (name,) = state(shop)
    assert done.status == 0
    assert git(shop, "show", f"{name}:{REPOSITORY}").count("selectinload(") == 2
    # It is autofix's own again.
    assert "unchanged" in autofix("apply", "B-04").err


def test_what_was_amended_afterwards_is_nobodys_to_replace(
    autofix: Run, shop: Path, partial: dict[str, str], decide: Decide
) -> None:
    (name,) = partial
    git(shop, "checkout", "-q", name)
    (shop / REPOSITORY).write_text((shop / REPOSITORY).read_text() + "# more\n")
    git(shop, "commit", "-qa", "--amend", "--no-edit")
    git(shop, "checkout", "-q", "main")
    amended = state(shop)
    done = autofix("apply", "--decisions", decide({"B-04": ("accept",)}))
    assert (done.status, state(shop)) == (1, amended)
    assert "was amended by hand" in " ".join(done.err.split())


def test_undo_takes_it_back(autofix: Run, shop: Path, partial: dict[str, str]) -> None:
    assert autofix("undo", "B-04").status == 0
    assert state(shop) == {}
