"""The project's own cases: every folder of ``fixtures/``, for the codemods of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from codemods import testing
from codemods.testing import Case, patched
from codemods.transforms import catalogue

__all__ = ["FIXTURES", "Case", "cases", "patched"]
FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


def cases() -> Iterator[Case]:
    """Every case of every codemod, sorted."""
    return testing.cases(FIXTURES, catalogue())
