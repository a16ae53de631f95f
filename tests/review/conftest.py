"""The sample project, a command line on it, and decisions about its fixes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from codemods.cli.context import Session
from codemods.cli.deciding import Item, items
from codemods.cli.options import Common
from codemods.cli.selecting import Reports
from codemods.codemod import Safety
from codemods.delivery.review.candidates import decision
from codemods.delivery.review.decisions import Decision, Verdict, decisions_bytes, made
from tests.cli.conftest import Ran, Run, _alone, autofix, shop

__all__ = ["Ran", "Run", "_alone", "autofix", "shop"]

REPORT = "docs/audits/AUDIT_BACKEND_2026-03-02.md"
Decide = Callable[..., Path]


def reviewed(folder: Path) -> list[Item]:
    """What can be decided in a project."""
    session = Session(Common(folder=folder, quiet=True))
    reports = Reports(session)
    state = session.state(None, False)
    found: list[Item] = items(session, reports, reports.all(), state, Safety.REVIEW)
    return found


def short(item: Item) -> str:
    name: str = item.name
    return name.partition(":")[2]


def decided(item: Item, *verdicts: str, edits: tuple[str | None, ...] = ()) -> Decision:
    """A decision about a fix; one word for all of its Changes, or one for each."""
    assert item.candidate is not None
    number = len(item.candidate.sites)
    words = verdicts if len(verdicts) == number else verdicts * number
    return decision(item.candidate, [Verdict(word) for word in words], edits)


@pytest.fixture
def decide(shop: Path, tmp_path: Path) -> Decide:
    """Writes a file of decisions about the sample project, by the ids of its findings."""

    def write(words: Mapping[str, tuple[str, ...]], name: str = "decisions.json") -> Path:
        found = {short(item): item for item in reviewed(shop)}
        decisions = [decided(found[key], *verdicts) for key, verdicts in words.items()]
        path = tmp_path / name
        path.write_bytes(decisions_bytes(made([REPORT], None, decisions)))
        return path

    return write
