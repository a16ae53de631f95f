"""``add-exc-info`` as people write it with libcst alone: the other side of a benchmark."""

from __future__ import annotations

import libcst as cst
import libcst.matchers as m
from libcst.codemod import VisitorBasedCodemodCommand

_ERROR = m.Call(func=m.Attribute(attr=m.Name("error") | m.Name("critical")))


class AddExcInfo(VisitorBasedCodemodCommand):
    """Adds ``exc_info=True`` to ``….error(…)`` in a handler."""

    DESCRIPTION = "Log the traceback with the error"

    @m.call_if_inside(m.ExceptHandler())
    @m.leave(_ERROR)
    def add(self, _original: cst.Call, updated: cst.Call) -> cst.Call:
        """The call with the keyword."""
        if any(
            item.keyword is not None and item.keyword.value == "exc_info" for item in updated.args
        ):
            return updated
        equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
        given = cst.Arg(cst.Name("True"), keyword=cst.Name("exc_info"), equal=equal)
        return updated.with_changes(args=[*updated.args, given])
