"""The bot on a month of a real project: ``python benchmarks/bot_replay.py CLONE COMMIT DATE``.

The reports are those that the project itself wrote on a date, ``AUDIT_…_2026-02-22.md``. From the
commit on each commit of the main line, or each day's last one, becomes the base of the test forge,
with the reports and settings on top, and the bot runs. Nobody merges or closes anything: what is
fixed meanwhile the project's own people fixed. What is printed: pull requests that were opened,
updated and closed, those of them that do what another open one does or are of a finding of it,
pushes that changed nothing, and how many runs wrote nothing but the dashboard, which the first run
makes. The bot runs at every commit, but findings are resolved anew only where a file changed that
they could be resolved to: what is not Python, nor settings of Python, changes none of them.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import hashlib
import io
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from codemods.cli.app import run
from codemods.cli.bot.work import Work
from codemods.delivery.bot.marker import read_marker
from codemods.delivery.forge import pace
from tests.bot.server.http import ForgeServer, serving
from tests.bot.server.state import Call, git

SETTINGS = """reports = ["audits-of-autofix/*.md"]

[bot]
enabled = true
open-limit = 500
per-run-limit = 500
"""


READ = (".py", ".pyi", ".toml", ".cfg", ".ini", ".editorconfig", ".gitignore", ".gitattributes")
"""Ends of the names of files that findings are resolved from."""


@contextlib.contextmanager
def resolved_once() -> Iterator[None]:
    """Resolve findings only where one of the files is another one than at the commit before."""
    resolutions = Work.resolutions
    kept: dict[str, Any] = {}

    def made(work: Work) -> Any:
        listing = work.repository.ask("ls-tree", "-r", work.commit).text.split("\n")
        told = "\n".join(line for line in listing if line.endswith(READ))
        key = hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()
        if key not in kept:
            kept.clear()
            kept[key] = (resolutions(work), tuple(work.unreadable))
            return kept[key][0]
        work.unreadable += kept[key][1]
        return kept[key][0]

    Work.resolutions = made
    try:
        yield
    finally:
        Work.resolutions = resolutions


def history(clone: Path, start: str, days: int, *, every: bool) -> list[str]:
    """The commits of the main line, from one on; without ``every`` the last one of each day."""
    listing = git(
        f"--git-dir={clone}", "log", "--first-parent", "--reverse", "--format=%H %cs",
        f"{start}..HEAD",
    ).split("\n")  # fmt: skip
    first = git(f"--git-dir={clone}", "log", "-1", "--format=%cs", start)
    until = datetime.date.fromisoformat(first) + datetime.timedelta(days=days)
    dated = [line.split() for line in listing]
    meant = [(commit, day) for commit, day in dated if datetime.date.fromisoformat(day) <= until]
    if not every:
        meant = [(commit, day) for day, commit in {day: commit for commit, day in meant}.items()]
    return [start, *(commit for commit, _ in meant)]


def reports_of(clone: Path, date: str) -> dict[str, bytes]:
    """The audit reports of a date, as the project has them today."""
    where = f"--git-dir={clone}"
    names = git(where, "ls-tree", "-r", "--name-only", "HEAD").split("\n")
    wanted = [name for name in names if Path(name).match(f"AUDIT_*_{date}*.md")]
    return {Path(name).name: git(where, "show", f"HEAD:{name}").encode() for name in wanted}


def base(server: ForgeServer, commit: str, reports: Mapping[str, bytes], parent: str | None) -> str:
    """A commit with a day's tree, the reports and the settings, as the forge's main."""
    state = server.state
    index = state.git_dir / "replay.index"
    where = f"--git-dir={state.git_dir}"
    index.unlink(missing_ok=True)
    git(where, "read-tree", commit, index=index)
    added = {f"audits-of-autofix/{name}": data for name, data in reports.items()}
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


def same_as_another(server: ForgeServer) -> int:
    """Open pull requests that do what another one does, or are of a finding of another one."""
    seen: set[str] = set()
    twice = 0
    for item in server.state.pulls():
        marker = read_marker(item.body)
        assert marker is not None, item.number
        names = {*marker.texts("findings"), f"patch {marker.text('patch')}"}
        twice += bool(names & seen)
        seen |= names
    return twice


def is_write(call: Call) -> bool:
    """Whether a request changes something."""
    told = call.method in ("POST", "PATCH") and call.path != "/graphql"
    return told or call.path.endswith("git-receive-pack")


def step(server: ForgeServer, clone: Path) -> Counter[str]:
    """One run, and what it did."""
    before, known = patches(server), {item.number for item in server.state.pulls()}
    numbers, calls = len(server.state.items), len(server.state.calls)
    once(server, clone)
    writes = [call for call in server.state.calls[calls:] if is_write(call)]
    after = patches(server)
    moved = [name for name in before if name in after and before[name][0] != after[name][0]]
    return Counter(
        {
            "opened": sum(item.number > numbers for item in server.state.pulls()),
            "updated": len(moved),
            "closed": len(known - {item.number for item in server.state.pulls()}),
            "pushes that changed nothing": sum(before[n][1] == after[n][1] for n in moved),
            "duplicates": same_as_another(server),
            "runs that wrote nothing but the dashboard": all(
                call.method == "PATCH" and call.path.endswith("/issues/1") for call in writes
            ),
        }
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clone", type=Path)
    parser.add_argument("start")
    parser.add_argument("date")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--daily", action="store_true", help="only the last commit of each day")
    asked = parser.parse_args(arguments)
    pace.APART, pace.A_MINUTE, pace.AN_HOUR = 0.0, 10**6, 10**6
    os.environ |= {"GH_TOKEN": "ghp_bot", "GIT_CONFIG_GLOBAL": os.devnull}
    total: Counter[str] = Counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder) / "forge") as server,
        resolved_once(),
    ):
        alternates = server.state.git_dir / "objects/info/alternates"
        alternates.write_text(f"{(asked.clone / 'objects').resolve()}\n")
        clone = Path(folder) / "clone"
        git("clone", "-q", "--no-checkout", "--shared", str(asked.clone), str(clone))
        start = git(f"--git-dir={asked.clone}", "rev-parse", asked.start)
        reports = reports_of(asked.clone, asked.date)
        commits = history(asked.clone, start, asked.days, every=not asked.daily)
        print(f"{len(reports)} reports, {len(commits)} commits", flush=True)
        parent = None
        for number, commit in enumerate(commits):
            parent = base(server, commit, reports, parent)
            if number == 0:
                once(server, clone)
            done = step(server, clone)
            total += done
            if any(done[name] for name in ("opened", "updated", "closed")):
                print(f"{commit[:10]} {len(server.state.pulls())} open, {dict(done)}", flush=True)
        # Nothing happened since: nothing is written.
        before = len(server.state.calls)
        once(server, clone)
        writes = [call for call in server.state.calls[before:] if is_write(call)]
        print(f"once more: {len(writes)} writes")
    print(dict(total))
    return 0


if __name__ == "__main__":
    sys.exit(main())
