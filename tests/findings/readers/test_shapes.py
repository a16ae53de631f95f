"""Shapes in which reports of strangers tell findings, each with its twin that is none."""

from __future__ import annotations

import pytest

from codemods.findings.model import Finding, StatusKind
from codemods.findings.readers.markdown import read_markdown


def read(text: str) -> list[Finding]:
    return list(read_markdown(text, "report.md").findings)


def titles(text: str) -> list[str]:
    return [item.title for item in read(text)]


def places(finding: Finding) -> list[tuple[str | None, int]]:
    return [
        (item.path, item.lines[0].start if item.lines else 0)
        for item in finding.locations
        if item.path
    ]


LISTED = """# Review

## Medium priority fixes (not included)

1. `shop/till.py` lines 4, 9 - The till stays open
2. `shop/stock.py` line 7 - Nobody counts
{more}
"""


def test_items_that_begin_with_a_place_and_its_lines() -> None:
    found = read(LISTED.format(more=""))
    assert [item.title for item in found] == ["The till stays open", "Nobody counts"]
    assert [places(item) for item in found] == [[("shop/till.py", 4)], [("shop/stock.py", 7)]]
    assert found[0].severity == "MEDIUM"


@pytest.mark.parametrize("item", ["3. `shop/till.py` - reviewed", "3. `Till.open` line 4 - fine"])
def test_items_without_lines_or_a_file(item: str) -> None:
    assert len(read(LISTED.format(more=item))) == 2


LOG = """# Fixes

## ✅ FIXES APPLIED

#### 1. **The till stays open** 🔴 CRITICAL
**File:** `shop/till.py` line 4

**Before:**
```python
till.open()
```

**After:**
```python
with till.open():
    pass
```
"""


def test_a_log_of_fixes_is_fixed() -> None:
    (found,) = read(LOG)
    assert found.status.kind is StatusKind.FIXED
    (found,) = read(LOG.replace("✅ FIXES APPLIED", "Critical fixes"))
    assert not found.status.kind.is_settled


FILES = """# Review

## Detailed issues by file

### shop/till.py (210 lines)

**Critical Issues:**
- Line 12-14: The handler takes everything
- Line 30: A number of its own

**Strengths:**
- Line 40: Well named

**Minor Issues:**
- Line 51: No type hints
"""


def test_lines_below_a_file_and_a_severity() -> None:
    found = read(FILES)
    assert [item.title for item in found] == [
        "The handler takes everything",
        "A number of its own",
        "No type hints",
    ]
    assert places(found[0]) == [("shop/till.py", 12)]
    assert [item.severity for item in found] == ["CRITICAL", "CRITICAL", "LOW"]


CODED = """# Auditoría

### 1.1 Problemas críticos

#### CRIT-API-001: La caja queda abierta
- **Archivo:** `shop/till.py:4`
- **Problema:** Nadie la cierra.

### 1.3 Problemas Medios

- **MED-API-001:** Falta el índice de la tabla
- **MED-API-002:** Sin tipos en `Till`
- **Nota:** Nada más
- **UTF-8:** el texto se guarda así
- **SHA-256:** para todos los ficheros
"""


def test_items_that_only_an_id_and_their_chapter_tell() -> None:
    found = read(CODED)
    assert [item.id for item in found] == ["CRIT-API-001", "MED-API-001", "MED-API-002"]
    assert [item.severity for item in found[1:]] == ["MEDIUM", "MEDIUM"]
    assert found[1].title == "Falta el índice de la tabla"
    # Without a severity above they are remarks.
    assert len(read(CODED.replace("Problemas Medios", "Notas"))) == 1


CODE = """# Review

## 2. {chapter}

### {title}

```python
{comment}
till.open()
```

**Fix:**
```python
till.close()
```
"""


@pytest.mark.parametrize(
    ("chapter", "title"),
    [
        ("Money", "🔴 Error Handling Gaps"),
        ("Money", "Missing Locks"),
        ("Integrity Concerns", "Issue: Open Tills"),
    ],
)
def test_the_place_in_the_first_comment_of_the_code(chapter: str, title: str) -> None:
    text = CODE.format(chapter=chapter, title=title, comment="# shop/till.py:4")
    (found,) = read(text)
    assert places(found) == [("shop/till.py", 4)]


@pytest.mark.parametrize(
    ("chapter", "title", "comment"),
    [
        ("Money", "Testing", "# tests/test_till.py"),
        ("Money", "How tills work", "# shop/till.py opens the till by itself"),
        ("Money", "How tills work", "# open it"),
    ],
)
def test_code_that_is_no_finding(chapter: str, title: str, comment: str) -> None:
    assert titles(CODE.format(chapter=chapter, title=title, comment=comment)) == []


TABLE = """# Audit

| # | Area | Severity | Issue |
|---|------|----------|-------|
| 1 | Money | 🔴 Critical | `shop/till.py` is written twice |
| 2 | Start | ✅ Pass | The server starts with `serve app` |
| 3 | Money | Low | `shop/stock.py` has no index |
"""


def test_a_row_that_says_that_all_is_well() -> None:
    assert [item.id for item in read(TABLE)] == ["1", "3"]


PLACED = """# Audit

### 2.2 CRITICAL: Tills stay open

**{label}**

{places}

**Impact:** Money is lost.

**Fix:** Close them.
"""


@pytest.mark.parametrize(
    ("label", "written"),
    [
        (
            "Files with remaining issues:",
            "| File | Line | Issue |\n|--|--|--|\n| `a.py` | 4 | open |\n| `b.py` | 7-9 | open |",
        ),
        ("Occurrences found:", "- `a.py:4`\n- `b.py:7` (twice)"),
        ("Occurrences found:", "- `open()` in `a.py:4`\n- in many files\n  - `b.py:7`"),
    ],
)
def test_places_in_a_table_or_a_list_of_another_name(label: str, written: str) -> None:
    (found,) = read(PLACED.format(label=label, places=written))
    assert places(found) == [("a.py", 4), ("b.py", 7)]


def test_a_list_that_names_few_places_is_none() -> None:
    text = "- it was slow\n- it was late\n- see `a.py:4`"
    (found,) = read(PLACED.format(label="What we saw:", places=text))
    assert places(found) == []


FIX = """# Audit

### 1. HIGH: Tills stay open
**File:** `a.py:4`

**Problem:** Nobody closes them.

{fix}
"""


@pytest.mark.parametrize(
    "fix",
    [
        "**Tasks:**\n- [ ] Close them\n- [ ] Count the money",
        "**Better approach:**\n```python\ntill.close()\n```",
        "#### Recommendations:\n\n**IMMEDIATE ACTION REQUIRED:**\n\n1. **Close them:**\n"
        "   ```python\n   till.close()\n   ```\n2. **Count the money:**\n   - every day",
    ],
)
def test_what_is_the_fix_under_another_name(fix: str) -> None:
    (found,) = read(FIX.format(fix=fix))
    assert "lose" in "".join(item.text for item in found.suggestion)


def test_code_behind_tasks_is_what_they_lead_to() -> None:
    code = "**Code:**\n```python\ntill.close()\n```"
    (found,) = read(FIX.format(fix=f"**Tasks:**\n- [ ] Close them\n- [ ] Count them\n\n{code}"))
    assert [item.text for item in found.suggestion_code] == ["till.close()"]
    assert "Count them" in (found.suggestion_prose or "")


@pytest.mark.parametrize(
    "above",
    ["**Steps:**\n1. Open them\n2. Go away", "**Notes:**\n- [ ] Close them", "Close them."],
)
def test_code_behind_anything_else_is_what_is_there(above: str) -> None:
    (found,) = read(FIX.format(fix=f"{above}\n\n**Code:**\n```python\ntill.open()\n```"))
    assert not found.suggestion_code


def test_tasks_beside_a_fix_are_only_tasks() -> None:
    (found,) = read(FIX.format(fix="**Fix:** Close them.\n\n**Tasks:**\n- [ ] Count the money"))
    assert found.suggestion_prose == "Close them."


TITLED = "# Audit\n\n## Findings\n\n### {title}\n**Severity:** LOW\n\nNobody closes it.\n"


@pytest.mark.parametrize("place", ["till.py", "shop/till.py", "shop/tills/"])
def test_a_title_says_in_which_file_it_is(place: str) -> None:
    for title in (f"Open drawers in `{place}`", f"Drawers (`{place}`) are open"):
        (found,) = read(TITLED.format(title=title))
        assert [item.path for item in found.locations] == [place]


@pytest.mark.parametrize(
    "title",
    [
        "Move the drawers to `till.py`",
        "Nothing uses `till.py`",
        "Nothing uses it (see `till.py`)",
        "Open drawers in `till.py` and `bank.py`",
        "Open drawers in `Till.open`",
        "Open drawers in till.py",
    ],
)
def test_a_title_that_does_not_say_where(title: str) -> None:
    (found,) = read(TITLED.format(title=title))
    assert not [item.path for item in found.locations if item.path]
