"""Modules that nobody would write, through every codemod: compiles, idempotent, bytes kept."""

from __future__ import annotations

import warnings

import hypothesis
import libcst as cst
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from codemods.codemod import Safety
from codemods.engine.scanning.fixing import fix
from codemods.engine.scanning.scan import scan
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.transforms import catalogue

hypothesmith = pytest.importorskip("hypothesmith")
MODULES = 2_000
_TAIL = """

import asyncio, logging, time
from sqlalchemy.orm import joinedload
logger = logging.getLogger(__name__)


class Cache:
    def __init__(self):
        self.items = {}

    async def get(self, key):
        try:
            if key not in self.items:
                self.items[key] = await fetch(key)
            time.sleep(1)
        except OSError as error:
            logger.error("failed: %s", error)
        return self.items[key]
"""
"""Something to be found in every module: what is generated alone hardly ever holds a pattern."""


@pytest.mark.slow
@settings(
    max_examples=MODULES,
    deadline=None,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(generated=hypothesmith.from_node(cst.Module), tail=st.sampled_from(["", _TAIL]))
def test_generated_modules(generated: str, tail: str) -> None:
    text = generated + tail
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "generated.py", "exec", dont_inherit=True)
        data = text.encode("utf-8")
    except (SyntaxError, ValueError, RecursionError):
        hypothesis.reject()
    codemods = [codemod for codemod in catalogue().values() if codemod.scans]
    project = Project(MemoryFiles({"generated.py": data}))
    if b"\r" in data.replace(b"\r\n", b""):
        # Python ends a line there and no editor does: such a file is named, and stays.
        assert not tail or [item.path for item in scan(project, codemods).skipped]
        return
    result = fix(project, codemods, "generated.py", allow=Safety.DISPLAY)
    # A gate that stops a patch saves the file, and is a defect all the same.
    assert result.failed == ()
    for patch in result.files:
        assert patch.after is not None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(patch.after, "generated.py", "exec", dont_inherit=True)
        again = Project(MemoryFiles({"generated.py": patch.after}))
        assert fix(again, codemods, "generated.py", allow=Safety.DISPLAY).files == ()
    if not scan(project, codemods).found:
        assert result.files == ()
