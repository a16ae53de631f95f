"""Whether a function of the project records the exception that is being handled."""

from __future__ import annotations

import ast

from codemods.analysis.logs.tracebacks import shows_traceback
from codemods.analysis.names.bindings import own_nodes
from codemods.analysis.names.index import Index
from codemods.project.source import SourceFile, readable
from codemods.syntax.handlers import innermost_handler
from codemods.syntax.tree import FUNCTIONS

_NEVER = frozenset({"str", "repr", "type", "isinstance", "print", "len", "format"})


def records_exception(index: Index, source: SourceFile, call: ast.Call) -> bool:
    """Whether ``call``, in a handler, comes to a function of the project that shows the traceback
    there: ``log_exception(request)`` with ``logger.error(…, exc_info=True)`` in its body.

    What stands in a handler of that function is about an exception of its own.
    """
    if isinstance(call.func, ast.Name) and call.func.id in _NEVER:
        return False
    for ref in index.definition_of(source, call.func):
        if not isinstance(ref.node, FUNCTIONS) or readable(ref.source) is None:
            continue
        tree = ref.source.tree
        for node in own_nodes(ref.node):
            if (
                isinstance(node, ast.Call)
                and shows_traceback(tree, node)
                and innermost_handler(tree, node) is None
            ):
                return True
    return False
