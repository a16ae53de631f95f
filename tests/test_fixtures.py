"""Every fixture of every codemod: the rewrite, the refusal, and the proof."""

from __future__ import annotations

import pytest

from codemods.testing import Case, check, check_balance, check_proof
from codemods.transforms import catalogue
from tests.harness import FIXTURES, cases

ALL = list(cases())
PROOFS = [case for case in ALL if (case.folder / "proof.py").exists()]


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_case(case: Case) -> None:
    check(case)


@pytest.mark.slow
@pytest.mark.parametrize("case", PROOFS, ids=lambda case: case.id)
def test_proof(case: Case) -> None:
    check_proof(case)


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_more_cases_stay_than_change(name: str) -> None:
    check_balance(name, [case for case in ALL if case.name == name])


def test_every_folder_is_a_codemod() -> None:
    assert {folder.name for folder in FIXTURES.iterdir() if folder.is_dir()} == set(catalogue())
