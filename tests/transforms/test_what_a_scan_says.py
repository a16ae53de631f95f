"""A scan that fixes nothing says what is wrong, not what a fix did."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.codemod import Change
from codemods.engine.scanning.scan import scan
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.transforms import catalogue

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
SCANNING = [name for name, item in catalogue().items() if item.scans]


def _changes(name: str) -> list[Change]:
    """What a scan finds in the fixtures of a codemod, each file by itself."""
    found: list[Change] = []
    for path in sorted((FIXTURES / name).glob("*/before.py")):
        project = Project(MemoryFiles({"app/subject.py": path.read_bytes()}))
        found += (item.change for item in scan(project, [catalogue()[name]]).found)
    return found


@pytest.mark.parametrize("name", SCANNING)
def test_what_would_be_edited_has_its_defect_in_words(name: str) -> None:
    edited = [item for item in _changes(name) if item.edits]
    assert edited, "no fixture is found by a scan"
    assert [item.what for item in edited if not item.found or item.found == item.what] == []
    assert all(item.defect == item.found for item in edited)


def test_a_place_that_is_only_described_has_one_wording() -> None:
    shown = [item for item in _changes("lock-shared-state") if not item.edits]
    assert shown
    assert {item.defect for item in shown} == {item.what for item in shown}


def test_what_still_tells_of_the_exception_is_named() -> None:
    source = (
        "import logging, traceback\n"
        "from fastapi import APIRouter, responses\n"
        "logger = logging.getLogger(__name__)\n"
        "router = APIRouter()\n"
        '@router.post("/a")\n'
        "def a():\n"
        "    try:\n"
        "        return work()\n"
        "    except Exception as e:\n"
        "        told = describe(e)\n"
        "        logger.exception(told)\n"
        "        return responses.JSONResponse(\n"
        '            {"told": told, "trace": traceback.format_exc()}, status_code=500\n'
        "        )\n"
    )
    project = Project(MemoryFiles({"app.py": source.encode()}))
    (found,) = scan(project, [catalogue()["hide-exception-text"]]).found
    assert found.change.notes == ("describe(e) is still sent",)
