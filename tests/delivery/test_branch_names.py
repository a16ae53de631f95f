"""Names of branches and findings, for whatever code and reports call them."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codemods.delivery.branch_names import branch_name, selector
from tests.delivery.sandbox import BRANCH, KEY, finding

CODEMOD = "offload-blocking-calls"


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("", "code"),
        ("日本語", "code"),
        ("..", "code"),
        ("Straße.größer", "Strae.groer"),
        ("Engine.process_job", "Engine.process_job"),
        ("outer.<locals>.inner", "outer.-locals-.inner"),
        ("__init__", "__init__"),
        ("a..b", "a.b"),
        (".hidden", "hidden"),
        ("x.lock", "x"),
        ("a/b c", "a-b-c"),
        ("a" * 200, "a" * 60),
    ],
)
def test_definitions(definition: str, expected: str) -> None:
    name = branch_name(CODEMOD, definition, "01234567")
    assert name == f"autofix/offload-blocking-calls/{expected}-01234567"


def test_the_example_of_the_design() -> None:
    assert branch_name(CODEMOD, "process_job", KEY[:8]) == BRANCH
    assert branch_name("my codemod", "f", KEY, "bots/fixes") == f"bots/fixes/my-codemod/f-{KEY}"


def test_selectors_hold_nothing_of_the_title() -> None:
    assert selector(finding()) == "AUDIT_BACKEND_2026-02-16:B-02"
    assert selector(finding(), repeated=True) == "AUDIT_BACKEND_2026-02-16:B-02@12"
    assert selector(finding("a\n b")) == "AUDIT_BACKEND_2026-02-16:a b"


NASTY = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("./-@{}~^:?*[\\ \0lock"), max_size=40
)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(NASTY, NASTY), min_size=1, max_size=12))
def test_git_takes_every_name(cases: list[tuple[str, str]]) -> None:
    for name in {branch_name(codemod, definition, KEY) for codemod, definition in cases}:
        done = subprocess.run(["git", "check-ref-format", "--branch", name], capture_output=True)
        assert done.returncode == 0, name
        assert all(len(part) < 200 for part in name.split("/"))
