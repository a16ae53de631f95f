"""``add-exc-info`` as a lint rule of fixit, with its fix: one side of a benchmark.

Runs where fixit is installed, which is nowhere near the codemods.
"""

# The names and parameters of visitors are libcst's.
# ruff: noqa: N802

from __future__ import annotations

import libcst as cst
from fixit import LintRule  # type: ignore[import-not-found]
from handler_rule import call_to_change, with_exc_info


class AddExcInfo(LintRule):  # type: ignore[misc]
    """Adds ``exc_info=True`` to ``….error(…)`` in a handler."""

    MESSAGE = "Log the traceback with the error"

    def visit_ExceptHandler(self, node: cst.ExceptHandler) -> None:
        """Report the call with its replacement."""
        call = call_to_change(node)
        if call is not None:
            self.report(call, replacement=with_exc_info(call))
