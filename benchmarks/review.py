"""Times the page of a review in a browser: `python benchmarks/review.py [FINDINGS]`.

How long the page takes to be written, how large it is, when it is ready after it was asked for, and
how long a key takes until what it shows is painted. Needs Debian's chromium and chromium-driver.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from codemods.output.html.page import page  # noqa: E402
from tests.review.browser.chromium import start  # noqa: E402
from tests.review.pages import about, many  # noqa: E402

LOADS = 5
READY = 1_000
"""Milliseconds in which a page is to be ready."""
KEY = 100
"""Milliseconds in which a key is to have done its work, in 95 of 100 cases."""
READ = "return document.documentElement.dataset.ready"
PRESSED = """
    const [key, done] = arguments;
    const start = performance.now();
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
"""
"""Presses a key, and waits until the frame with what it did is painted."""


def pressed(browser: Any, keys: str) -> list[float]:
    """The milliseconds of each key, in ascending order."""
    return sorted(browser.execute_async_script(PRESSED, key) for key in keys)


def main(arguments: list[str]) -> int:
    """Print each figure with what it is to be; 1 where one is worse."""
    number = int(arguments[0]) if arguments else 500
    entries = list(many(number))
    begin = time.perf_counter()
    data = page(entries, about())
    written = time.perf_counter() - begin
    with tempfile.TemporaryDirectory(prefix="autofix-bench-") as folder:
        target = Path(folder) / "page.html"
        target.write_bytes(data)
        browser = start(Path(folder) / "profile")
        try:
            ready = []
            for _ in range(LOADS):
                browser.get("about:blank")
                browser.get(target.as_uri())
                ready.append(
                    float(browser.execute_script("return document.documentElement.dataset.ready"))
                )
            keys = pressed(browser, "jjjjkkasun" * 20 + "xvd" * 5)
        finally:
            browser.quit()
    slow = keys[len(keys) * 95 // 100]
    print(f"{number} findings: {len(data) / 1e6:.1f} MB, written in {written:.2f} s")
    print(f"ready: {sorted(ready)[LOADS // 2]:.0f} ms (the median of {LOADS}), to be {READY}")
    print(f"a key: {slow:.0f} ms (95 of 100; the slowest {keys[-1]:.0f}), to be {KEY}")
    return int(sorted(ready)[LOADS // 2] > READY or slow > KEY)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
