"""Which findings say that one name stands where another one should, and which names these are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.codemod import ReadPlan
from codemods.findings.model import Finding

_CONSTANT = r"_?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"
_NAME = r"[A-Za-z_]\w*"
_SHOULD = re.compile(rf"`['\"]?({_NAME})['\"]?`\s*\(?(?:which )?should be `['\"]?({_NAME})['\"]?`")
_REPLACE = re.compile(
    rf"\b(?i:replace|change|swap|rename)\s+`?({_CONSTANT})`?\s+(?:with|to|by|for)\s+"
    rf"`?({_CONSTANT})`?"
)
_USE = re.compile(rf"\b(?i:use)\s+`?({_CONSTANT})`?\s+instead of\s+`?({_CONSTANT})`?")
_USES = re.compile(rf"\b(?:uses|using)\s+`?({_CONSTANT})`?\s+instead of\s+`?({_CONSTANT})`?")
_FROM = re.compile(r"^[^\S\n]*from\s+([\w.]+)\s+import\s+(.+)$", re.MULTILINE)
_CEILING = re.compile(r"\bceil\(")
_PLUS_ONE = re.compile(r"\bint\([^\n/]{0,120}/[^\n]{0,120}\)\s*\+\s*1\b")


@dataclass(frozen=True, slots=True)
class Pair:
    """``old`` becomes ``new``."""

    old: str
    new: str
    module: str = ""
    """Where the suggestion imports the new one from."""

    @property
    def anchors(self) -> tuple[str, str]:
        """Both names as they stand in code."""
        if self.is_constant:
            return self.old, self.new
        return f'"{self.old}"', f'"{self.new}"'

    @property
    def is_constant(self) -> bool:
        """Whether both are constants, and no strings."""
        return bool(re.fullmatch(_CONSTANT, self.old) and re.fullmatch(_CONSTANT, self.new))


@dataclass(frozen=True, kw_only=True)
class RenamePlan(ReadPlan):
    """What a finding about a wrong name names."""

    pairs: tuple[Pair, ...]
    ceiling: bool = False
    """Whether ``int(a / b) + 1`` is to be rounded up."""


def recognise(finding: Finding) -> RenamePlan | None:
    """A plan for findings that give the wrong name and the right one.

    Constants (``Replace `A_B` with `C_D```), and names of attributes and keys that stand in
    strings (``a`` (should be ``b``)). Everything else is another kind of suggestion.
    """
    suggestion = "\n".join(item.text for item in finding.suggestion)
    modules = {
        name.strip(): found[1]
        for found in _FROM.finditer("\n".join(code.text for code in finding.suggestion_code))
        for name in found[2].split(",")
    }
    pairs = tuple(
        Pair(old, new, modules.get(new, ""))
        for old, new in dict.fromkeys(_pairs(finding, suggestion))
        if old != new
    )
    olds = [pair.old for pair in pairs]
    if not pairs or len(set(olds)) != len(olds):
        return None
    shown = "\n".join(block.text for block in finding.evidence_code)
    return RenamePlan(
        strength=80,
        anchors=tuple(name for pair in pairs for name in pair.anchors),
        pairs=pairs,
        ceiling=_CEILING.search(suggestion) is not None and _PLUS_ONE.search(shown) is not None,
    )


def _pairs(finding: Finding, suggestion: str) -> Iterator[tuple[str, str]]:
    for found in _REPLACE.finditer(suggestion):
        yield found[1], found[2]
    for found in _USE.finditer(suggestion):
        yield found[2], found[1]
    for found in _USES.finditer(finding.title):
        yield found[1], found[2]
    for found in _SHOULD.finditer(f"{finding.description}\n{suggestion}"):
        yield found[1], found[2]
