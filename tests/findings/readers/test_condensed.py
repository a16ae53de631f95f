"""Findings that are a row of a table, or a member of a range of ids."""

from __future__ import annotations

from textwrap import dedent

import pytest

from codemods.findings.model import LineRange, Severity
from codemods.findings.readers.markdown import read_markdown
from codemods.findings.readers.reading import Reading

TABLE = """\
    | ID | Title | Location |
    |----|-------|----------|
    | B-07 | `stop()` is never awaited | `app/jobs.py:12-30` |
    | **B-08** (JOB-2) | Two queues | `app/jobs.py:4, 9` + `app/queue.py` |
"""


def read(text: str) -> Reading:
    return read_markdown(dedent(text), "docs/audits/AUDIT_X.md")


def ids(text: str) -> list[str]:
    return [item.id for item in read(text).findings]


@pytest.mark.parametrize(
    "table",
    [
        # A summary has no column for the matter, a list of verdicts none for the place.
        "| ID | Severity | Dimension | Location |\n|---|---|---|---|\n| B-1 | LOW | X | `a.py` |\n",
        "| Finding | Issue | Status |\n|---|---|---|\n| B-1: a race | #12 | **FIXED** |\n",
        "| ID | Title | Was | Evidence |\n|---|---|---|---|\n| B-1 | x | LOW | `a.py` |\n",
        "| Candidate | Location | Issue |\n|---|---|---|\n| B-1 | `a.py:3` | not so |\n",
        # No id, several, an id with words behind it.
        "| ID | Location | Issue |\n|---|---|---|\n| none | `a.py` | x |\n",
        "| ID | Location | Issue |\n|---|---|---|\n| B-1 – B-3 | `a.py` | x |\n",
        "| ID | Location | Issue |\n|---|---|---|\n| B-1: a race | `a.py` | x |\n",
        # No matter, too few cells, no separator.
        "| ID | Location | Issue |\n|---|---|---|\n| B-1 | `a.py` | |\n",
        "| ID | Location | Issue |\n|---|---|---|\n| B-1 | `a.py` |\n",
        "| ID | Location | Issue |\n| B-1 | `a.py` | x |\n",
        # A verdict.
        "| ID | Location | Issue | Status |\n|---|---|---|---|\n| B-1 | `a.py` | x | PASS |\n",
    ],
)
def test_other_tables_hold_no_findings(table: str) -> None:
    assert ids(f"# R\n\n## LOW Findings\n\n{table}") == []


@pytest.mark.parametrize(
    "heading",
    [
        "## False Positives",
        "## Existing Issues (verified)",
        "## Verified Fixed",
        "## Duplicates",
        "## Dismissed candidates",
    ],
)
def test_what_was_settled_is_no_finding(heading: str) -> None:
    assert ids(f"# R\n\n{heading}\n\n{dedent(TABLE)}") == []


def test_a_table_in_a_fence_or_in_a_finding_is_text() -> None:
    assert ids(f"# R\n\n## LOW\n\n```markdown\n{dedent(TABLE)}```\n") == []
    finding = "### B-1: x\n- **Severity**: LOW\n- **Description**: these:\n\n"
    assert ids(f"{finding}{dedent(TABLE)}") == ["B-1"]


def test_never_two_findings_for_one() -> None:
    section = "### B-07: Stop is never awaited\n- **Severity**: HIGH\n- **Location**: `a.py`\n"
    # Whether the table stands before or behind the sections.
    assert ids(f"## Overview\n\n{dedent(TABLE)}\n{section}") == ["B-08", "B-07"]
    assert ids(f"{section}\n## Overview\n\n{dedent(TABLE)}") == ["B-07", "B-08"]
    other = section.replace("B-07", "JOB-2")
    assert ids(f"{other}\n## Overview\n\n{dedent(TABLE)}") == ["JOB-2", "B-07"]
    assert ids(f"## A\n\n{dedent(TABLE)}\n## B\n\n{dedent(TABLE)}") == ["B-07", "B-08"]


def test_a_row_is_a_finding() -> None:
    reading = read(f"# R\n\n## LOW Findings\n\n{dedent(TABLE)}")
    assert reading.damaged == ()
    first, second = reading.findings
    assert (first.id, first.line, first.ordinal) == ("B-07", 7, 1)
    assert first.title == "`stop()` is never awaited"
    assert first.severity is Severity.LOW
    assert [(item.path, item.lines) for item in first.locations] == [
        ("app/jobs.py", (LineRange(12, 30),))
    ]
    assert (second.id, second.alias, second.ordinal) == ("B-08", "JOB-2", 2)
    assert [item.path for item in second.locations] == ["app/jobs.py", "app/queue.py"]


def test_the_columns_of_a_row() -> None:
    text = """\
    ## MEDIUM Findings

    | ID | Severity | Location | Issue | Fix |
    |:---|:--:|---|---|---:|
    | M-1 | HIGH | `a.py:3` | `x \\| y` is wrong. **It is** read as one. | Use `x or y`. |
    """
    (finding,) = read(text).findings
    assert finding.title == r"`x \| y` is wrong"
    assert finding.description == r"`x \| y` is wrong. **It is** read as one."
    assert finding.severity is Severity.HIGH
    assert [item.text for item in finding.suggestion] == ["Use `x or y`."]
    assert [code.text for code in finding.suggestion[0].inline] == ["x or y"]


def test_a_table_below_a_range_of_ids() -> None:
    reading = read(f"### LOW (2)\n\n#### B-07 → B-08\n\n{dedent(TABLE)}")
    assert reading.damaged == ()
    assert [(item.id, item.severity) for item in reading.findings] == [
        ("B-07", Severity.LOW),
        ("B-08", Severity.LOW),
    ]


def test_the_members_of_a_range() -> None:
    text = """\
    ### DS-6, DS-7, DS-8 (Design System — LOW)

    - **DS-6**: `app/colours.py:3` has a colour twice. It is blue.
    - **DS-7**: No font is said
    - **AC-7**: of another range
    - **DS-9**: behind the range
    """
    reading = read(text)
    assert reading.damaged == ()
    assert [(item.id, item.title) for item in reading.findings] == [
        ("DS-6", "`app/colours.py:3` has a colour twice"),
        ("DS-7", "No font is said"),
    ]
    assert reading.findings[0].locations[0].path == "app/colours.py"
    assert reading.findings[0].description == "`app/colours.py:3` has a colour twice. It is blue."


def test_bullets_below_other_headings_are_references() -> None:
    assert ids("## Fix order\n\n- **B-03**: second\n") == []
    assert ids("### LOW\n\n- **B-03**: second\n") == []
