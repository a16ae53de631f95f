"""The table of rules."""

from __future__ import annotations

import re

import pytest

from codemods.findings.rules import RULES, rule_entry
from codemods.transforms import catalogue


@pytest.mark.parametrize(
    ("rule", "codemod"),
    [
        ("ASYNC230", "offload-blocking-calls"),
        ("async230", "offload-blocking-calls"),
        ("blocking-open-call-in-async-function", "offload-blocking-calls"),
        ("TRY400", "add-exc-info"),
        ("py/stack-trace-exposure", "hide-exception-text"),
        ("acme.python.error-instead-of-exception", "add-exc-info"),
        ("G201", None),
        ("LOG014", None),
        ("bare-except", "log-swallowed-exception"),
        ("unused-loop-control-variable", None),
        ("B113", None),
    ],
)
def test_known(rule: str, codemod: str | None) -> None:
    entry = rule_entry(rule)
    assert entry is not None
    assert entry.codemod == codemod
    assert bool(entry.why) is (codemod is None)


@pytest.mark.parametrize("rule", ["", "E501", "ASYNC", "ASYNC2300", "xTRY400", "add-exc-info"])
def test_unknown(rule: str) -> None:
    assert rule_entry(rule) is None


def test_reasons_are_one_line_and_codemods_are_names() -> None:
    for entry in RULES.values():
        assert "\n" not in entry.why
        assert entry.codemod is None or re.fullmatch(r"[a-z]+(-[a-z]+)+", entry.codemod)


def test_a_rule_is_no_codemod() -> None:
    assert not set(RULES) & set(catalogue())
