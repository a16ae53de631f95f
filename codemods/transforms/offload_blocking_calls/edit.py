"""The edits of ``offload-blocking-calls``, in libcst; nothing here decides anything."""

from __future__ import annotations

from typing import Any

from codemods.codemod import Operation
from codemods.rewriting.thread_call_model import (
    AddTimeout,
    AsyncSleep,
    BlockInThread,
    CallInThread,
    FileAccess,
)
from codemods.rewriting.thread_calls import call_in_thread, grouped, timed, with_function
from codemods.syntax.lazy import cst
from codemods.transforms.offload_blocking_calls.file_edit import (
    access,
    access_of_block,
    block_in_thread,
)


def edit(operation: Operation, node: Any) -> Any:
    """Carry out one operation; see :mod:`codemods.rewriting.thread_call_model`."""
    payload = operation.payload
    if isinstance(payload, CallInThread):
        return call_in_thread(payload, node)
    if isinstance(payload, AsyncSleep):
        return grouped(cst.Await(with_function(node, payload.sleep)), node, payload.parenthesise)
    if isinstance(payload, BlockInThread):
        return block_in_thread(payload, node)
    if isinstance(payload, FileAccess):
        return (
            access_of_block(payload, node) if isinstance(node, cst.With) else access(payload, node)
        )
    if isinstance(payload, AddTimeout):
        return timed(node, payload.thread)
    raise TypeError(f"unknown payload {payload!r}")
