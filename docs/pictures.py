"""Makes the pictures of docs/review.md: `python docs/pictures.py`.

They show the sample project of `autofix demo`, so that they are of what the commands do today. The
page is drawn by Debian's chromium, the screen by textual.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from codemods.cli.app import run  # noqa: E402
from codemods.cli.context import Session  # noqa: E402
from codemods.cli.demo import make_sample  # noqa: E402
from codemods.cli.options import Common  # noqa: E402
from codemods.cli.review.reading import opened  # noqa: E402
from codemods.cli.review.screen import ReviewApp  # noqa: E402
from codemods.cli.review.state import Reviewing  # noqa: E402
from tests.review.browser.chromium import start  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
PAGE = {
    "page": (1200, 860, "light", ()),
    "page-dark": (1200, 860, "dark", ("a", "s")),
    "page-phone": (390, 844, "light", ("j",)),
}
"""Width, height, colours and keys of each picture of the page."""
SCREEN: dict[str, tuple[tuple[int, int], Sequence[str]]] = {
    "screen": ((150, 42), ("a",)),
    "screen-narrow": ((72, 34), ("j", "j", "2")),
    "screen-keys": ((110, 34), ("a", "s", "question_mark")),
}
"""Size and keys of each picture of the terminal."""
_FONT = re.compile(r"@font-face \{[^}]*\}")


def main() -> int:
    """Write all of them."""
    PICTURES.mkdir(exist_ok=True)
    os.environ |= {
        "GIT_AUTHOR_DATE": "2026-03-02T12:00:00Z",
        "GIT_COMMITTER_DATE": "2026-03-02T12:00:00Z",
    }
    with tempfile.TemporaryDirectory(prefix="autofix-pictures-") as name:
        project = make_sample(Path(name))
        _page(project, Path(name))
        for picture, (size, keys) in SCREEN.items():
            _screen(project, picture, size, keys)
    return 0


def _page(project: Path, folder: Path) -> None:
    target = folder / "review.html"
    assert run(["review", "-C", str(project), "--html", str(target), "-q"]) == 0
    browser = start(folder / "profile")
    try:
        for name, (width, height, scheme, keys) in PAGE.items():
            command = browser.execute_cdp_cmd
            size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
            command("Emulation.setDeviceMetricsOverride", size)
            feature = {"name": "prefers-color-scheme", "value": scheme}
            command("Emulation.setEmulatedMedia", {"media": "", "features": [feature]})
            browser.get("about:blank")
            browser.get(target.as_uri())
            browser.execute_script("localStorage.clear()")
            browser.get("about:blank")
            browser.get(target.as_uri())
            for key in keys:
                browser.find_element("tag name", "body").send_keys(key)
            assert browser.save_screenshot(str(PICTURES / f"{name}.png"))
    finally:
        browser.quit()


def _screen(project: Path, name: str, size: tuple[int, int], keys: Sequence[str]) -> None:
    session = Session(Common(folder=project, quiet=True))
    reviewing = Reviewing(session, opened(session))

    async def shown() -> str:
        app = ReviewApp(reviewing)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await pilot.press(*keys)
            image: str = app.export_screenshot()
            return image

    # Rich names fonts of another host there; a picture asks for nothing.
    image = _FONT.sub("", asyncio.run(shown()))
    (PICTURES / f"{name}.svg").write_text(image, "utf-8")
    reviewing.path.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
