"""Every fixture of every codemod: the rewrite, the refusal, and the proof."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.transforms import catalogue
from tests.harness import FIXTURES, Case, cases, check, prove

ALL = list(cases())
PROOFS = [case for case in ALL if (case.folder / "proof.py").exists()]


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_case(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("case", PROOFS, ids=lambda case: case.id)
def test_proof(case: Case, tmp_path: Path) -> None:
    before = prove(case, "before", tmp_path / "before")
    assert before.returncode != 0, "the proof passes without the fix"
    assert "ProofError" in before.stderr or "AssertionError" in before.stderr, before.stderr
    after = prove(case, "after", tmp_path / "after")
    assert after.returncode == 0, after.stderr


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_more_cases_stay_than_change(name: str) -> None:
    mine = [case for case in ALL if case.folder.parent.name == name]
    changing = [case for case in mine if case.files("after") is not None]
    assert changing, "a codemod needs a case that changes"
    assert len(mine) - len(changing) >= len(changing)


def test_every_folder_is_a_codemod() -> None:
    assert {folder.name for folder in FIXTURES.iterdir() if folder.is_dir()} == set(catalogue())
