"""Several codemods for one finding: whose a demand is, and one patch for all of them."""

from __future__ import annotations

import pytest

from codemods.codemod import Safety
from codemods.engine.outcomes import Fixed, PartlyFixed, Refused, Resolution
from codemods.engine.run import resolve
from codemods.findings.model import Finding
from codemods.transforms import catalogue
from tests.engine.reported import at, field, finding, project

CACHE = """\
import logging
import threading

logger = logging.getLogger(__name__)


class Cache:
    def __init__(self):
        self._items = {}

    def load(self, key, make):
        try:
            if key not in self._items:
                self._items[key] = make(key)
            return self._items[key]
        except OSError as error:
            logger.error("cannot load %s: %s", key, error)
            return None
"""
TITLE = "`Cache._items` is not protected by a lock"
STORY = (
    "`_items` is checked and set by several threads without a lock, and the handler of `load()` "
    "loses the traceback."
)
SHOWN = "if key not in self._items:\n    self._items[key] = make(key)"


def reported(fix: str, title: str = TITLE) -> Finding:
    fields = field("description", STORY), field("evidence", "", SHOWN), field("suggested fix", fix)
    return finding(title, [at("cache.py", (11, 18))], *fields)


def ended(fix: str, code: str = CACHE, allow: Safety = Safety.REVIEW) -> Resolution:
    codemods = tuple(catalogue().values())
    return resolve(reported(fix), project({"cache.py": code}), codemods, allow=allow)


def after(resolution: Resolution) -> str:
    assert resolution.patch is not None, resolution.outcome
    (file,) = resolution.patch.files
    return (file.after or b"").decode()


def test_one_demand_is_the_own_codemods_alone() -> None:
    resolution = ended("Guard `_items` with a `threading.Lock`.")
    assert isinstance(resolution.outcome, Fixed)
    assert "exc_info" not in after(resolution)


@pytest.mark.parametrize(
    "more",
    [
        "Consider logging the traceback, too",
        "Optionally add `exc_info=True` to `logger.error()`",
        "Add a test that the traceback is logged",
        "Document that the traceback is not logged",
    ],
)
def test_what_obliges_nobody_is_no_other_codemods(more: str) -> None:
    resolution = ended(f"Guard `_items` with a `threading.Lock`. {more}.")
    assert isinstance(resolution.outcome, Fixed)
    assert "exc_info" not in after(resolution)


@pytest.mark.parametrize(
    "fix",
    [
        "Add the lock and log the traceback.",
        "Log the traceback and add the lock.",
        "Guard `_items` with a `threading.Lock`; add `exc_info=True` to `logger.error()`.",
        "- Guard `_items` with a `threading.Lock`.\n- Log the traceback.",
    ],
)
def test_two_demands_are_one_patch(fix: str) -> None:
    resolution = ended(fix)
    assert isinstance(resolution.outcome, Fixed), resolution.outcome
    text = after(resolution)
    assert "exc_info=True" in text and "with self._items_lock:" in text
    assert resolution.patch is not None and resolution.patch.safety is Safety.REVIEW
    assert {name for change in resolution.patch.changes for name in change.meets} == {"d1", "d2"}


def test_a_second_run_finds_nothing_more() -> None:
    again = ended("Add the lock and log the traceback.", after(ended("Add the lock and log it.")))
    assert again.patch is None or "_items_lock" not in str(again.patch.what)
    both = after(ended("Add the lock and log the traceback."))
    assert ended("Add the lock and log the traceback.", both).patch is None


def test_a_comment_keeps_the_other_codemod_out_and_its_demand_is_left() -> None:
    code = CACHE.replace("key, error)", "key, error)  # autofix: ignore[add-exc-info]")
    assert code != CACHE
    resolution = ended("Add the lock and log the traceback.", code)
    assert "exc_info" not in after(resolution)
    assert isinstance(resolution.outcome, PartlyFixed)
    assert any("log the traceback" in item.what for item in resolution.outcome.left)


def test_a_part_that_is_done_already_is_not_left() -> None:
    code = CACHE.replace("key, error)", "key, error, exc_info=True)")
    resolution = ended("Add the lock and log the traceback.", code)
    assert isinstance(resolution.outcome, Fixed), resolution.outcome


def test_only_what_is_safe_enough_is_composed() -> None:
    resolution = ended("Add the lock and log the traceback.", allow=Safety.SAFE)
    assert not isinstance(resolution.outcome, Fixed)
    if not isinstance(resolution.outcome, Refused):
        assert "_items_lock" not in after(resolution)
