"""Words that are looked for in names of code and in comments."""

from __future__ import annotations

import pytest

from codemods.tables import WordTable

TABLE = WordTable("lock dry_run inject* not")


@pytest.mark.parametrize(
    "text",
    [
        *("", "_", "blocked", "clock", "locks", "dry", "run_dry", "dry_running", "a dry old run"),
        *("reinject", "nothing", "knot", "cannot", "dryRun"),
    ],
)
def test_what_is_no_word_of_it(text: str) -> None:
    assert not TABLE.found_in(text)


@pytest.mark.parametrize(
    "text",
    [
        *("lock", "LOCK", "_lock", "__lock__", "self.lock", "cache_lock_2", "a lock, that is"),
        *("dry_run", "DRY_RUN", "if self.dry_run:", "a dry run", "dry-run", "inject", "injected"),
        *("fault_injector", "it isn't so", "it isn’t so", "Not so"),
    ],
)
def test_what_is_one(text: str) -> None:
    assert TABLE.found_in(text)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        *[("lock_file", False), ("clock", False), ("", False), ("injects", False)],
        *[("file_lock", True), ("lock", True), ("is_dry_run", True), ("self.Lock", True)],
    ],
)
def test_the_end_of_a_name(text: str, ends: bool) -> None:
    assert TABLE.ends(text) is ends
