"""Titles of findings, made shorter."""

from __future__ import annotations

from codemods.delivery.titles import main_clause


def test_the_main_clause_needs_three_words() -> None:
    assert main_clause("H-01: a b c") == "H-01: a b c"
    assert main_clause("Cache is racy because of x") == "Cache is racy"
