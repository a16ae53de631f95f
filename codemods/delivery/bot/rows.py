"""What became of each subject in a run, for the dashboard, the terminal and JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from codemods.delivery.bot.life import Decision, State
from codemods.delivery.bot.matching import Matched
from codemods.delivery.bot.seen import Ask, Seen
from codemods.findings.model import Severity


@dataclass(frozen=True, slots=True)
class Row:
    """One subject, and the rule that applied."""

    item: Matched
    seen: Seen
    decision: Decision
    number: int | None = None
    """Its open pull request, or the one that was just closed or opened."""
    problem: str = ""
    """What went wrong when it was carried out."""
    written: tuple[str, ...] = ()
    """What was written, in words."""
    carried_out: bool = False
    """Whether this run was one that writes, and this subject among what it writes to."""
    compare: str = ""
    """Where a person can open what we could not; ``""`` where nothing stands there."""
    wrong: bool = False
    """Whether a permission or a setting is missing: trying again does not help."""

    @property
    def key(self) -> str:
        """The key of the subject."""
        return self.item.key

    @property
    def state(self) -> State:
        """Where it stands; what failed is held until the next run."""
        return State.HELD if self.problem and self.number else self.decision.state

    @property
    def words(self) -> str:
        """In a few words."""
        return self.problem or self.decision.words

    @property
    def settled(self) -> str:
        """The same, as it stays to be said when nothing more happens."""
        return self.problem or self.decision.settled or self.decision.words

    @property
    def handled(self) -> Ask | None:
        """What was asked and is done with: its box is emptied."""
        if not self.carried_out or self.problem or self.decision.keeps_ask:
            return None
        return self.seen.ask

    @property
    def undone(self) -> str:
        """Why what was asked is not done; ``""``: it is, or nothing was."""
        if self.seen.ask is None:
            return ""
        if not self.carried_out:
            return self.problem or "nothing was written: the dashboard says why"
        return self.problem or (self.words if self.decision.keeps_ask else self.decision.undone)

    @property
    def shown_number(self) -> int | None:
        """The pull request to look at: the open one, else the last one."""
        return self.number or (self.seen.past[-1].number if self.seen.past else None)

    @property
    def name(self) -> str:
        """What to call it: the finding's id."""
        if self.item.subject is not None:
            return self.item.subject.finding.id
        return f"#{self.number}" if self.number else self.key

    @property
    def title(self) -> str:
        """The title of the finding, or of the pull request where no report has it."""
        if self.item.subject is not None:
            return self.item.subject.finding.title
        return self.item.open.pull.title if self.item.open is not None else ""

    @property
    def severity(self) -> Severity | None:
        """The worst of its findings."""
        return self.item.subject.severity if self.item.subject is not None else None

    @property
    def where(self) -> str:
        """The first place, as ``path`` or ``path:definition``."""
        subject = self.item.subject
        places = sorted(subject.places) if subject is not None else []
        if not places:
            return ""
        path, name = places[0]
        return f"{path}:{name}" if name else path


def is_done(rows: Iterable[Row]) -> bool:
    """Whether everything that was decided was carried out, and nothing that was asked is left."""
    return not any(
        row.problem or (row.undone and (row.carried_out or row.decision.keeps_ask)) for row in rows
    )
