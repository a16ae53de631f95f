"""Whether a function of the project gives the whole text of an exception that it is given."""

from __future__ import annotations

import ast

from codemods.analysis.exceptions.text import Exceptions, LeafKind
from codemods.analysis.names.bindings import own_nodes
from codemods.analysis.names.index import Index
from codemods.analysis.names.values import DefinitionRef
from codemods.project.source import SourceFile, readable
from codemods.syntax.parts import parameters_of
from codemods.syntax.tree import FUNCTIONS
from codemods.tables import words

_SHORTENING = frozenset(
    words("replace sub subn split rsplit splitlines partition rpartition translate removeprefix")
)
"""Methods that leave a part of a text out."""


def tells_all(index: Index, source: SourceFile, function: ast.expr) -> bool | None:
    """Whether a callee is known to give the whole text of the exception that it is given; ``None``
    if it is no function of the project."""
    refs = list(index.definition_of(source, function))
    return all(map(_gives_text, refs)) if refs else None


def _gives_text(ref: DefinitionRef) -> bool:
    """Whether every ``return`` of a function gives all of the text of its first parameter.

    Args:
        ref: any definition; a class gives no text.
    """
    if not isinstance(ref.node, FUNCTIONS) or readable(ref.source) is None:
        return False
    given = [item.arg for item in parameters_of(ref.node.args)]
    given = given[1:] if given[:1] in (["self"], ["cls"]) else given
    inside = Exceptions(ref.source.tree, frozenset(given[:1]), ref.node)
    nodes = list(own_nodes(ref.node))
    if any(
        isinstance(node, ast.Subscript)
        or (isinstance(node, ast.Attribute) and node.attr in _SHORTENING)
        for node in nodes
    ):
        return False
    returned = [node.value for node in nodes if isinstance(node, ast.Return) and node.value]
    return bool(returned) and all(
        inside.kind(value) in (LeafKind.TEXT, LeafKind.TRACEBACK) for value in returned
    )
