"""Which findings call code dead and want it deleted, and which code they name."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection
from dataclasses import dataclass

from codemods.codemod import ReadPlan
from codemods.demands.demands import Demands
from codemods.demands.other_requests import other_requests
from codemods.demands.reported_lines import ReportedLines, reported_lines
from codemods.demands.text import called_names, dotted_names, spoken_count
from codemods.findings.model import Finding
from codemods.syntax.dotted import last_part
from codemods.transforms.unused_name import codemod as unused_name

_DEAD = re.compile(
    r"\bdead\b(?!-?\s?(?:end|lock|line))|\b(?:unused|unreachable|orphan\w*|unreferenced|uncalled|write-only|vestigial|obsolete)\b|"
    r"\bnever\s+(?:\w+\s+)?(?:called|used|read|invoked|referenced|imported|instantiated|reached|updated)\b|"
    r"\b(?:zero|no|0)\s+(?:\w+\s+)?(?:callers?|consumers?|call[ -]sites?|references?|importers?|"
    r"readers?|users?)\b|\bdiscarded\b|\bdeprecat\w+\b",
    re.IGNORECASE,
)
_DELETE = r"(?:delete|remove|drop|strip|prune|excise|get rid of)"
_FIRST = re.compile(
    rf"^(?:[*\-\s]|\(?[1a][.)]\s|either\s|simply\s|just\s|please\s|`[^`]+`\s+(?=delete|remove))*"
    rf"{_DELETE}\b",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"\n(?:Delete|Remove) the (?:[\w-]+ ){0,2}(?:method|function|class|alias|file|module)(?:e?s)?\b"
)
"""What to do stands below what there is instead, which is a field of its own."""
_CLAUSE = re.compile(
    rf"\b{_DELETE}\b(?P<what>(?:[^.;\n]|\.(?=\w)|\n(?![^\S\n]*[-*\d]))*)", re.IGNORECASE
)
_CUT = re.compile(
    r",?(?<!\s)\s+(?:or|OR)\s|\bunless\b|\bif\b|\bupdate\b|"
    r"\band (?:update|re-?point|migrate|use|call)\b|;|"
    r"\b(?:from|in|at|of|on|with|because)\s|\bkeep\b|\bso that\b|\bthen\b|\s\(",
)
_KEPT = re.compile(r"\bkeep\b|\bcallers? (?:read|use|call)\b|\blive\b|\bused\b(?<!unused)", re.I)
_TITLE = re.compile(r"(?<!\s)\s+[—–-]\s+|;\s")
_NOUN = re.compile(
    r"\b(?:functions?|methods?|class(?:es)?|alias(?:es)?|accessors?|helpers?|shims?|attributes?|"
    r"fields?|propert(?:y|ies)|constants?|parameters?|params?|arguments?|kwargs?|it|them|both)\b",
    re.IGNORECASE,
)
_PLURAL = re.compile(
    r"\b(?:both|all|\d+|two|three|four|five|six|seven|eight|nine|ten)\s+(?:\w+\s+){0,3}?"
    r"(?:functions|methods|classes|aliases|accessors|helpers|wrappers|attributes|fields|constants)\b",
    re.IGNORECASE,
)
_FILE = re.compile(r"\b(?:file|module|package)\b|\bgit rm\b|`[\w/.-]+(?:\.py|/)`", re.IGNORECASE)
_FILES = re.compile(
    r"\b(?P<number>\d+|both|two|three|four|five|six|seven|eight)\s+(?:[\w-]+\s+){0,2}(?:files|modules)\b",
    re.IGNORECASE,
)
_NUMBERS = ("", "", "two", "three", "four", "five", "six", "seven", "eight")
_PARAMETER = re.compile(r"\b(?:parameters?|params?|arguments?|kwargs?)\b", re.IGNORECASE)
_EXPRESSION = re.compile(
    r"`([^`\n]+)`\s+expression\b|\bexpression(?: statement)?\s+`([^`\n]+)`", re.I
)
_DONE = re.compile(
    rf"\b{_DELETE}\b|\bchangelog\b|\b__all__\b|\bre-?exports?\b|\bimports?\b", re.IGNORECASE
)
_OF_CLASS = re.compile(
    r"`[A-Z]\w*`(?:'s|’s)?\s+(?=(?:fields|attributes|methods|members|params|parameters)\b)"
)
"""A class that is only named for what is in it: "the three ``Config`` fields"."""
_PATH = re.compile(r"(?<![\w/.-])(?!__init__\.py)[\w/.-]+\.py\b(?!::|:\d|`?['’]s\b)")
_SNAKE = re.compile(r"(?<![\w./-])[A-Za-z]\w*_\w+(?![\w/-]|\.\w)")


@dataclass(frozen=True, kw_only=True)
class DeadPlan(ReadPlan):
    """What a finding about dead code names."""

    asked: tuple[str, ...] = ()
    """Names that the suggestion wants deleted: ``ChunkOperations.get_range``, ``QueueManager``."""
    subjects: tuple[str, ...] = ()
    """Names that the title and the field of the deprecated API speak of."""
    mentioned: tuple[str, ...] = ()
    """All names of the finding: of those, what stands at the reported lines is meant too."""
    expressions: tuple[str, ...] = ()
    """Statements that are nothing but such an expression."""
    parameters: bool = False
    """Whether it is about parameters."""
    files: tuple[str, ...] = ()
    """The paths of whole files that are to go, as written; of a package with ``/`` at its end."""
    python: bool = True
    """Whether all of its locations are Python files."""
    reported: tuple[ReportedLines, ...] = ()
    """Where the report says that it stands."""
    spoken: tuple[str, ...] = ()
    """Every name of the finding: the functions of the parameters are among them."""

    def without(self, names: Collection[str]) -> DeadPlan:
        """The plan for everything else than ``names``."""

        def kept(those: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(name for name in those if last_part(name) not in names)

        return dataclasses.replace(self, asked=kept(self.asked), subjects=kept(self.subjects))


def recognise(finding: Finding) -> DeadPlan | None:
    """A plan for findings whose first suggestion is to delete what they call dead.

    "Either wire it up, or delete it" is a question to somebody, and nothing to be done.
    """
    title = finding.title
    if not any(_is_python(item.path) for item in finding.locations):
        return None
    if unused_name.recognise(Demands.of(finding)) is not None:
        # A name of one file, which no other file can need.
        return None
    if not _DEAD.search(title):
        return None
    prose = finding.suggestion_prose.strip()
    asks = _FIRST.search(prose) or _NEXT.search(prose)
    if not asks and not re.search(r"(?:^|\n)[^\S\n]*`?git rm\b", prose):
        return None
    clauses = [_CUT.split(match["what"])[0] for match in _CLAUSE.finditer(prose)]
    wanted = " , ".join(clause for clause in clauses if not _KEPT.search(clause))
    asked = _names(_OF_CLASS.sub(" ", wanted))
    subject = f"{_TITLE.split(title)[0]}\n{finding.text('deprecated api', 'api')}"
    expressions = _expressions(f"{title}\n{finding.description}")
    if "expression" not in wanted and asked:
        expressions = ()
    files: tuple[str, ...] = ()
    removed = re.findall(r"git rm\s+(?:-\w+\s+)*([\w/.-]+\.py)", prose)
    if removed or _paths(wanted):
        files = tuple(removed) or _paths(wanted)
    elif not asked and re.search(r"`[\w.-]+(?:/[\w.-]+)*/`", wanted):
        files = tuple(re.findall(r"`([\w.-]+(?:/[\w.-]+)*/)`", wanted))
    elif not asked and _FILE.search(wanted):
        files = _paths(title) or _places(finding)[:1]
    elif not asked and (counted := _FILES.search(wanted)) and "test" not in wanted:
        files = _places(finding)
        if len(files) != _number(counted["number"].lower()):
            files = ()
    noun = _NOUN.search(wanted) is not None
    lines = re.search(r"\bline \d", wanted, re.IGNORECASE)
    if not (asked or files or noun or (expressions and ("expression" in wanted or lines))):
        # Comments, branches, checks: nothing that has a name.
        return None
    return DeadPlan(
        strength=80,
        asked=asked,
        subjects=_names(subject) if noun and not asked else (),
        mentioned=(_names(f"{subject}\n{finding.description}") if _PLURAL.search(wanted) else ()),
        expressions=expressions,
        parameters=_PARAMETER.search(f"{wanted}\n{title}") is not None,
        files=files,
        python=all(_is_python(item.path) for item in finding.locations if item.path),
        reported=tuple(reported_lines(finding)),
        spoken=_names(f"{title}\n{finding.description}\n{prose}"),
        whole_files=True,
        count=spoken_count(wanted),
        aspects=other_requests(finding.suggestion_prose, _DONE),
    )


def _paths(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_PATH.findall(text)))


def _places(finding: Finding) -> tuple[str, ...]:
    paths = [item.path for item in finding.locations if item.path and item.path.endswith(".py")]
    return tuple(dict.fromkeys(paths))


def _number(word: str) -> int:
    if word == "both":
        return 2
    return int(word) if word.isdigit() else _NUMBERS.index(word)


def _is_python(path: str | None) -> bool:
    return path is not None and path.endswith((".py", "/"))


def _names(text: str) -> tuple[str, ...]:
    found: list[tuple[int, str]] = []
    for name in (*called_names(text), *dotted_names(text), *_SNAKE.findall(text)):
        if "." in name and name.endswith(".py"):
            continue
        found.append((text.find(name), name.removesuffix("()")))
    # ``dependencies.py::require_manager`` and ``module::Class.method``
    for match in re.finditer(r"::([A-Za-z_][\w.]*)", text):
        found.append((match.start(), match[1]))
    return tuple(
        dict.fromkeys(
            name
            for _, name in sorted(found, key=lambda pair: pair[0])
            if not last_part(name).startswith("__")
        )
    )


def _expressions(text: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            part for match in _EXPRESSION.finditer(text) for part in match.groups() if part
        )
    )
