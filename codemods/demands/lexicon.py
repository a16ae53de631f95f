"""What can be said of code, as data: the subjects of ``lexicon.toml`` and how they are put.

A subject is something that a text may speak of: a defect (``blocked-loop``), a cure
(``moves-to-thread``), a shade (``is-fine``). Its rows are phrases, see
:mod:`codemods.demands.phrases`; another way to say it is another row.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from codemods.demands.phrases import Found, Words, found_in


@dataclass(frozen=True, slots=True)
class Subject:
    """A row of the lexicon."""

    says: tuple[str, ...]
    """Phrases of which one is enough."""
    unless: tuple[str, ...] = ()
    """Phrases that take it back, where they stand in the same sentence."""
    negatable: bool = False
    """Whether ``not`` before it, or in it, makes it something else."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All that can be asked of a text."""

    subjects: dict[str, Subject]
    classes: dict[str, tuple[str, ...]]
    templates: dict[str, tuple[str, ...]]
    """Rows of :mod:`codemods.demands.templates`."""

    def find(self, words: Words, subject: str) -> Iterator[Found]:
        """Where a text speaks of a subject, in the order of the rows.

        Raises:
            KeyError: for a subject that the lexicon does not have.
        """
        row = self.subjects[subject]
        taken_back = {
            words.tokens[found.first].sentence
            for phrase in row.unless
            for found in found_in(words, phrase, self.classes)
        }
        for phrase in row.says:
            for found in found_in(words, phrase, self.classes):
                if words.tokens[found.first].sentence in taken_back:
                    continue
                if not (row.negatable and words.is_negated(found)):
                    yield found


@cache
def lexicon() -> Lexicon:
    """The lexicon of English, read once."""
    data = tomllib.loads(files(__package__).joinpath("lexicon.toml").read_text("utf-8"))
    subjects = {
        name: Subject(
            tuple(row["says"]), tuple(row.get("unless", ())), bool(row.get("negatable", False))
        )
        for name, row in data["subjects"].items()
    }
    classes, templates = (
        {name: tuple(rows) for name, rows in data[kind].items()}
        for kind in ("classes", "templates")
    )
    return Lexicon(subjects, classes, templates)
