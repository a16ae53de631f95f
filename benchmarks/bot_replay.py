"""The bot on a month of a real project: ``python benchmarks/bot_replay.py CLONE COMMIT REPORT…``.

Each day's last commit becomes the base of the test forge, with the reports and settings on top,
and the bot runs twice. What is printed: what was opened, updated and closed, duplicates, and pushes
that changed nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from codemods.cli.app import run
from codemods.delivery.forge import pace
from tests.bot.server.http import ForgeServer, serving
from tests.bot.server.state import git

SETTINGS = """reports = ["audits-of-autofix/*.md"]

[bot]
enabled = true
open-limit = 500
per-run-limit = 500
"""


def days(clone: Path, start: str, count: int) -> list[str]:
    """The last commit of each day, from a commit on."""
    listing = git(
        f"--git-dir={clone}", "log", "--first-parent", "--reverse", "--format=%H %as",
        f"{start}^..HEAD",
    ).split("\n")  # fmt: skip
    last = {line.split()[1]: line.split()[0] for line in listing}
    return [start, *list(last.values())[:count]]


def base(server: ForgeServer, commit: str, reports: Sequence[Path], parent: str | None) -> str:
    """A commit with a day's tree, the reports and the settings, as the forge's main."""
    state = server.state
    index = state.git_dir / "replay.index"
    where = f"--git-dir={state.git_dir}"
    index.unlink(missing_ok=True)
    git(where, "read-tree", commit, index=index)
    added = {f"audits-of-autofix/{path.name}": path.read_bytes() for path in reports}
    for name, data in {**added, "autofix.toml": SETTINGS.encode()}.items():
        blob = state.git("hash-object", "-w", "--stdin", stdin=data)
        git(where, "update-index", "--add", "--cacheinfo", f"100644,{blob},{name}", index=index)
    tree = git(where, "write-tree", index=index)
    # Its parent is the day before: history is what renames are found in.
    above = ["-p", parent] if parent else []
    made = state.git("commit-tree", tree, *above, "-p", commit, "-m", f"as of {commit[:10]}")
    state.git("update-ref", "refs/heads/main", made)
    return made


def once(server: ForgeServer, clone: Path) -> None:
    """One run of the bot."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    arguments = [
        *("bot", "run", "--apply", "--output-format", "json", "-q", "-C", str(clone)),
        *("--api-url", server.api, "--repository", "acme/shop"),
    ]
    with contextlib.redirect_stdout(out):
        status = run(arguments)
    assert status in (0, 1), status


def patches(server: ForgeServer) -> dict[str, tuple[str, str]]:
    """Tip and patch-id of every branch of the bot."""
    found = {}
    for name, tip in server.state.tips().items():
        if name.startswith("autofix/"):
            message = server.state.git("log", "-1", "--format=%B", tip)
            patch = re.search(r"^Autofix-Patch: (\w+)", message, re.MULTILINE)
            found[name] = (tip, patch[1] if patch else "")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clone", type=Path)
    parser.add_argument("start")
    parser.add_argument("reports", type=Path, nargs="+")
    parser.add_argument("--days", type=int, default=16)
    asked = parser.parse_args(arguments)
    pace.APART, pace.A_MINUTE, pace.AN_HOUR = 0.0, 10**6, 10**6
    os.environ |= {"GH_TOKEN": "ghp_bot", "GIT_CONFIG_GLOBAL": os.devnull}
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "forge") as server:
        alternates = server.state.git_dir / "objects/info/alternates"
        alternates.write_text(f"{(asked.clone / 'objects').resolve()}\n")
        clone = Path(folder) / "clone"
        git("clone", "-q", "--no-checkout", "--shared", str(asked.clone), str(clone))
        start = git(f"--git-dir={asked.clone}", "rev-parse", asked.start)
        parent = None
        for commit in days(asked.clone, start, asked.days):
            parent = base(server, commit, asked.reports, parent)
            before, pulls = patches(server), len(server.state.items)
            once(server, clone)
            after = patches(server)
            again = len(server.state.calls)
            once(server, clone)
            calls = server.state.calls[again:]
            writes = [
                call
                for call in calls
                if call.method in ("POST", "PATCH") and call.path != "/graphql"
            ]
            moved = [name for name in before if name in after and before[name] != after[name]]
            same = [name for name in moved if before[name][1] == after[name][1]]
            closed = sum(item.state == "closed" for item in server.state.items.values())
            opened = [item.head for item in server.state.pulls()]
            total["opened"] += len(server.state.items) - pulls
            total["updated"] += len(moved)
            total["pushes of the same patch"] += len(same)
            total["duplicates"] += len(opened) - len(set(opened))
            total["writes of a second run"] += len(writes)
            print(
                f"{commit[:10]} open {len(opened)} closed {closed} moved {len(moved)}", flush=True
            )
    print(dict(total))
    return 0


if __name__ == "__main__":
    sys.exit(main())
