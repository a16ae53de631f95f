"""The bot's story on the sample project, in thirty lines: ``python -m tests.bot.story``.

The forge is the tests' own, on the loopback, which is why this is no part of ``autofix demo``: what
people install holds no server.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
from pathlib import Path

from codemods.cli.app import run
from codemods.delivery.forge import pace
from tests.bot.server.http import serving
from tests.bot.shop import Shop
from tests.cli.conftest import Ran


def command(*arguments: str | Path) -> Ran:
    """The command line, in this process."""
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = run([str(item) for item in arguments])
        out.flush()
    return Ran(status, out.buffer.getvalue(), err.getvalue())


def say(text: str = "") -> None:
    """One line of the story."""
    sys.stdout.write(f"{text}\n")


def tell(shop: Shop, words: str) -> dict[str, int]:
    """A run of the bot, told; pull requests by finding."""
    say(f"{words}\n$ autofix bot run --apply")
    found = {}
    for name, row in shop.run().items():
        number = row["pull_request"]
        if number is not None:
            found[name] = number
        say(f"  {name:5} {row['state']:8} {f'#{number}' if number else '':4} {row['words'][:60]}")
    return found


def main() -> int:
    """Tell it."""
    os.environ |= {"GH_TOKEN": "ghp_bot", "GIT_CONFIG_GLOBAL": os.devnull}
    pace.APART = 0.0
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "forge") as server:
        shop = Shop.make(server, Path(folder), command)
        shop.run()
        say("The first run opened the dashboard, and nothing else.")
        numbers = tell(shop, "The next one opens what can be fixed:")
        state = server.state
        edited, merged, closed = sorted(numbers.values())[:3]
        head = state.items[edited].head
        state.commit(head, "README.md", b"by hand\n")
        state.merge(merged)
        state.close(closed)
        say(f"Ada commits to #{edited}, merges #{merged} and closes #{closed}.")
        tell(shop, "What people did stays:")
        before, pushes = len(shop.writes()), shop.pushes()
        shop.run()
        writes = len(shop.writes()) - before + shop.pushes() - pushes
        say(f"Once more, and nothing happened: {writes} writes.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
