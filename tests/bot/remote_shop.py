"""Some defects in a repository on the test forge, without reports: what the bot pushes is real."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from pathlib import Path

from codemods.codemod import Change, Safety, Site
from codemods.delivery.bot.collecting import collected
from codemods.delivery.bot.remote import Remote, RemoteWorkshop, remote_tip
from codemods.delivery.bot.run import Bot, Report, Request
from codemods.delivery.bot.settings import BotSettings
from codemods.delivery.bot.subjects import Subject
from codemods.delivery.forge.github import GitHub
from codemods.delivery.repository import Repository
from codemods.engine.outcomes import FilePatch, Fixed, NotFound, Patch, Resolution
from tests.bot.server.http import ForgeServer
from tests.bot.server.state import git
from tests.delivery.sandbox import finding

SETTINGS = BotSettings(enabled=True, open_limit=3, per_run_limit=99, draft="partly")


@dataclass
class RemoteShop:
    """Defects B-01 to B-04, each in a file of its own."""

    server: ForgeServer
    github: GitHub
    clone: Path
    versions: dict[str, int] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    day: int = 0

    @staticmethod
    def make(server: ForgeServer, github: GitHub, folder: Path, defects: int = 4) -> RemoteShop:
        made = RemoteShop(server, github, folder / "clone")
        made.versions = {f"B-{number:02d}": 0 for number in range(1, defects + 1)}
        for name in made.versions:
            server.state.commit("main", f"shop/{name}.py", made.before(name))
        git("clone", "-q", str(server.state.git_dir), str(made.clone))
        git("-C", str(made.clone), "config", "user.name", "bot")
        git("-C", str(made.clone), "config", "user.email", "bot@example.org")
        return made

    def before(self, name: str) -> bytes:
        """A file as main has it."""
        return f"def export():\n    log('{name}')\n".encode()

    def after(self, name: str) -> bytes:
        """A file as its fix leaves it."""
        return self.before(name) + f"    fixed({self.versions[name]})\n".encode()

    def subjects(self) -> tuple[Subject, ...]:
        """What the reports give today."""
        return collected(map(self._resolution, self.versions), lambda _finding: False)

    def _resolution(self, name: str) -> Resolution:
        made = finding(name, f"export {name} drops the traceback", report="docs/AUDIT.md")
        path = f"shop/{name}.py"
        if name in self.gone:
            return Resolution(made, NotFound(("not there",)), "add-exc-info")
        files = (FilePatch(path, self.before(name), self.after(name)),)
        change = Change(Site(path, 2, 2, "export"), "logs the traceback", (), Safety.SAFE)
        return Resolution(made, Fixed(Patch(files, (change,))), "add-exc-info")

    def workshop(self) -> RemoteWorkshop:
        """Git, as a run of the bot has it."""
        remote = Remote(f"{self.server.url}/acme/shop.git", "ghp_bot")
        repository = Repository.open(self.clone)
        base = remote_tip(repository, remote, "main")
        return RemoteWorkshop(repository, remote, base, "autofix", self.subjects())

    def run(self) -> Report:
        """One run of the bot."""
        today = datetime.date(2026, 3, 2) + datetime.timedelta(days=self.day)
        bot = Bot(self.github, self.workshop(), SETTINGS, "main")
        return bot.run(self.subjects(), Request(apply=True, today=today))
