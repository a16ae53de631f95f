"""Ids and titles in headings."""

from __future__ import annotations

import pytest

from codemods.findings.readers.headings import in_range, parse_heading


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Findings",
        "HIGH",
        "Dimension 2: Streaming",
        "Flow 7: Artwork",
        "`a.py` — x",
        "✅ #21: y",
        # As long as these are, they are read at once.
        "A1/A2/A3/A4/A5/A6/A7/A8/A9/B1/B2/B3/B4/B5/B6/B7/B8/B9/C1/C2; and more",
        "A1-B2/" * 200 + ";",
        "A1, " * 200 + ";x",
    ],
)
def test_no_id(text: str) -> None:
    assert parse_heading(text) is None


@pytest.mark.parametrize(
    ("text", "id", "title", "alias"),
    [
        ("B-01: a: b — c", "B-01", "a: b — c", None),
        ("B-01: `x()` vs `y`", "B-01", "`x()` vs `y`", None),
        ("A01-1 — `GET /x` reads", "A01-1", "`GET /x` reads", None),
        ("B-1 - 3 things", "B-1", "3 things", None),
        ("B-1 — 2 files", "B-1", "2 files", None),
        ("🔴 HIGH-1: Path", "HIGH-1", "Path", None),
        ("**B-01**: x", "B-01", "x", None),
        ("[B-01] x", "B-01", "x", None),
        ("3. B-01: x", "B-01", "x", None),
        ("ENG-D2/5-5: x", "ENG-D2/5-5", "x", None),
        ("DIM-5-API-01: x", "DIM-5-API-01", "x", None),
        ("BE-NEW-31: x", "BE-NEW-31", "x", None),
        ("ENG-52r: x", "ENG-52r", "x", None),
        ("C01: x", "C01", "x", None),
        ("HIGH-1 (DSP-NEW-3): x", "HIGH-1", "x", "DSP-NEW-3"),
        ("INT-1-3 (= INT-3-2): x", "INT-1-3", "x", "INT-3-2"),
        ("SEC-L6 (A05-1 + A07-3): x", "SEC-L6", "x", "A05-1 + A07-3"),
        ("TD2-4 / TD2-5: x", "TD2-4", "x", "TD2-5"),
        ("TD3-2 (DEDUP — not filed): x", "TD3-2", "x", None),
        ("DS-6 through DS-12 (Design)", "DS-6..DS-12", "Design", None),
        ("CQ-6, CQ-7 (Quality)", "CQ-6..CQ-7", "Quality", None),
        ("BE-NEW-62 → BE-NEW-97", "BE-NEW-62..BE-NEW-97", "", None),
        ("A11Y-N03–N05: x", "A11Y-N03..A11Y-N05", "x", None),
        ("TC-04-TC-06: x", "TC-04-TC-06", "x", None),
    ],
)
def test_ids(text: str, id: str, title: str, alias: str | None) -> None:
    found = parse_heading(text)
    assert found is not None
    assert (found.id, found.title, found.alias) == (id, title, alias)


def test_a_range_holds_its_members_only() -> None:
    assert in_range("DS-6..DS-12", "ds-7")
    assert not in_range("DS-6..DS-12", "DS-13")
    assert not in_range("DS-6..DS-12", "CQ-7")
    assert not in_range("DS-6", "DS-6")
