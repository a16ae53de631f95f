"""Why nothing in the catalogue claims a finding, as far as its own words tell."""

from __future__ import annotations

import ast
import re
import textwrap

from codemods.codemod import Codemod
from codemods.demands.demands import Demands, Text
from codemods.findings.model import Code, LocationKind

_NAME = re.compile(r"@?[\w./:*-]+(?:\(\s*\))?")
_LONGEST = 90


def why_no_codemod(demands: Demands, near: Codemod | None = None) -> str:
    """Why no codemod claims a finding: what its suggestion lacks for being an edit.

    Args:
        demands: of the finding.
        near: the codemod that is about what it speaks of.
    """
    why = _why(demands)
    if near is None:
        return why
    return f"{why}; {near.name} is near, and a directive with it would ask for it"


def _why(demands: Demands) -> str:
    paths = [item.path for item in demands.locations if item.kind is LocationKind.FILE]
    other = [path for path in paths if path and not path.endswith((".py", ".pyi"))]
    if paths and len(other) == len(paths):
        return f"{other[0]} is no Python file"
    if (demands.title + Text(demands.dimension)).says("lacks-tests"):
        return "it asks for tests, and what they should assert is in nobody's words"
    if not demands.advice and not demands.suggested:
        return "no codemod knows the pattern, and the finding suggests no fix"
    return f"no codemod knows the pattern, and {_lack(demands)}"


def _lack(demands: Demands) -> str:
    suggestion = " ".join(demands.advice.raw.split())
    advice = Text(suggestion)
    shown = f": “{textwrap.shorten(suggestion, _LONGEST, placeholder='…')}”" if suggestion else ""
    if demands.suggested:
        return f"{_of_code(demands.suggested)}{shown}"
    inline = [code.strip() for code in advice.code]
    names_only = all(_NAME.fullmatch(text) for text in inline)
    if names_only and advice.says("leaves-a-choice"):
        return f"the suggestion leaves a choice, and shows no code for any{shown}"
    if advice.says("about-documents"):
        return f"the suggestion is about words and changes no code{shown}"
    if not inline:
        return f"the suggestion describes a fix and shows no code for it{shown}"
    if names_only:
        names = ", ".join(f"`{text}`" for text in dict.fromkeys(inline[:3]))
        return f"the suggestion names {names} and shows no code that stands there afterwards{shown}"
    if advice.says("starts-with-adding"):
        return f"the suggestion adds code and does not say between which statements{shown}"
    if advice.says("starts-with-removing"):
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
