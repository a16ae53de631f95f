"""Sentences that ask for a statement more, and say where: "Add `x` after `y`".

A statement that is only added has no older version, so where it goes has to be said: beside code
that is shown, at the start or the end of a function, or in a ``finally``. What says less than that
("Add `self.engine.dispose()` to `close()`") is no edit.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from codemods.syntax.names import names_loaded
from codemods.syntax.statements import leaves
from codemods.transforms.apply_suggestion.code import Snippet, SnippetKind, has_wildcard, read
from codemods.transforms.apply_suggestion.prose import RequestedEdit, means

_NEW = r"⟦(?P<new>\d+)⟧"
_ROLES = (
    r"(?:also\s+|simply\s+|just\s+|then\s+|explicitly\s+)*"
    r"(?P<role>add|insert|call|put|place|set|assign|run|invoke|append|prepend|do|include|execute|cap|clamp)"
)
_WORDS = r"(?:(?:a|an|the|same|explicit|call|to|guard|check|assignment|statement|line)\s+){0,4}"
_BETWEEN = (
    r"(?:\s+(?:call|statement|assignment|line|again|too|explicitly|once|(?P<guard>check|guard))\b)?"
    r"(?:\s*\((?!⟦)[^()]*\))?"
    r"(?:\s+(?:to|in|into|inside)\s+⟦(?P<within>\d+)⟧)?"
)
"""What code may be called; "a `stat()` size limit before …" speaks of something else."""
_NEAR = r"(?:(?:immediately|right|directly|just|straight)\s*)?"
_SIDE = r"(?P<side>before|after|above|below|ahead\s+of|prior\s+to)"
_FILLER = (
    r"(?:(?:the|this|that|its|calling|computing|assigning|call|calls|to|line|statement|existing|"
    r"running|invoking|assignment|of)\s+){0,4}"
)
_ANCHOR = rf"(?:{_FILLER}⟦(?P<anchor>\d+)⟧|the\s+(?:\w+\s+)?(?P<word>return|write|read|loop)\b)"
_EDGE = (
    r"(?:at|to|near)\s+(?:the\s+)?(?:very\s+)?(?P<edge>start|top|beginning|end|bottom)\s+of\s+"
    r"(?:the\s+)?(?:body\s+of\s+)?⟦(?P<scope>\d+)⟧"
)
_FIRST = r"as\s+(?:the|its)\s+(?:very\s+)?(?P<rank>first|last)\s+(?:statement|line)\b"
_FINALLY = (
    r"(?:in|to|inside)\s+(?:(?:the|a|its)\s*)?(?:existing\s+)?(?:⟦(?P<final>\d+)⟧|finally\b:?)"
    r"(?:\s+(?:block|clause))?"
)


ADDITIONS = (
    # "Add `a` between the cast and `sf.write`"
    means("add-between", rf"^{_ROLES}\s+{_WORDS}{_NEW}{_BETWEEN}\s+between\s+[^⟦⟧]{{1,60}}\sand\s+"
                         rf"{_FILLER}⟦(?P<anchor>\d+)⟧"),
    # "Add `a` right after `b`", "Call `a` before calling `b`", "Set `x` before the return"
    means("add-beside", rf"^{_ROLES}\s+{_WORDS}{_NEW}{_BETWEEN}\s+{_NEAR}{_SIDE}\s+{_ANCHOR}"
                        r"(?P<inside>\s+(?:check|test|condition)\b)?"),
    # "`x = clip(x)` before the write"
    means("add-beside", rf"^{_NEW}\s+{_NEAR}{_SIDE}\s+{_ANCHOR}"),
    # "Set `self.task = None` at the end of `stop()`"
    means("add-edge", rf"^{_ROLES}\s+{_WORDS}{_NEW}{_BETWEEN}\s+{_EDGE}"),
    # "Add `audio = audio.copy()` as the first statement"
    means("add-first", rf"^{_ROLES}\s+{_WORDS}{_NEW}{_BETWEEN}\s+{_FIRST}"),
    # "Set `self.engine = None` in the `finally:` block"
    means("add-finally", rf"^{_ROLES}\s+{_WORDS}{_NEW}{_BETWEEN}\s+{_FINALLY}"),
)  # fmt: skip
"""Where a statement goes that is only added, in words; tried before the forms that replace."""

DECORATING = means(
    "decorate",
    r"^(?:add|put|apply)\s+(?:the\s+|a\s+)?(?:decorator\s+)?⟦(?P<new>\d+)⟧\s+(?:decorator\s+)?"
    r"(?:to|on|onto|above)\s+(?:the\s+)?⟦(?P<scope>\d+)⟧"
    r"|^decorate\s+(?:the\s+)?⟦(?P<scope2>\d+)⟧\s+with\s+(?:the\s+)?⟦(?P<new2>\d+)⟧",
)
IMPORTING = means("import", rf"^(?:add|restore|include)\s+(?:the\s+|a\s+)?(?:import\s+)?{_NEW}")


def read_addition(sentence: str, codes: Sequence[str]) -> tuple[RequestedEdit, str] | None:
    """The addition that a marked sentence asks for, and what follows it in the sentence."""
    plain = sentence.replace("**", "")
    for form in (*ADDITIONS, DECORATING):
        match = form.pattern.search(plain)
        if match is None:
            continue
        named = match.groupdict()
        new = codes[int(named.get("new") or named.get("new2") or 0)]
        if form is DECORATING:
            if not new.startswith("@"):
                return None
            scope = codes[int(named["scope"] or named["scope2"])]
            return RequestedEdit(form.name, new[1:], role="decorate", scopes=(scope,)), plain[
                match.end() :
            ]
        if form.name == "add-finally" and named["final"] and not _is_finally(codes, named["final"]):
            continue
        snippet = read(new)
        if snippet is None or not is_addable(snippet):
            return None
        if named.get("guard") and not all(_looks(node) for node in snippet.nodes):
            return None
        requested = RequestedEdit(
            form.name,
            new,
            role=(named.get("role") or "add").lower(),
            where=_where(form.name, named),
            anchor=codes[int(named["anchor"])] if named.get("anchor") else None,
            word=named.get("word"),
            scopes=tuple(codes[int(named[key])] for key in ("scope", "within") if named.get(key)),
        )
        return requested, plain[match.end() :]
    return None


def read_import(sentence: str, codes: Sequence[str]) -> tuple[RequestedEdit, str] | None:
    """The import that a marked sentence asks for and nothing else: "Add `import os`"."""
    match = IMPORTING.pattern.search(sentence)
    if match is None or not re.match(r"(?:import|from)\s", codes[int(match["new"])]):
        return None
    return RequestedEdit("import", codes[int(match["new"])], role="add"), sentence[match.end() :]


def _is_finally(codes: Sequence[str], mark: str) -> bool:
    return codes[int(mark)].rstrip(":").strip() == "finally"


def _looks(node: ast.AST) -> bool:
    """Whether a statement is what one calls a check or a guard."""
    return isinstance(node, ast.Assert) or is_guard(node)


def _where(form: str, named: dict[str, str | None]) -> str:
    if form == "add-between":
        return "before"
    if form == "add-finally":
        return "finally"
    said = (named.get("side") or named.get("edge") or named.get("rank") or "").lower()
    if said in ("end", "bottom", "last"):
        return "end"
    if said in ("start", "top", "beginning", "first"):
        return "start"
    if said in ("after", "below"):
        # What comes after a check is what is done where it holds.
        return "inside" if named.get("inside") else "after"
    return "before"


def is_addable(new: Snippet) -> bool:
    """Whether a snippet is whole statements: a call, an assignment, a guard that leaves."""
    if any(has_wildcard(node) for node in new.nodes):
        return False
    if new.kind is SnippetKind.EXPRESSION:
        return isinstance(new.nodes[0], ast.Call)
    if new.kind is not SnippetKind.STATEMENTS:
        return False
    return all(isinstance(node, ast.stmt) and is_plain(node) for node in new.nodes)


def is_plain(statement: ast.stmt) -> bool:
    """A simple statement that does something, or a guard."""
    if isinstance(statement, (ast.Assign, ast.AugAssign, ast.Assert, ast.Raise)):
        return True
    if isinstance(statement, ast.AnnAssign):
        return statement.value is not None
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call)
    return is_guard(statement)


def is_guard(statement: ast.AST) -> bool:
    """``if …:`` with simple statements of which the last leaves, and no ``else``."""
    return (
        isinstance(statement, ast.If)
        and not statement.orelse
        and leaves(statement.body)
        and not any(hasattr(item, "body") for item in statement.body)
    )


def is_cleaning(statement: ast.AST) -> bool:
    """``x = f(x)``: a name bound anew from what it held, or ``if x not in y: x = z``."""
    if isinstance(statement, ast.If):
        return (
            not statement.orelse
            and len(statement.body) == 1
            and isinstance(statement.body[0], ast.Assign)
            and bool(_targets(statement.body[0]) & names_loaded(statement.test))
        )
    if not isinstance(statement, ast.Assign):
        return False
    return bool(_targets(statement) & names_loaded(statement.value))


def _targets(statement: ast.Assign) -> set[str]:
    return {item.id for item in statement.targets if isinstance(item, ast.Name)}
