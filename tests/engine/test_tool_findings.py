"""Findings of tools: located by region and snippet, fixed as in a scan, or honestly not."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from codemods.codemod import Codemod
from codemods.engine.outcomes import Fixed, Resolution
from codemods.engine.run import resolve
from codemods.engine.tool_findings import fixer_of
from codemods.findings.model import Finding
from codemods.findings.readers.sarif import read_sarif
from codemods.findings.reports import read_report
from codemods.findings.rules import is_called_like
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.transforms import catalogue

LOGS = Path(__file__).parent.parent / "findings" / "readers" / "sarif"
ORDERS = (LOGS / "orders.py.txt").read_bytes()
CODE = b"""\
import logging

logger = logging.getLogger(__name__)


def load(path):
    try:
        return path.read_text()
    except OSError as error:
        logger.error("cannot read: %s", error)


def store(path):
    try:
        path.write_text("")
    except OSError as error:
        logger.error("cannot write: %s", error)
"""


def run(finding: Finding, code: bytes = CODE, path: str = "shop/orders.py") -> Resolution:
    return resolve(finding, Project(MemoryFiles({path: code})), tuple(catalogue().values()))


def finding(line: int, snippet: str | None = None, rule: str = "TRY400", **more: Any) -> Finding:
    region: dict[str, Any] = {"startLine": line, **more}
    if snippet is not None:
        region["snippet"] = {"text": snippet}
    place = {"artifactLocation": {"uri": "file:///ci/shop/orders.py"}, "region": region}
    result = {
        "ruleId": rule,
        "message": {"text": "Use `logging.exception`"},
        "locations": [{"physicalLocation": place}],
    }
    log = {"version": "2.1.0", "runs": [{"results": [result]}]}
    return read_sarif(json.dumps(log), "r.sarif").findings[0]


def lines(resolution: Resolution) -> list[int]:
    assert isinstance(resolution.outcome, Fixed), resolution.outcome
    return [change.site.line for change in resolution.outcome.patch.changes]


OFFLOAD, TRACEBACK = "offload-blocking-calls", "add-exc-info"


@pytest.mark.parametrize(
    ("name", "outcomes"),
    [
        (
            "ruff",
            {
                "ASYNC230": (OFFLOAD, "fixed"),
                "ASYNC251": (OFFLOAD, "fixed"),
                "ASYNC210": (OFFLOAD, "fixed"),
                "ASYNC221": (OFFLOAD, "fixed"),
                "TRY400": (TRACEBACK, "fixed"),
                "S113": ("add-timeout", "refused"),
                "G201": (None, "no-codemod"),
            },
        ),
        (
            "bandit",
            {
                "B404": (None, "no-codemod"),
                "B113": ("add-timeout", "refused"),
                "B607": (None, "no-codemod"),
                "B603": (None, "no-codemod"),
            },
        ),
        ("semgrep", {"error-without-traceback": (TRACEBACK, "fixed")}),
    ],
)
def test_what_the_tools_found(name: str, outcomes: dict[str, tuple[str | None, str]]) -> None:
    reading = read_report(LOGS / f"{name}.sarif")
    found = {item.rule: run(item, ORDERS) for item in reading.findings if item.rule in outcomes}
    assert {rule: (r.codemod, r.outcome.name) for rule, r in found.items()} == outcomes


def test_the_same_where_everything_moved() -> None:
    """Only bandit and Semgrep write what stood there; without it the lines have to be believed."""
    moved = b'"""Longer."""\n\n\n' + ORDERS.replace(b'"""Orders of a small shop."""\n', b"")
    (named,) = (
        item
        for item in read_report(LOGS / "semgrep.sarif").findings
        if item.rule == "error-without-traceback"
    )
    assert lines(run(named, moved)) == [33]


def test_only_the_site_at_the_region() -> None:
    assert lines(run(finding(10))) == [10]
    assert lines(run(finding(17))) == [17]
    assert lines(run(finding(16, endLine=17))) == [17]


@pytest.mark.parametrize(
    ("line", "snippet", "at"),
    [
        (99, 'logger.error("cannot write: %s", error)', 17),
        (2, '        logger.error("cannot read: %s", error)\n', 10),
        (1, 'except OSError as error:\n        logger.error("cannot write: %s"', 17),
        (12, "logger.error(", 10),
    ],
)
def test_a_snippet_goes_before_the_line(line: int, snippet: str, at: int) -> None:
    if snippet == "logger.error(":
        line = at
    assert lines(run(finding(line, snippet))) == [at]


@pytest.mark.parametrize(
    ("line", "snippet", "part"),
    [
        (10, 'logger.error("gone")', "the snippet of the report is not in shop/orders.py"),
        (
            13,
            "logger.error(",
            "is in shop/orders.py at lines 10, 17: the report does not say which",
        ),
        (99, None, "shop/orders.py has only"),
        (8, None, "add-exc-info rewrites nothing at this place"),
        (3, None, "add-exc-info rewrites nothing at this place"),
    ],
)
def test_not_found(line: int, snippet: str | None, part: str) -> None:
    resolution = run(finding(line, snippet))
    assert resolution.outcome.name == "not-found"
    assert part in resolution.outcome.reason


def test_a_file_that_is_gone() -> None:
    resolution = run(finding(10), path="other/orders.txt")
    assert resolution.outcome.name == "not-found"
    assert "does not exist" in resolution.outcome.reason


def test_a_file_that_cannot_be_parsed() -> None:
    resolution = run(finding(10), CODE + b"def broken(:\n")
    assert (resolution.outcome.name, resolution.codemod) == ("refused", TRACEBACK)
    unread = run(finding(10), b"\0" + CODE)
    assert unread.outcome.name == "refused"


def test_what_a_scan_leaves_alone_is_refused_and_says_so() -> None:
    code = CODE.replace(b'read: %s", error)', b'read: %s", error)\n        raise')
    resolution = run(finding(10), code)
    assert resolution.outcome.name == "refused"
    assert "the handler raises again on line 11" in resolution.outcome.reason


def test_what_was_fixed_since() -> None:
    code = CODE.replace(b'read: %s", error)', b'read: %s", error, exc_info=True)')
    assert run(finding(10, 'logger.error("cannot read: %s", error)'), code).outcome.name in (
        "already-fixed",
        "not-found",
    )


def test_the_reason_says_why_no_codemod_fits() -> None:
    resolution = run(finding(10, rule="G201"))
    assert resolution.outcome.name == "no-codemod"
    assert "the traceback is already logged" in resolution.outcome.reason
    assert "E501" in run(finding(10, rule="E501")).outcome.reason


@pytest.mark.parametrize(
    ("rule", "codemod"),
    [
        ("ASYNC230", OFFLOAD),
        ("async230", OFFLOAD),
        ("blocking-open-call-in-async-function", OFFLOAD),
        ("TRY400", TRACEBACK),
        ("py/stack-trace-exposure", "hide-exception-text"),
        ("acme.python.error-instead-of-exception", TRACEBACK),
        ("bare-except", "log-swallowed-exception"),
        ("add-exc-info", TRACEBACK),
    ],
)
def test_who_fixes_what_a_rule_finds(rule: str, codemod: str) -> None:
    fixer = fixer_of(rule, tuple(catalogue().values()))
    assert isinstance(fixer, Codemod) and fixer.name == codemod


@pytest.mark.parametrize("rule", ["G201", "LOG014", "unused-loop-control-variable", "ASYNC109"])
def test_why_nobody_does(rule: str) -> None:
    why = fixer_of(rule, tuple(catalogue().values()))
    assert isinstance(why, str) and why


@pytest.mark.parametrize("rule", ["", "E501", "ASYNC", "ASYNC2300", "xTRY400", "ADD-EXC-INFO"])
def test_a_rule_that_nobody_knows(rule: str) -> None:
    assert fixer_of(rule, tuple(catalogue().values())) is None


@pytest.mark.parametrize(
    ("rule", "known", "alike"),
    [
        ("rules.python.except-pass", "try-except-pass", True),
        ("my.no_bare_except", "bare-except", True),
        ("ours.silent-except-pass", "try-except-pass", True),
        ("ours.pass", "try-except-pass", False),
        ("ours.except-pass-behind-a-lock", "try-except-pass", False),
        ("ours.E7221", "E722", False),
        ("ours.empty", "py/empty-except", False),
    ],
)
def test_rules_that_are_called_alike(rule: str, known: str, alike: bool) -> None:
    assert is_called_like(rule, known) is alike


HASHES = b"""\
import hashlib


def cache_key(text):
    return hashlib.md5(text).hexdigest()


def stored(password):
    return hashlib.md5(password).hexdigest()


def made(text):
    return hashlib.md5(text).hexdigest()
"""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (5, "fixed"),
        (9, "the code around it mentions password"),
        (13, "shown, not written"),
    ],
)
def test_a_weak_hash_is_what_the_names_around_it_say(line: int, told: str) -> None:
    found = run(finding(line, "hashlib.md5", rule="B324"), HASHES)
    assert told in f"{found.outcome.name}: {found.outcome.reason}"


PROBE = b"""\
import logging

logger = logging.getLogger(__name__)


def first(sources):
    for source in sources:
        try:
            return source.read()
        except:
            pass


def stop(process):
    try:
        process.kill()
    except:
        pass


def told(process):
    try:
        process.kill()
    except Exception:
        logger.warning("still there")


def drawn(page):
    try:
        page.draw()
    except Exception:
        page.clear()
"""


@pytest.mark.parametrize(
    ("line", "rule", "told"),
    [
        (10, "S110", "refused: the loop tries several ways"),
        (10, "E722", "fixed: KeyboardInterrupt"),
        (17, "B110", "fixed: the exception is logged with logger.debug(), and KeyboardInterrupt"),
        (17, "BLE001", "fixed: the exception is logged with logger.debug(), and KeyboardInterrupt"),
        (24, "BLE001", "refused: the handler does more than ignore the exception"),
        (31, "BLE001", "refused: the handler does more than ignore the exception"),
    ],
)
def test_silent_handlers_of_linters(line: int, rule: str, told: str) -> None:
    found = run(finding(line, rule=rule), PROBE)
    assert f"{found.outcome.name}: {found.outcome.reason}".startswith(told)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("shop/__init__.py", "refused: the package offers Order to other code"),
        ("shop/orders.py", "fixed: the import of Order"),
    ],
)
def test_a_name_that_a_package_could_offer_is_no_name_that_is_gone(path: str, told: str) -> None:
    text = "`.models.Order` imported but unused; consider removing, adding to `__all__`"
    place = {"artifactLocation": {"uri": path}, "region": {"startLine": 1}}
    result = {
        "ruleId": "F401",
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
    }
    log = {"version": "2.1.0", "runs": [{"results": [result]}]}
    (item,) = read_sarif(json.dumps(log), "lint.sarif").findings
    code = b"from .models import Order\n\nNAME = 1\n"
    found = run(item, code, path)
    assert f"{found.outcome.name}: {found.outcome.reason}".startswith(told)


def test_an_unused_name_of_a_linter_is_the_one_on_its_line() -> None:
    code = b"def one():\n    found = ask()\n\n\ndef two():\n    found = ask()\n"
    item = dataclasses.replace(
        finding(2, rule="F841"), title="Local variable `found` is assigned to but never used"
    )
    outcome = run(item, code).outcome
    assert isinstance(outcome, Fixed)
    assert [change.site.line for change in outcome.patch.changes] == [2]
