"""What a reader hands back: the findings of one report, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.findings.model import Finding


class FormatError(Exception):
    """Text that is not in a reader's format; the message is one line for a person, without the
    file."""


@dataclass(frozen=True, slots=True)
class Damage:
    """A finding that is there and cannot be used."""

    line: int
    """The line of its heading, from one."""
    text: str
    """The heading, or whatever names it."""
    reason: str
    """What is wrong with it, in one line for a person."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that one report says."""

    findings: tuple[Finding, ...] = ()
    damaged: tuple[Damage, ...] = ()
    complete: bool = False
    """Whether the format says where its findings are, so that none of them is an answer: a log of
    a tool that found nothing."""
