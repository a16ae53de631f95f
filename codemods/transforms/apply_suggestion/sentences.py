"""A suggestion's prose, sentence by sentence: its edits, and what else it says.

Sentences that say more than one code at once are taken apart. "`from a import b` and `return
b(x)`": the import says where the name comes from. "Pass `x=1` and `y=2` to `f`": two keywords of
one call. "Pass `x=1` (line 3) and `x=2` (line 9)": two calls. "`f` → `g` + `.astype(d)`": the
call's result gets the method.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from keyword import iskeyword

from codemods.analysis.logs.levels import LEVELS
from codemods.findings.text import code_spans, mentioned_lines
from codemods.tables import words
from codemods.transforms.apply_suggestion.adding import read_addition, read_import
from codemods.transforms.apply_suggestion.code import read
from codemods.transforms.apply_suggestion.placing import is_guarding
from codemods.transforms.apply_suggestion.prose import (
    FORMS,
    MORE,
    Form,
    RequestedEdit,
    Rest,
    after_edit,
    is_optional,
    more_code,
    sentence_without_edit,
)

_COUNT_WORDS = words("zero one two three four five six seven eight nine ten eleven twelve")
_SPOKEN = "|".join([r"\d{1,2}", *_COUNT_WORDS[2:]])
_COUNT = re.compile(
    rf"\b(?:(?P<both>both)|(?:all|the|these|each of the|in)\s+(?P<number>{_SPOKEN})\b(?!-)|"
    rf"(?P<sites>{_SPOKEN})\s+(?:call\s+)?"
    r"(?:sites|places|calls|occurrences|locations|spots|methods|lines|returns)\b)",
    re.IGNORECASE,
)
_EVERY = re.compile(r"\b(?:all|every|each|everywhere|throughout|any)\b", re.IGNORECASE)
_SCOPE = re.compile(r"\b(?:in|inside|within|of|on)\s+(?:the\s+)?⟦(\d+)⟧")
_OR = re.compile(r",?(?<!\s)\s+(?:or|OR)\s")
_MULTILINE = re.compile(r"\b(?:two|three|four|five|\d+)[ -]line\b(?! fix| change)", re.IGNORECASE)
_LEVEL = re.compile(
    rf"(?:[\w.]+\.)?({'|'.join(LEVELS)})(?:\((?:\.\.\.|…)?\))?(?: level)?",
    re.IGNORECASE,
)
_OFFLOADING = re.compile(
    r"\b(?:await|to_thread|run_in_executor|wait_for|create_subprocess_exec|with)\b|Lock\(\)?:\b"
)
"""What has codemods of its own: an ``await`` or a lock is more than one place's edit."""
_POSITION = re.compile(
    r"\b(?:before|after|above|below|between|inside|immediately|(?:at|near) the|top|start|beginning|"
    r"end|first|last|branch|block|loop)\b",
    re.IGNORECASE,
)
"""Words that say where: who reads them not must not choose a place."""
_HERE_TOO = re.compile(r"\bhere\b[^.⟦⟧]{0,120}?\band\s+(?:also\s+)?(?:at|in)\b", re.IGNORECASE)
_MARK = re.compile(r"⟦(\d+)⟧")
_SENTENCE = re.compile(
    r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)(?<!vs\.)(?<!cf\.)(?:\*\*)?\s+(?=[A-Z⟦(*`\d])|\n\s*(?:[-*•]|\d+[.)])\s+|\n\s*\n|;\s+"
)
_ARROW = re.compile(r"^(.+?)(?<!\s)\s+(?:→|⇒|➜)\s+(.+)$", re.DOTALL)
_LEAD = re.compile(r"^(?:[-*•]\s+|\d+[.)]\s+|\([a-z0-9]\)\s*|\*\*[^*]{1,30}:?\*\*:?\s*)+")
_VERB = r"^(?P<role>pass|add|use|set|specify|give)\s+(?:(?:the|an|explicit)\s+){0,2}"
_AT = r"\s*\((?P<at{0}>(?:at\s+)?lines?\s[^()]*)\)"
_IMPORT_LEAD = re.compile(
    r"^(?:(?:add|use)\s+)?⟦(?P<import>\d+)⟧(?:\s+at\s+(?:the\s+)?(?:module\s+)?top(?:\s+of\s+"
    r"(?:the\s+)?(?:module|file))?)?(?:\s*[,;]\s*|\s+)(?:(?:and|then)\s+)*(?=\S)",
    re.IGNORECASE,
)
_TO_ONE = re.compile(
    _VERB + r"⟦(?P<first>\d+)⟧(?:,|\s+and|,\s+and)\s+⟦(?P<second>\d+)⟧\s+(?:to|in|on)\s+"
    r"(?:(?:the|both|all)\s+){0,2}⟦(?P<callee>\d+)⟧",
    re.IGNORECASE,
)
_AT_LINES = re.compile(
    _VERB + r"⟦(?P<first>\d+)⟧" + _AT.format(1) + r"(?:,|\s+and|,\s+and)\s+⟦(?P<second>\d+)⟧"
    + _AT.format(2),
    re.IGNORECASE,
)  # fmt: skip
_SUFFIX = re.compile(r"^\s*\+\s*⟦(?P<suffix>\d+)⟧")
_METHOD = re.compile(r"\.?(?P<method>(?!\d)\w+\(.*\))", re.DOTALL)
_KEYWORD = re.compile(r"[A-Za-z_]\w*=(?!=)")


@dataclass(frozen=True)
class Reading:
    """What a suggestion's prose asks for."""

    requested_edits: tuple[RequestedEdit, ...] = ()
    beside: tuple[str, ...] = ()
    """What is to be done beside it, and can be left: tests, comments."""
    alternatives: tuple[str, ...] = ()
    demands: tuple[str, ...] = ()
    """What else is to be done, and is no edit that is read here."""


def read_prose(text: str) -> Reading:
    """The edits that a suggestion asks for in words, and what else it says."""
    marked, codes = _marked(text)
    requested_edits: list[RequestedEdit] = []
    said: dict[Rest, list[str]] = {kind: [] for kind in Rest}
    for sentence in _sentences(marked):
        whole = _unmarked(sentence, codes)
        found, rest = ([], "") if is_optional(sentence) else _requested_edits(sentence, codes)
        if not found:
            said[sentence_without_edit(sentence)].append(whole)
            continue
        requested_edits += [replace(requested, sentence=whole) for requested in found]
        kind, words = after_edit(rest)
        mark = more_code(rest) if kind is Rest.DEMAND else None
        if mark is not None and _is_mention(codes[mark]):
            # "…, matching `no_op`": a name is no further edit.
            kind, words = after_edit(rest.replace(f"⟦{mark}⟧", codes[mark]))
        said[kind].append(_unmarked(words, codes).strip(" ,()—–-."))
    return Reading(
        tuple(requested_edits),
        tuple(said[Rest.BESIDE]),
        tuple(said[Rest.ALTERNATIVE]),
        tuple(said[Rest.DEMAND]),
    )


def _marked(text: str) -> tuple[str, list[str]]:
    """The text with ``⟦0⟧`` for its first inline code, and the codes; an arrow in one makes two."""
    pieces: list[str] = []
    codes: list[str] = []
    position = 0
    for span in code_spans(text):
        pieces.append(text[position : span.start])
        arrow = _ARROW.match(span.text)
        for number, code in enumerate(arrow.groups() if arrow else (span.text,)):
            pieces += [" → " if number else "", f"⟦{len(codes)}⟧"]
            codes.append(code)
        position = span.end
    return "".join([*pieces, text[position:]]), codes


def _unmarked(text: str, codes: list[str]) -> str:
    return " ".join(_MARK.sub(lambda found: f"`{codes[int(found[1])]}`", text).split())


def _sentences(marked: str) -> Iterator[str]:
    for sentence in _SENTENCE.split(marked):
        joined = _LEAD.sub("", " ".join(sentence.split())).strip()
        if joined:
            yield joined


def _requested_edits(sentence: str, codes: list[str]) -> tuple[list[RequestedEdit], str]:
    """The requested edits of a sentence and what follows them in it."""
    if _MULTILINE.search(sentence):
        return _for_lines(sentence, codes)
    sentence = without_import(sentence, codes)
    several = read_several(sentence, codes)
    if several is not None:
        return several
    added = read_addition(sentence, codes) or read_import(sentence, codes)
    if added is not None and not _OFFLOADING.search(added[0].new):
        requested, rest = added
        said = _OR.split(sentence)[0]
        number = _COUNT.search(said)
        requested = replace(
            requested,
            scopes=requested.scopes or _scopes(said, codes),
            lines=mentioned_lines(said),
            count=_number(number) if number else None,
        )
        return [requested], rest
    for form in FORMS:
        match = form.pattern.search(sentence)
        first = _requested_of(form, match, sentence, codes) if match is not None else None
        if match is not None and first is not None:
            return _with_more(form, match, first, sentence, codes)
    return [], ""


def _requested_of(
    form: Form, match: re.Match[str], sentence: str, codes: list[str]
) -> RequestedEdit | None:
    """The requested edit of a sentence with a form; ``None`` where the form is there by chance."""
    named = match.groupdict()
    new = codes[int(named["new"])] if named.get("new") else named["level"].lower()
    if form.name == "level":
        level = _LEVEL.fullmatch(new)
        if level is None:
            return None
        new = f"logger.{level[1].lower()}"
    old = codes[int(named["old"])] if named.get("old") else None
    if _OFFLOADING.search(new) or (old is None and _is_advice(form, match, sentence, new)):
        return None
    # An alternative's function and lines are not this one's.
    said = sentence[: match.end()] + _OR.split(sentence[match.end() :])[0]
    number = _COUNT.search(said)
    requested = RequestedEdit(
        form.name,
        new,
        old,
        (named.get("role") or sentence.split()[0]).lower(),
        codes[int(named["callee"])] if named.get("callee") else None,
        named.get("word"),
        _scopes(said, codes),
        mentioned_lines(said),
        _number(number) if number else None,
        _EVERY.search(said) is not None,
    )
    if _HERE_TOO.search(sentence) and requested.count is None:
        # "… here (and at line 40)": two places, and the line is that of one.
        requested = replace(requested, lines=(), count=2)
    return requested


def _is_advice(form: Form, match: re.Match[str], sentence: str, new: str) -> bool:
    """Whether new code without an old version is no edit that could be placed."""
    named = match.groupdict()
    role = (named.get("role") or "").lower()
    additive = role == "add" or form.name == "wrap"
    guards = is_guarding(read(new)) and not _POSITION.search(sentence)
    if additive and not _is_keyword(new) and not named.get("word") and not guards:
        # There is no older version of what is only to be added, and nothing says where.
        return True
    telling = (
        form.name in ("level", "wrap")
        or role == "catch"
        # "Return `audio.copy()`" is code, "use `tracks.delete()`" a direction.
        or (role in ("return", "pass", "submit") and re.search(r"\.\w+\(\)$", new) is not None)
    )
    # "Use `asyncio.Lock`" names a thing: that is advice, and no new version of anything.
    return not telling and _is_mention(new)


def _with_more(
    form: Form, match: re.Match[str], requested: RequestedEdit, sentence: str, codes: list[str]
) -> tuple[list[RequestedEdit], str]:
    """A requested edit with those that the sentence goes on with, and what follows them."""
    found = [requested]
    rest = sentence[match.end() :]
    while requested.old is not None and form.name == "change" and (more := MORE.match(rest)):
        found.append(replace(requested, old=codes[int(more["old"])], new=codes[int(more["new"])]))
        rest = rest[more.end() :]
    suffix = read_suffix(rest, codes) if requested.old is not None else None
    if suffix is not None:
        return [replace(requested, suffix=suffix[0])], suffix[1]
    if form.name in ("arrow", "should-be"):
        found = []
        for item in form.pattern.finditer(sentence):
            pair = codes[int(item["old"])], codes[int(item["new"])]
            found.append(replace(requested, old=pair[0], new=pair[1]))
            rest = sentence[item.end() :]
    return found, rest


def _scopes(said: str, codes: list[str]) -> tuple[str, ...]:
    """The inline code that names where, without ``finally:`` and its like."""
    named = (codes[int(item)] for item in _SCOPE.findall(said))
    return tuple(code for code in named if not iskeyword(code.rstrip(":").strip()))


def _for_lines(sentence: str, codes: list[str]) -> tuple[list[RequestedEdit], str]:
    """One statement for several lines: half of them would stay, so that nothing can be done; but
    where it stands already, that can be told."""
    for form in FORMS:
        match = form.pattern.search(sentence) if form.name == "change-to" else None
        if match is not None and not _is_mention(codes[int(match["new"])]):
            return [RequestedEdit("lines", codes[int(match["new"])], role="replace")], ""
    return [], ""


def _is_mention(code: str) -> bool:
    """A bare name, a file, or a call without arguments: ``Exception`` may be a handler's type, and
    is known by its verb."""
    return re.fullmatch(r"[\w./:-]+(?:\(\s*\))?", code.strip()) is not None


def _is_keyword(code: str) -> bool:
    return re.match(r"\w+=(?!=)", code.strip()) is not None


def _number(found: re.Match[str]) -> int:
    word = (found["number"] or found["sites"] or "two").lower()
    return int(word) if word.isdigit() else _COUNT_WORDS.index(word)


def without_import(sentence: str, codes: Sequence[str]) -> str:
    """The sentence behind an import that it begins with: what the import is for."""
    found = _IMPORT_LEAD.match(sentence)
    if found is None or not re.match(r"(?:import|from)\s[^;\n]+$", codes[int(found["import"])]):
        return sentence
    rest = sentence[found.end() :]
    return rest if "⟦" in rest else sentence


def read_several(sentence: str, codes: Sequence[str]) -> tuple[list[RequestedEdit], str] | None:
    """The requested edits of a sentence with several keywords, and what follows them."""
    found = _TO_ONE.search(sentence)
    if found is not None:
        first, second = codes[int(found["first"])], codes[int(found["second"])]
        if not _KEYWORD.match(first) or not _KEYWORD.match(second):
            return None
        callee = codes[int(found["callee"])]
        requested = RequestedEdit(
            "pass-to",
            f"{first}, {second}",
            role=found["role"].lower(),
            callee=callee,
            lines=mentioned_lines(sentence),
        )
        return [requested], sentence[found.end() :]
    found = _AT_LINES.search(sentence)
    if found is None:
        return None
    requested_edits = [
        RequestedEdit(
            "verb", codes[int(found[key])], role=found["role"].lower(), lines=mentioned_lines(at)
        )
        for key, at in (("first", found["at1"]), ("second", found["at2"]))
    ]
    if not all(_KEYWORD.match(requested.new) and requested.lines for requested in requested_edits):
        return None
    return requested_edits, sentence[found.end() :]


def read_suffix(rest: str, codes: Sequence[str]) -> tuple[str, str] | None:
    """A method that the changed call's result gets, and what follows: ``+ `.astype(d)` ``."""
    found = _SUFFIX.match(rest)
    if found is None:
        return None
    method = _METHOD.fullmatch(codes[int(found["suffix"])].strip())
    return (f".{method['method']}", rest[found.end() :]) if method is not None else None
