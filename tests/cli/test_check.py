"""`autofix check`, `autofix brief`, and the directive of a finding."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Run, git

CODE = """\
import asyncio
import logging

logger = logging.getLogger(__name__)
jobs = asyncio.Queue()


def load() -> None:
    try:
        jobs.get_nowait()
    except OSError as e:
        logger.error("x %s", e)
"""
READ = """\
### B-01: `load()` logs without traceback

- **Severity**: LOW
- **Location**: `app/a.py:12`
- **Description**: `logger.error` in `load()` loses the traceback.
- **Suggested Fix**: Add `exc_info=True`.
"""
TOLD = """
### B-02: Something about queues

- **Severity**: HIGH
- **Location**: nowhere in particular
- **Description**: Words that nobody understands.

"""
DIRECTIVE = """\
codemod = "bound-queue"
at = ["app/a.py"]
size = 3
"""


def fenced(toml: str, mark: str = "") -> str:
    return "".join(f"{mark}{line}\n" for line in f"```autofix\n{toml}```".splitlines())


@pytest.fixture
def app(shop: Path) -> Path:
    (shop / "app").mkdir(exist_ok=True)
    (shop / "app/a.py").write_text(CODE)
    git(shop, "add", ".")
    git(shop, "commit", "-q", "-m", "app")
    return shop


def report(folder: Path, text: str) -> Path:
    (folder / "r.md").write_text(f"# Audit\n\n{text}")
    return folder / "r.md"


@pytest.mark.parametrize(
    ("toml", "why"),
    [
        ("codemod = 3\n", "no codemod is called 3"),
        ('codemod = "bound-queu"\nat = "app/a.py"\n', "no codemod is called 'bound-queu'"),
        (DIRECTIVE.replace('"app/a.py"', ""), "it does not name a place"),
        (DIRECTIVE.replace("3", '"many"'), "Expected `int`, got `str`"),
        (DIRECTIVE + "force = true\n", "has no field 'force'"),
        (DIRECTIVE + "size = 4\n", "Cannot overwrite a value"),
        (DIRECTIVE + f"# {'x' * 4000}\n", "more than 4000 characters"),
        ("[" * 3000 + "\n", "the directive of the finding"),
    ],
)
def test_a_directive_that_is_none_is_refused(app: Path, autofix: Run, toml: str, why: str) -> None:
    ran = autofix("apply", "--all", "--dry-run", "--report", report(app, TOLD + fenced(toml)))
    assert ran.status == 1 and ran.out == b""
    assert "refused" in ran.err
    shown = autofix("show", "B-02", "--report", app / "r.md")
    assert why in " ".join(shown.text.split())


@pytest.mark.parametrize("place", ["../a.py", "/etc/passwd", "app/gone.py", "app/a.py::gone"])
def test_a_directive_reaches_no_other_place(app: Path, autofix: Run, place: str) -> None:
    text = TOLD + fenced(DIRECTIVE.replace("app/a.py", place))
    ran = autofix("apply", "--all", "--dry-run", "--report", report(app, text))
    assert ran.status == 1 and ran.out == b"" and "not-found" in ran.err


@pytest.mark.parametrize("mark", ["> ", "  "])
def test_a_quoted_directive_does_not_count(app: Path, autofix: Run, mark: str) -> None:
    text = TOLD + ("- an item\n\n" if mark == "  " else "") + fenced(DIRECTIVE, mark)
    ran = autofix("apply", "--all", "--dry-run", "--report", report(app, text))
    assert ran.status == 1 and ran.out == b""


def test_a_directive_wins_over_the_words(app: Path, autofix: Run) -> None:
    path = report(app, READ + "\n" + fenced(DIRECTIVE))
    ran = autofix("apply", "B-01", "--dry-run", "--report", path)
    assert ran.status == 0
    assert "+jobs = asyncio.Queue(maxsize=3)" in ran.text and "exc_info" not in ran.text


def test_a_directive_counts_in_a_finding_of_any_shape(app: Path, autofix: Run) -> None:
    text = "### [HIGH] Something about queues\n\n**File:** `app/a.py`\n\n" + fenced(DIRECTIVE)
    other = "\n### [LOW] Another\n\n**File:** `app/a.py`\n\nWords.\n"
    ran = autofix("check", report(app, text + other), "--output-format", "json")
    found = json.loads(ran.text)["findings"]
    assert [(item["directive"], item["codemod"]) for item in found] == [
        (True, "bound-queue"),
        (False, None),
    ]


def test_a_fence_behind_a_table_is_no_directive(app: Path, autofix: Run) -> None:
    rows = "| File | Issue |\n|---|---|\n| `app/a.py:5` | Something about queues |\n\n"
    ran = autofix("check", report(app, rows + fenced(DIRECTIVE)), "--output-format", "json")
    assert [item["directive"] for item in json.loads(ran.text)["findings"]] == [False]


def test_a_directive_is_to_be_reviewed(app: Path, autofix: Run) -> None:
    toml = 'codemod = "add-exc-info"\nat = ["app/a.py::load"]\n'
    path = report(app, TOLD + fenced(toml))
    ran = autofix("apply", "--all", "--in-place", "--report", path)
    assert ran.status == 1 and "exc_info" not in (app / "app/a.py").read_text()
    ran = autofix("apply", "B-02", "--in-place", "--report", path)
    assert ran.status == 0 and "exc_info=True" in (app / "app/a.py").read_text()
    assert "(review)" in ran.err


def test_check_tells_what_was_read_and_what_is_missing(app: Path, autofix: Run) -> None:
    ran = autofix("check", report(app, READ + TOLD))
    assert ran.status == 1
    assert "B-01: `load()` logs without traceback" in ran.text
    assert "r.md:3: LOW; app/a.py:12" in ran.text
    assert "found in app/a.py:8-12" in ran.text
    assert "B-02: Something about queues" in ran.text
    assert "HIGH; no place was read" in ran.text
    assert "no fix was read: describe it under `Suggested Fix`" in ran.text
    assert "1 of 2 findings can be acted on; 0 could not be read" in ran.err


def test_check_is_content_with_what_can_be_done(app: Path, autofix: Run) -> None:
    assert autofix("check", report(app, READ)).status == 0
    assert git(app, "status", "--porcelain") == "?? r.md"


def test_check_names_what_it_cannot_read(app: Path, autofix: Run) -> None:
    broken = READ + "\n### B-03: a fence without an end\n\n- **Severity**: LOW\n\n```python\nx\n"
    ran = autofix("check", report(app, broken), "--output-format", "json")
    document = json.loads(ran.text)
    assert ran.status == 1
    assert [item["line"] for item in document["unread"]] == [10]
    assert document["findings"][0]["located"][0]["path"] == "app/a.py"


def test_check_without_a_report_is_wrong_use(app: Path, autofix: Run) -> None:
    assert autofix("check").status == 2
    assert autofix("check", app / "gone.md").status == 2


def test_brief_has_the_form_and_every_codemod(app: Path, autofix: Run) -> None:
    ran = autofix("brief")
    assert ran.status == 0
    assert "- **Suggested Fix**" in ran.text and "```autofix" in ran.text
    assert "* `bound-queue`: " in ran.text and "  * `size`: integer." in ran.text
    assert "* `apply-suggestion`: " in ran.text and "  * `edits`" not in ran.text
    alone = autofix("brief", "bound_queue")
    assert "* `bound-queue`: " in alone.text and "* `add-exc-info`: " not in alone.text
    assert autofix("brief", "nonsense").status == 2


def test_the_form_of_the_brief_is_read_without_loss(app: Path, autofix: Run) -> None:
    form = autofix("brief").text.partition("\n### ")[2].partition("\n\n* ")[0]
    path = report(app, f"### {form}\n")
    listed = json.loads(autofix("list", "--report", path, "--output-format", "json").text)
    (finding,) = listed["findings"]
    assert (finding["id"], finding["severity"]) == ("B-02", "HIGH")
    assert finding["locations"] == [
        {"path": "app/profiles.py", "lines": [[41, 41]], "symbol": None}
    ]
