"""The forms in which suggestions say an edit in words, as a table.

In a sentence each inline code is a mark (``⟦0⟧``), so that the words around it are all that a form
looks at. The sentences are those of real reports; each form has its test.

Half of a fix can be worse than none, so whatever else a sentence says and reads as a demand keeps
the edits back; what only explains does not.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from codemods.findings.model import LineRange
from codemods.tables import words

_OLD, _NEW = r"⟦(?P<old>\d+)⟧", r"⟦(?P<new>\d+)⟧"
_WORDS = r"(?:[\w'/-]+,?\s+){0,6}?"
_BETWEEN = r"(?:\s+(?!(?:to|with|by|instead|rather)\b)[^⟦⟧\s]+){0,8}?"
_ARTICLE = r"(?:(?:the|a|an|explicit|its|just|only|plain|same|call|be|either)\s+){0,3}"
_START = r"^(?:(?:please|simply|just|either|instead|always|to fix|then)[,:]?\s+)?"
_CHANGE = (
    r"(?:change|replace|update|correct|fix|swap|switch|convert|rename|migrate|modify|bump|promote|"
    r"downgrade|demote|lower|raise|reduce|increase|drop|flip|tighten|widen|narrow|broaden)"
)
_ROLES = r"(?:use|set|pass|specify|return|raise|catch|add|iterate over|declare|make|submit)"
_ALTERNATIVE = re.compile(
    r"(?:^|(?<![\s,(—–-])[\s,(—–-]+)(?:or|alternatively|alternative|option|else)\b", re.IGNORECASE
)
_OPTIONAL = re.compile(
    r"^(?:alternative\w*|or\b|option\w*|better|ideally|prefer\w*|consider|long[ -]term|"
    r"if (?:desired|wanted|needed)|even|could|might|may\b|longer)",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"^(?:then\s+|also\s+|and\s+)*(?:(?:add|write|include|extend|update|fix|adjust|correct|"
    r"refresh|remove|drop|delete|rewrite|amend|document|clarify)\b[^.—]{0,40}?"
    r"\b(?:tests?|comments?|doc\w*|type: ignore|assertions?|changelog|regression|baseline|"
    r"readme)\b|document\b|verify\b|confirm\b|note\b|see\b|check (?:that|whether)\b|test\b|"
    r"ensure\b|(?:update|adjust|fix|swap|add|change)\s+(?:the\s+)?imports?\b|import\b|"
    r"apply\s+(?:identically|the same fix)|same\b)",
    re.IGNORECASE,
)
_IMPERATIVE = (
    "(?:"
    + "|".join(
        words(
            "accept accumulate acquire add adopt apply assert assign await bind build bump cache "
            "call cancel capture cast catch change check clamp clear clip compute convert create "
            "declare define delete derive divide downgrade downmix drop emit enforce ensure "
            "expose extend extract file filter gate generate guard handle hoist implement inline "
            "insert introduce iterate join keep let limit load log make mark match merge migrate "
            "mirror move multiply narrow normalise normalize pass persist pop process promote "
            "protect provide raise read refactor register reject remove rename replace require "
            "reset restore return reuse round route run save send set skip split start stop store "
            "substitute subtract switch sync track treat trim truncate tune unify update use "
            "validate whitelist wire wrap write "
        )
    )
    + r"|re-\w+)"
)
_DEMAND = re.compile(
    rf"^(?:then\s+|also\s+|and\s+|next\s+|finally\s+)*{_IMPERATIVE}\b", re.IGNORECASE
)
_CONDITIONAL = re.compile(
    rf"^(?:on|if(?!.*\b(?:ever|wanted|desired|needed|kept|later)\b)|when|for|after|before|in)\b"
    rf"[^.]{{0,80}}?,\s+{_IMPERATIVE}\b",
    re.IGNORECASE,
)
_DECLARATIVE = "|".join(
    words(
        "a after all also although an and any as at because before both but by currently each "
        "either even for from given half here how if in it like most neither no not note on "
        "one only or otherwise out over per same since so some such that the then there these "
        "this those to today under unlike until via what when where which while who why with "
        "within without "
    )
)
_VERB_LIKE = re.compile(
    rf"^(?!(?:{_DECLARATIVE})\b)[a-z]+(?<!s)(?<!ed)(?<!ing)(?<!ly)(?<!tion)\s+"
    r"(?:the|a|an|each|all|both|its|any|every|their|this|that|these|those|⟦)",
    re.IGNORECASE,
)
"""``Persist the results``: a verb that no list has."""
_MORE_CODE = re.compile(
    r"^[^(]*?(?:\band\b|\+|,|;|\.\.\.)\s*(?:the\s+)?⟦(?P<code>\d+)⟧|"
    r"\b(?:likewise|similarly|respectively|accordingly|analogous\w*|the same for)\b",
    re.IGNORECASE,
)
_DEMAND_INSIDE = re.compile(
    rf"(?:,\s*(?:and\s+|then\s+|but\s+)*|\band\s+(?:then\s+|also\s+)?|\bthen\s+|[;+]\s*)"
    rf"(?P<what>(?:also\s+)?{_IMPERATIVE}\b.*)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Form:
    """One way of saying an edit."""

    name: str
    pattern: re.Pattern[str]


def means(name: str, pattern: str) -> Form:
    """A form by its pattern, in whatever case."""
    return Form(name, re.compile(pattern, re.IGNORECASE))


FORMS = (
    # "Wrap both PRAGMAs with `text()`", "Wrap `x` in `list()`"
    means("wrap", rf"{_START}wrap\s+{_WORDS}(?:{_OLD}|(?P<word>(?-i:[A-Z]{{3,}}))s?)"
                  rf"{_BETWEEN}\s+(?:in|with|inside)\s+{_ARTICLE}{_NEW}"),
    # "Change `>` to `>=`", "Replace the literal `3` with `self.limit`", "Change line 69 to …" is
    # below: here both sides are code.
    means("change", rf"{_START}{_CHANGE}\s+{_WORDS}{_OLD}{_BETWEEN}"
                    rf"\s+(?:to|with|by|for|into)\s+{_ARTICLE}{_NEW}"),
    # "`np.ones` → `np.zeros`", "Replace `sosfilt` → `sosfiltfilt`"
    means("arrow", rf"{_OLD}\s*(?:→|->|⇒|=>|➜)\s*{_NEW}"),
    # "Catch `Exception` instead of just `ImportError`", "Use `a` rather than `b`"
    means("instead", rf"{_START}(?P<role>{_ROLES})\s+{_WORDS}{_NEW}{_BETWEEN},?\s+"
                     rf"(?:instead of|rather than|in place of|not)\s+{_WORDS}{_OLD}"),
    # "`pitch_stability` (should be `pitch_confidence`)"
    means("should-be", rf"{_OLD}\s*(?:[(:,—–-]+\s*)?(?:should|must|needs to|ought to)"
                       rf"(?:\s+(?:instead|rather|really|have))?\s+be(?:en)?\s+{_ARTICLE}{_NEW}"),
    # "Iterate over a copy: `for item in list(items):`", "Add `exc_info=True`: `logger.error(…)`"
    means("colon", rf"^[^⟦⟧:]{{1,90}}(?:⟦\d+⟧[^⟦⟧:]{{0,40}})?:\s*{_NEW}"),
    # "Pass `dtype=audio.dtype` to both `np.zeros` calls"
    means("pass-to", rf"{_START}(?P<role>pass|add|set|specify|use|give)\s+{_WORDS}{_NEW}"
                     rf"{_BETWEEN}\s+(?:to|in|into|on|for)\s+{_WORDS}⟦(?P<callee>\d+)⟧"),
    # "Demote the two path lines to `logger.debug`", "downgrade these four to DEBUG"
    means("level", rf"{_START}(?:downgrade|demote|drop|lower|promote|raise|upgrade|change|move|"
                   rf"switch|bump)\s+(?:\S+\s+){{1,9}}?(?:to|at|down to|up to)\s+{_ARTICLE}"
                   rf"(?:⟦(?P<new>\d+)⟧|(?P<level>DEBUG|INFO|WARNING|ERROR)\b)"),
    # "Change to `daemon=True`", "Change the fallback to `return audio.copy()`", "Replace with …"
    means("change-to", rf"{_START}(?:{_CHANGE}|set|make)\s+{_WORDS}(?:to|with|by)\s+{_ARTICLE}"
                       rf"{_NEW}"),
    # "Use `dtype=audio_mono.dtype`", "Raise `NotImplementedError(…)`", "Pass `x.copy()`"
    means("verb", rf"{_START}(?P<role>{_ROLES})\s+{_WORDS}{_NEW}"),
    # "`chunk = audio[i:j].copy()`."
    means("code", rf"^{_NEW}"),
)  # fmt: skip


"""In the order in which they are tried."""


MORE = re.compile(rf"^,?\s*(?:and|,)\s+{_OLD}\s+(?:to|with|by|→|->)\s+{_ARTICLE}{_NEW}", re.I)


"""A further pair behind a "change": "… and `c` to `d`"."""


@dataclass(frozen=True)
class RequestedEdit:
    """One edit that a sentence asks for, as code in text."""

    form: str
    new: str
    old: str | None = None
    role: str = ""
    """The verb that says what the new code is: ``return``, ``pass``, ``catch``."""
    callee: str | None = None
    """Whose argument it is."""
    word: str | None = None
    """What the old code is called where it is not shown: ``PRAGMA``."""
    scopes: tuple[str, ...] = ()
    """Inline code that names where."""
    lines: tuple[LineRange, ...] = ()
    count: int | None = None
    """How many places the sentence speaks of."""
    every: bool = False
    """Whether it speaks of all of them, without a number."""
    sentence: str = ""
    where: str = ""
    """Where a statement goes that is only added: ``before`` or ``after`` the anchor, at the
    ``start`` or ``end`` of the function that ``scopes`` names, in its ``finally``."""
    anchor: str | None = None
    """The code beside which it goes; else ``word`` says what it is."""
    suffix: str = ""
    """A method that the result of the new call gets: ``.astype(d)``."""
    parts: tuple[RequestedEdit, ...] = ()
    """A guard of a fence as header and body, for where it has an older version."""
    fence: int = 0
    """Which fence it stands in, from one."""

    @property
    def shows_old(self) -> bool:
        """Whether it says itself what is to be replaced."""
        return self.old is not None or self.form in ("wrap", "level")


class Rest(enum.Enum):
    """What a sentence, or the rest of one, is that no form reads."""

    EXPLAINS = "explains"
    ALTERNATIVE = "alternative"
    BESIDE = "beside"
    """To be done beside the edit, and no harm if it is left: a test, a comment."""
    DEMAND = "demand"


def sentence_without_edit(sentence: str) -> Rest:
    """What a whole sentence is in which no form was found."""
    if is_optional(sentence):
        return Rest.ALTERNATIVE
    if _BESIDE.match(sentence):
        return Rest.BESIDE
    if any(form.match(sentence) for form in (_DEMAND, _VERB_LIKE, _CONDITIONAL)):
        return Rest.DEMAND
    return Rest.EXPLAINS


def is_optional(sentence: str) -> bool:
    """Whether a sentence offers something instead, or something that may be done."""
    return _OPTIONAL.match(sentence) is not None


def after_edit(rest: str) -> tuple[Rest, str]:
    """What stands behind an edit in its sentence, and the words that say it."""
    head, alternative = rest, ""
    if found := _ALTERNATIVE.search(rest):
        head, alternative = rest[: found.start()], rest[found.start() :]
    if _MORE_CODE.search(head):
        return Rest.DEMAND, head
    inside = _DEMAND_INSIDE.search(head)
    if inside is not None:
        what = inside["what"]
        return (Rest.BESIDE if _BESIDE.match(what) else Rest.DEMAND), what
    return (Rest.ALTERNATIVE, alternative) if alternative else (Rest.EXPLAINS, "")


def more_code(rest: str) -> int | None:
    """The mark of a further piece of code that the sentence adds to its edit."""
    found = _MORE_CODE.search(rest)
    return int(found["code"]) if found is not None and found["code"] else None
