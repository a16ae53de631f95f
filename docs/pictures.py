"""Makes the pictures of docs/review.md: `python docs/pictures.py` (or `--check`: are they fresh?).

They show the sample project of `autofix demo`, so that they are of what the commands do today. The
page is drawn by Debian's chromium, the screen by textual. What each was drawn from is written down
beside them, so that a picture that shows what is no more is noticed where there is no browser.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

PICTURES = ROOT / "docs" / "pictures"
SOURCES = PICTURES / "drawn-from.json"
PAGE: dict[str, tuple[int, int, str, Sequence[str]]] = {
    "page.png": (1200, 860, "light", ()),
    "page-dark.png": (1200, 860, "dark", ("a", "s")),
    "page-phone.png": (390, 844, "light", ("j",)),
}
"""Width, height, colours and keys of each picture of the page."""
SCREEN: dict[str, tuple[tuple[int, int], Sequence[str]]] = {
    "screen.svg": ((150, 42), ("a",)),
    "screen-narrow.svg": ((72, 34), ("j", "j", "2")),
    "screen-keys.svg": ((110, 34), ("a", "s", "question_mark")),
}
"""Size and keys of each picture of the terminal."""
_FONT = re.compile(r"@font-face \{[^}]*\}")
_DATE = "2026-03-02T12:00:00Z"
_SETTINGS = {
    "GIT_AUTHOR_DATE": _DATE,
    "GIT_COMMITTER_DATE": _DATE,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}
_UNWANTED = ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "TERM", "COLUMNS", "LINES")


@dataclass(frozen=True)
class Drawn:
    """What the pictures are of: nothing of it is whoever runs this."""

    page: bytes
    screens: Mapping[str, str]

    @property
    def sources(self) -> dict[str, str]:
        """A digest for each picture of what it was drawn from."""
        found = {}
        for name, shape in PAGE.items():
            found[name] = _digest(self.page, repr(shape).encode())
        for name, image in self.screens.items():
            found[name] = _digest(image.encode())
        return dict(sorted(found.items()))


def drawn() -> Drawn:
    """The page and the screens as they are today; the pictures of the page are not drawn."""
    from codemods.cli.app import run
    from codemods.cli.demo import make_sample

    with tempfile.TemporaryDirectory(prefix="autofix-pictures-") as name, _alone():
        folder = Path(name)
        project = make_sample(folder)
        target = folder / "review.html"
        assert run(["review", "-C", str(project), "--html", str(target), "-q"]) == 0
        return Drawn(target.read_bytes(), _screens(project))


@contextmanager
def _alone() -> Iterator[None]:
    """Without the settings of whoever runs this."""
    before = dict(os.environ)
    for name in _UNWANTED:
        os.environ.pop(name, None)
    os.environ.update(_SETTINGS)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _screens(project: Path) -> dict[str, str]:
    from codemods.cli.context import Session
    from codemods.cli.options import Common
    from codemods.cli.review.reading import opened
    from codemods.cli.review.screen import ReviewApp
    from codemods.cli.review.state import Reviewing

    session = Session(Common(folder=project, quiet=True))
    review = opened(session)

    async def shown(reviewing: Reviewing, size: tuple[int, int], keys: Sequence[str]) -> str:
        app = ReviewApp(reviewing)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await pilot.press(*keys)
            # A message that comes up by itself would be there or not.
            await pilot.pause()
            image: str = app.export_screenshot()
            return image

    found = {}
    for name, (size, keys) in SCREEN.items():
        reviewing = Reviewing(session, review)
        # Rich names fonts of another host there; a picture asks for nothing.
        found[name] = _FONT.sub("", asyncio.run(shown(reviewing, size, keys)))
        reviewing.path.unlink(missing_ok=True)
    return found


def stale(now: Drawn | None = None) -> list[str]:
    """The pictures that are missing, or were drawn from something else than today's."""
    now = now or drawn()
    try:
        known = json.loads(SOURCES.read_text("utf-8"))
    except (OSError, ValueError):
        known = {}
    found = [
        name
        for name, digest in now.sources.items()
        if known.get(name) != digest or not (PICTURES / name).is_file()
    ]
    # A picture of the terminal is text, and the very text that was drawn.
    changed = (
        name
        for name, image in now.screens.items()
        if name not in found and (PICTURES / name).read_text("utf-8") != image
    )
    return sorted([*found, *changed])


def write_screens(now: Drawn) -> None:
    """Write the pictures of the terminal, and what they were drawn from: needs no browser."""
    PICTURES.mkdir(exist_ok=True)
    for name, image in now.screens.items():
        (PICTURES / name).write_text(image, "utf-8")
    _note({name: now.sources[name] for name in now.screens})


def _note(sources: Mapping[str, str]) -> None:
    known = json.loads(SOURCES.read_text("utf-8")) if SOURCES.is_file() else {}
    kept = {name: digest for name, digest in known.items() if name in PAGE or name in SCREEN}
    text = json.dumps(dict(sorted((kept | dict(sources)).items())), indent=2)
    SOURCES.write_text(text + "\n", "utf-8")


def write_pages(now: Drawn) -> None:
    """Draw the pictures of the page with chromium."""
    from tests.review.browser.chromium import start

    with tempfile.TemporaryDirectory(prefix="autofix-pictures-") as name:
        target = Path(name) / "review.html"
        target.write_bytes(now.page)
        browser = start(Path(name) / "profile")
        try:
            for picture, (width, height, scheme, keys) in PAGE.items():
                command = browser.execute_cdp_cmd
                size = {"width": width, "height": height, "deviceScaleFactor": 1}
                command("Emulation.setDeviceMetricsOverride", size | {"mobile": width < 500})
                feature = {"name": "prefers-color-scheme", "value": scheme}
                command("Emulation.setEmulatedMedia", {"media": "", "features": [feature]})
                browser.get("about:blank")
                browser.get(target.as_uri())
                browser.execute_script("localStorage.clear()")
                browser.get("about:blank")
                browser.get(target.as_uri())
                for key in keys:
                    browser.find_element("tag name", "body").send_keys(key)
                assert browser.save_screenshot(str(PICTURES / picture))
        finally:
            browser.quit()
    _note({picture: now.sources[picture] for picture in PAGE})


def main(arguments: Sequence[str]) -> int:
    """Write all of them, with `--needed` those that are not as they are today, or with `--check`
    only say which; 1 when some are left so."""
    now = drawn()
    old = stale(now) if arguments else [*PAGE, *SCREEN]
    if "--check" not in arguments:
        if any(name in SCREEN for name in old):
            write_screens(now)
        if any(name in PAGE for name in old) and (shutil.which("chromium") or not arguments):
            write_pages(now)
        old = stale(now)
    for name in old:
        print(f"docs/pictures/{name} is out of date: run `make docs-pictures`")
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
