"""One event of a workflow, from GitHub's event file: what it asks of the bot.

Nothing of a pull request's code is run or read here, and what a fork sends counts for nothing: its
workflow has a token that may not write.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codemods.delivery.bot.commands import Command, Word, read_command
from codemods.delivery.bot.run import Told
from codemods.delivery.bot.settings import BotSettings
from codemods.delivery.forge.protocol import Forge, ForgeError

WRITERS = ("admin", "maintain", "write")
RUNS = ("push", "schedule", "workflow_dispatch", "pull_request", "pull_request_target",
        "pull_request_review", "issues", "merge_group", "repository_dispatch")  # fmt: skip
"""Events after which everything is looked at anew."""
_TAKES = ("opened", "closed", "reopened", "synchronize", "edited", "submitted", "dismissed",
          "labeled", "unlabeled", "converted_to_draft", "ready_for_review", "dequeued", "enqueued",
          "deleted", "locked", "unlocked")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reaction:
    """What follows from an event."""

    line: str
    """For people."""
    run: bool = False
    told: Mapping[str, Told] | None = None
    comment: int | None = None
    """The comment that is answered."""
    number: int | None = None
    command: Command | None = None
    refused: str = ""
    """Why the command is not carried out."""


def react(name: str, event: Mapping[str, Any], forge: Forge, settings: BotSettings) -> Reaction:
    """What an event asks for.

    Args:
        name: ``issue_comment``.
        event: the document of the event file.

    Raises:
        ForgeError: when nobody can say what the author of a comment may do.
    """
    sender = _login(event.get("sender"))
    action = str(event.get("action") or "")
    what = f"{name} {action}".rstrip()
    if name == "issue_comment":
        return _comment(event, action, forge, settings)
    if name not in RUNS:
        return Reaction(f"ignored: {name or 'an unnamed event'}")
    if action and action not in _TAKES:
        return Reaction(f"ignored: {name} {action}")
    if sender and sender == forge.account():
        return Reaction(f"{what}: ignored, the bot did it")
    item = _table(event, "issue") or _table(event, "pull_request")
    if item and _login(item.get("user")) != forge.account():
        return Reaction(f"{what}: ignored, someone else opened it")
    if _is_fork(event):
        return Reaction(f"{name}: ignored, a fork cannot be written to")
    return Reaction(f"{what}: checking again", run=True)


def _comment(
    event: Mapping[str, Any], action: str, forge: Forge, settings: BotSettings
) -> Reaction:
    comment = _table(event, "comment")
    command = read_command(str(comment.get("body") or ""))
    if action != "created" or command is None:
        return Reaction("a comment that is not for autofix")
    issue, author = _table(event, "issue"), _login(comment.get("user"))
    number, place = issue.get("number"), comment.get("id")
    if not isinstance(number, int) or not isinstance(place, int):
        return Reaction("a comment without a number")
    if author == forge.account():
        return Reaction("a comment by autofix")
    if refused := _may_not(author, forge, settings):
        return Reaction(refused, comment=place, number=number, command=command, refused=refused)
    if command.word is None:
        known = ", ".join(Word)
        refused = f"{command.said or 'nothing'!r} is not a command: {known}"
        return Reaction(refused, comment=place, number=number, command=command, refused=refused)
    told = {}
    if (ask := command.word.ask) is not None:
        told = {f"#{number}": Told(ask, author, command.why)}
    said = f"{author} says {command.word} in #{number}"
    return Reaction(said, True, told, place, number, command)


def _may_not(author: str, forge: Forge, settings: BotSettings) -> str:
    """Why somebody's command does not count; ``""`` where it does."""
    if author in settings.commands_from:
        return ""
    try:
        permission = forge.permission(author)
    except ForgeError as error:
        if error.trouble.is_final:
            raise
        return f"the permissions of {author} cannot be read: {error}"
    if permission in WRITERS:
        return ""
    return f"{author} has no write access to this repository, so the command is ignored"


def _is_fork(event: Mapping[str, Any]) -> bool:
    head = _table(_table(_table(event, "pull_request"), "head"), "repo")
    here = _table(event, "repository")
    return bool(head) and head.get("full_name") != here.get("full_name")


def _table(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = document.get(name)
    return found if isinstance(found, Mapping) else {}


def _login(user: object) -> str:
    return str(user.get("login") or "") if isinstance(user, Mapping) else ""
