"""Reports that are about one file say so in their head, and their findings give only lines."""

from __future__ import annotations

import pytest

from codemods.findings.model import Finding, LineRange
from codemods.findings.readers.markdown import read_markdown

REPORT = """# Review of the shop

**Reviewer:** somebody
{head}

## Critical issues

### 1.1 Orders are lost (Lines 12-14)

**Severity:** HIGH
**Issue:** `take()` drops an order without a word.

### 1.2 The stock is wrong

**Severity:** LOW
**Location:** Lines 30, 40-42
**Issue:** It is read twice.

### 1.3 The till is open

**Severity:** LOW
**Location:** `app/till.py:3`
**Issue:** Nobody closes it.
"""


def read(head: str) -> tuple[Finding, ...]:
    return read_markdown(REPORT.format(head=head), "report.md").findings


def places(found: Finding) -> list[tuple[str | None, tuple[LineRange, ...]]]:
    return [(item.path, item.lines) for item in found.locations]


@pytest.mark.parametrize(
    "head",
    [
        # Several files, none, none of Python, and one that a line of prose names.
        "**Files:** `app/shop.py`, `app/stock.py`",
        "**Scope:** everything",
        "**File:** `app/shop.ts`",
        "The worst is in `app/shop.py`.",
    ],
)
def test_heads_without_one_file(head: str) -> None:
    lost, stock, till = read(head)
    assert not any(path for path, _ in (*places(lost), *places(stock)))
    assert places(till) == [("app/till.py", (LineRange(3, 3),))]


def test_the_file_of_the_head_is_the_place() -> None:
    lost, stock, till = read("**File:** `app/shop.py`")
    assert places(lost) == [("app/shop.py", (LineRange(12, 14),))]
    assert places(stock) == [("app/shop.py", (LineRange(30, 30), LineRange(40, 42)))]
    assert places(till) == [("app/till.py", (LineRange(3, 3),))]
