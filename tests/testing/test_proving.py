"""Proofs run in children of one process, and may do to it what they like."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.testing.proving import prove


def test_a_proof_that_ends_more_than_itself(tmp_path: Path) -> None:
    proof = tmp_path / "proof.py"
    proof.write_text("import os\nos.kill(os.getppid(), 9)\n")
    with pytest.raises(ChildProcessError, match="ended the process that runs the proofs"):
        prove(proof, tmp_path)
    proof.write_text("assert 1 == 2\n")
    done = prove(proof, tmp_path)
    assert done.returncode == 1 and "AssertionError" in done.stderr
