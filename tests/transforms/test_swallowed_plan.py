"""Which findings are about exceptions that a handler drops, and what they want instead."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from codemods.codemod import Match
from codemods.demands.demands import Demands
from codemods.findings.model import Finding
from codemods.findings.reports import read_report
from codemods.transforms.log_swallowed_exception.plan import SwallowedPlan, recognise

SILENT = "`except Exception: pass` leaves no trace."


def _finding(folder: Path, title: str, description: str = "", suggestion: str = "") -> Finding:
    report = folder / "report.md"
    report.write_text(
        f"### B-1: {title}\n- **Severity**: LOW\n- **Location**: `app/a.py:3`\n"
        f"- **Description**: {description}\n- **Suggested Fix**: {suggestion}\n"
    )
    return read_report(report).findings[0]


def _match(finding: Finding) -> Match[SwallowedPlan] | None:
    return recognise(Demands.of(finding))


def _recognised(finding: Finding) -> SwallowedPlan | None:
    match = _match(finding)
    return match.plan if match is not None else None


@pytest.mark.parametrize(
    ("title", "description", "suggestion"),
    [
        # Nobody asks for a log line, or for another type.
        ("`close` swallows exceptions", SILENT, "See #12."),
        ("`send` swallows a failed send", SILENT, "Let it return a bool, and check that."),
        ("`to_dict` swallows errors", SILENT, "Load the rows before; use `_safe_scalar()`."),
        ("Tests swallow assertions", SILENT, "Use the tolerated types, or `pytest.raises(...)`."),
        # What is dropped is no exception, or there is no handler.
        ("Unknown messages are dropped silently", "The handler goes on.", "Log a warning."),
        ("Uploads are silently discarded", "No `except`, no log.", "Add `logger.warning(...)`."),
        ("The callback swallows errors", "No handler.", "Wrap it in try/except and log at debug."),
        ("`rmtree` silently ignores errors", SILENT, "`onerror=lambda *a: logger.warning(a)`"),
        # Other codemods.
        ("`album` swallows an HTTPException", SILENT, "Log it with `logger.error`."),
        ("`drain` swallows a CancelledError", SILENT, "Log it with `logger.error`."),
        ("Handler loses the traceback", "The `except` logs `{e}` only.", "Add `exc_info=True`."),
        ("Bare `except Exception` before the 503", "It masks it.", "Add `except OSError: raise`."),
        # A broad type is asked for, not a bare one replaced.
        ("Import fails for syntax errors", "`except ImportError` is too narrow.", "Catch it all."),
        ("Retry catches broad `except Exception`", "It hides bugs.", "Narrow it."),
    ],
)
def test_findings_about_something_else(
    tmp_path: Path, title: str, description: str, suggestion: str
) -> None:
    assert _recognised(_finding(tmp_path, title, description, suggestion)) is None


@pytest.mark.parametrize(
    ("suggestion", "level"),
    [
        ("Log at `warning` level in the `except` rather than `pass`.", "warning"),
        ("Log a warning when the wait times out. Observability only.", "warning"),
        ("Replace `pass` with `logger.debug(..., exc_info=True)`.", "debug"),
        ("Downgrade them to `logger.debug('...', exc_info=True)` instead of `pass`.", "debug"),
        ("Add `logger.debug/warning` to every swallow.", "debug"),
        ("Use `self._log.error(...)`.", "error"),
        ("Log the exception at ERROR.", "error"),
        ("Add a debug-level log line.", "debug"),
        ("Call `_LOGGER.exception(...)` there.", "exception"),
        ("Bind it and `log.warn(...)`.", "warning"),
        ("Log the failure.", "warning"),
        ("Add logging.", "warning"),
    ],
)
def test_the_level_is_the_one_that_is_named(tmp_path: Path, suggestion: str, level: str) -> None:
    plan = _recognised(_finding(tmp_path, "`close` swallows exceptions", SILENT, suggestion))
    assert plan is not None and plan.level == level
    assert (plan.bare, plan.narrow) == (False, ())


def test_what_is_best_effort_is_logged_quietly(tmp_path: Path) -> None:
    text = f"{SILENT} The step is best-effort."
    plan = _recognised(_finding(tmp_path, "`close` swallows exceptions", text, "Log the failure."))
    assert plan is not None and plan.level == "debug"


@pytest.mark.parametrize(
    ("suggestion", "template"),
    [
        ("`logger.debug('no tag in %s', path)`", "logger.debug('no tag in %s', path)"),
        (
            '`except Exception as e: log.warning(f"not closed: {e}")`',
            'log.warning(f"not closed: {e}")',
        ),
        ("`logger.debug('...', exc_info=True)`", ""),
        ("`logger.debug(..., exc_info=True)`", ""),
        ("`logger.debug('failed (%s', path`", ""),
    ],
)
def test_a_message_is_taken_where_it_is_one(tmp_path: Path, suggestion: str, template: str) -> None:
    plan = _recognised(_finding(tmp_path, "`close` swallows exceptions", SILENT, suggestion))
    assert plan is not None and plan.template == template


@pytest.mark.parametrize(
    ("suggestion", "narrow"),
    [
        ("Catch `sqlalchemy.exc.IntegrityError` specifically.", ("sqlalchemy.exc.IntegrityError",)),
        ("Catch `(ValueError, RuntimeError)` specifically.", ("ValueError", "RuntimeError")),
        ("Catch only `OSError`.", ("OSError",)),
        ("Catch `KeyError` instead of `Exception`.", ("KeyError",)),
        ("Narrow to the types that are expected (`ValueError` for `urlparse`).", ("ValueError",)),
        (
            "Narrow `except Exception` to `subprocess.TimeoutExpired`.",
            ("subprocess.TimeoutExpired",),
        ),
    ],
)
def test_the_type_is_the_one_that_is_named(
    tmp_path: Path, suggestion: str, narrow: tuple[str, ...]
) -> None:
    plan = _recognised(_finding(tmp_path, "`read` catches `except Exception`", "", suggestion))
    assert plan is not None and plan.narrow == narrow and not plan.level


@pytest.mark.parametrize(
    "suggestion", ["Replace with `except Exception:`.", "Use `except Exception`"]
)
def test_a_bare_except(tmp_path: Path, suggestion: str) -> None:
    plan = _recognised(_finding(tmp_path, "a.py has a bare except clause", "`except:`", suggestion))
    assert plan is not None and plan.bare and not plan.level


def test_what_is_asked_for_beside_it_is_left(tmp_path: Path) -> None:
    suggestion = "Log it at debug, and derive the gain from the song — `b.py` does. Keep the rest."
    match = _match(_finding(tmp_path, "`close` swallows exceptions", SILENT, suggestion))
    assert match is not None and match.hints.aspects == ("derive the gain from the song",)


@pytest.mark.parametrize(
    ("rule", "level", "bare"),
    [
        ("S110", "debug", True),
        ("B112", "debug", True),
        ("python.lang.try-except-pass", "debug", True),
        ("py/empty-except", "debug", True),
        ("BLE001", "debug", True),
        ("E722", "", True),
    ],
)
def test_rules_of_other_tools(tmp_path: Path, rule: str, level: str, bare: bool) -> None:
    finding = dataclasses.replace(_finding(tmp_path, "Detected"), rule=rule)
    plan = _recognised(finding)
    assert plan is not None and (plan.level, plan.bare) == (level, bare)
