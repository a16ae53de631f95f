"""Which findings are about exceptions that nobody hears of, and what they ask for."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from codemods.analysis.logs.levels import LEVELS
from codemods.codemod import ReadPlan
from codemods.demands.text import spoken_count
from codemods.findings.model import Finding, LineRange, Location, LocationKind
from codemods.findings.rules import names_of
from codemods.findings.text import code_spans, line_range
from codemods.syntax.handlers import BROAD

_WORD = "|".join((*LEVELS, "exception", "warn"))

SILENT_RULES = (
    *("S110", "B110", "try-except-pass", "try_except_pass", "py/empty-except"),
    *("S112", "B112", "try-except-continue", "try_except_continue"),
)
"""What other tools call a handler that drops its exception; they point at it by its lines."""
BARE_RULES = ("E722", "bare-except", "W0702", "py/catch-base-exception")

_SWALLOWED = re.compile(
    r"\bswallow(?:s|ed|ing)?\b|\bbare[- ]`?(?:except|pass)\b|"
    r"\bsilent(?:ly)?\b[^.\n]{0,40}\b(?:exceptions?|errors?|failures?)\b|"
    r"\b(?:exceptions?|errors?|failures?)\b[^.\n]{0,40}\b(?:silently|(?:ignored|dropped|discarded) "
    r"without|with no (?:log|signal|trace)|without (?:any )?(?:log\w*|trace))\b|"
    r"\bdiscards?\b[^.\n]{0,20}\bexceptions?\b|\bexcept\b[^\n:`]{0,60}:\s*`?(?:pass|continue)\b|"
    r"\bsuppress\((?:Base)?Exception\)",
    re.IGNORECASE,
)
_HANDLER = re.compile(r"\bexcept\b|\bsuppress\(|\bhandlers?\b|\bcatch\w*\b", re.IGNORECASE)
_ELSEWHERE = re.compile(r"\bHTTPExceptions?\b|\bCancelledError\b|\bXPASS\b|\basserti\w+\b")
"""What a title about another defect names: a wrong status, a lost cancellation, a hollow test."""
_WRAP = re.compile(r"\bwrap\w*\b[^.\n]{0,80}\b(?:try|except|suppress)\b", re.IGNORECASE)

_CALL = re.compile(rf"(?<![\w.])(?:[A-Za-z_]\w*\.)*_*(?i:log)\w*\.(?P<level>{_WORD})\b")
_VERB = re.compile(
    rf"\blog(?:s|ged|ging)?\b[^.\n;]{{0,60}}?\b(?:{_WORD}|traceback|failures?|level|them|it)\b|"
    r"\badd\b[^.\n;]{0,40}\blog(?:s|ging| lines?| calls?| statements?)?\b",
    re.IGNORECASE,
)
_LEVEL = re.compile(
    rf"(?:\b|_)log\w{{0,40}}\.(?P<method>{_WORD})\b|\b(?:at|as)\s+(?:the\s+)?[`\"]?(?P<at>{_WORD})\b|"
    rf"\blog\s+(?:an?\s+)?[`\"]?(?P<a>{_WORD})\b|(?P<named>{_WORD})[`\"]?[ -]level",
    re.IGNORECASE,
)
_TOO_LOW = re.compile(
    r"\bat\s+(?:the\s+)?`?debug\b|\bdebug[ -]level\b|\bonly\b[^.\n]{0,20}\bdebug\b", re.I
)
_QUIET = re.compile(r"\bdebug\b|\bbest[- ]effort\b", re.IGNORECASE)

_BARE = re.compile(r"\bexcept\s*:(?!\w)|\bbare[- ]`?except`?(?!\s*(?::\s*)?(?:`\s*)?Exception)")
_BROAD = re.compile(
    r"(?:^|\b(?:use|to|with|by|write|prefer)\s+)`?except\s+Exception\b", re.IGNORECASE | re.M
)
_TOO_BROAD = re.compile(
    r"\b(?:except|catch(?:es|ing)?|bare)\s+(?:a\s+)?(?:bare\s+)?`?(?:except\s+)?Exception\b|"
    r"\bbroad\b|\bcatches? every",
    re.IGNORECASE,
)
_EXCEPTION = r"(?:[a-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Expired|Timeout|Interrupt|Warning)"
_TYPES = rf"`\(?(?P<types>{_EXCEPTION}(?:\s*,\s*{_EXCEPTION})*),?\)?`"
_NARROW = (
    re.compile(rf"\b[Cc]atch\s+(?:only|just)\s+{_TYPES}"),
    re.compile(
        rf"\b[Cc]atch\s+{_TYPES}\s+(?:specifically|explicitly|only|instead of|rather than)\b"
    ),
    re.compile(rf"\b[Nn]arrow\b[^.\n;`]{{0,80}}{_TYPES}(?!\s*to\b)"),
    re.compile(rf"\b[Nn]arrow\s+`except\s+Exception`\s+to\s+{_TYPES}"),
)
_LISTED = re.compile(r"[\w./-]+(?::\d+)?")
"""Any word, so that none is looked through twice; a place is one with ``.py`` and a line."""
_AT_LINES = re.compile(r"`(?P<path>[\w./-]+\.py)?:(?P<lines>\d+(?:\s?[-–,/]\s?\d+)*)`")
_RANGE = re.compile(r"(\d+)(?:\s?[-–]\s?(\d+))?")

_CLAUSE = re.compile(r"(?:[.;]\s+|,?(?<!\s)\s+and\s+(?=[a-z]+\s)|,\s+(?=then\b))")
_DO = re.compile(
    r"(?:then\s+|also\s+)?(?:derive|set|replace|move|raise|re-?raise|return|report|record|track|"
    r"expose|surface|make|drop|remove|check|emit|mark|convert|narrow|propagate|fail|retry|notify)"
    r"\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class SwallowedPlan(ReadPlan):
    """What a finding about a silent handler asks for."""

    level: str = ""
    """The level to log at; ``""`` where no log line is asked for."""
    template: str = ""
    """The log call that the finding suggests, when its text is one for a log."""
    bare: bool = False
    """Whether ``except:`` is to become ``except Exception:``."""
    narrow: tuple[str, ...] = ()
    """The types that are to be caught in place of ``Exception``."""
    suppress: bool = False
    """Whether a ``with suppress(Exception)`` is spoken of."""
    elsewhere: tuple[str, ...] = ()
    """Other places that the finding lists beside its location: ``store.py:12``."""
    lower: bool = False
    """Whether a log call of a lower level is to get it."""
    values: bool = False
    """Whether handlers that only give a value or go on are spoken of."""


def recognise(finding: Finding) -> SwallowedPlan | None:
    """A plan for findings that want an exception logged that a handler drops, a bare ``except:``
    made one for ``Exception``, or a handler's type narrowed to one that they name."""
    rule = names_of(finding.rule or "")[1]
    if rule in map(str.lower, SILENT_RULES):
        return SwallowedPlan(strength=95, whole_files=True, level="warning", values=True)
    if rule in map(str.lower, BARE_RULES):
        return SwallowedPlan(strength=95, whole_files=True, bare=True)
    suggestion = "\n".join(item.text for item in finding.suggestion)
    words = f"{finding.description}\n{finding.text('evidence', 'code')}"
    whole = f"{finding.title}\n{words}"
    if _ELSEWHERE.search(finding.title) or not _HANDLER.search(f"{whole}\n{suggestion}"):
        return None
    if _WRAP.search(suggestion):
        # There is no handler yet.
        return None
    titled = _SWALLOWED.search(finding.title) is not None
    about = titled or _SWALLOWED.search(words) is not None
    logs = about and _asks_for_log(suggestion)
    bare = bool(_BARE.search(whole) and _BROAD.search(suggestion))
    narrow = _narrow(suggestion) if about or _TOO_BROAD.search(whole) else ()
    if not (logs or bare or narrow):
        return None
    return SwallowedPlan(
        strength=82 if titled or bare else 62,
        whole_files=True,
        count=spoken_count(f"{finding.title}\n{finding.description}"),
        aspects=_left(suggestion, narrow),
        level=_level(suggestion, whole) if logs else "",
        template=_template(finding) if logs else "",
        bare=bare,
        narrow=narrow,
        locations=() if _names_a_file(finding) else _listed(finding),
        elsewhere=_elsewhere(finding) if _names_a_file(finding) else (),
        suppress=re.search(r"\bsuppress\(", whole) is not None,
        lower=_TOO_LOW.search(whole) is not None,
        values=re.search(r"\b(?:returns?|continue|None|False|fall\w*)\b", whole) is not None,
    )


def _elsewhere(finding: Finding) -> tuple[str, ...]:
    named = [item.path or "" for item in finding.locations]
    found = _LISTED.findall(f"{finding.description}\n{finding.text('evidence', 'siblings')}")
    return tuple(
        dict.fromkeys(
            item
            for item in found
            if item.partition(":")[0][1:].endswith(".py") and ":" in item
            if not any(f"/{path}".endswith(f"/{item.partition(':')[0]}") for path in named)
        )
    )


def _asks_for_log(suggestion: str) -> bool:
    for call in _CALL.finditer(suggestion):
        # The function that another call is given is none that a handler runs.
        if "lambda" not in suggestion[max(0, call.start() - 40) : call.start()]:
            return True
    return _CALL.search(suggestion) is None and _VERB.search(suggestion) is not None


def _level(suggestion: str, whole: str) -> str:
    found = _LEVEL.search(suggestion)
    if found is not None:
        level = next(item for item in found.groups() if item).lower()
        return "warning" if level == "warn" else level
    return "debug" if _QUIET.search(whole) else "warning"


def _narrow(suggestion: str) -> tuple[str, ...]:
    for pattern in _NARROW:
        found = pattern.search(suggestion)
        if found is not None:
            types = tuple(item.strip() for item in found["types"].split(","))
            if BROAD.isdisjoint(types):
                return types
    return ()


def _left(suggestion: str, narrow: tuple[str, ...]) -> tuple[str, ...]:
    """The clauses of a suggestion that ask for more than the handler's type and its log line."""
    found = []
    for clause in _CLAUSE.split(" ".join(suggestion.split())):
        if not _DO.match(clause) or _CALL.search(clause) or _VERB.search(clause):
            continue
        if _BROAD.search(clause) or (narrow and clause.lower().startswith("narrow")):
            continue
        found.append(clause.partition(" — ")[0].strip(" .,;:"))
    return tuple(dict.fromkeys(found))


def _template(finding: Finding) -> str:
    """The code of the suggested log call, ``""`` where its message is none for a log."""
    for item in finding.suggestion:
        codes = [block.text for block in item.blocks]
        codes += [span.text for span in code_spans(item.prose)]
        for code in codes:
            for start in _CALL.finditer(code):
                text = _call_at(code, start.start())
                if text:
                    return text
    return ""


def _call_at(code: str, start: int) -> str:
    """The call that begins at ``start``, if it parses and says something."""
    for end in range(start, len(code)):
        if code[end] != ")":
            continue
        try:
            call = ast.parse(code[start : end + 1], mode="eval").body
        except SyntaxError:
            # The parenthesis is one of a string or of an argument.
            continue
        if isinstance(call, ast.Call) and call.args and _says_something(call):
            return code[start : end + 1]
        return ""
    return ""


def _says_something(call: ast.Call) -> bool:
    texts = [
        item.value
        for item in ast.walk(call.args[0])
        if isinstance(item, ast.Constant) and isinstance(item.value, str)
    ]
    abridged = any(isinstance(item, ast.Constant) and item.value is ... for item in ast.walk(call))
    return not abridged and any(
        re.search(r"[A-Za-z]{3}", text) and "..." not in text and "…" not in text for text in texts
    )


def _names_a_file(finding: Finding) -> bool:
    return any(
        item.kind not in (LocationKind.PROSE, LocationKind.SYMBOL) for item in finding.locations
    )


def _listed(finding: Finding) -> tuple[Location, ...]:
    """The places at the heads of a list's items: ``- `a.py:54`, `:338` — why``."""
    found: dict[str, list[LineRange]] = {}
    for line in finding.text("evidence", "description").splitlines():
        head, dash, _ = line.partition(" — ")
        if not dash or not head.lstrip().startswith(("- ", "* ")):
            continue
        path = ""
        for match in _AT_LINES.finditer(head):
            path = match["path"] or path
            for part in _RANGE.finditer(match["lines"]):
                lines = line_range(int(part[1]), int(part[2]) if part[2] else None)
                found.setdefault(path, []).append(lines)
    return tuple(
        Location(LocationKind.FILE, path, tuple(lines)) for path, lines in found.items() if path
    )
