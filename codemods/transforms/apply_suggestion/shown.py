"""What the evidence shows in the place of new code: the older version as the auditor saw it."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Mapping, Sequence

from codemods.codemod import NOT_AS_SHOWN, Refusal, site_of
from codemods.demands.requested import RequestedEdit
from codemods.syntax.segments import segment_of
from codemods.tables import shortened
from codemods.transforms.apply_suggestion.code import (
    SIMPLE,
    Snippet,
    SnippetKind,
    has_wildcard,
    parsed,
    read,
    same,
)
from codemods.transforms.apply_suggestion.difference import Step
from codemods.transforms.apply_suggestion.found import Found, head_of
from codemods.transforms.apply_suggestion.new_only import loses_arguments

MOST = 200
"""Edits of one suggestion. Each is looked for in all of the place; a report with more of them holds
another text of the file, and no few changes to it."""
_HEADED = (ast.If, ast.While, ast.For)
Shown = tuple[ast.stmt, str]
"""A statement of the evidence with its text."""
Subject = tuple[str, ...]
"""What a statement is about; see :func:`_subject`."""


def older_versions(evidence: Sequence[str], edits: Sequence[RequestedEdit]) -> tuple[str, ...]:
    """For each edit that shows no old code the statement of the evidence in whose place its new
    code is to stand, ``""`` where there is none or several; nothing for more than :data:`MOST`."""
    if len(edits) > MOST:
        return ()
    shown: dict[Subject, dict[str, ast.stmt]] = {}
    for text in evidence:
        for node, segment in _statements(text):
            for subject in filter(None, (_subject(node),)):
                shown.setdefault(subject, {})[segment] = node
    found = tuple(_older(shown, edit) if edit.old is None else "" for edit in edits)
    every = [item for text in evidence for item in _statements(text)]
    if len(every) == 1 == len(edits) and edits[0].old is None and not found[0]:
        ((node, text),) = every
        new = _single(edits[0])
        if new is not None and _hands_on(node, new):
            return (text,)
    return found


def strays(found: Sequence[Found], requested: RequestedEdit) -> Refusal | None:
    """Why nothing is done: what would be replaced is not what the evidence shows there. Somebody
    has dealt with it in another way since, or it is something else."""
    was = read(requested.was) if requested.was else None
    if was is None or any(has_wildcard(node) for node in was.nodes):
        return None
    for item in found:
        for step in item.steps:
            if not _is_shown(step, was):
                text = item.place.source.segment(step.node)
                detail = f"the code has `{shortened(text)}`, not `{shortened(requested.was)}`"
                return Refusal(NOT_AS_SHOWN, detail, site_of(item.place.source, item.node))
    return None


def _is_shown(step: Step, was: Snippet) -> bool:
    """Whether what a step replaces is a part of what the evidence shows."""
    parts = [part for node in was.nodes for part in ast.walk(node)]
    node = step.node
    match step.kind, node:
        case "replace" | "statement", _:
            return any(same(part, node) for part in parts)
        case "attribute", ast.Attribute(attr=name):
            return any(isinstance(part, ast.Attribute) and part.attr == name for part in parts)
    # What is only added takes nothing away.
    return True


def _statements(text: str) -> Iterator[Shown]:
    """The simple statements and the headers of a piece of code; of code that is cut off anywhere
    those that stand on one line."""
    text = textwrap.dedent(text)
    body = parsed(text, "exec")
    if body is None:
        for line in text.split("\n"):
            alone = parsed(line.strip(), "exec") or parsed(f"{line.strip()} ...", "exec") or ()
            yield from _of(alone, line.strip())
        return
    yield from _of(body, text)


def _of(body: Sequence[ast.AST], text: str) -> Iterator[Shown]:
    for item in body:
        for node in ast.walk(item):
            if isinstance(node, SIMPLE):
                yield node, segment_of(text, node) or ast.unparse(node)
            elif isinstance(node, _HEADED):
                segment = segment_of(text, node)
                yield node, segment.split("\n")[0]


def _older(shown: Mapping[Subject, Mapping[str, ast.stmt]], edit: RequestedEdit) -> str:
    new, wanted = read(edit.new), _single(edit)
    if new is None or wanted is None:
        return ""
    if new.kind not in (SnippetKind.EXPRESSION, SnippetKind.STATEMENTS, SnippetKind.HEADER):
        return ""
    subject = _subject(wanted, is_new=True)
    alike = shown.get(subject, {}) if subject is not None else {}
    if len(alike) != 1:
        return ""
    ((text, node),) = alike.items()
    # One line shows all of a call; of several some may be left out.
    abridged = "\n" in edit.new and _loses(node, wanted)
    return "" if abridged or _says_same(node, wanted) else text


def _single(edit: RequestedEdit) -> ast.AST | None:
    """The one node of new code that replaces something, and is not put at a place of its own."""
    new = read(edit.new)
    if new is None or len(new.nodes) != 1 or edit.kind != "replace" or edit.where:
        return None
    return new.nodes[0]


def _loses(node: ast.stmt, wanted: ast.AST) -> bool:
    """Whether the new code is a call that leaves out arguments of the older one."""
    old, new = getattr(node, "value", None), getattr(wanted, "value", wanted)
    return isinstance(old, ast.expr) and isinstance(new, ast.expr) and loses_arguments(old, new)


def _says_same(node: ast.stmt, wanted: ast.AST) -> bool:
    if isinstance(node, _HEADED):
        one, two = head_of(node), head_of(wanted)
        return one is not None and two is not None and same(two[1], one[1])
    value = node.value if isinstance(node, ast.Expr) else node
    return same(wanted, value) or same(wanted, node)


def _hands_on(node: ast.stmt, wanted: ast.AST) -> bool:
    """Whether the one statement that is shown is a call, and the new code calls another function
    with one of its arguments. A call of something else may be meant to stand beside it."""
    old = node.value if isinstance(node, ast.Expr) else None
    new = wanted.value if isinstance(wanted, ast.Expr) else wanted
    if not isinstance(old, ast.Call) or not isinstance(new, ast.Call):
        return False
    given = {ast.dump(item) for item in new.args if not isinstance(item, ast.Constant)}
    return any(ast.dump(item) in given for item in old.args)


def _subject(node: ast.AST, *, is_new: bool = False) -> Subject | None:
    """What a statement is about: the target that it gives a value, the function that it calls, or
    that it returns, or asks. New code may show a call without saying that it stands alone."""
    if isinstance(node, ast.Expr):
        node = node.value
        is_new = True
    match node:
        case ast.Assign(targets=targets):
            return ("assign", *map(ast.dump, targets))
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            return (type(node).__name__, ast.dump(target))
        case ast.Call(func=function) if is_new:
            return ("call", ast.dump(function))
        case ast.Return() | ast.If() | ast.While() | ast.For():
            return (type(node).__name__,)
    return None
