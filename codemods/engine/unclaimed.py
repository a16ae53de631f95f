"""Why nothing in the catalogue claims a finding, as far as its own words tell."""

from __future__ import annotations

import ast
import dataclasses
import re
import textwrap
from collections.abc import Iterator, Sequence

from codemods.codemod import Codemod
from codemods.demands.asked import asking_for
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
    needed = " and ".join(f"`{name}`" for name in ("at", *_required(near)))
    return f"{why}; {near.name} comes closest: a directive with {needed} selects it"


def nearest(demands: Demands, codemods: Sequence[Codemod]) -> Codemod | None:
    """The codemod that would claim the finding for what it complains of, if it suggested nothing
    else; or the one whose subject its title names."""
    complaint = asking_for(demands, ())
    found = [
        (match.strength, codemod)
        for codemod in codemods
        if (match := codemod.recognise(complaint)) is not None and match.named
    ]
    best = max((strength for strength, _ in found), default=0)
    surest = [codemod for strength, codemod in found if strength == best]
    if len(surest) == 1:
        return surest[0]
    titled = (item for item in codemods if item.subjects and demands.title.says(*item.subjects))
    return next(titled, None)


def _required(codemod: Codemod) -> Iterator[str]:
    """The fields of its plan that have no default."""
    for item in dataclasses.fields(codemod.plan):
        if item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING:
            yield item.name


def _why(demands: Demands) -> str:
    paths = [item.path for item in demands.locations if item.kind is LocationKind.FILE]
    other = [path for path in paths if path and not path.endswith((".py", ".pyi"))]
    if paths and len(other) == len(paths):
        return f"{other[0]} is not a Python file"
    if (demands.title + Text(demands.dimension)).says("lacks-tests"):
        return "it asks for tests but does not say what they should assert"
    if not demands.advice and not demands.suggested:
        return "no codemod matches, and the finding suggests no fix"
    return f"no codemod matches, and {_lack(demands)}"


def _lack(demands: Demands) -> str:
    suggestion = " ".join(demands.advice.raw.split())
    advice = Text(suggestion)
    shown = f": “{textwrap.shorten(suggestion, _LONGEST, placeholder='…')}”" if suggestion else ""
    if demands.suggested:
        return f"{_of_code(demands.suggested)}{shown}"
    inline = [code.strip() for code in advice.code]
    names_only = all(_NAME.fullmatch(text) for text in inline)
    if names_only and advice.says("leaves-a-choice"):
        return f"the suggestion offers a choice: say which one, with its code{shown}"
    if advice.says("about-documents"):
        return f"the suggestion changes documents or comments, not code{shown}"
    if not inline:
        return f"the suggestion describes a fix in words only{shown}"
    if names_only:
        names = ", ".join(f"`{text}`" for text in dict.fromkeys(inline[:3]))
        return f"the suggestion names {names}, but not the code to write{shown}"
    if advice.says("starts-with-adding"):
        return f"the suggestion adds code but does not say where{shown}"
    if advice.says("starts-with-removing"):
        return f"the suggestion removes code but does not say what else has to go{shown}"
    return f"autofix does not understand how the suggestion wants the code to change{shown}"


def _of_code(blocks: tuple[Code, ...]) -> str:
    """What keeps the fenced code from being the new version of what stands there."""
    for block in blocks:
        if block.language not in (None, "", "python", "py", "python3"):
            return f"the suggestion's code is {block.language}, not Python"
        try:
            body = ast.parse(block.text).body
        except (SyntaxError, ValueError):
            # Abridged, or cut out of a statement.
            return "the suggestion's code is a fragment that does not parse as Python"
        for statement in body:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                return f"the suggestion shows a design with `{statement.name}` for it"
    return "the suggestion's code does not replace single statements"
