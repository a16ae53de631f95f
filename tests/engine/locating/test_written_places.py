"""A place as it is written means one file, and never another with the same code in it."""

from __future__ import annotations

import pytest

from codemods.engine.locating.locate import Located, locate
from codemods.findings.model import Finding
from codemods.findings.readers.markdown import read_markdown
from codemods.project.files import MemoryFiles
from codemods.project.project import Project

CODE = b"""\
import logging

logger = logging.getLogger(__name__)


def one() -> None:
    try:
        pass
    except OSError as e:
        logger.error("x %s", e)
"""
PATHS = ("svc/app/a.py", "lib/x.py", "my dir/a.py", "dir/a.py", "outside.py", "tool.py", "bin/tool")
FILES = dict.fromkeys(PATHS, CODE)


class Folder(MemoryFiles):
    """Files of a checkout that lies somewhere."""

    folder = "/home/me/shop"


def finding(place: str, report: str = "docs/audits/A.md", evidence: bool = True) -> Finding:
    shown = '- **Evidence**:\n  ```python\n  logger.error("x %s", e)\n  ```\n' if evidence else ""
    text = (
        "# Audit\n\n### B-01: `one()` logs without traceback\n\n- **Severity**: HIGH\n"
        f"- **Location**: {place}\n- **Description**: `logger.error` in `one()` loses it.\n"
        f"{shown}- **Suggested Fix**: Add `exc_info=True`.\n"
    )
    return read_markdown(text, report).findings[0]


def files(said: Finding) -> list[str]:
    answer = locate(said, Project(Folder(FILES)), None)
    return [place.source.path for place in answer.places] if isinstance(answer, Located) else []


@pytest.mark.parametrize("evidence", [True, False])
@pytest.mark.parametrize(
    "place",
    [
        "`bin/tool:10`",
        "bin/tool:10",
        "`bin/tool`",
        "`bin/gone:10`",
        "`tool:10`",
        "`gone.py:10`",
        "`svc/app/gone.py:10`",
        "`other dir/a.py:10`",
        "`../outside.py:10`",
        "`../../../outside.py:10`",
        "/srv/other/outside.py:10",
        "file:///srv/other/outside.py",
        "https://github.com/o/r/blob/0123abc/svc/app/gone.py#L10",
        "`svc.app.gone.one`",
        "`C:\\other\\outside.py:10`",
        "no/such/place",
    ],
)
def test_what_is_not_there_is_no_other_file(place: str, evidence: bool) -> None:
    assert files(finding(place, evidence=evidence)) == []


@pytest.mark.parametrize(
    "place",
    [
        "`svc/app/a.py:10`",
        "svc/app/a.py (line 10)",
        "svc/app/a.py, line 10",
        "svc/app/a.py @ L10",
        "`svc/app/a.py#L10-L12`",
        "`svc/app/a.py::one`",
        "`svc/app/a.py:one`",
        "[svc/app/a.py:10](svc/app/a.py#L10)",
        "[a](../../svc/app/a.py#L10)",
        "https://github.com/o/r/blob/0123abc/svc/app/a.py#L10-L12",
        "https://gitlab.example.org/o/r/-/blob/main/svc/app/a.py#L10",
        "file:///home/auditor/work/svc/app/a.py",
        "/home/auditor/work/svc/app/a.py:10",
        "/home/me/shop/svc/app/a.py:10",
        "`C:\\work\\svc\\app\\a.py:10`",
        "`svc\\app\\a.py:10`",
        "SVC/APP/A.PY:10",
        "`svc.app.a.one`",
        "`svc.app.a:one`",
        "`svc/app/`",
        "`svc/**/*.py`",
    ],
)
def test_every_notation_means_its_file(place: str) -> None:
    assert files(finding(place)) == ["svc/app/a.py"]


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ("`my dir/a.py:10`", "my dir/a.py"),
        ("my dir/a.py:10", "my dir/a.py"),
        ("`dir/a.py:10`", "dir/a.py"),
        ("see dir/a.py:10", "dir/a.py"),
        ("/home/me/shop/outside.py:10", "outside.py"),
        ("/home/auditor/shop/outside.py:10", "outside.py"),
        ("`tool.py:10`", "tool.py"),
    ],
)
def test_namesakes_stay_apart(place: str, path: str) -> None:
    assert files(finding(place)) == [path]


def test_prose_is_no_place_and_the_places_below_it_are() -> None:
    said = finding("multiple files, see below")
    assert files(said) == []
    text = "- **Location**: several, see below\n- **Description**: `one()` at `lib/x.py:10`.\n"
    text = f"### B-01: `one()` logs\n\n- **Severity**: HIGH\n{text}"
    assert files(read_markdown(text, "r.md").findings[0]) == ["lib/x.py"]


def test_a_report_at_the_top_links_nothing_above_it() -> None:
    assert files(finding("`../outside.py:10`", report="A.md")) == []
    assert files(finding("`../outside.py:10`", report="docs/A.md")) == ["outside.py"]
