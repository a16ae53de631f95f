"""A browser for the page. In CI it must be there: what is not run there is not tested."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from codemods.output.entries import Entry
from codemods.output.html.page import About, page
from tests.review.browser.chromium import start
from tests.review.pages import about as usual

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Chromium, one for the tests of a module."""
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        say = pytest.fail if os.environ.get("AUTOFIX_BROWSER") else pytest.skip
        say("chromium and chromedriver are not installed (Debian: chromium, chromium-driver)")
    driver = start(tmp_path_factory.mktemp("profile"))
    yield driver
    driver.quit()


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Opens a page of entries, of a width and in dark or light."""

    def opened(
        entries: Iterable[Entry],
        about: About | None = None,
        *,
        width: int = 1400,
        dark: bool = False,
        mark: str = "",
    ) -> Any:
        path = tmp_path / "page.html"
        path.write_bytes(page(entries, about or usual()))
        command = browser.execute_cdp_cmd
        command(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500},
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        command("Emulation.setEmulatedMedia", {"media": "", "features": [scheme]})
        browser.get("about:blank")
        browser.get(f"{path.as_uri()}{mark}")
        assert browser.execute_script("return document.documentElement.dataset.ready")
        return browser

    yield opened
    browser.execute_script("try { localStorage.clear() } catch (error) { return String(error) }")
