"""What a person tells the bot: ``/autofix ignore it is a test double`` in a comment."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from codemods.delivery.bot.seen import Ask

PREFIX = "/autofix"
LONGEST_WHY = 300


class Word(enum.StrEnum):
    """What can be said."""

    REBASE = "rebase"
    RECREATE = "recreate"
    RETRY = "retry"
    """Look again; nothing is asked of the branch."""
    IGNORE = "ignore"
    UNIGNORE = "unignore"
    EXPLAIN = "explain"

    @property
    def ask(self) -> Ask | None:
        """What it asks of the pull request."""
        return next((ask for ask in Ask if ask.value == self.value), None)


@dataclass(frozen=True, slots=True)
class Command:
    """A comment that is meant for us."""

    word: Word | None
    """``None``: nothing that we know."""
    said: str
    why: str = ""


def read_command(comment: str) -> Command | None:
    """The command of a comment: its first line alone, so that a quoted mail is none.

    ``None`` where the comment is not meant for us.
    """
    first = comment.replace("\r\n", "\n").split("\n", 1)[0].rstrip()
    words = first.split()
    if not first.startswith(PREFIX) or words[0] != PREFIX:
        return None
    said = words[1].lower() if len(words) > 1 else ""
    why = " ".join(words[2:])[:LONGEST_WHY]
    word = Word(said) if said in set(Word) else None
    return Command(word, said, why)
