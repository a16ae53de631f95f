"""Questions on one parsed file: nodes, parts of nodes, dotted names.

``place.source.tree`` is the :class:`Tree` of a file, made once.
"""

from __future__ import annotations

from codemods.syntax.dotted import base_name, last_name, last_part
from codemods.syntax.parts import (
    assigned,
    callee_of,
    default_of,
    keyword_value,
    method_of,
    parameters_of,
    positional_of,
    root_name,
    targets_of,
)
from codemods.syntax.segments import segment_of
from codemods.syntax.tree import FUNCTIONS, Definition, Function, Tree, walk

__all__ = [
    "FUNCTIONS",
    "Definition",
    "Function",
    "Tree",
    "assigned",
    "base_name",
    "callee_of",
    "default_of",
    "keyword_value",
    "last_name",
    "last_part",
    "method_of",
    "parameters_of",
    "positional_of",
    "root_name",
    "segment_of",
    "targets_of",
    "walk",
]
