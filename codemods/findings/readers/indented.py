"""Code that is only indented below the name of its field, as in plain text."""

from __future__ import annotations

import ast
import textwrap
from dataclasses import replace

from codemods.findings.model import Code, Field
from codemods.findings.roles import Role, role_of

_INDENT = "    "


def is_indented(line: str) -> bool:
    """Whether a line can be one of such code."""
    return line.startswith((_INDENT, "\t")) or not line.strip()


def with_indented_code(field: Field) -> Field:
    """A field of code or of a fix whose lines are all indented, and Python, with them as a block.

    In Markdown a blank line has to stand above such code; who writes plain text does not know.
    """
    lines = field.text.split("\n")
    if field.blocks or role_of(field.name) not in (Role.EVIDENCE, Role.FIX):
        return field
    if not all(map(is_indented, lines)) or not _is_python(text := textwrap.dedent(field.text)):
        return field
    text = text.strip("\n")
    block = Code(text, "python", field.line + 1)
    return replace(field, text=f"```python\n{text}\n```", blocks=(block,), inline=(), prose="")


def _is_python(text: str) -> bool:
    """Whether a text is code, and no words: a call, an assignment or a block stands in it."""
    if text.rstrip().endswith(":"):
        text = f"{text.rstrip()} ..."
    for code in (text, f"try:\n    pass\n{text}"):
        try:
            tree = ast.parse(code)
        except (SyntaxError, ValueError):
            # Words, or a fragment of another kind.
            continue
        nodes = list(ast.walk(tree))[1:]
        return any(isinstance(node, (ast.Call, ast.Assign, ast.AnnAssign)) for node in nodes)
    return False
