"""Which findings are about exception text that reaches clients, and which text they want."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from codemods.codemod import Hints, Match, Plan
from codemods.demands.code import exceptions_in
from codemods.demands.demands import Demands, Text
from codemods.demands.text import linked_code, quotations, spoken_roughly
from codemods.findings.model import LocationKind
from codemods.syntax.dotted import last_part
from codemods.transforms.hide_exception_text.shown import Shown, shown_in
from codemods.transforms.hide_exception_text.text import is_poor

RULES = ("py/stack-trace-exposure",)
_NAMES = ("hide-exception-text", "CWE-209", "stack-trace-exposure", *RULES)
"""What a finding that somebody wrote may name as its rule; its words say where, not its lines."""
_DOTTED = re.compile(r"[\w.]*\.\w+")
_INTO = frozenset(("in", "to", "into", "on", "as"))
_NOUNS = frozenset(
    ("message", "messages", "text", "texts", "string", "strings", "detail", "details")
)
_NO_TEXTS = frozenset(
    ("type", "status", "code", "stream_type", "status_code", "level", "event", "id")
)


@dataclass(frozen=True, kw_only=True)
class HidePlan(Plan):
    """What clients are to get in place of an exception's text."""

    text: str | None = None
    """The new text where the old one is only the exception: plain, or as code
    (``f"Cannot read {name}"``). If empty, it comes from the log call or the name of the
    function."""
    texts: tuple[tuple[str, str], ...] = ()
    """Pairs of an old text, with ``{}`` for each value, and its new text."""
    types: frozenset[str] = frozenset()
    """Only in handlers for these exceptions; empty for all."""


@dataclass(frozen=True, kw_only=True)
class HideHints(Hints):
    """Which of the texts a finding means."""

    shown: tuple[Shown, ...] = ()
    """The texts with an exception in them that it shows."""
    named: frozenset[str] = frozenset()
    """The exception classes that it names."""
    sweeping: bool = False
    """Whether it means all sites of its places and shows only some of them."""
    files: tuple[str, ...] = ()
    """The files that it names without any lines."""

    @property
    def callees(self) -> tuple[str, ...]:
        """The last names of what it shows to be called with such a text."""
        names = dict.fromkeys(item.callee for item in self.shown)
        return tuple(name for name in names if name.isidentifier() and name != "return")


def recognise(demands: Demands) -> Match[HidePlan] | None:
    """A claim to findings that say that an exception's text reaches a client.

    A finding about a traceback that a log call loses shows such texts as well, and is not meant.
    """
    shown = _shown(demands)
    strength = _strength(demands, shown)
    if not strength:
        return None
    texts, text = _paired(shown, _wanted(demands, shown))
    notes = "\n".join(item.note or item.path or "" for item in demands.locations)
    spoken = demands.opening + Text(notes)
    named = exceptions_in((demands.shown_code + demands.prose).raw)
    hints = HideHints(
        shown=shown,
        count=spoken.count,
        named=frozenset(last_part(name) for name in named),
        sweeping=spoken.says("every-place") or spoken_roughly(spoken.raw),
        files=tuple(
            item.path
            for item in demands.locations
            if item.kind is LocationKind.FILE and item.path is not None and not item.lines
        ),
    )
    hints = replace(hints, anchors=hints.callees)
    return Match(plan=HidePlan(texts=texts, text=text), strength=strength, hints=hints)


def _shown(demands: Demands) -> tuple[Shown, ...]:
    """The texts in the finding's code from which an exception speaks."""
    leaking = [
        Shown(f".{last_part(target)}", last_part(target), "{}", "", True)
        for given, target in linked_code(demands.account.raw, _INTO)
        if given.startswith(("str(", "repr(")) and _DOTTED.fullmatch(target)
    ]
    code = (block.text for block in demands.shown)
    prose = (
        text
        for part in (demands.title, demands.description, demands.evidence)
        for text in part.code
    )
    leaking += [item for text in (*code, *prose) for item in shown_in(text) if item.leaks]
    # ``str(e)`` alone in prose says nothing of the place where another text is shown.
    placed = [item for item in leaking if item.callee or item.slot]
    return tuple(dict.fromkeys(placed or leaking))


def _strength(demands: Demands, shown: tuple[Shown, ...]) -> int:
    if demands.rule in _NAMES:
        return 95
    if demands.title.says("mishandles-errors", "traceback-lost"):
        return 0
    if demands.title.says("names-exposure"):
        return 90
    said = demands.description + demands.impact
    return 70 * (any(item.callee for item in shown) and said.says("exposes-exception"))


def _wanted(demands: Demands, shown: tuple[Shown, ...]) -> tuple[str, ...]:
    """The texts of the suggestion, as code, in its order."""
    found: dict[str, None] = {}
    callees = {item.callee for item in shown}
    slots = {item.slot for item in shown}
    for text in (*(block.text for block in demands.suggested), *demands.advice.code):
        for item in shown_in(text):
            fits = not item.callee or item.callee in callees or not callees - {""}
            named = not item.slot or item.slot in slots or item.slot == "detail" or not slots
            if item.leaks or not fits or not named or item.slot in _NO_TEXTS:
                continue
            if _stands_for_others(item.skeleton) or is_poor(item.skeleton.replace("{}", "")):
                continue
            if " " in item.skeleton.strip():
                found[item.source] = None
    if not found:
        said = quotations(demands.advice.raw)
        texts = (text for before, text in said if before in _NOUNS and 8 <= len(text) <= 80)
        found = {repr(text): None for text in texts if not _stands_for_others(text)}
    return tuple(found)


def _stands_for_others(text: str) -> bool:
    """Whether a text has a gap that somebody is to fill: ``ref <id>``, ``…``, ``xxx``."""
    return any(sign in text.lower() for sign in ("...", "…", "xxx")) or (
        "<" in text and ">" in text.partition("<")[2]
    )


def _paired(
    shown: tuple[Shown, ...], wanted: tuple[str, ...]
) -> tuple[tuple[tuple[str, str], ...], str | None]:
    """Which text goes for which; the second is for those that are the exception alone."""
    skeletons = tuple(dict.fromkeys(item.skeleton for item in shown))
    alone = wanted[0] if wanted else None
    if len(skeletons) == len(wanted) or (len(skeletons) == 1 and wanted):
        return tuple(zip(skeletons, wanted, strict=False)), alone
    return (), alone if len(wanted) == 1 else None
