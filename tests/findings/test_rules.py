"""The table of rules that nothing fixes, and how rules are looked up."""

from __future__ import annotations

import pytest

from codemods.findings.rules import NOT_FIXED, names_of
from codemods.transforms import catalogue


@pytest.mark.parametrize("rule", ["", "E501", "LOG", "G2010", "xG201", "try400"])
def test_what_is_fixed_or_unknown_is_not_in_the_table(rule: str) -> None:
    assert not set(names_of(rule)) & set(NOT_FIXED)


@pytest.mark.parametrize("rule", ["G201", " g201", "LOG014", "acme.python.b007"])
def test_the_table_is_found_in_any_case_and_behind_a_path(rule: str) -> None:
    assert set(names_of(rule)) & set(NOT_FIXED)


def test_reasons_are_one_line() -> None:
    assert not [why for why in NOT_FIXED.values() if "\n" in why or not why]


def test_a_rule_is_no_codemod_and_has_one_answer() -> None:
    fixed = [rule.lower() for item in catalogue().values() for rule in item.rules]
    assert len(fixed) == len(set(fixed))
    assert not {*fixed, *NOT_FIXED} & set(catalogue())
    assert not set(fixed) & set(NOT_FIXED)
