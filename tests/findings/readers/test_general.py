"""Findings of any shape: known by what they hold. First what holds such things and is none."""

from __future__ import annotations

from textwrap import dedent

import pytest

from codemods.findings.model import Finding, Severity, StatusKind
from codemods.findings.readers.formats import read_text
from codemods.findings.readers.markdown import read_markdown
from codemods.findings.readers.reading import FormatError

WHOLE = """\
### Rates are fetched on the event loop
**Severity:** HIGH
**File:** `shop/rates.py:10`
**Problem:** The call blocks.
**Fix:** Move it to a thread.
"""
"""A finding without an id, which each test may put where it is none."""


def read(text: str) -> tuple[Finding, ...]:
    return read_markdown(dedent(text), "docs/r.md").findings


def places(finding: Finding) -> list[tuple[str | None, list[int]]]:
    return [(item.path, [at.start for at in item.lines]) for item in finding.locations]


@pytest.mark.parametrize(
    "text",
    [
        # Prose, and chapters that speak of files.
        "# Audit\n\nThe cache in `shop/cache.py:12` is well made.\n",
        "# R\n\n## Architecture\n\n### Storage\n\n`shop/store.py` keeps the orders.\n",
        "# R\n\n## Scope\n\n- `shop/rates.py`: all functions\n- `shop/jobs.py`: all functions\n",
        "# R\n\n### The event loop\n\nHIGH load is expected. See `shop/loop.py`.\n",
        # What is well, was checked or was changed.
        "# R\n\n#### ✅ **GOOD**: Clients are closed\n`shop/api.py:4` closes them.\n",
        "# R\n\n### Lock of the queue\n- **Severity**: LOW\n- **File checked**: `shop/q.py:3`\n",
        "# R\n\n## 1. `shop/q.py` (HIGH)\n\nA lock was added.\n\n**Verdict**: correct\n",
        "# R\n\n## Changes Made\n\n- **HIGH** `shop/q.py:3`: a lock was added\n",
        # Check lists and plans.
        "# R\n\n## Checklist\n\n- [ ] **HIGH** `shop/q.py:3` locks\n",
        "# R\n\n## Issues\n\n- [x] **HIGH** `shop/q.py:3` has no lock\n",
        "# R\n\n## Action Plan\n\n1. **HIGH** Fix the lock (`shop/q.py:3`)\n",
        "# R\n\n## Recommendations\n\n- **Lock** `shop/q.py:3`: use one\n",
        # Tables of packages, counts, commits and verdicts.
        "# R\n\n| Package | Version | Severity | Issue |\n|---|---|---|---|\n| x | 1 | LOW | y |\n",
        "# R\n\n| Severity | Count |\n|---|---|\n| HIGH | 3 |\n",
        "# R\n\n| Category | Critical | High |\n|---|---|---|\n| Locks | 1 | 3 |\n",
        "# R\n\n| Bug | Location | Fix Applied |\n|---|---|---|\n| race | `a.py:3` | a lock |\n",
        "# R\n\n| Issue | File | Commit |\n|---|---|---|\n| a race here | `a.py:3` | abc |\n",
        "# R\n\n| Issue | File | Severity |\n|---|---|---|\n| #12 | `a.py:3` | LOW |\n",
        # A change log and a page of documentation.
        "# Changelog\n\n## 1.2\n\n- **module**: fix a race in `shop/q.py`\n",
        "# Options\n\n### Warning: do not bind to all interfaces\n\nUse one address.\n",
        "# `shop/q.py`\n\n## Use\n\nImport it.\n\n## Example\n\n```python\nimport shop.q\n```\n",
    ],
)
def test_no_finding(text: str) -> None:
    reading = read_markdown(text, "docs/r.md")
    assert reading.findings == ()
    assert reading.damaged == ()


ONE = {
    "bold labels": WHOLE,
    "colons outside": WHOLE.replace(":**", "**:"),
    "plain labels": WHOLE.replace("**", ""),
    "bullets": WHOLE.replace("\n**", "\n- **"),
    "bold title": WHOLE.replace("### ", "**").replace("loop\n", "loop**\n", 1),
    "severity as a tag": WHOLE.replace("### ", "### [HIGH] ").replace("**Severity:** HIGH\n", ""),
    "severity at the end": WHOLE.replace("loop\n", "loop (HIGH)\n").replace(
        "**Severity:** HIGH\n", ""
    ),
    "severity as a sign": WHOLE.replace("### ", "### 🟠 ").replace("**Severity:** HIGH\n", ""),
    "severity of the chapter": "## High Priority Issues (1)\n\n"
    + WHOLE.replace("**Severity:** HIGH\n", ""),
    "a score": WHOLE.replace("HIGH", "CVSS 8.1"),
    "file and line": WHOLE.replace("rates.py:10`", "rates.py`\n**Line:** 10"),
    "place in the title": WHOLE.replace("### ", "### `shop/rates.py:10` - ").replace(
        "**File:** `shop/rates.py:10`\n", ""
    ),
    "place behind the title": WHOLE.replace("loop\n", "loop (`shop/rates.py:10`)\n", 1).replace(
        "**File:** `shop/rates.py:10`\n", ""
    ),
    "below its file": "## `shop/rates.py`\n\n- **[HIGH]** Line 10: Rates are fetched on the event"
    " loop. Fix: Move it to a thread.\n",
    "an item": "## Findings\n\n1. **Rates are fetched on the event loop** (`shop/rates.py:10`)"
    "\n   - Severity: HIGH\n   - Fix: Move it to a thread.\n",
    "a nested item": "## Findings\n\n- [ ] **Rates are fetched on the event loop**\n"
    "  - **Severity:** HIGH\n  - **File:** `shop/rates.py:10`\n  - **Fix:** Move it to a thread.\n",
    "a row": "| Where | Priority | Problem | Solution |\n|---|---|---|---|\n"
    "| `shop/rates.py:10` | P1 | Rates are fetched on the event loop | Move it to a thread. |\n",
    "a row with lines apart": "## HIGH\n\n| File | Line | Issue | Fix |\n|---|---|---|---|\n"
    "| shop/rates.py | 10 | Rates are fetched on the event loop | Move it to a thread. |\n",
    "a table of its own": "### Rates are fetched on the event loop\n\n"
    "| Field | Value |\n|---|---|\n| Severity | High |\n| File | `shop/rates.py` |\n| Line | 10 |\n"
    "| Remediation | Move it to a thread. |\n",
    "details": "<details>\n<summary><b>HIGH</b>: Rates are fetched on the event loop</summary>\n\n"
    "**File:** `shop/rates.py:10`\n\n**Fix:** Move it to a thread.\n\n</details>\n",
    "setext": "Rates are fetched on the event loop\n-----------------------------------\n\n"
    "Severity: HIGH\nFile: shop/rates.py:10\nFix: Move it to a thread.\n",
    "a frame": f"{'=' * 40}\nFINDING 1: Rates are fetched on the event loop\n{'=' * 40}\n"
    "Severity: HIGH\nLocation: shop/rates.py:10\nFix: Move it to a thread.\n",
    "a line above labels": "[HIGH] Rates are fetched on the event loop\n  File: shop/rates.py:10\n"
    "  Fix: Move it to a thread.\n",
    "headings as labels": "### Rates are fetched on the event loop\n\n#### Severity: HIGH\n\n"
    "#### Location\n\n`shop/rates.py:10`\n\n#### Recommended Fix\n\nMove it to a thread.\n",
    "bold id": "## Findings\n\n**F1 — Rates are fetched on the event loop** *(route)* — HIGH:"
    " see `shop/rates.py:10`. **Fix:** Move it to a thread.\n",
    "between two rules": "---\ntitle: Rates are fetched on the event loop\nseverity: high\n"
    "file: shop/rates.py\nline: 10\n---\n\n## Fix\n\nMove it to a thread.\n",
    "records between rules": "---\n**Issue:** Rates are fetched on the event loop\n"
    "**File:** shop/rates.py\n**Line Number:** 10\n**Severity:** High\n"
    "**Suggestion:** Move it to a thread.\n---\n",
    "a review's comment": "<details>\n<summary>shop/rates.py (1)</summary><blockquote>\n\n"
    "`10-12`: **Rates are fetched on the event loop.**\n\nCritical: HIGH.\n\n"
    "**Severity:** HIGH\n\n**Fix:** Move it to a thread.\n\n</blockquote></details>\n",
    "an area that is a file": WHOLE.replace("File", "Area"),
    "a quotation": WHOLE.replace("**Severity", "> **Severity").replace("**File", "> **File"),
    "French": WHOLE.replace("Severity", "Gravité")
    .replace("HIGH", "Haute")
    .replace("File", "Fichier")
    .replace("Fix", "Correction"),
    "German": WHOLE.replace("Severity", "Schweregrad")
    .replace("HIGH", "Hoch")
    .replace("File", "Fundstelle")
    .replace("Fix", "Lösung"),
    "Spanish": WHOLE.replace("Severity", "Severidad")
    .replace("HIGH", "Alta")
    .replace("File", "Archivo")
    .replace("Fix", "Solución"),
    "Russian": WHOLE.replace("Severity", "Серьёзность")
    .replace("HIGH", "Высокая")
    .replace("File", "Файл")
    .replace("Fix", "Решение"),
    "Chinese": WHOLE.replace("Severity:", "严重程度：")
    .replace("HIGH", "高")
    .replace("File:", "位置：")
    .replace("Fix:", "修复建议："),
}


@pytest.mark.parametrize("shape", ONE)
def test_one_finding_in_many_shapes(shape: str) -> None:
    text = ONE[shape] if shape == "between two rules" else f"# Audit\n\n{ONE[shape]}"
    (found,) = read_text(text, ".md", "docs/r.md").findings
    assert found.title.startswith("Rates are fetched on the event loop")
    if shape != "bold id":
        assert found.severity is Severity.HIGH
    assert places(found)[0] == ("shop/rates.py", [10])
    assert found.suggestion_prose.strip() == "Move it to a thread."


@pytest.mark.parametrize(
    ("heading", "id", "title"),
    [
        ("### 1. **A race**", "1", "A race"),
        ("### 2.1 HIGH: A race", "2.1", "A race"),
        ("### 🔴 Bug #1: A race", "#1", "A race"),
        ("### Issue #7 - A race", "#7", "A race"),
        ("### C1: A race", "C1", "A race"),
        ("### CRIT-API-001: A race", "CRIT-API-001", "A race"),
        ("### F1 — A race", "F1", "A race"),
        ("#### 2-5. **A race** 🟠 HIGH", "2-5", "A race"),
        ("### 3. Task queue - no lock", "3", "Task queue - no lock"),
    ],
)
def test_ids_and_titles(heading: str, id: str, title: str) -> None:
    body = "**File:** `a.py:3`\n**Issue:** It is shared.\n**Fix:** Use a lock.\n"
    (found,) = read(f"# R\n\n## High severity\n\n{heading}\n{body}")
    assert (found.id, found.title) == (id, title)


def test_made_ids_stay_when_findings_are_added_or_moved() -> None:
    other = WHOLE.replace("Rates are", "Mail is").replace("rates.py:10", "mail.py:3")
    (alone,) = read(f"# R\n\n{WHOLE}")
    first, second = read(f"# R\n\nIntroduction.\n\n{other}\n{WHOLE}")
    assert alone.id == second.id != first.id
    assert alone.id.startswith("f-") and len(alone.id) == 8
    twice = read(f"# R\n\n{WHOLE}\n{WHOLE}")
    assert len({item.id for item in twice}) == 2


BEFORE, AFTER = "time.sleep(1)", "await asyncio.sleep(1)"


@pytest.mark.parametrize(
    "shown",
    [
        f"**Before:**\n```python\n{BEFORE}\n```\n\n**After:**\n```python\n{AFTER}\n```\n",
        f"**Current Code:**\n```python\n{BEFORE}\n```\n\n**Should be:**\n```python\n{AFTER}\n```\n",
        f"```python\n# ❌ Wrong\n{BEFORE}\n\n# ✅ Right\n{AFTER}\n```\n",
        f"```python\n# CURRENT (BROKEN):\n{BEFORE}\n\n# CORRECT:\n{AFTER}\n```\n",
        f"```python\n# Change:\n{BEFORE}\n# To:\n{AFTER}\n```\n",
        f"```python\n# a.py:3 - BEFORE:\n{BEFORE}\n\n# a.py:3 - AFTER:\n{AFTER}\n```\n",
        f"```python\n# Lines 3-4 - BEFORE:\n{BEFORE}\n# Lines 3-4 - AFTER:\n{AFTER}\n```\n",
        f"```python\n# CURRENT\n{BEFORE}\n\n# NEW\n{AFTER}\n```\n",
        f"**Fix:**\n```diff\n@@ -3 +3 @@\n-{BEFORE}\n+{AFTER}\n```\n",
        f"```diff\n--- a/a.py\n+++ b/a.py\n-{BEFORE}\n+{AFTER}\n```\n",
        f"```python\n{BEFORE}\n```\n\n**Solution:**\n\n```python\n{AFTER}\n```\n",
    ],
)
def test_pairs(shown: str) -> None:
    (found,) = read(f"# R\n\n### It sleeps\n**Severity:** HIGH\n**File:** `a.py:3`\n\n{shown}")
    assert [item.text.strip() for item in found.evidence_code] == [BEFORE]
    assert [item.text.strip() for item in found.suggestion_code] == [AFTER]


def test_several_pairs_in_one_fence() -> None:
    code = (
        f"# a.py:3 - BEFORE:\n{BEFORE}\n\n# a.py:3 - AFTER:\n{AFTER}\n\n"
        "# b.py:9 - BEFORE:\nwait(2)\n\n# b.py:9 - AFTER:\nawait wait(2)\n"
    )
    (found,) = read(
        f"# R\n\n### It sleeps\n**Severity:** HIGH\n**File:** `a.py:3`\n\n```python\n{code}```\n"
    )
    assert [item.text.strip() for item in found.evidence_code] == [BEFORE, "wait(2)"]
    assert [item.text.strip() for item in found.suggestion_code] == [AFTER, "await wait(2)"]


@pytest.mark.parametrize(
    "code",
    [
        # A helper above is of the new code, too.
        f"def pause():\n    ...\n\n# Line 3 - BEFORE:\n{BEFORE}\n\n# Line 3 - AFTER:\npause()",
        # No mark, but a sentence.
        "# Line 3 - new readers come here\nread()\n# Line 4 - before all others\nopen_it()",
        # Comments that begin with such words and mark nothing.
        "# new connections are counted\ncount = 1\n# current value\nprint(count)",
        "# after the loop\nx = 1",
        "# To read the file\nopen(a)",
        "- a\nb",
    ],
)
def test_no_pair(code: str) -> None:
    (found,) = read(
        f"# R\n\n### It sleeps\n**Severity:** HIGH\n**File:** `a.py:3`\n\n```python\n{code}\n```\n"
    )
    assert [item.text for item in found.evidence_code] == [code]
    assert found.suggestion == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (WHOLE.replace("loop\n", "loop - ✅ FIXED\n", 1), StatusKind.FIXED),
        (WHOLE.replace("loop\n", "loop [RESOLVED]\n", 1), StatusKind.FIXED),
        (
            WHOLE.replace("### Rates", "### ~~Rates").replace("loop\n", "loop~~\n", 1),
            StatusKind.FIXED,
        ),
        (WHOLE + "**Status:** ✅ Fixed in #12\n", StatusKind.FIXED),
        (WHOLE + "**Status:** Accepted risk\n", StatusKind.ACCEPTED),
        (WHOLE + "**Status:** Won't fix\n", StatusKind.WONT_FIX),
        (WHOLE + "**Status:** False positive\n", StatusKind.FALSE_POSITIVE),
        (WHOLE + "**Status:** Not an issue\n", StatusKind.FALSE_POSITIVE),
        (f"## Fixed\n\n{WHOLE}", StatusKind.FIXED),
        (f"## Accepted risks\n\n{WHOLE}", StatusKind.ACCEPTED),
        ("## Resolved\n\n" + WHOLE.replace("###", "### B-01:"), StatusKind.FIXED),
        # Not yet.
        (WHOLE + "**Status:** Not fixed\n", StatusKind.OTHER),
        (WHOLE + "**Status:** Open\n", StatusKind.OTHER),
        (WHOLE + "**Status:** To be fixed\n", StatusKind.OTHER),
        (WHOLE.replace("loop\n", "loop of fixed size\n", 1), StatusKind.UNSTATED),
        (f"## Issues that must be fixed\n\n{WHOLE}", StatusKind.UNSTATED),
    ],
)
def test_statuses(text: str, kind: StatusKind) -> None:
    (found,) = read(f"# R\n\n{text}")
    assert found.status.kind is kind
    assert found.title.startswith("Rates are fetched on the event loop")


def test_a_summary_is_not_read_twice() -> None:
    table = (
        "| # | Severity | Issue |\n|---|---|---|\n"
        "| 1 | HIGH | Rates are fetched on the event loop |\n| 2 | LOW | Another one |\n"
    )
    assert len(read(f"# R\n\n## All issues\n\n{table}\n## In detail\n\n{WHOLE}")) == 1
    # Without anything else it is all that there is.
    assert len(read(f"# R\n\n## Issues\n\n{table}")) == 2


def test_a_summary_is_read_where_it_is_all() -> None:
    table = (
        "| ID | Issue | Line | Severity | Fix |\n|---|---|---|---|---|\n"
        "| 1 | A hardcoded key | 5 | LOW | Move it |\n"
    )
    (found,) = read(f"# R\n\n## Findings Summary\n\n{table}")
    assert (found.id, found.title) == ("1", "A hardcoded key")
    assert len(read(f"# R\n\n## Findings Summary\n\n{table}\n## In detail\n\n{WHOLE}")) == 1


def test_a_template_is_no_finding() -> None:
    assert read("# R\n\n### Issue #1: [Title]\n- **Severity:** HIGH\n- **Fix:** [Fix]\n") == ()


def test_parts_of_a_finding_are_its_own() -> None:
    (found,) = read(
        """\
        # R

        ## Critical issues

        ### 1. Secrets in the code
        **Severity:** CRITICAL

        #### Why this is bad

        `shop/config.py:3` has one.

        #### 1. First step

        ```python
        key = os.environ["KEY"]
        ```
        """
    )
    assert (found.id, found.title) == ("1", "Secrets in the code")


def test_a_chapter_ends_the_last_finding() -> None:
    (found,) = read(f"# R\n\n{WHOLE}\n## Recommendations\n\nRewrite everything.\n")
    assert "Rewrite" not in found.suggestion_prose


def test_what_was_changed_is_read_only_where_there_is_nothing_else() -> None:
    log = f"## Fixes Applied\n\n{WHOLE.replace('###', '### 1.')}"
    assert len(read(f"# R\n\n{log}")) == 1
    other = WHOLE.replace("Rates are", "Mail is")
    assert [item.title[:4] for item in read(f"# R\n\n{other}\n{log}")] == ["Mail"]


def test_several_findings_in_one_are_named() -> None:
    reading = read_markdown(
        "# R\n\n## High issues\n\n### 21-42. More of it\n\n- a\n- b\n", "docs/r.md"
    )
    assert reading.findings == ()
    assert [(item.line, item.reason) for item in reading.damaged] == [
        (5, "covers several findings that have no place of their own")
    ]


@pytest.mark.parametrize("chapter", ["Positive Findings", "Executive Summary"])
def test_what_stands_in_another_chapter_is_named(chapter: str) -> None:
    reading = read_markdown(f"# R\n\n## {chapter}\n\n{WHOLE}", "docs/r.md")
    assert reading.findings == ()
    assert [item.line for item in reading.damaged] == [5]


@pytest.mark.parametrize("text", ["", "Nothing here.\n", "a.py\n"])
def test_no_report(text: str) -> None:
    with pytest.raises(FormatError):
        read_text(text or "x", ".md", "r.md")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("# R\n\n" + "### [HIGH] x `a.py:1`\n\ntext\n\n" * 3000, 3000),
        ("# R\n\n" + "- **HIGH** `a.py:1` x\n" * 5000, 5000),
        ("# R\n\n| Issue | File |\n|---|---|\n" + "| a race | `a.py:1` |\n" * 5000, 5000),
        ("# R\n\n" + "**" * 40_000, 0),
        ("# R\n\n**" + "a" * 100_000, 0),
        ("# R\n\n" + "[" * 100_000, 0),
        ("# " + "(" * 100_000, 0),
        ("# R\n\n" + "**a" * 30_000 + ":**", 0),
        ("# R\n\n```\n" + "- " * 50_000 + "\n```\n", 0),
        ("# R\n\n" + "".join(f"{' ' * min(n, 400)}- a:\n" for n in range(600)), 0),
    ],
)
def test_a_long_text_is_read_to_its_end(text: str, count: int) -> None:
    """How the work grows is counted in `benchmarks/growth.py` and `tests/expressions/`."""
    assert len(read_markdown(text, "docs/r.md").findings) == count
