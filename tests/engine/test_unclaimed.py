"""Findings that no codemod claims: the reason says what their own words lack."""

from __future__ import annotations

import pytest

from codemods.demands.demands import Demands
from codemods.engine.unclaimed import nearest, why_no_codemod
from codemods.findings.readers.markdown import read_markdown
from codemods.transforms import catalogue


def why(heading: str = "It whispers", location: str = "`app/voice.py:3`", fix: str = "") -> str:
    text = f"### B-02: {heading}\n\n- **Severity**: LOW\n- **Location**: {location}\n"
    text += f"- **Suggested Fix**: {fix}\n" if fix else ""
    (found,) = read_markdown(text, "report.md").findings
    return why_no_codemod(Demands.of(found))


@pytest.mark.parametrize(
    ("heading", "location", "expected"),
    [
        ("No test files for the voice", "`app/voice.py`", "asks for tests"),
        ("Timeouts are untested", "`app/voice.py`", "asks for tests"),
        ("The client whispers", "`web/voice.ts:3`", "web/voice.ts is not a Python file"),
        ("It whispers", "`app/voice.py:3`", "the finding suggests no fix"),
    ],
)
def test_what_the_finding_is_about(heading: str, location: str, expected: str) -> None:
    assert expected in why(heading, location)


@pytest.mark.parametrize(
    ("fix", "expected"),
    [
        ("Start the first band at 20 Hz.", "describes a fix in words only: “Start"),
        ("Sort the keys or use a version counter.", "offers a choice"),
        ("Either lock it, or copy it.", "offers a choice"),
        ("Use `Task.cancel()` or a token.", "offers a choice"),
        ("Replace `hasattr()` with a list of fields.", "names `hasattr()`, but not the code"),
        (
            "Update the docstring of the class.",
            "changes documents or comments, not code",
        ),
        ("Document it, or undo what was done.", "offers a choice"),
        ("Add `self.engine.dispose()[0]` to it.", "adds code but does not say where"),
        ("Remove `del x[0]` and all of its kind.", "removes code"),
        ("Let `x = 1` be so.", "how the suggestion wants the code to change"),
    ],
)
def test_what_the_suggestion_lacks(fix: str, expected: str) -> None:
    assert expected in why(fix=fix)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("```python\n  def louder(text):\n      return text\n  ```", "a design with `louder`"),
        ("```sql\n  CREATE INDEX x ON y (z);\n  ```", "the suggestion's code is sql, not Python"),
        ("```python\n  } else {\n  ```", "does not parse as Python"),
        ("```python\n  with lock:\n      speak()\n  ```", "does not replace single statements"),
    ],
)
def test_what_the_code_lacks(code: str, expected: str) -> None:
    assert expected in why(fix=f"As follows:\n  {code}")


def test_a_long_suggestion_is_cut() -> None:
    assert why(fix="Do it well. " * 30).endswith("…”")


def near(heading: str, description: str, fix: str) -> str | None:
    text = f"### B-02: {heading}\n\n- **Severity**: LOW\n- **Location**: `app/voice.py:3`\n"
    text += f"- **Description**: {description}\n- **Suggested Fix**: {fix}\n"
    (found,) = read_markdown(text, "report.md").findings
    codemod = nearest(Demands.of(found), tuple(catalogue().values()))
    return codemod.name if codemod is not None else None


@pytest.mark.parametrize(
    ("heading", "description", "expected"),
    [
        ("`load()` has a long name", "Two modules share a helper.", None),
        ("Timeouts are in no setting", "Each module has its own number.", None),
        ("Providers are tried one by one", "There is no lock on the choice of a provider.", None),
        (
            "The handler swallows every error",
            "`except Exception: pass`.",
            "log-swallowed-exception",
        ),
    ],
)
def test_which_codemod_is_near(heading: str, description: str, expected: str | None) -> None:
    assert near(heading, description, "Let the operator choose.") == expected


def test_what_a_directive_would_need() -> None:
    (found,) = read_markdown(
        "### B-02: No timeout\n\n- **Severity**: LOW\n- **Location**: `app/voice.py:3`\n", "r.md"
    ).findings
    codemod = catalogue()["await-with-timeout"]
    said = why_no_codemod(Demands.of(found), codemod)
    assert said.endswith(
        "await-with-timeout comes closest: a directive with `at` and `calls` selects it"
    )
