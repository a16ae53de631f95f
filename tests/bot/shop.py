"""The sample project on the test forge, with the command line on a clone of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codemods.cli.demo import SAMPLE
from tests.bot.server.http import ForgeServer
from tests.bot.server.state import git
from tests.cli.conftest import Ran, Run

ENABLED = """
[tool.autofix.bot]
enabled = true
open-limit = 10
per-run-limit = 10
draft = "never"
"""


@dataclass
class Shop:
    """A forge with the sample project, and somebody's clone."""

    server: ForgeServer
    clone: Path
    autofix: Run

    @staticmethod
    def make(server: ForgeServer, folder: Path, autofix: Run, settings: str = ENABLED) -> Shop:
        clone = folder / "clone"
        git("init", "-q", "-b", "main", str(clone))
        made = Shop(server, clone, autofix)
        for path in SAMPLE.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                target = clone / path.relative_to(SAMPLE)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
        file = clone / "pyproject.toml"
        file.write_text(file.read_text("utf-8") + settings, "utf-8")
        made.git("add", "--all")
        made.git("commit", "-q", "-m", "feat: the order service")
        made.git("remote", "add", "origin", f"{server.url}/acme/shop.git")
        made.publish()
        return made

    def git(self, *arguments: str) -> str:
        """Git in the clone."""
        return git("-C", str(self.clone), *arguments)

    def publish(self) -> str:
        """What is committed in the clone becomes the forge's main."""
        bare = str(self.server.state.git_dir)
        self.git("push", "-q", "--force", bare, "HEAD:refs/heads/main")
        return self.git("rev-parse", "HEAD")

    def change(self, path: str, old: str, new: str) -> str:
        """Somebody commits to main."""
        file = self.clone / path
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")
        self.git("commit", "-q", "--all", "-m", f"change {path}")
        return self.publish()

    def pull(self) -> None:
        """The clone gets the forge's main."""
        self.git("fetch", "-q", str(self.server.state.git_dir), "main")
        self.git("reset", "-q", "--hard", "FETCH_HEAD")

    def bot(self, *arguments: str | Path) -> Ran:
        """A command of the bot."""
        api = ("--api-url", self.server.api, "--repository", "acme/shop")
        return self.autofix("bot", *arguments, *api, "-C", self.clone)

    def run(self, *arguments: str) -> dict[str, Any]:
        """``bot run --apply``; its rows by the finding's id."""
        done = self.bot("run", "--apply", "--output-format", "json", *arguments)
        assert done.text, done.err
        rows = json.loads(done.text)["rows"]
        found = {}
        for row in rows:
            for name in row["selectors"] or [f"#{row['pull_request']}"]:
                found[name.rpartition(":")[2]] = row
        return found

    def body(self, number: int) -> str:
        """The body of an item."""
        return self.server.state.items[number].body

    def dashboard(self) -> str:
        """The dashboard's body."""
        found = [item for item in self.server.state.items.values() if not item.head]
        assert len(found) == 1
        return found[0].body

    def tick(self, number: int, box: str) -> None:
        """Somebody ticks a box of an item."""
        item = self.server.state.items[number]
        start = re.search(rf"- \[ \] <!-- autofix:{box}", item.body)
        assert start, item.body
        at = start.start()
        item.body = item.body[:at] + item.body[at:].replace("- [ ]", "- [x]", 1)

    def writes(self) -> list[str]:
        """What was written over the forge's interface so far."""
        calls = self.server.state.calls
        return [
            f"{call.method} {call.path}"
            for call in calls
            if call.method in ("POST", "PATCH", "PUT", "DELETE") and "graphql" not in call.path
        ]

    def pushes(self) -> int:
        """How often git pushed."""
        return sum(call.path.endswith("git-receive-pack") for call in self.server.state.calls)
