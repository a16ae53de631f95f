"""The old code of a suggestion that shows only the new one: what the finding says of the place.

"`stamp()` calls `datetime.utcnow()`. Use `datetime.now(timezone.utc)`" is a pair, though no
sentence has both.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from codemods.codemod import Place
from codemods.demands.requested import RequestedEdit
from codemods.project.project import Project
from codemods.syntax.names import qualified_name
from codemods.syntax.parts import callee_of
from codemods.transforms.apply_suggestion.code import SnippetKind, has_wildcard, read, same

_ANYBODYS = ("get", "read", "write", "close", "copy", "open", "run")
"""What functions of all kinds are called."""


def paired_with_mention(
    project: Project, places: Sequence[Place], requested: RequestedEdit, mentioned: Sequence[str]
) -> RequestedEdit | None:
    """The edit with the one code that the finding is about, that stands there, and that the new
    code is another version of; ``None`` where there is none or several.

    Args:
        project: whose own modules are no libraries.
        places: where the finding stands.
        requested: an edit that shows only new code.
        mentioned: the code that the title names, or else the description.
    """
    new = read(requested.new)
    if new is None or new.kind is not SnippetKind.EXPRESSION or requested.kind != "replace":
        return None
    wanted = new.expression
    if requested.role not in ("", "return") or requested.where or requested.bare:
        return None
    if requested.ahead or has_wildcard(wanted) or not isinstance(wanted, (ast.Call, ast.Attribute)):
        return None
    standing: dict[str, str] = {}
    for text in mentioned:
        old = read(text)
        if old is None or old.kind is not SnippetKind.EXPRESSION:
            continue
        for place, node in _standing(places, old.expression):
            name = qualified_name(place.source.tree, callee_of(node))
            if name is not None and not _is_own(project, name) and _is_version(name, node, wanted):
                standing[ast.dump(old.expression)] = text
    if len(standing) != 1:
        return None
    return replace(requested, old=next(iter(standing.values())))


def _standing(places: Sequence[Place], old: ast.expr) -> Iterator[tuple[Place, ast.expr]]:
    for place in places:
        for node in place.source.tree.within(place.node, type(old)):
            if same(old, node):
                yield place, node


def _is_own(project: Project, name: str) -> bool:
    """Whether a name is of a module of the project: what its functions do is its own matter."""
    top = name.partition(".")[0]
    return not top or any(
        top in (part.removesuffix(".py") for part in path.split("/")[:2])
        for path in project.python_paths
    )


def _is_version(name: str, old: ast.expr, new: ast.expr) -> bool:
    """Whether new code is another version of old code by what both are: functions of one module
    that are given the same or nothing, or functions of one name, or nearly."""
    if type(old) is not type(new) or same(new, old):
        return False
    before, after = _arguments(old), _arguments(new)
    last, wanted = name.rpartition(".")[2], callee_of(new)
    if not isinstance(wanted, ast.Attribute):
        return False
    one = callee_of(old)
    if isinstance(one, ast.Attribute) and ast.dump(one.value) == ast.dump(wanted.value):
        return before in ([], after)
    alike = last not in _ANYBODYS and not {*last.split("_")}.isdisjoint(wanted.attr.split("_"))
    return alike and before == after


def _arguments(node: ast.expr) -> list[str]:
    given = (*node.args, *node.keywords) if isinstance(node, ast.Call) else ()
    return [ast.dump(item) for item in given]
