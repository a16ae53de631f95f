"""What a name stands for: in its file, by Python's scopes, and across the files of a project."""

from __future__ import annotations

from codemods.analysis.names.index import CallSite, Index, Reference, index_of
from codemods.analysis.names.values import DefinitionRef
from codemods.syntax.names import (
    Binding,
    binding,
    binding_of,
    free_name,
    local_names,
    names_bound,
    names_loaded,
    qualified_name,
    undefined_names,
)
from codemods.syntax.scopes import find_scope, scope_of, visible_scopes

__all__ = [
    "Binding",
    "CallSite",
    "DefinitionRef",
    "Index",
    "Reference",
    "binding",
    "binding_of",
    "find_scope",
    "free_name",
    "index_of",
    "local_names",
    "names_bound",
    "names_loaded",
    "qualified_name",
    "scope_of",
    "undefined_names",
    "visible_scopes",
]
