"""Which findings are about exception text that reaches clients, and which text they want."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codemods.codemod import ReadPlan
from codemods.demands.order import Order, in_order
from codemods.demands.text import inline_code, spoken_count
from codemods.findings.model import Finding
from codemods.transforms.hide_exception_text.shown import Shown, shown_in
from codemods.transforms.hide_exception_text.text import is_poor

_TEXT = re.compile(
    r"(?:`?(?:str|repr)\(\w+\)`?|\{(?:e|exc|err|error)\}|raw exceptions?|exception text|"
    r"(?:raw |internal |full )?(?:exception|error) (?:messages?|strings?|texts?|details?)|"
    r"exceptions? (?:messages?|strings?|texts?|details?)|raw errors?|stack ?traces?|tracebacks?|"
    r"`?(?<!\w)\w+(?:Error|Exception)`?(?: text| message| in \d{3} detail)|exception class(?:es)?)",
    re.IGNORECASE,
)
_OUT = re.compile(
    r"(?:leak\w*|expos\w+|disclos\w+|reveal\w*|reflect\w*|echo\w*|sen[dt]s?\b|sending|return\w*|"
    r"broadcasts?|embed\w*|propagat\w+|forward\w*|verbatim|pass(?:es|ed)?|surfac\w+)",
    re.IGNORECASE,
)
_TO = re.compile(
    r"(?:clients?|responses?|HTTP|detail|browser|API|WebSocket|WS\b|users?|bod(?:y|ies)|callers?|"
    r"surface|front ?end|JSON)",
    re.IGNORECASE,
)
_WEAKNESS = re.compile(r"CWE-209", re.IGNORECASE)
_ANYWHERE = 10**6
_TITLES = ((_TEXT, (_ANYWHERE, _OUT)), (_TEXT, (_ANYWHERE, _TO)), (_OUT, (_ANYWHERE, _TEXT)))
"""What a title says one behind the other, with the most characters between."""
_ABOUT = (
    (_TEXT, (120, _OUT), (80, _TO)),
    (_OUT, (80, _TEXT), (80, _TO)),
    (_TEXT, (60, _TO), (60, _OUT)),
)
"""The same of a sentence of a description."""
_SENTENCE = re.compile(r"[.\n]")
_OTHERWISE = re.compile(
    r"\b(?:stack ?traces?|tracebacks?|exc_info)\b[^.\n]{0,200}\b(?:los[est]\w*|missing|lack\w*|"
    r"without|not logged)|\b(?:los[est]\w*|missing|lack\w*|without|drops?|no)\b[^.\n]{0,40}\b(?:"
    r"stack ?trace|traceback|exc_info|handler|error handling)|substring|swallow\w*|tears? down|"
    r"never fires?|detects?|status mapping|code regardless|boilerplate|silent|discard\w*|"
    r"unreachable|bypass(?:es)? the|\blogs?\b|logged",
    re.IGNORECASE,
)
_STORED = re.compile(r"`(?:str|repr)\(\w+\)` (?:in|to|into|on|as) `[\w.]*\.(\w+)`")
_SAID = re.compile(r"\b(?:message|text|string|detail)s?\b[^\n\"“`]{0,12}[\"“]([^\"”\n]{8,80})[\"”]")
RULES = ("py/stack-trace-exposure",)
_NAMES = ("hide-exception-text", "CWE-209", "stack-trace-exposure", *RULES)
"""What a finding that somebody wrote may name as its rule; its words say where, not its lines."""
_SWEEPING = re.compile(
    r"\b(?:all|every|each|across|throughout|over \d+)\b[^.\n]{0,60}?\b(?:sites?|endpoints?|"
    r"handlers?|routers?|blocks?|responses?|instances?|branches|routes|exceptions?)\b|(?:\d\+|~\s?\d+)\s+"
    r"(?:\w+ ){0,3}?(?:sites?|instances?|endpoints?|responses?|places|occurrences)",
    re.IGNORECASE,
)
_CLASSES = re.compile(r"\b\w+(?:Error|Exception)\b")
_PLACEHOLDERS = re.compile(r"<[^<>]*>|\.\.\.|…|\bxxx\b", re.IGNORECASE)
_NO_TEXTS = frozenset(
    ("type", "status", "code", "stream_type", "status_code", "level", "event", "id")
)


@dataclass(frozen=True, kw_only=True)
class HidePlan(ReadPlan):
    """What a finding about texts for clients names."""

    shown: tuple[Shown, ...] = ()
    """The texts with an exception in them that it shows."""
    texts: tuple[tuple[str, str], ...] = ()
    """Pairs of a shown text (:attr:`Shown.skeleton`) and what it wants instead, as code."""
    text: str | None = None
    """What it wants where a text has nothing but the exception, as code."""
    types: frozenset[str] = frozenset()
    """The exception classes that it names."""
    sweeping: bool = False
    """Whether the finding means all sites of its places and shows only some of them."""

    @property
    def callees(self) -> frozenset[str]:
        """The last names of what it shows to be called with such a text."""
        return frozenset(item.callee for item in self.shown if item.callee.isidentifier()) - {
            "return"
        }


def recognise(finding: Finding) -> HidePlan | None:
    """A plan for findings that say that an exception's text reaches a client.

    A finding about a traceback that a log call loses shows such texts as well, and is not meant.
    """
    code = [block.text for block in finding.evidence_code]
    spoken_in = (finding.title, finding.description, finding.text("evidence"))
    prose = [text for part in spoken_in for text in inline_code(part)]
    leaking = [
        Shown(f".{found[1]}", found[1], "{}", "", True)
        for found in _STORED.finditer("\n".join(spoken_in))
    ]
    leaking += [item for text in (*code, *prose) for item in shown_in(text) if item.leaks]
    # ``str(e)`` alone in prose says nothing of the place where another text is shown.
    placed = [item for item in leaking if item.callee or item.slot]
    shown = tuple(dict.fromkeys(placed or leaking))
    strength = _strength(finding, shown)
    if not strength:
        return None
    wanted = _wanted(finding, shown)
    texts, text = _paired(shown, wanted)
    spoken = f"{finding.title}\n{finding.description}\n{_notes(finding)}"
    count = spoken_count(spoken)
    callees = tuple(dict.fromkeys(item.callee for item in shown if item.callee.isidentifier()))
    return HidePlan(
        strength=strength,
        anchors=tuple(name for name in callees if name != "return"),
        count=count,
        shown=shown,
        texts=texts,
        text=text,
        types=frozenset(_CLASSES.findall("\n".join((finding.title, *code, finding.prose)))),
        sweeping=_SWEEPING.search(spoken) is not None,
    )


def _strength(finding: Finding, shown: tuple[Shown, ...]) -> int:
    if finding.rule in _NAMES:
        return 95
    if _OTHERWISE.search(finding.title):
        return 0
    if _says(finding.title.split("\n"), _TITLES):
        return 90
    said = f"{finding.description}\n{finding.impact}"
    if shown and _says(_SENTENCE.split(said), _ABOUT) and any(item.callee for item in shown):
        return 70
    return 0


def _says(parts: list[str], forms: tuple[Order, ...]) -> bool:
    return any(
        _WEAKNESS.search(part) or any(in_order(part, *form) for form in forms) for part in parts
    )


def _notes(finding: Finding) -> str:
    return "\n".join(item.note or item.path or "" for item in finding.locations)


def _wanted(finding: Finding, shown: tuple[Shown, ...]) -> tuple[str, ...]:
    """The texts of the suggestion, as code, in its order."""
    code = [block.text for block in finding.suggestion_code]
    prose = [text for item in finding.suggestion for text in inline_code(item.prose)]
    found: dict[str, None] = {}
    callees = {item.callee for item in shown}
    slots = {item.slot for item in shown}
    for text in (*code, *prose):
        for item in shown_in(text):
            fits = not item.callee or item.callee in callees or not callees - {""}
            named = not item.slot or item.slot in slots or item.slot == "detail" or not slots
            if item.leaks or not fits or not named or item.slot in _NO_TEXTS:
                continue
            if _PLACEHOLDERS.search(item.skeleton) or is_poor(item.skeleton.replace("{}", "")):
                continue
            if " " in item.skeleton.strip():
                found[item.source] = None
    if not found:
        said = _SAID.finditer("\n".join(item.prose for item in finding.suggestion))
        found = {repr(item[1]): None for item in said if not _PLACEHOLDERS.search(item[1])}
    return tuple(found)


def _paired(
    shown: tuple[Shown, ...], wanted: tuple[str, ...]
) -> tuple[tuple[tuple[str, str], ...], str | None]:
    """Which text goes for which; the second is for those that are the exception alone."""
    skeletons = tuple(dict.fromkeys(item.skeleton for item in shown))
    alone = wanted[0] if wanted else None
    if len(skeletons) == len(wanted) or (len(skeletons) == 1 and wanted):
        return tuple(zip(skeletons, wanted, strict=False)), alone
    return (), alone if len(wanted) == 1 else None
