"""How a module, or a name of it, is written at a place, and which import that needs."""

from __future__ import annotations

from codemods.rewriting.reach import Reached, constant_at, reach, reach_beside, value_at
from codemods.syntax.imported import can_import, is_used, local_name

__all__ = [
    "Reached",
    "can_import",
    "constant_at",
    "is_used",
    "local_name",
    "reach",
    "reach_beside",
    "value_at",
]
