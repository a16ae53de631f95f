"""Which codemod takes a finding when several claim it."""

from __future__ import annotations

from collections.abc import Iterator

from codemods.codemod import Change, Codemod, Match, Plan, Refusal, Scope
from codemods.demands.demands import Demands
from codemods.engine.match import Claim, Tie, claim
from codemods.findings.readers.markdown import read_markdown

FINDING = Demands.of(
    read_markdown(
        "# Report\n\n### B-01: title\n\n- **Severity**: LOW\n- **Location**: `a.py:1`\n",
        "report.md",
    ).findings[0]
)


def _match(strength: int, *, named: bool = True) -> Match[Plan]:
    return Match(plan=Plan(), strength=strength, named=named)


def _codemod(name: str, match: Match[Plan] | None) -> Codemod:
    def find(scope: Scope, _plan: Plan) -> Iterator[Change | Refusal]:
        yield from ()

    return Codemod(name=name, recognise=lambda _demands: match, find=find, triggers=(b"x",))


def test_nobody_claims() -> None:
    assert claim(FINDING, [_codemod("a", None)]) is None
    assert claim(FINDING, []) is None


def test_equal_strength_is_a_tie_that_names_both() -> None:
    found = claim(
        FINDING,
        [
            _codemod("a", _match(50)),
            _codemod("b", _match(50)),
        ],
    )
    assert found == Tie(("a", "b"))


def test_a_weaker_claim_does_not_make_a_tie() -> None:
    codemods = [
        _codemod("a", _match(50)),
        _codemod("b", _match(49)),
    ]
    found = claim(FINDING, codemods)
    assert isinstance(found, Claim) and found.codemod.name == "a"


def test_a_codemod_that_knows_the_pattern_goes_before_a_stronger_one_that_does_not() -> None:
    codemods = [
        _codemod("apply-suggestion", _match(100, named=False)),
        _codemod("named", _match(1)),
    ]
    found = claim(FINDING, codemods)
    assert isinstance(found, Claim) and found.codemod.name == "named"
