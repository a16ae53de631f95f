"""Markdown reports: what is a finding, what is none, and what each holds."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codemods.findings.model import Finding, Severity, StatusKind
from codemods.findings.readers.markdown import read_markdown
from codemods.findings.readers.reading import Reading


def read(text: str) -> Reading:
    return read_markdown(dedent(text), "docs/audits/AUDIT_X.md")


def one(text: str) -> Finding:
    reading = read(text)
    assert reading.damaged == ()
    assert len(reading.findings) == 1
    return reading.findings[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Report\n\nNothing was found.\n",
        "## A01 — Broken Access Control\n\n- **No login at all** — Existing: #5.\n",
        "## A05 — Misconfiguration\n\n**Status**: COMPLETE\n**Scope**: everything\n",
        "### A01: Access\n- **Path checks** — FIXED: they are there.\n",
        "### R1 — Parallel implementations (5 findings)\n\n`B-01` and `B-02` are one.\n",
        "### D1: Component Quality (NEW findings)\n\nSee below.\n",
        "### HIGH (10)\n\nTen of them.\n",
        "### P0 - CRITICAL (Block Production)\n1. **B-01**: fix it\n",
        "### Missing Locks (B-03, B-04)\nFour structures lack locks.\n",
        "## Fix order\n\n1. **B-02** (blocks) — first\n- **B-03**: second\n",
        "| ID | Severity | Location |\n|---|---|---|\n| B-01 | HIGH | `a.py:1` |\n",
        "### R-01: lock was added\n- **Status**: PASS\n- **File checked**: `a.py`\n",
        "### SR-02: lock was added\n- **Fix present**: yes\n- **Location**: `a.py`\n",
        "### C-03: lock\n**Status**: PARTIAL\n**Location**: `a.py`\n",
        "```\n### B-01: Title\n- **Severity**: HIGH\n- **Location**: `a.py:1`\n```\n",
        "````md\n### B-01: Title\n- **Severity**: HIGH\n```python\nx\n```\n````\n",
        "<!--\n### B-01: Title\n- **Severity**: HIGH\n-->\n",
        "    ### B-01: Title\n    - **Severity**: HIGH\n",
        "> ### B-01: Title\n> - **Severity**: HIGH\n",
        "### UTF-8 everywhere\n\nSome words.\n",
    ],
)
def test_is_no_finding(text: str) -> None:
    assert read_markdown(text, "r.md") == Reading()


def test_the_whole_of_a_finding() -> None:
    finding = one(
        """\
        # Audit

        ## Findings

        ### B-02: Engine.run blocks the loop — with `load()`

        - **Severity**: HIGH
        - **Dimension**: Engine
        - **Location**: `web/engine.py:34-43`
        - **Status**: NEW (incomplete fix of #12)
        - **Description**: `run()` makes two calls:
          1. `load()` (line 36)
          2. `store()`
        - **Evidence**:
          ```python
          def run(self):
              load(self.path)  # Line 36
          ```
          And later `store()`:
          ```python
          store(self)
          ```
        - **Impact**: It stops.
        - **Related**: #7 (same), B-01
        - **Suggested Fix**: Wrap it:
          ```python
          await asyncio.to_thread(load, self.path)
          ```

        ---

        ## Safe Patterns Found
        """
    )
    assert (finding.id, finding.line, finding.ordinal) == ("B-02", 5, 1)
    assert finding.title == "Engine.run blocks the loop — with `load()`"
    assert finding.report == "docs/audits/AUDIT_X.md"
    assert finding.severity is Severity.HIGH
    assert finding.dimension == "Engine"
    assert finding.status.kind is StatusKind.NEW
    assert finding.status.issues == ("#12",)
    assert finding.related == ("#7", "B-01")
    assert [(item.name, item.line) for item in finding.fields] == [
        ("severity", 7),
        ("dimension", 8),
        ("location", 9),
        ("status", 10),
        ("description", 11),
        ("evidence", 14),
        ("impact", 23),
        ("related", 24),
        ("suggested fix", 25),
    ]
    evidence = finding.evidence[0]
    assert [(block.text, block.language, block.line) for block in evidence.blocks] == [
        ("def run(self):\n    load(self.path)  # Line 36", "python", 16),
        ("store(self)", "python", 21),
    ]
    assert evidence.text.startswith("  ```python\n  def run(self):\n      load")
    assert evidence.prose.strip() == "And later `store()`:"
    assert [(code.text, code.line, code.inline) for code in evidence.inline] == [
        ("store()", 19, True)
    ]
    assert finding.description.count("\n") == 2
    assert finding.suggestion_prose == "Wrap it:"
    assert finding.suggestion_code[0].text == "await asyncio.to_thread(load, self.path)"


def test_fences_at_the_margin_belong_to_the_bullet_above() -> None:
    finding = one(
        """\
        ### BE-16: Wrong constant
        - **Severity**: MEDIUM
        - **Evidence**:

        The router (`router.py:12`):
        ```python
        index = int(now / DURATION)
        ```

        For a track of 60 s:
        - Router: `index = 2`
        - Processor: `index = 3`

        - **Impact**: Wrong chunk.
        - **Suggested Fix**: Use the interval:
        ```python
        index = int(now / INTERVAL)
        ```

        ---
        """
    )
    assert [item.name for item in finding.fields] == [
        "severity",
        "evidence",
        "impact",
        "suggested fix",
    ]
    assert finding.evidence_code[0].line == 7
    assert finding.evidence[0].text.endswith("- Processor: `index = 3`")
    assert finding.suggestion_code[0].text == "index = int(now / INTERVAL)"


@pytest.mark.parametrize("separator", [" · ", " | ", "  ", " ; "])
def test_several_fields_on_one_line(separator: str) -> None:
    packed = separator.join(
        ("**Severity**: LOW", "**Location**: `a.py:3`", "**Status** (now): Existing: #4")
    )
    finding = one(f"### TD-1: Old code\n- {packed}\n- **Effort**: small\n")
    assert finding.severity_text == "LOW"
    assert finding.locations[0].path == "a.py"
    assert finding.status.kind is StatusKind.EXISTING
    assert finding.fields[2].qualifier == "now"
    assert [item.name for item in finding.fields] == ["severity", "location", "status", "effort"]


def test_bold_words_in_a_value_do_not_split_it() -> None:
    finding = one("### B-1: x\n- **Severity**: LOW — **really**: `a | **Status**: b` and more\n")
    assert finding.severity_text == "LOW — **really**: `a | **Status**: b` and more"


def test_fields_without_bullets_and_with_the_colon_inside() -> None:
    finding = one(
        """\
        #### NEW-1: Unvalidated order
        **Severity:** HIGH
        **Location**:
        - `routers/library.py:89,119` (tracks)
        - `routers/albums.py:78` (**NEW**)

        **Impact**:
        - **Leak**: names
        - **Crash**: rows

        **Fix** (1 line): Add a list.
        """
    )
    assert [item.name for item in finding.fields] == ["severity", "location", "impact", "fix"]
    assert [(item.path, item.line) for item in finding.locations] == [
        ("routers/library.py", 4),
        ("routers/albums.py", 5),
    ]
    assert "**Crash**" in finding.impact
    assert finding.fields[3].qualifier == "1 line"


def test_a_bold_line_inside_a_value_stays_in_it() -> None:
    finding = one(
        """\
        ### C-01: Deadlock
        - **Severity**: HIGH
        - **Evidence**:
          ```python
          x
          ```
          **Call path**: `a()` → `b()`
        - **Impact**: It hangs.
        """
    )
    assert [item.name for item in finding.fields] == ["severity", "evidence", "impact"]
    assert "Call path" in finding.evidence[0].prose


def test_a_bullet_without_a_name_is_the_description() -> None:
    finding = one(
        """\
        #### ENG-22: Promotion
        - **Location**: `limiter.py:10-20`
        - `np.zeros(n)` is float64.
        - **Fix**: give a dtype
        """
    )
    assert finding.description == "`np.zeros(n)` is float64."
    assert finding.fields[0].text == "`limiter.py:10-20`"


@pytest.mark.parametrize(
    ("heading", "severity"),
    [
        ("## HIGH-severity findings (10)", Severity.HIGH),
        ("## MEDIUM Severity", Severity.MEDIUM),
        ("## LOW", Severity.LOW),
        ("### LOW (35 findings)", Severity.LOW),
        ("### P0 - CRITICAL", Severity.CRITICAL),
        ("## 🔴 CRITICAL Issues", Severity.CRITICAL),
        ("## Findings\n\nAll 3 findings below are **LOW** severity.", Severity.LOW),
        ("## High-level overview", None),
        ("## Most important HIGH findings", None),
        ("## Low-hanging fruit", None),
    ],
)
def test_severity_of_the_section(heading: str, severity: Severity | None) -> None:
    finding = one(f"{heading}\n\n### B-1: x\n- **Location**: `a.py:1`\n- **Status**: NEW\n")
    assert finding.severity is severity
    assert finding.severity_text is None


def test_the_severity_of_a_section_ends_with_it() -> None:
    reading = read(
        """\
        ### LOW Severity
        ### B-1: x
        - **Location**: `a.py`
        ## Extends Existing Issue
        ### B-2: y
        - **Location**: `a.py`
        """
    )
    assert [item.severity for item in reading.findings] == [Severity.LOW, None]


def test_a_field_goes_before_the_section() -> None:
    finding = one("## HIGH\n### B-1: x\n- **Severity**: MEDIUM (borderline HIGH)\n")
    assert finding.severity is Severity.MEDIUM
    assert finding.severity_text == "MEDIUM (borderline HIGH)"


def test_ids_may_repeat_and_levels_may_change() -> None:
    reading = read(
        """\
        ### PTS-6: one
        - **Severity**: MEDIUM
        #### PTS-6 (additional): two
        - **Severity**: LOW
        ##### HIGH-1 (DSP-NEW-3): three
        - **Location**: `a.py`
        """
    )
    assert [(item.id, item.line, item.ordinal) for item in reading.findings] == [
        ("PTS-6", 1, 1),
        ("PTS-6", 3, 2),
        ("HIGH-1", 5, 3),
    ]
    assert reading.findings[1].notes == ("the heading says: additional",)
    assert reading.findings[2].alias == "DSP-NEW-3"
    assert reading.findings[2].severity is Severity.HIGH


def test_a_subheading_that_names_a_field_is_one() -> None:
    finding = one(
        "## B-1: x\n- **Severity**: LOW\n\n### Evidence\n\n```py\ny\n```\n\n### Proposed Fix\n\nz\n"
    )
    assert finding.evidence_code[0].text == "y"
    assert finding.suggestion_prose == "z"


def test_a_paragraph_above_a_rule_is_no_heading() -> None:
    finding = one("### B-1: x\n**Severity**: LOW\n**Impact**: much\n---\n\n**Status**: NEW\n")
    assert [item.name for item in finding.fields] == ["severity", "impact"]
    assert finding.impact == "much"


def test_windows_lines_and_a_byte_order_mark_count_alike() -> None:
    finding = one("\ufeff# R\r\n\r\n### B-1: x\r\n- **Severity**: LOW\r\n- **Impact**: y\r\n")
    assert finding.line == 3
    assert [(item.text, item.line) for item in finding.fields] == [("LOW", 4), ("y", 5)]


def test_an_unclosed_fence_costs_only_its_own_finding() -> None:
    reading = read(
        """\
        ### B-1: x
        - **Severity**: LOW
        ### B-2: y
        - **Severity**: HIGH
        - **Evidence**:
        ```python
        # a comment
        z = 1
        ### B-3: z
        - **Severity**: HIGH
        - **Evidence**:
          ```python
          fine
          ```
        """
    )
    assert [item.id for item in reading.findings] == ["B-1", "B-3"]
    assert reading.findings[1].evidence_code[0].text == "fine"
    assert [(item.line, item.text) for item in reading.damaged] == [(3, "B-2: y")]
    assert "line 6 is never closed" in reading.damaged[0].reason


def test_code_at_the_margin_of_an_indented_fence() -> None:
    finding = one(
        """\
        ### B-1: x
        - **Severity**: LOW
        - **Evidence**:
          ```python
          def f():
              pass

        def g():
            pass
          ```
        - **Impact**: y
        """
    )
    assert finding.evidence_code[0].text == "def f():\n    pass\n\ndef g():\n  pass"
    assert finding.impact == "y"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("### B-7:\n- **Severity**: HIGH\n", 1, "has neither a title nor a description"),
        (
            "### DS-6 through DS-12 (Design — LOW)\n\nSeven of them.\n",
            1,
            "covers several findings that have no fields of their own",
        ),
    ],
)
def test_damage_is_reported_with_its_line(text: str, line: int, reason: str) -> None:
    reading = read_markdown(f"{text}\n### B-9: fine\n- **Severity**: LOW\n", "r.md")
    assert [item.id for item in reading.findings] == ["B-9"]
    assert [(item.line, item.reason) for item in reading.damaged] == [(line, reason)]


def test_an_unknown_severity_is_noted() -> None:
    finding = one("### B-1: x\n- **Severity**: n/a (cross-reference)\n- **Status**: NEW\n")
    assert finding.severity is None
    assert finding.notes == ("unknown severity 'n/a (cross-reference)'",)


def test_compound_names() -> None:
    finding = one(
        "### B-1: x\n- **Severity**: LOW\n- **Evidence — all of it**: `y`\n"
        "- **Replacement / Migration Path**: z\n- **Evidence / Code Paths**: w\n"
    )
    assert [(item.name, item.qualifier) for item in finding.fields[1:]] == [
        ("evidence", "all of it"),
        ("replacement", "migration path"),
        ("evidence / code paths", None),
    ]


def test_a_range_with_fields_is_one_finding() -> None:
    finding = one("### TD8-02..05: Four wrappers\n- **Severity**: LOW\n- **Location**: `a/`\n")
    assert finding.id == "TD8-02..TD8-05"


PIECES = [
    "### B-01: x\n",
    "- **Severity**: HIGH\n",
    "- **Location**: `a.py:1-2`, `:3`\n",
    "**Evidence**:\n",
    "```python\n",
    "  ```\n",
    "---\n",
    "    code\n",
    "`",
    "**",
    "\r",
    "\0",
    "\u2028",
    "<!--",
    "9999999999999",
    " · **Status**: NEW",
    "| ID | Location | Issue |\n|---|---|---|\n",
    "| B-02 | `a.py:3` | `x | y` |\n",
    "### B-03 – B-05\n",
    "- **B-04**: x\n",
    "{a,b}.ts",
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=30).map("".join))
def test_every_text_has_a_reading(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    for finding in read_markdown(text, "r.md").findings:
        assert 1 <= finding.line <= lines
        # A finding of one line has all of it there.
        assert all(finding.line <= item.line <= lines for item in finding.fields)
        assert all(finding.line <= item.line <= lines for item in finding.locations)
