"""What runs when: blocks, statements, handlers, locks, and where an ``await`` is allowed."""

from __future__ import annotations

from codemods.analysis.flow.pure import is_pure
from codemods.syntax.awaiting import why_no_await
from codemods.syntax.handlers import (
    covering,
    handler_types,
    handlers_around,
    innermost_handler,
    is_broad,
    reraising,
)
from codemods.syntax.locks import HeldLock, LockKind, held_locks, is_lock, lock_kind
from codemods.syntax.statements import (
    behind,
    block_of,
    blocks_around,
    leaves,
    running_nodes,
    siblings,
)
from codemods.syntax.suspension import new_suspension_hazard

__all__ = [
    "HeldLock",
    "LockKind",
    "behind",
    "block_of",
    "blocks_around",
    "covering",
    "handler_types",
    "handlers_around",
    "held_locks",
    "innermost_handler",
    "is_broad",
    "is_lock",
    "is_pure",
    "leaves",
    "lock_kind",
    "new_suspension_hazard",
    "reraising",
    "running_nodes",
    "siblings",
    "why_no_await",
]
