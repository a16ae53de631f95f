"""Some defects in a repository on the test forge, without reports: what the bot pushes is real."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codemods.codemod import Change, Safety, Site
from codemods.delivery.bot.collecting import collected
from codemods.delivery.bot.remote import Remote, RemoteWorkshop, remote_tip
from codemods.delivery.bot.run import Bot, Report, Request
from codemods.delivery.bot.settings import BotSettings
from codemods.delivery.bot.subjects import Subject
from codemods.delivery.forge.client import Client
from codemods.delivery.forge.github import GitHub
from codemods.delivery.repository import Repository
from codemods.engine.outcomes import AlreadyFixed, FilePatch, Fixed, NotFound, Patch, Resolution
from tests.bot.server.http import ForgeServer
from tests.bot.server.state import git
from tests.delivery.sandbox import finding

SETTINGS = BotSettings(enabled=True, open_limit=3, per_run_limit=99, draft="partly")


class WatchedClient(Client):
    """Says each write before it is sent."""

    before: Callable[[str], None] = staticmethod(lambda _what: None)

    def write(self, verb: str, path: str, *given: Any, **more: Any) -> Any:
        self.before(f"{verb} {path}")
        return super().write(verb, path, *given, **more)


class WatchedWorkshop(RemoteWorkshop):
    """Says each push before it is made."""

    before: Callable[[str], None] = staticmethod(lambda _what: None)

    def _push(self, moves: Sequence[tuple[str, str, str | None]]) -> bool:
        self.before(f"push {moves[0][0].removeprefix('refs/heads/')}")
        return super()._push(moves)


@dataclass
class RemoteShop:
    """Defects B-01 to B-04, each in a file of its own."""

    server: ForgeServer
    github: GitHub
    clone: Path
    versions: dict[str, int] = field(default_factory=dict)
    """Another one is another patch."""
    lines: dict[str, int] = field(default_factory=dict)
    """Another one is other code on main, where the fix goes: what stood there conflicts."""
    gone: set[str] = field(default_factory=set)
    already: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)
    """What no report names any more."""
    careful: set[str] = field(default_factory=set)
    """Whose fix changes behaviour."""
    unreadable: bool = False
    """Whether some report cannot be read today."""
    day: int = 0

    @staticmethod
    def make(server: ForgeServer, github: GitHub, folder: Path, defects: int = 4) -> RemoteShop:
        made = RemoteShop(server, github, folder / "clone")
        made.versions = {f"B-{number:02d}": 0 for number in range(1, defects + 1)}
        made.lines = dict.fromkeys(made.versions, 0)
        files = {f"shop/{name}.py": made.before(name) for name in made.versions}
        server.state.commit_files("main", files)
        git("clone", "-q", str(server.state.git_dir), str(made.clone))
        git("-C", str(made.clone), "config", "user.name", "bot")
        git("-C", str(made.clone), "config", "user.email", "bot@example.org")
        return made

    def before(self, name: str) -> bytes:
        """A file as main has it."""
        return f"def export():\n    log('{name}', {self.lines[name]})\n".encode()

    def after(self, name: str) -> bytes:
        """A file as its fix leaves it."""
        fixed = f"    log('{name}', {self.lines[name]}, fixed={self.versions[name]})\n"
        return b"def export():\n" + fixed.encode()

    def rewrite(self, name: str) -> None:
        """Somebody commits another line to main, just where the fix goes."""
        self.lines[name] += 1
        self.server.state.commit("main", f"shop/{name}.py", self.before(name))

    def subjects(self) -> tuple[Subject, ...]:
        """What the reports give today."""
        named = [name for name in self.versions if name not in self.dropped]
        return collected(map(self._resolution, named), lambda _finding: False)

    def _resolution(self, name: str) -> Resolution:
        made = finding(name, f"export {name} drops the traceback", report="docs/AUDIT.md")
        path = f"shop/{name}.py"
        if name in self.already:
            return Resolution(made, AlreadyFixed(()), "add-exc-info")
        if name in self.gone:
            return Resolution(made, NotFound(("not there",)), "add-exc-info")
        files = (FilePatch(path, self.before(name), self.after(name)),)
        safety = Safety.REVIEW if name in self.careful else Safety.SAFE
        change = Change(Site(path, 2, 2, "export"), "logs the traceback", (), safety)
        return Resolution(made, Fixed(Patch(files, (change,))), "add-exc-info")

    def workshop(self) -> WatchedWorkshop:
        """Git, as a run of the bot has it."""
        remote = Remote(f"{self.server.url}/acme/shop.git", "ghp_bot")
        repository = Repository.open(self.clone)
        base = remote_tip(repository, remote, "main")
        return WatchedWorkshop(repository, remote, base, "autofix", self.subjects())

    def run(self, before: Callable[[str], None] | None = None, **changes: Any) -> Report:
        """One run of the bot.

        Args:
            before: called with each write, before it.
            changes: of the settings.
        """
        today = datetime.date(2026, 3, 2) + datetime.timedelta(days=self.day)
        shop, github = self.workshop(), self.github
        if before is not None:
            shop.before = before
            assert isinstance(github.client, WatchedClient)
            github.client.before = before
        bot = Bot(github, shop, SETTINGS if not changes else BotSettings(**changes), "main")
        unreadable = ("docs/b.md: cannot be read",) if self.unreadable else ()
        return bot.run(self.subjects(), Request(apply=True, today=today, unreadable=unreadable))
