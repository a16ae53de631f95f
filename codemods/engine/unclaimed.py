"""Why nothing in the catalogue claims a finding, as far as its own words tell."""

from __future__ import annotations

import ast
import re
import textwrap

from codemods.findings.model import Code, Finding, LocationKind
from codemods.findings.text import code_spans

_TESTS = re.compile(
    r"\b(?:test (?:coverage|gaps?|files?)|untested|no (?:\w+ ){0,3}tests?)\b", re.IGNORECASE
)
_DOCUMENTS = re.compile(
    r"^(?:update|fix|correct|clarify|rewrite|reword|amend|add|document|remove)\b[^.;]{0,60}"
    r"\b(?:comments?|docstrings?|documentation|docs?|readme|changelog)\b|^document\b",
    re.IGNORECASE,
)
_CHOICE = re.compile(r"^(?:either\b|options?\b|consider\b|decide\b|pick\b|choose\b)", re.IGNORECASE)
_ALTERNATIVES = re.compile(r"(?<=[,;.\s])(?:or|alternatively)\b,?\s", re.IGNORECASE)
_ADDS = re.compile(r"^(?:also\s+|then\s+)?(?:add|insert|include|call|append)\b", re.IGNORECASE)
_REMOVES = re.compile(r"^(?:remove|delete|drop)\b", re.IGNORECASE)
_NAME = re.compile(r"@?[\w./:*-]+(?:\(\s*\))?")
_LONGEST = 90


def why_no_codemod(finding: Finding) -> str:
    """Why no codemod claims ``finding``: what its suggestion lacks for being an edit."""
    paths = [item.path for item in finding.locations if item.kind is LocationKind.FILE]
    other = [path for path in paths if path and not path.endswith((".py", ".pyi"))]
    if paths and len(other) == len(paths):
        return f"{other[0]} is no Python file"
    if _TESTS.search(f"{finding.title} {finding.dimension or ''}"):
        return "it asks for tests, and what they should assert is in nobody's words"
    suggestion = " ".join(finding.suggestion_prose.split())
    if not suggestion and not finding.suggestion_code:
        return "no codemod knows the pattern, and the finding suggests no fix"
    return f"no codemod knows the pattern, and {_lack(finding, suggestion)}"


def _lack(finding: Finding, suggestion: str) -> str:
    shown = f": “{textwrap.shorten(suggestion, _LONGEST, placeholder='…')}”" if suggestion else ""
    if finding.suggestion_code:
        return f"{_of_code(finding.suggestion_code)}{shown}"
    inline = [span.text.strip() for span in code_spans(suggestion)]
    names_only = all(_NAME.fullmatch(text) for text in inline)
    if names_only and (_CHOICE.match(suggestion) or _ALTERNATIVES.search(suggestion)):
        return f"the suggestion leaves a choice, and shows no code for any{shown}"
    if _DOCUMENTS.match(suggestion):
        return f"the suggestion is about words and changes no code{shown}"
    if not inline:
        return f"the suggestion describes a fix and shows no code for it{shown}"
    if names_only:
        names = ", ".join(f"`{text}`" for text in dict.fromkeys(inline[:3]))
        return f"the suggestion names {names} and shows no code that stands there afterwards{shown}"
    if _ADDS.match(suggestion):
        return f"the suggestion adds code and does not say between which statements{shown}"
    if _REMOVES.match(suggestion):
        return f"the suggestion takes code away, and nothing tells all that goes with it{shown}"
    return f"the suggestion's code is in words that no form of an edit has{shown}"


def _of_code(blocks: tuple[Code, ...]) -> str:
    """What keeps the fenced code from being the new version of what stands there."""
    for block in blocks:
        if block.language not in (None, "", "python", "py", "python3"):
            return f"the suggestion's code is {block.language}"
        try:
            body = ast.parse(block.text).body
        except (SyntaxError, ValueError):
            # Abridged, or cut out of a statement.
            return "the suggestion's code is a fragment that is no Python by itself"
        for statement in body:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                return f"the suggestion shows a design with `{statement.name}` for it"
    return "the suggestion's code is no new version of single statements"
