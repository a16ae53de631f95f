"""Code that is only indented below ``Code:`` or ``Fix:`` is code; words are words."""

from __future__ import annotations

import pytest

from codemods.findings.model import Finding
from codemods.findings.readers.markdown import read_markdown

REPORT = """
================
BUG #1: TILL IS LEFT OPEN
================
Severity: HIGH
Location: shop.py, line 3
Code:
{code}

Fix Required:
{fix}
"""


def read(code: str, fix: str) -> Finding:
    (found,) = read_markdown(REPORT.format(code=code, fix=fix), "report.txt").findings
    return found


@pytest.mark.parametrize(
    "text",
    [
        "    Close it when the shop closes.",
        "    close",
        "till.open()",
        "    till.open()\nand nobody closes it",
        "    if (open) { close(); }",
    ],
)
def test_what_is_no_code(text: str) -> None:
    assert read(text, text).evidence_code == read(text, text).suggestion_code == ()


def test_code_with_blank_lines_and_fragments() -> None:
    handler = "    except OSError as fault:\n        note(fault)"
    found = read("    till = open_till()\n\n    sell(till)", handler)
    assert [item.text for item in found.evidence_code] == ["till = open_till()\n\nsell(till)"]
    assert [item.text for item in found.suggestion_code] == [
        "except OSError as fault:\n    note(fault)"
    ]
