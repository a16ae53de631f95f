"""Which findings ask for a path to be checked, which path it is, and against what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.codemod import ReadPlan
from codemods.demands.text import called_names, identifiers
from codemods.findings.model import Finding
from codemods.findings.text import code_spans
from codemods.syntax.dotted import last_part

_LACKS = re.compile(
    r"\bunvalidated\b|\b(?:path|directory) traversal\b|\barbitrary (?:\w+ ){0,2}(?:file|path)"
    r"s?\b|\bbypass\w*\b[^.]{0,200}\bvalidat|\b(?:without|no|missing|lacks?|omits?)\b[^.\n]{0,40}"
    r"\b(?:validat\w+|containment|path check\w*|`?\w*validate_\w+|`?is_relative_to)",
    re.IGNORECASE,
)
_PATH = re.compile(r"path|director(?:y|ies)|folder|\bfiles?\b", re.IGNORECASE)
_OTHER = re.compile(
    r"\btests?\b|\bwritable\b|\berror messages?\b|\benumerat\w+|\bzero call sites\b|\bunused\b|"
    r"\bdead\b|\blogs?\b|\blogged\b|\bleaks?\b|\bexposed?\b|\bsymlinks?\b|\bdocstring\b|"
    r"\breturns HTTP\b|\bmass-assign\w*|\bfile types?\b",
    re.IGNORECASE,
)
"""What a title says that is about something else, in which a path check is only mentioned."""
_ASKS = re.compile(
    r"\bvalidat\w+|\bis_relative_to\b|\bresolves?\b|\bcontain\w*|\brestrict\w*|\breject\w*|"
    r"\bensure\b[^.\n]{0,200}\b(?:within|inside|under)\b|\ballow-?list\w*|\broute\b|\bcheck\w*\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"\bfield_validator\b|\bvalidator\(|\bAfterValidator\b")
"""The check belongs into a model, which the suggestion shows: :mod:`apply_suggestion`'s."""
_VALIDATOR = re.compile(r"^(?:validate|check|ensure|resolve|secure|safe|contain|sanitize)_?\w*$")
_VALUE = re.compile(
    r"^(?:[a-z_]\w*\.)*(?P<last>\w*(?:path|filename|file_name|directory|folder|dirname))$"
)
_NO_VALUE = ("os.path", "sys.path", "pathlib", "path", "os.path.exists")
_WITHIN = re.compile(
    r"\b(?:within|inside|under|below|beneath|against|outside|to)\s+(?:of\s+)?(?:the\s+)?"
    r"(?:`(?P<code>[^`\n]+)`|(?P<bare>~?/[\w./-]+))"
)
_HOME = re.compile(r"\b(?:within|inside|under)\s+(?:the\s+)?user'?s?'?\s+home\b", re.IGNORECASE)
_SKIPS = re.compile(r"\bskip\w*\b", re.IGNORECASE)
_SEVERAL = re.compile(r"^\W*+(?:[\w-]+\s+){0,3}(?:endpoints|routes|handlers)\b", re.IGNORECASE)
_IN_PROSE = re.compile(r"\b(?:file_?path|filename)\b")
_ALLOWED = re.compile(
    r"\ballow(?:ed|-?list\w*|listed)\b[^.\n]{0,30}\bdirector|\ballow-?list\b", re.IGNORECASE
)
_PARTS = (
    (re.compile(r"\bextensions?\b", re.IGNORECASE), "restrict the file extensions"),
    (
        re.compile(r"\ballow-?list of\b|\bagainst an allow-?list\b", re.IGNORECASE),
        "an allowlist of directories",
    ),
)


@dataclass(frozen=True, kw_only=True)
class PathPlan(ReadPlan):
    """What a finding about an unchecked path asks for."""

    values: tuple[str, ...]
    """The paths that it names, dotted or not: ``album.artwork_path``, ``input_path``."""
    validators: tuple[str, ...] = ()
    """Functions of the project that it wants called, by their last word."""
    root: str = ""
    """The folder that it names: ``~/covers``, or code: ``settings.media_root``."""
    skips: bool = False
    """What is refused is to be skipped, and not answered."""
    functions: tuple[str, ...] = ()
    """What it mentions by name, functions that answer no request among it."""
    sweeps: bool = False
    """It speaks of several endpoints of the files that it names."""
    allowed: bool = False
    """It speaks of allowed directories without saying which."""


def recognise(finding: Finding) -> PathPlan | None:
    """A plan for findings that miss a check of a path that comes from outside.

    Not for those whose suggestion asks for something else (load by id, delete the endpoint), and
    not where the check is one of a model's field that the suggestion spells out.
    """
    suggestion = "\n".join(item.text for item in finding.suggestion)
    about = f"{finding.title}\n{finding.description}"
    if not _LACKS.search(about) or not _PATH.search(finding.title) or _OTHER.search(finding.title):
        return None
    if _ELSEWHERE.search(suggestion) or (suggestion and not _ASKS.search(suggestion)):
        return None
    if suggestion.lstrip().lower().startswith("if "):
        # "If containment is ever desired, …" is a question and no demand.
        return None
    values = tuple(dict.fromkeys(_values(finding, suggestion)))
    if not values:
        return None
    validators = _validators(suggestion) or (_validators(about) if suggestion else ())
    anchors = tuple(dict.fromkeys(last_part(item) for item in values))
    return PathPlan(
        strength=78,
        anchors=anchors,
        whole_files=True,
        values=values,
        validators=validators,
        root=_root(suggestion),
        skips=bool(_SKIPS.search(suggestion)),
        functions=identifiers(f"{about}\n{suggestion}"),
        sweeps=any(_SEVERAL.search(text) for text in (finding.title, finding.description)),
        allowed=bool(_ALLOWED.search(suggestion or finding.description)),
        aspects=tuple(what for pattern, what in _PARTS if pattern.search(suggestion)),
    )


def _validators(text: str) -> tuple[str, ...]:
    names = [last_part(name) for name in called_names(text)]
    return tuple(dict.fromkeys(name for name in names if _VALIDATOR.match(name)))


def _values(finding: Finding, suggestion: str) -> Iterator[str]:
    """The names of paths: those of suggestion and title first, then description and evidence."""
    evidence = "\n".join(block.text for block in finding.evidence_code)
    texts = (suggestion, finding.title, finding.description, evidence)
    called = {last_part(name) for text in texts for name in called_names(text)}
    called.update(re.findall(r"\bdef (\w+)", evidence))
    for text in texts:
        for name in (*identifiers(text), *_words_of_code(text), *_IN_PROSE.findall(text)):
            found = _VALUE.match(name)
            if found is not None and name not in _NO_VALUE and found["last"] not in called:
                yield name


def _words_of_code(text: str) -> Iterator[str]:
    """Dotted names in the inline code of a text, arguments of calls among them."""
    for span in code_spans(text):
        yield from re.findall(r"(?<![\w/.\"'])[a-z_]\w*(?:\.[a-z_]\w*)*(?![\w/(\"'])", span.text)


def _root(suggestion: str) -> str:
    for found in _WITHIN.finditer(suggestion):
        text = (found["code"] or found["bare"]).strip().rstrip(".,;")
        if re.match(r"^(?:~/|/)[\w./-]*\w/?$", text) or _is_code(text):
            return text.rstrip("/")
    return "~" if _HOME.search(suggestion) else ""


def _is_code(text: str) -> bool:
    """Whether inline code can stand for a folder: a constant, a setting, a ``Path`` expression."""
    constant = re.fullmatch(r"(?:[A-Za-z_]\w*\.)*(?P<last>[A-Za-z_]\w*)", text)
    if constant is not None:
        return constant["last"].isupper() or bool(
            re.search(r"(?:root|dir|directory|folder)$", constant["last"], re.IGNORECASE)
        )
    return bool(re.match(r"^(?:pathlib\.)?Path(?:\.home\(\)|\()", text))
