"""Names of branches and findings, for whatever a report calls them."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codemods.delivery.branch_names import (
    branch_name,
    id_part,
    main_clause,
    report_part,
    selector,
    slug,
)
from tests.delivery.sandbox import BRANCH, finding


@pytest.mark.parametrize("title", ["", "…", "日本語", "---", "`` ``"])
def test_a_title_without_words(title: str) -> None:
    assert slug(title) == ""
    assert branch_name(finding("B-1", title)) == "autofix/backend-2026-02-16/B-1"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (
            "ProcessingEngine.process_job blocks event loop with synchronous load_audio/save",
            "process-job-blocks-event-loop",
        ),
        (
            "Scan worker exception handler loses stack trace",
            "scan-worker-exception-handler-loses-stack-trace",
        ),
        (
            "_active_streaming_tasks dict leaks entries when WebSocket disconnects abnormally",
            "active-streaming-tasks-dict-leaks-entries",
        ),
        (
            "`audio_file_manager.py` — `reference_data` Written Without Lock",
            "reference-data-written-without-lock",
        ),
        ("A façade naïve", "a-facade-naive"),
        ("engine.py keeps self.cache.items", "engine-keeps-items"),
        ("Gapless deadlock — non-reentrant lock", "gapless-deadlock"),
        (
            "Server binds to all with no authentication",
            "server-binds-to-all-with-no-authentication",
        ),
        ("one two three four five six seven the eight", "one-two-three-four-five-six-seven"),
        ("with", "with"),
        ("auto (x) y", "auto-x-y"),
    ],
)
def test_slugs(title: str, expected: str) -> None:
    assert slug(title) == expected


def test_a_slug_is_short() -> None:
    assert slug("a" * 500) == "a" * 60
    assert slug(" ".join(["abcdefghijk"] * 8)) == "-".join(["abcdefghijk"] * 5)


def test_the_main_clause_needs_three_words() -> None:
    assert main_clause("H-01: a b c") == "H-01: a b c"
    assert main_clause("Cache is racy because of x") == "Cache is racy"


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        ("docs/audits/AUDIT_BACKEND_2026-02-16.md", "backend-2026-02-16"),
        ("C:\\audits\\AUDIT_X.md", "x"),
        ("Report of May.md", "report-of-may"),
        ("AUDIT_.md", "report"),
        ("日本.md", "report"),
    ],
)
def test_report_parts(report: str, expected: str) -> None:
    assert report_part(report) == expected


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("ENG-D2/5-5", "ENG-D2-5-5"),
        ("a..b", "a.b"),
        (".-x-.", "x"),
        ("#12 (new)", "12-new"),
        ("é", "finding"),
        ("", "finding"),
    ],
)
def test_id_parts(identifier: str, expected: str) -> None:
    assert id_part(identifier) == expected


def test_the_example_of_the_design() -> None:
    assert branch_name(finding()) == BRANCH
    assert branch_name(finding(), ordinal=2) == f"{BRANCH}-2"
    assert branch_name(finding(), "bots/fixes").startswith("bots/fixes/backend-2026-02-16/B-02-")


def test_a_name_never_ends_like_a_lock() -> None:
    assert branch_name(finding("x.lock", "")).endswith("/x.lock-")


def test_selectors_hold_nothing_of_the_title() -> None:
    assert selector(finding()) == "AUDIT_BACKEND_2026-02-16:B-02"
    assert selector(finding(), repeated=True) == "AUDIT_BACKEND_2026-02-16:B-02@12"
    assert selector(finding("a\n b")) == "AUDIT_BACKEND_2026-02-16:a b"


NASTY = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("./-@{}~^:?*[\\ \0lock"), max_size=40
)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(NASTY, NASTY, NASTY, st.integers(1, 3)), min_size=1, max_size=12))
def test_git_takes_every_name(cases: list[tuple[str, str, str, int]]) -> None:
    names = {
        branch_name(finding(identifier, title, report=f"{report}.md"), ordinal=ordinal)
        for identifier, title, report, ordinal in cases
    }
    for name in names:
        done = subprocess.run(["git", "check-ref-format", "--branch", name], capture_output=True)
        assert done.returncode == 0, name
        assert all(len(part) < 200 for part in name.split("/"))
