"""Forms of people and tools that none of our own reports has, each beside its twin that is none."""

from __future__ import annotations

import json

import pytest

from codemods.findings.model import Finding, StatusKind
from codemods.findings.readers.formats import read_text
from codemods.findings.readers.reading import FormatError
from codemods.findings.readers.yaml_lists import read_yaml


def read(text: str, suffix: str = ".md") -> tuple[Finding, ...]:
    return read_text(text, suffix, "docs/r").findings


def told(item: Finding) -> tuple[str, str | None, str | None, int]:
    places = [at for at in item.locations if at.path]
    place = places[0] if places else None
    line = place.lines[0].start if place is not None and place.lines else 0
    return (
        item.title,
        item.severity.value if item.severity else None,
        place.path if place is not None else None,
        line,
    )


TILL = ("The till stays open", "HIGH", "shop/till.py", 4)
STOCK = ("Nobody counts the stock", "LOW", "shop/stock.py", 7)

FORMS = {
    "severity at the end of the title": """# Review
### 1. The till stays open - HIGH
**File**: `shop/till.py` (line 4)

Nobody closes it.

### 2. Nobody counts the stock - LOW
**File**: `shop/stock.py` (line 7)

It is never read.
""",
    "lines in the title below the title of a file": """# Review
## File: `shop/till.py`

#### The till stays open (Line 4) - HIGH

Nobody closes it.

## File: `shop/stock.py`

#### Nobody counts the stock (Line 7) - LOW

It is never read.
""",
    "a bare place at the end of the title": """# Review
## The till stays open @ shop/till.py L4

Severity — HIGH

Nobody closes it.

Fix — Close it.

## Nobody counts the stock (shop/stock.py:7)

Severity — LOW

It is never read.

Fix — Count it.
""",
    "place and severity in one line": """# Review
### The till stays open

`shop/till.py` L4 · **HIGH**

Nobody closes it.

*Suggested fix.* Close it.

### Nobody counts the stock

`shop/stock.py:7` | LOW

It is never read.

*Suggested fix.* Count it.
""",
    "summaries with marks of HTML": """# Review
<details open>
<summary><strong>🔴 HIGH</strong>: The till stays open — <code>shop/till.py:4</code></summary>

Nobody closes it.

**Fix:** Close it.

</details>
<details>
<summary><b>🟢 LOW</b>: Nobody counts the stock — <code>shop/stock.py:7</code></summary>

It is never read.

**Fix:** Count it.

</details>
""",
    "a table in HTML": """# Review
<table>
<tr><th>Severity</th><th>File</th><th>Problem</th></tr>
<tr><td>HIGH</td><td><code>shop/till.py:4</code></td><td>The till stays open</td></tr>
<tr><td>LOW</td><td>shop/stock.py:7</td><td>Nobody <b>counts</b> the stock</td></tr>
</table>
""",
    "a column of severities with another name": """# Review
| Where | What | How bad |
|---|---|---|
| shop/till.py:4 | The till stays open | HIGH |
| shop/stock.py:7 | Nobody counts the stock | low |
""",
    "tables that begin with id and title": """# Review
| SHOP-1 | The till stays open |
|---|---|
| Severity | High |
| Location | `shop/till.py` line 4 |
| Details | Nobody closes it. |

| SHOP-2 | Nobody counts the stock |
|---|---|
| Severity | Low |
| Location | `shop/stock.py` line 7 |
| Details | It is never read. |
""",
    "tables with the title in a row": """# Review

Two findings.

| Field | Value |
|---|---|
| Title | The till stays open |
| Severity | High |
| Location | `shop/till.py` line 4 |
| Details | Nobody closes it. |

---

| Field | Value |
|---|---|
| Title | Nobody counts the stock |
| Severity | Low |
| Location | `shop/stock.py` line 7 |
| Details | It is never read. |
""",
    "quotations and callouts": """# Review
> **HIGH** | The till stays open
>
> `shop/till.py:4`
>
> Nobody closes it.

> [!NOTE]
> **Nobody counts the stock** (LOW)
> Location: `shop/stock.py:7`
> It is never read.
""",
    "a review bot's comments": """`shop/till.py`:

`4`: _Potential issue_ | _🟠 High_

**The till stays open**

Nobody closes it.

---

`shop/stock.py`:

`7-9`: _Nitpick_ | _🔵 Low_

**Nobody counts the stock**

It is never read.
""",
    "numbered titles with dashes below": """Review
======

1) The till stays open
----------------------

Severity: HIGH
Location: shop/till.py:4

Nobody closes it.

2) Nobody counts the stock
--------------------------

Severity: LOW
Location: shop/stock.py:7

It is never read.
""",
    "a list between two rules": """---
title: Review
findings:
  - title: The till stays open
    severity: high
    file: shop/till.py
    line: 4
    problem: >-
      Nobody closes it.
  - title: Nobody counts the stock
    severity: low
    file: shop/stock.py
    line: 7
    problem: It is never read.
---

# Review
""",
}


@pytest.mark.parametrize("form", FORMS)
def test_forms(form: str) -> None:
    assert [told(item) for item in read(FORMS[form])] == [TILL, STOCK]


TWINS = {
    "a step of a plan": "# Plan\n\n### Week 3 - MEDIUM PRIORITY\n\n5-9. Close the tills.\n",
    "a sentence that ends with such a word": "# Review\n\n### The answer - error\n\nIt says so.\n",
    "a file that something moves to": "# Review\n\n### Move it to shop/till.py\n\nIt is long.\n",
    "a quotation without a place": "# Review\n\n> **HIGH** | The till stays open\n>\n> They say.\n",
    "a quoted place without a severity": "# Review\n\n> **Till**\n>\n> See `shop/till.py:4`.\n",
    "a table of files in HTML": (
        "# Review\n\n<table>\n<tr><th>File</th><th>Size</th></tr>\n"
        "<tr><td>shop/till.py</td><td>4</td></tr>\n</table>\n"
    ),
    "a table of settings": (
        "# Review\n\n| till-1 | The first till |\n|---|---|\n| Color | red |\n| File | none |\n"
    ),
    "a line of prose with a dash": "# Review\n\n## The till\n\nIt is open — high time to close.\n",
    "a list without findings": "---\ntitle: T\ntags:\n  - a\n---\n\n# Review\n\n## All is well\n",
}


@pytest.mark.parametrize("twin", TWINS)
def test_what_is_none(twin: str) -> None:
    assert read(TWINS[twin]) == ()


def test_a_word_says_more_than_a_sign() -> None:
    text = "# Review\n\n## 🔴 High severity\n\n### 1. The till\n\n`shop/till.py:4`\n\nIt is open.\n"
    assert told(read(text)[0])[1] == "HIGH"


DIFF = """# Review

### [HIGH] The till stays open

Nobody closes it.{more}

```diff
--- a/shop/till.py
+++ b/shop/till.py
@@ -4,1 +4,1 @@
-till.open()
+till.close()
--- /dev/null
+++ b/tests/test_till.py
@@ -0,0 +1,1 @@
+def test_till(): ...
```
"""


def test_the_file_of_a_diff_is_the_place() -> None:
    assert told(read(DIFF.format(more=""))[0]) == TILL


def test_the_file_of_a_diff_is_not_the_place_where_another_is_named() -> None:
    found = read(DIFF.format(more=" See `shop/door.py:9`."))[0]
    assert [item.path for item in found.locations] == ["shop/door.py"]


SHAPES = {
    "the message in an object beside the place": {
        "results": [
            {
                "path": "shop/till.py",
                "start": {"line": 4, "col": 1},
                "end": {"line": 4, "col": 9},
                "extra": {"message": "The till stays open", "severity": "high", "lines": "t = 1"},
            }
        ]
    },
    "the file around the messages": [
        {
            "filePath": "shop/till.py",
            "messages": [{"line": 4, "level": "high", "message": "The till stays open"}],
        }
    ],
    "the file as a key": {
        "shop/till.py": [{"line": 4, "severity": "HIGH", "message": "The till stays open"}]
    },
    "the severity around the findings": {
        "sections": [
            {
                "severity": "high",
                "items": [
                    {
                        "name": "The till stays open",
                        "where": {"file": "shop/till.py", "lines": [4, 9]},
                    }
                ],
            }
        ]
    },
    "the severity as a key": {
        "high": [{"title": "The till stays open", "file": "shop/till.py", "line": 4}]
    },
    "a module beside the path": [
        {
            "module": "shop.till",
            "path": "shop/till.py",
            "lineno": 4,
            "severity": "high",
            "message": "The till stays open",
        }
    ],
    "several places": [
        {
            "title": "The till stays open",
            "severity": "high",
            "locations": [
                {"file": "shop/till.py", "line": 4},
                {"file": "shop/stock.py", "line": 7},
            ],
        }
    ],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_objects(shape: str) -> None:
    (found,) = read(json.dumps(SHAPES[shape]), ".json")
    assert told(found) == TILL
    assert len(found.locations) == (2 if shape == "several places" else 1)


def test_objects_one_a_line() -> None:
    row = {"severity": "high", "location": "shop/till.py:4", "issue": "The till stays open"}
    text = f"{json.dumps(row)}\n{json.dumps(row | {'location': 'shop/stock.py:7'})}\n"
    assert [told(item)[2] for item in read(text, ".jsonl")] == ["shop/till.py", "shop/stock.py"]


def test_components_are_no_findings() -> None:
    issue = {"component": "shop:shop/till.py", "line": 4, "message": "It is open"}
    parts = [{"key": "shop:shop/till.py", "path": "shop/till.py", "name": "till.py"}]
    reading = read_text(json.dumps({"issues": [issue], "components": parts}), ".json", "r")
    assert len(reading.findings) == 1
    assert reading.damaged == ()


def test_objects_that_say_too_little_are_named() -> None:
    whole = {"file": "shop/till.py", "line": 4, "severity": "high", "issue": "It is open"}
    vague = {"file": "shop/stock.py", "issue": "Nobody counts the stock"}
    reading = read_text(json.dumps([whole, vague]), ".json", "r")
    assert len(reading.findings) == 1
    assert [item.text for item in reading.damaged] == ["Nobody counts the stock"]


@pytest.mark.parametrize(
    ("mark", "kind"),
    [
        ("false_p", StatusKind.FALSE_POSITIVE),
        ("risk_accepted", StatusKind.ACCEPTED),
        ("is_mitigated", StatusKind.FIXED),
        ("verified", StatusKind.UNSTATED),
    ],
)
def test_marks_of_tools_settle_a_finding(mark: str, kind: StatusKind) -> None:
    row = {"file_path": "shop/till.py", "line": 4, "severity": "High", "title": "T", mark: True}
    assert read(json.dumps([row]), ".json")[0].status.kind is kind


def test_yaml() -> None:
    text = "findings:\n  - severity: high\n    location: shop/till.py:4\n    issue: It is open\n"
    assert told(read(text, ".yaml")[0]) == ("It is open", "HIGH", "shop/till.py", 4)


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nfindings: *b\n",
        "a: [",
        "name: x\nversion: 1\n",
        "- " * 100_000,
        "? {a: b}\n: c\n",
    ],
)
def test_yaml_that_holds_none(text: str) -> None:
    with pytest.raises(FormatError):
        read_yaml(text, "r.yaml")


MORE = {
    "a list item with its labels below": """# Backend

1. **The till stays open** — HIGH

   `shop/till.py`, line 4

   Nobody closes it.

   *Recommendation:* Close it.

2. **Nobody counts the stock** — LOW

   `shop/stock.py`, line 7

   It is never read.

   *Recommendation:* Count it.
""",
    "labels of a list in small letters": """# Backend

* **The till stays open**
    * severity: HIGH
    * file: shop/till.py
    * line: 4
    * problem: Nobody closes it.
* **Nobody counts the stock**
    * severity: LOW
    * file: shop/stock.py
    * line: 7
    * problem: It is never read.
""",
    "sections of their own": """# Review

## Issue 1

### Title
The till stays open

### Severity
HIGH

### Location
shop/till.py:4

## Issue 2

### Title
Nobody counts the stock

### Severity
LOW

### Location
shop/stock.py:7
""",
    "sections with their values": """# Review

## 1. The till stays open

#### Severity: HIGH
#### Location: `shop/till.py:4`
#### What is wrong
Nobody closes it.

## 2. Nobody counts the stock

#### Severity: LOW
#### Location: `shop/stock.py:7`
#### What is wrong
It is never read.
""",
    "two fields in one": """# Review

### The till stays open
**Severity / Location:** HIGH / `shop/till.py:4`

Nobody closes it.

### Nobody counts the stock
**Severity / Location:** LOW / `shop/stock.py:7`

It is never read.
""",
    "code for what is no code": """# Review

### The till stays open
`HIGH` • `shop/till.py` • line 4

Nobody closes it.

### Nobody counts the stock `low`
in `shop/stock.py:7`

It is never read.
""",
    "badges": """# Review

### ![HIGH](https://badges.example/HIGH-red) The till stays open

**Location:** shop/till.py:4

Nobody closes it.

### ![LOW](https://badges.example/LOW-green) Nobody counts the stock

**Location:** shop/stock.py:7

It is never read.
""",
    "tasks to tick off": """# Review

## To do

- [ ] `HIGH` The till stays open — shop/till.py:4 — Close it.
- [ ] `LOW` Nobody counts the stock — shop/stock.py:7 — Count it.
""",
    "a meta line in italics": """# Review

### The till stays open
_High severity, `shop/till.py:4`_

Nobody closes it.

### Nobody counts the stock
_Low severity, `shop/stock.py:7`_

It is never read.
""",
    "a component that is a file": """# Review
| Obs. | Component | Finding | Rating | Management action |
|---|---|---|---|---|
| OBS-1 | shop/till.py:4 | The till stays open | High | Close it. |
| OBS-2 | shop/stock.py:7 | Nobody counts the stock | Low | Count it. |
""",
}


@pytest.mark.parametrize("form", MORE)
def test_more_forms(form: str) -> None:
    assert [told(item) for item in read(MORE[form])] == [TILL, STOCK]


SUGGESTED = """# Review

#### `shop/till.py` lines 4 to 5

**[HIGH]** The till stays open.

```suggestion
till.close()
```
"""


def test_a_suggestion_of_a_review_is_the_fix() -> None:
    (found,) = read(SUGGESTED)
    assert told(found) == TILL
    assert [code.text for code in found.suggestion_code] == ["till.close()"]
    assert found.evidence_code == ()


SIDES = """# Review

### [HIGH] The till stays open

`shop/till.py:4`

Replace

```python
till.open()
```

with

```python
till.close()
```
"""


def test_words_on_lines_of_their_own_above_code() -> None:
    (found,) = read(SIDES)
    assert [code.text for code in found.evidence_code] == ["till.open()"]
    assert [code.text for code in found.suggestion_code] == ["till.close()"]


def test_a_cell_with_an_arrow_is_evidence_and_fix() -> None:
    head = "# Review\n\n## Tills\n\n| Location | Severity | Before → After |\n|---|---|---|\n"
    (found,) = read(f"{head}| shop/till.py:4 | HIGH | `till.open()` → `till.close()` |\n")
    assert [item.text for item in found.fields if item.name == "evidence"] == ["`till.open()`"]
    assert "till.close()" in found.suggestion_prose


BLANK = """# Review

### F1. The till stays open

**Severity:** HIGH
**Location:** `shop/till.py:4`

`till.open()` is called in `shop/door.py`, and nobody closes it.

**Fix:** Close it.
"""


def test_a_blank_line_ends_a_short_value() -> None:
    (found,) = read(BLANK)
    assert [item.path for item in found.locations] == ["shop/till.py"]
    assert "nobody closes it" in found.description


def test_all_items_below_a_place_are_places() -> None:
    text = BLANK.replace(
        "`shop/till.py:4`", "\n  - `shop/till.py`: `a()`\n  - `shop/stock.py`: 3 uses"
    )
    assert [(at.path, at.lines) for at in read(text)[0].locations] == [
        ("shop/till.py", ()),
        ("shop/stock.py", ()),
    ]


UNREAD = {
    "a cell with everything in it": (
        "# Review\n\n## Tills\n\n| ID | Details |\n|---|---|\n"
        "| V-1<br>**HIGH** | `shop/till.py:4`<br>It is open |\n"
    ),
    "an item below a severity": "# Review\n\n## High\n\n- It is open, says shop/till.py:4\n",
}
SILENT = {
    "known elsewhere": "# Review\n\n## Prior findings\n\n- HIGH: shop/till.py:4 is open\n",
    "settled": "# Review\n\n## High\n\n- ✅ Fixed: it was open, says shop/till.py:4\n",
    "ticked off": "# Review\n\n## Tills\n\n- [x] HIGH shop/till.py:4\n",
    "nothing but an id": (
        "# Review\n\n| ID | Severity | Location |\n|---|---|---|\n| B-01 | HIGH | `a.py:1` |\n"
    ),
    "no severity": "# Review\n\n## Tills\n\n- It is open, says shop/till.py:4\n",
    "told in full": (
        "# Review\n\n### 1. The till stays open\n\n**Location:** `shop/till.py:4`\n"
        "**Severity:** HIGH\n\nIt is open.\n\n## Order\n\n- First the HIGH one, shop/till.py:4\n"
    ),
}


@pytest.mark.parametrize("text", UNREAD)
def test_what_looks_like_a_finding_is_named(text: str) -> None:
    reading = read_text(UNREAD[text], ".md", "r.md")
    assert (len(reading.findings), len(reading.damaged)) == (0, 1)


@pytest.mark.parametrize("text", SILENT)
def test_what_only_resembles_one_is_not(text: str) -> None:
    assert read_text(SILENT[text], ".md", "r.md").damaged == ()


LINES = {
    "flake8": "shop/till.py:4:1: F401 `os` imported but unused\n",
    "ruff, in short": "shop/till.py:4:1: F401 [*] `os` imported but unused\n",
    "ruff, with the code": (
        "F401 [*] `os` imported but unused\n --> shop/till.py:4:1\n  |\n4 | import os\n"
        "  | ^^^^^^^^^\n  |\nhelp: Remove unused import: `os`\n\nFound 1 error.\n"
    ),
}


@pytest.mark.parametrize("form", LINES)
def test_lines_with_the_code_of_a_rule(form: str) -> None:
    (found,) = read(LINES[form], ".txt")
    assert told(found) == ("`os` imported but unused", None, "shop/till.py", 4)
    assert found.rule == "F401"


@pytest.mark.parametrize("line", ["[HIGH] {} It is open", "HIGH    {} - It is open"])
def test_lines_that_begin_with_a_severity(line: str) -> None:
    (found,) = read(f"{line.format('shop/till.py:4')}\n", ".txt")
    assert told(found) == ("It is open", "HIGH", "shop/till.py", 4)


MARKED = """# Review

### F-1: The till

- **Severity**: HIGH
- **Location**: `shop/till.py:4`
- **Description**: Nobody closes it.

```python
{}
```
"""


@pytest.mark.parametrize(
    ("marks", "wrong", "right"),
    [
        ("❌ ✅", ["a0()"], ["a1()"]),
        ("❌ ✅ ✅", ["a0()"], ["a1()", "a2()"]),
        ("❌ ✅ ❌ ✅", ["a0()", "a2()"], ["a1()", "a3()"]),
        ("❌ ✅ ❌", ["a0()", "a2()"], ["a1()"]),
        ("✅ ❌ ✅", ["a1()"], ["a2()"]),
    ],
)
def test_each_mark_of_a_fence_is_a_piece(marks: str, wrong: list[str], right: list[str]) -> None:
    code = "\n".join(f"# {mark}\na{number}()" for number, mark in enumerate(marks.split()))
    (found,) = read(MARKED.format(code))
    assert [item.text for item in found.evidence_code] == wrong
    assert [item.text for item in found.suggestion_code] == right


@pytest.mark.parametrize("code", ["# ❌\na()", "# ✅\na()", "# ❌\na()\n# ✅", "a()\nb()"])
def test_code_without_a_pair_is_no_fix(code: str) -> None:
    (found,) = read(MARKED.format(code))
    assert found.suggestion_code == ()


REMARKS = """# Review

## 1. The shop

### 1.1 Tills

#### ✅ **Strengths:**
- They are new

#### ⚠️ **Findings:**
```python
# In shop/till.py, line 4
till.open()
```
**Problem:** The till stays open
**Recommendation:** Close it.
"""


def test_a_chapter_of_remarks_is_a_finding_where_its_code_names_the_file() -> None:
    (found,) = read(REMARKS)
    assert told(found) == ("The till stays open", "MEDIUM", "shop/till.py", 4)


def test_a_chapter_of_remarks_without_a_file_is_none() -> None:
    assert read(REMARKS.replace("# In shop/till.py, line 4", "# In several files")) == ()


@pytest.mark.parametrize("name", ["Base64 padding is lost", "SHA-1 is weak", "OAuth2 has no state"])
def test_what_everybody_knows_is_no_id(name: str) -> None:
    (found,) = read(f"# Review\n\n## High\n\n1. **{name}**\n   - **File:** `shop/till.py:4`\n")
    assert (found.title, found.id[:2]) == (name, "f-")


@pytest.mark.parametrize("title", ["D) Patch plan (3 phases)", "7. Recommendations", "Roadmap"])
def test_a_plan_holds_no_findings(title: str) -> None:
    task = "#### Task 3.1: Replace it\n**Files:** `shop/till.py`\n**Changes:** Close it.\n"
    assert read(f"# Review\n\n## {title}\n\n### Phase 3: Polish\n\n{task}") == ()
