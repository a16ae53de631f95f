"""What a suggestion says besides its edits: alternatives, what can be left, and what cannot.

Half of a fix can be worse than none, so whatever reads as a demand keeps the edits back; what only
explains does not.
"""

from __future__ import annotations

import enum
import re

from codemods.tables import words

_ALTERNATIVE = re.compile(
    r"(?:^[\s,(—–-]*|[\s,(—–-]+)(?:or|alternatively|alternative|option|else)\b", re.IGNORECASE
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
