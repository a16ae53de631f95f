"""The page's decisions, applied by the command, give the branches that the screen gives."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from codemods.cli.context import Session
from codemods.cli.options import Common
from codemods.cli.review.reading import opened
from codemods.cli.review.screen import ReviewApp
from codemods.cli.review.state import Reviewing
from tests.cli.conftest import Run, git
from tests.cli.test_same_finding import twin

pytestmark = pytest.mark.slow

KEYS = "asaa"
"""For the four findings that have a fix; of the third one, a Change is left out first."""


def taken(reviewing: Reviewing) -> dict[str, tuple[str, str]]:
    """The branches with their trees and messages, which go away."""
    root = reviewing.session.root
    listing = git(root, "branch", "--list", "autofix/*", "--format=%(refname:short)")
    found = {}
    for name in listing.split():
        tree = git(root, "rev-parse", f"{name}^{{tree}}")
        found[name] = (tree, git(root, "log", "-1", "--format=%B", name))
        git(root, "branch", "-qD", name)
    return found


def on_the_page(browser: Any, page: Path, folder: Path) -> Path:
    """Read, decide and save; the file."""
    behavior = {"behavior": "allow", "downloadPath": str(folder)}
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", behavior)
    browser.set_window_size(1400, 900)
    browser.get(page.as_uri())
    body = browser.find_element("tag name", "body")
    for number, key in enumerate(KEYS):
        if number == 2:
            browser.find_elements("css selector", "#detail input[type=checkbox]")[0].click()
        body.send_keys(key)
    body.send_keys("w")
    target = folder / "autofix-decisions.json"
    for _ in range(200):
        if target.exists():
            break
        time.sleep(0.05)
    return target


def on_the_screen(reviewing: Reviewing) -> None:
    async def run() -> None:
        async with ReviewApp(reviewing).run_test(size=(140, 40)) as pilot:
            await pilot.pause()
            for number, key in enumerate(KEYS):
                if number == 2:
                    await pilot.press("1")
                await pilot.press(key)
            await pilot.press("w", "escape", "q")

    asyncio.run(run())


def test_both_ways_give_the_same_branches(
    browser: Any, autofix: Run, shop: Path, tmp_path: Path
) -> None:
    # One of the defects is told by another report, too.
    twin(shop, of="B-04")
    session = Session(Common(folder=shop, quiet=True))
    reviewing = Reviewing(session, opened(session))
    root = reviewing.session.root
    page = tmp_path / "review.html"
    assert autofix("review", "-C", root, "--html", page).status == 0
    folder = tmp_path / "saved"
    folder.mkdir()
    saved = on_the_page(browser, page, folder)
    done = autofix("apply", "-C", root, "--decisions", saved)
    assert (done.status, len(done.text.split())) == (0, 3)
    by_page = taken(reviewing)
    on_the_screen(reviewing)
    assert taken(reviewing) == by_page
    assert any("Left to do" in message for _, message in by_page.values())
    assert sum("AUDIT_SECURITY_2026-03-09:S-7" in message for _, message in by_page.values()) == 1
