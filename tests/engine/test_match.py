"""Which codemod takes a finding when several claim it."""

from __future__ import annotations

from collections.abc import Iterator

from codemods.codemod import Change, Codemod, Plan, Refusal, Scope
from codemods.engine.match import Match, Tie, match
from codemods.findings.model import Finding
from codemods.findings.readers.markdown import read_markdown

FINDING: Finding = read_markdown(
    "# Report\n\n### B-01: title\n\n- **Severity**: LOW\n- **Location**: `a.py:1`\n", "report.md"
).findings[0]


def _codemod(name: str, plan: Plan | None) -> Codemod:
    def find(scope: Scope, _plan: Plan) -> Iterator[Change | Refusal]:
        yield from ()

    return Codemod(name=name, recognise=lambda _finding: plan, find=find, triggers=(b"x",))


def test_nobody_claims() -> None:
    assert match(FINDING, [_codemod("a", None)]) is None
    assert match(FINDING, []) is None


def test_equal_strength_is_a_tie_that_names_both() -> None:
    found = match(FINDING, [_codemod("a", Plan(strength=50)), _codemod("b", Plan(strength=50))])
    assert found == Tie(("a", "b"))


def test_a_weaker_claim_does_not_make_a_tie() -> None:
    codemods = [_codemod("a", Plan(strength=50)), _codemod("b", Plan(strength=49))]
    found = match(FINDING, codemods)
    assert isinstance(found, Match) and found.codemod.name == "a"


def test_a_codemod_that_knows_the_pattern_goes_before_a_stronger_one_that_does_not() -> None:
    codemods = [
        _codemod("apply-suggestion", Plan(strength=100, named=False)),
        _codemod("named", Plan(strength=1)),
    ]
    found = match(FINDING, codemods)
    assert isinstance(found, Match) and found.codemod.name == "named"
