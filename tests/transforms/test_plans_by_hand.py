"""Plans that nobody read from a report make the fixes of the fixtures.

What a finding hinted is not there: neither names in its prose, nor lines, nor how many places.
"""

from __future__ import annotations

from typing import Any

import pytest

from codemods.codemod import Safety
from codemods.engine.outcomes import Fixed
from codemods.engine.planned import request_from, resolve_request
from codemods.findings.made import finding_of_plan
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.transforms import catalogue
from tests.harness import cases, patched

PLANS: dict[str, dict[str, Any]] = {
    "atomic-write/json-dump-in-place": {"at": "storage.py::FingerprintStorage.save"},
    "atomic-write/shared-temporary-name": {"at": "thumbnails.py::thumbnail", "unique": True},
    "atomic-write/writer-that-the-finding-names": {
        "at": ["encoder.py::Encoder.encode_and_save", "encoder.py::Encoder.full"],
        "durable": True,
        "writers": ["save_audio"],
    },
    "offload-blocking-calls/report-names-the-calls": {
        "at": "app/jobs.py::Engine.process_job",
        "calls": ["load", "renderer.render", "save"],
    },
    "offload-blocking-calls/report-wants-a-timeout": {"at": "app/jobs.py::serve", "timeout": 0.1},
    "contain-path/home-folder-of-the-user": {
        "at": "routers/imports.py::start",
        "values": ["source_path"],
        "root": "~/imports",
    },
    "contain-path/validator-of-the-project": {
        "at": "routers/jobs.py::process",
        "values": ["request.input_path", "request.reference_path"],
        "validators": ["validate_file_path"],
    },
    "contain-path/skipped-by-the-handler-around": {
        "at": "routers/lyrics.py",
        "values": ["track.filepath"],
        "validators": ["validate_file_path"],
        "skip": True,
    },
    "hide-exception-text/finding-names-a-status-below-500": {
        "at": "app/fields.py::get_fields",
        "texts": [["Audio file not found: {}", "f'Audio file not found for track {track_id}'"]],
    },
}


@pytest.mark.parametrize("name", PLANS)
def test_plan_by_hand(name: str) -> None:
    case = next(item for item in cases() if item.id == name)
    before, after = case.files("before"), case.files("after")
    assert before is not None and after is not None
    table = {"codemod": case.codemod.name, **PLANS[name]}
    request = request_from(table, catalogue())
    finding = finding_of_plan(case.codemod.name, request.at)
    options = case.expected.get("options", {})
    made = resolve_request(
        finding, case.project(before), request, lambda _: options, Safety.DISPLAY
    )
    assert isinstance(made.outcome, Fixed), made.outcome
    assert patched(before, made.outcome.patch.files) == before | after


LOADING = """\
from fastapi import HTTPException
from log import logger


def load(track):
    try:
        track.load()
    except OSError as error:
        logger.exception("load")
        raise HTTPException(500, detail=str(error))
    except ValueError as error:
        logger.exception("load")
        raise HTTPException(500, detail=str(error))
"""


def test_a_plain_text_for_one_kind_of_exception() -> None:
    table = {"codemod": "hide-exception-text", "at": "a.py::load"}
    table |= {"text": "Cannot read it", "types": ["OSError"]}  # type: ignore[dict-item]
    request = request_from(table, catalogue())
    project = Project(MemoryFiles({"a.py": LOADING.encode()}))
    finding = finding_of_plan("hide-exception-text", request.at)
    made = resolve_request(finding, project, request, lambda _: {}, Safety.DISPLAY)
    assert isinstance(made.outcome, Fixed), made.outcome
    after = made.outcome.patch.files[0].after
    assert after is not None
    assert after.count(b'detail="Cannot read it"') == after.count(b"detail=str(error)") == 1
