"""What a run of the bot works on: the forge, the base commit, and what its reports say."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..context import Session
from ..exit import UserError
from .options import ForgeOptions

if TYPE_CHECKING:
    from codemods.delivery.bot.body import Setting
    from codemods.delivery.bot.life import Decision
    from codemods.delivery.bot.remote import Remote
    from codemods.delivery.bot.run import Bot
    from codemods.delivery.bot.settings import BotSettings
    from codemods.delivery.bot.subjects import Subject
    from codemods.delivery.bot.workshop import Checked
    from codemods.delivery.forge.github import GitHub
    from codemods.delivery.forge.place import Place
    from codemods.delivery.repository import Repository
    from codemods.engine.outcomes import Resolution
    from codemods.findings.at_hand import ReportsAtHand
    from codemods.project.commit import CommitFiles
    from codemods.project.folder_settings import FolderSettings
    from codemods.project.settings import Settings


class Work:
    """One run. Settings and reports are those of the base branch, whatever is checked out: what a
    pull request changes in them counts when it is merged.

    Args:
        named: reads the reports that were named in place of them, files and issues.
    """

    def __init__(
        self,
        session: Session,
        asked: ForgeOptions,
        named: Callable[[Work], ReportsAtHand] | None = None,
    ) -> None:
        self.session = session
        self._named = named
        self.asked = asked
        if asked.mistake is not None:
            raise UserError(asked.mistake)
        self.unreadable: list[str] = []

    @cached_property
    def repository(self) -> Repository:
        """The clone."""
        return self.session.need_repository()

    @cached_property
    def place(self) -> Place:
        """Which repository on which forge."""
        from codemods.delivery.forge.place import place

        url = None
        if self.session.repository is not None:
            origin = self.session.repository.run("remote", "get-url", "origin")
            url = None if origin.status else origin.text
        return place(url, os.environ, self.asked.repository, self.asked.api_url)

    @cached_property
    def _credentials(self) -> tuple[str, str | None]:
        """The token, and whose it is where that is known."""
        from codemods.delivery.forge.client import app_token
        from codemods.delivery.forge.place import token_of

        _need_pygithub()
        place, asked = self.place, self.asked
        if asked.app_id is not None and asked.app_key is not None:
            return app_token(asked.app_id, asked.app_key, place.repository, place.api_url)
        if asked.token_file is not None:
            try:
                token = asked.token_file.read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise UserError(f"{asked.token_file}: contains no token ({error})") from None
        else:
            token = token_of(place, os.environ)
        if not token:
            raise UserError(
                "no token: set GH_TOKEN, or name a file with --token-file, or an App with "
                "--app-id and --app-key"
            )
        return token, None

    @cached_property
    def github(self) -> GitHub:
        """The forge."""
        from codemods.delivery.forge.client import Client, token_auth
        from codemods.delivery.forge.github import WORKFLOW_ACCOUNT, GitHub

        token, login = self._credentials
        client = Client(token_auth(token), self.place.api_url)
        made = GitHub(client, self.place.repository, login)
        if made.account() == WORKFLOW_ACCOUNT:
            self.session.warn(
                "with the workflow's own token, no checks start on the pull requests that it "
                "opens: use an App's token (docs/bot.md)"
            )
        return made

    @cached_property
    def remote(self) -> Remote:
        """Where branches are pushed to."""
        from codemods.delivery.bot.remote import Remote
        from codemods.delivery.forge.place import clone_url

        url = clone_url(self.place, self.github.repository())
        return Remote(url, self._credentials[0], self.github.account())

    @cached_property
    def branch(self) -> str:
        """The branch that pull requests go into."""
        if self.asked.base:
            return self.asked.base
        from codemods.delivery.bot.remote import remote_tip

        default = self.github.repository().default_branch
        # Which branch is meant stands on the default branch, and nowhere else.
        tip = remote_tip(self.repository, self.remote, default)
        return str(self._settings_at(tip).bot.get("base") or default)

    @cached_property
    def commit(self) -> str:
        """The commit that fixes are made from."""
        from codemods.delivery.bot.remote import remote_tip

        return remote_tip(self.repository, self.remote, self.branch)

    def _settings_at(self, commit: str) -> Settings:
        from codemods.project.commit import CommitFiles

        return self._folders_at(CommitFiles(self._folder, commit)).top

    def _folders_at(self, files: CommitFiles) -> FolderSettings:
        from codemods.project.folder_settings import FolderSettings

        return FolderSettings(files, self.session.known, self.session.defaults)

    @property
    def _folder(self) -> Path:
        return self.repository.root or self.repository.git_dir

    @cached_property
    def settings(self) -> Settings:
        """The project's settings at the base."""
        return self._settings_at(self.commit)

    @cached_property
    def bot_settings(self) -> BotSettings:
        """What the bot may do."""
        from codemods.delivery.bot.settings import read_settings

        return read_settings(self.settings.bot)

    def resolutions(self) -> tuple[list[Resolution], ReportsAtHand]:
        """How every finding of the base's reports ends there; or of those that were named."""
        from codemods.engine.run import resolve, resolve_all
        from codemods.project.commit import CommitFiles
        from codemods.project.history import GitHistory
        from codemods.project.project import Project

        from ..progress import Progress

        files = CommitFiles(self._folder, self.commit)
        project = Project(files, history=GitHistory(self._folder, self.commit))
        with tempfile.TemporaryDirectory(prefix="autofix-reports-") as folder:
            reports = self._reports(files, Path(folder))
            findings = reports.all()
            damaged = reports.damaged()
        self.unreadable += reports.left_out
        self.unreadable += [f"{name}:{item.line}: {item.reason}" for name, item in damaged]
        catalogue = tuple(self.session.codemods.values())
        options = self._folders_at(files)
        with Progress(self.session.say, len(findings)) as progress:
            found = resolve_all(
                findings,
                project,
                lambda finding, code: resolve(finding, code, catalogue, options=options),
                begin=lambda finding: progress.step(finding.id),
            )
            return list(found), reports

    def _reports(self, files: Any, folder: Path) -> ReportsAtHand:
        from codemods.delivery.bot.reports import lay_out
        from codemods.findings.at_hand import DEFAULT_REPORTS, ReportsAtHand

        session = self.session
        if self._named is not None and (session.common.reports or session.common.issues):
            return self._named(self)
        patterns = self.settings.reports or DEFAULT_REPORTS
        lay_out(files, patterns, folder)
        return ReportsAtHand(folder, (), patterns, optional=True, tell=session.note)

    def subjects(self) -> tuple[Subject, ...]:
        """What is decided about."""
        from codemods.delivery.bot.collecting import collected

        resolutions, reports = self.resolutions()
        return collected(resolutions, reports.repeated)

    def bot(self, subjects: Sequence[Subject], settings: BotSettings) -> Bot:
        """The bot, on all of this."""
        from codemods.delivery.bot.remote import RemoteWorkshop
        from codemods.delivery.bot.run import Bot

        shop = RemoteWorkshop(
            self.repository,
            self.remote,
            self.commit,
            self.settings.branch_prefix,
            subjects,
            self._verify(settings),
        )
        return Bot(self.github, shop, settings, self.branch, self._render(settings))

    def _verify(self, settings: BotSettings) -> Callable[[str], Checked] | None:
        command = settings.verify or self.settings.verify
        if command is None:
            return None
        from codemods.delivery.bot.workshop import Checked
        from codemods.delivery.verifying import Verifier

        note = self.session.note
        verifier = Verifier(
            self.repository,
            self.commit,
            command,
            begin=lambda commit: note(f"{command} on {commit[:10]}"),
        )

        def verified(commit: str) -> Checked:
            done = verifier(commit)
            words = done.summary if done.passed else done.ending
            return Checked(done.passed, words, done.quotation)

        return verified

    def _render(self, settings: BotSettings) -> Callable[[Subject, Setting, Decision], str]:
        from codemods.delivery.bot.body import body, controls, values
        from codemods.delivery.bot.templates import render
        from codemods.project.commit import CommitFiles

        if settings.template is None:
            return body
        try:
            template = CommitFiles(self._folder, self.commit).read(settings.template).decode()
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(
                f"{settings.template}: cannot be read from {self.branch} ({error})"
            ) from None

        def made(subject: Subject, setting: Setting, decision: Decision) -> str:
            text = render(template, values(subject, setting, decision)).strip()
            # Whatever a project's words are, people can tell us what they want.
            return f"{text}\n\n{controls(decision, subject.key)}"

        return made


def _need_pygithub() -> None:
    try:
        import github  # noqa: F401
    except ImportError:
        raise UserError("PyGithub is not installed: pip install 'autofix-codemods[bot]'") from None


def limited(settings: BotSettings, open_limit: int | None, per_run: int | None) -> BotSettings:
    """The settings with what the command line says."""
    if open_limit is not None:
        settings = replace(settings, open_limit=open_limit)
    if per_run is not None:
        settings = replace(settings, per_run_limit=per_run)
    return settings
