"""Which findings are about a name that is bound and never read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codemods.codemod import ReadPlan
from codemods.demands.other_requests import other_requests
from codemods.demands.reported_lines import ReportedLines, reported_lines
from codemods.demands.text import inline_code, spoken_count
from codemods.findings.model import Finding
from codemods.syntax.dotted import last_part

CODES = ("F401", "F841", "F811")
"""What pyflakes, and ruff after it, calls an unused import, an unused variable and a second import
of a name; titles name them."""
_CODE = rf"\b(?:{'|'.join(CODES)})\b"
_UNUSED = re.compile(
    r"\b(?:un|not )used\b|\bnever (?:used|read|referenced|called)\b|\bdead\b|\bredundant\b|"
    rf"\bduplicated?\b|{_CODE}",
    re.IGNORECASE,
)
_IMPORT = re.compile(
    r"\bimport(?:s|ed)?\b(?![- ]+(?:time|side|safe|cycle|error|path))", re.IGNORECASE
)
_BINDING = re.compile(
    r"\bvariables?\b|\blocals?\b|\bbind(?:s|ings?)?\b|\bassignment\b|\bas e\b|"
    r"\b(?:computed|assigned) but\b",
    re.IGNORECASE,
)
_OTHERWISE = re.compile(
    r"\b(?:parameters?|arguments?|attributes?|fields?|methods?|class(?:es)?|definitions?|"
    r"instances?|endpoints?|modules?|functions?|aliases|re-?exports?|registry|singletons?|"
    r"type: ignore|warn-unused|columns?|dependenc(?:y|ies)|props?|state|keys?)\b",
    re.IGNORECASE,
)
_ONE_NAME = re.compile(r"\bunused\s+`[\w.]+`\s+in\b|`[\w.]+`\s+(?:is\s+)?unused\s+in\b", re.I)
_INSIDE = re.compile(r"\b(?:inside|within|in)\s+(?:a\s+|the\s+|its\s+)?(?:own\s+)?function\b", re.I)
_GONE = re.compile(
    r"\b(?:remove|delete|drop|strip|prune|get rid of|--fix)\b|→\s*`except\b", re.IGNORECASE
)
_DOUBLE = re.compile(r"\b(?:duplicate\w*|redundant|twice|shadows?|F811)\b", re.IGNORECASE)
_COMMENT = re.compile(
    r"\b(?:remove|delete|drop)\b[^.\n]{0,60}(?:\band|\bwith|\+|\bplus)\s+(?:the\s+|its\s+)?(?:\w+\s+)?comment",
    re.IGNORECASE,
)
_KEPT = re.compile(r"\bkeep\b|\b(?:is|are)\W{0,3}used\b|\bIS\b", re.IGNORECASE)
_CLAUSES = re.compile(r"[.;()]\s|\n")
_NAME = re.compile(r"^(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*$")
_SNAKE = re.compile(r"(?<![\w./-])[A-Za-z]\w*_\w+(?![\w./-])")
_IMPORTED = re.compile(r"\bimport\s+(?P<names>[\w., ]+)")
_DONE = re.compile(r"\b(?:remove|delete|drop|import|ruff)\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class UnusedPlan(ReadPlan):
    """What a finding about unused names says of them."""

    names: frozenset[str] = frozenset()
    """Names in code, whole and by their last word: ``pathlib.Path`` and ``Path``."""
    subjects: frozenset[str] = frozenset()
    """Those of them that title and suggestion name."""
    reported: tuple[ReportedLines, ...] = ()
    """Where the report says that they are bound."""
    imports: bool = False
    """Whether it is about imports."""
    bindings: bool = False
    """Whether it is about variables and handlers."""
    comments: bool = False
    """Whether the comment above a variable goes with it."""
    doubled: bool = False
    """Whether it is about names that are imported twice."""


def recognise(finding: Finding) -> UnusedPlan | None:
    """A plan for findings about imports, variables and ``as e`` that nothing reads.

    What can be reached from elsewhere (a parameter, attribute, function or module) is dead code,
    and no matter of one file.
    """
    title = finding.title
    suggestion = "\n".join(item.text for item in finding.suggestion)
    words = f"{title}\n{finding.description}"
    if "type: ignore" in title or not _is_python(finding):
        return None
    if not _UNUSED.search(title) or _OTHERWISE.search(_INSIDE.sub(" ", _plain(title))):
        return None
    named = _IMPORT.search(title) or _BINDING.search(title) or re.search(_CODE, title)
    if not named and not (_ONE_NAME.search(title) and _IMPORT.search(f"{suggestion}{words}")):
        return None
    if suggestion and not _GONE.search(suggestion) and not _IMPORTED.search(suggestion):
        return None
    imports = bool(_IMPORT.search(f"{words}\n{suggestion}") or "F401" in words)
    bindings = bool(_BINDING.search(_local_imports(title)) or "F841" in words)
    return UnusedPlan(
        strength=90,
        names=frozenset(_names(f"{words}\n{suggestion}\n{finding.text('evidence')}")),
        reported=tuple(reported_lines(finding)),
        imports=imports,
        bindings=bindings,
        comments=_COMMENT.search(f"{words}\n{suggestion}") is not None,
        doubled=_DOUBLE.search(words) is not None,
        count=spoken_count(title),
        subjects=frozenset(_names(f"{title}\n{suggestion}")),
        whole_files=True,
        aspects=other_requests(finding.suggestion_prose, _DONE),
    )


def _is_python(finding: Finding) -> bool:
    paths = [item.path for item in finding.locations if item.path]
    return not paths or any(path.endswith((".py", "/")) for path in paths)


def _plain(text: str) -> str:
    """``text`` without its inline code: ``compat_aliases`` is no word about aliases."""
    return re.sub(r"`[^`]*`", " ", text)


def _local_imports(title: str) -> str:
    """The title without "local import", which is no variable."""
    return re.sub(r"\blocal\b(?=[^.]{0,20}\bimport)", " ", title, flags=re.IGNORECASE)


def _names(text: str) -> set[str]:
    found: set[str] = set()
    for clause in _CLAUSES.split(text):
        if _KEPT.search(clause):
            continue
        # Titles seldom quote.
        found |= {item[0] for item in _SNAKE.finditer(_plain(clause))}
        for code in inline_code(clause):
            imported = _IMPORTED.search(code)
            parts = imported["names"].split(",") if imported else [code]
            for part in parts:
                name = part.split(" as ")[-1].strip().removesuffix("()")
                if _NAME.match(name):
                    found |= {name, last_part(name)}
    return found
