"""Sentences that ask for a statement more, and say where: "Add `x` after `y`".

What is only added has no older version, so where it goes has to be said: beside code that is shown,
at the start or the end of a function, or in a ``finally``. What says less than that ("Add
`self.engine.dispose()` to `close()`") is no such sentence.
"""

from __future__ import annotations

import re

from codemods.demands import templates
from codemods.demands.marked import Marked
from codemods.demands.requested import RequestedEdit, Where
from codemods.demands.templates import named

FORMS = ("add-between", "add-beside", "add-edge", "add-first", "add-finally")


def addition_in(sentence: str, whole: Marked) -> tuple[RequestedEdit, str] | None:
    """The addition that a marked sentence asks for, and what follows it in the sentence."""
    for form in FORMS:
        found = templates.first(form, sentence)
        if found is None or _is_other_block(found, whole):
            continue
        edit = RequestedEdit(
            whole.code(found["new"]),
            form=form,
            where=_where(form, found),
            anchor=whole.code(mark) if (mark := named(found, "anchor")) else None,
            word=named(found, "word").lower() or None,
            scopes=tuple(
                whole.code(mark) for name in ("scope", "within") if (mark := named(found, name))
            ),
            called=named(found, "guard").lower(),
        )
        return edit, sentence[found.end() :]
    return _decorator_in(sentence, whole)


def import_in(sentence: str, whole: Marked) -> tuple[RequestedEdit, str] | None:
    """The import that a marked sentence asks for and nothing else: "Add `import os`"."""
    found = templates.first("import", sentence)
    if found is None or not re.match(r"(?:import|from)\s", whole.code(found["new"])):
        return None
    code = whole.code(found["new"])
    return RequestedEdit(code, kind="import", form="import"), sentence[found.end() :]


def _decorator_in(sentence: str, whole: Marked) -> tuple[RequestedEdit, str] | None:
    found = templates.first("decorate", sentence)
    if found is None or not (new := whole.code(found["new"])).startswith("@"):
        return None
    scopes = (whole.code(found["scope"]),)
    edit = RequestedEdit(new[1:], kind="decorate", form="decorate", scopes=scopes)
    return edit, sentence[found.end() :]


def _is_other_block(found: re.Match[str], whole: Marked) -> bool:
    mark = named(found, "final")
    return bool(mark) and whole.code(mark).rstrip(":").strip() != "finally"


def _where(form: str, found: re.Match[str]) -> Where:
    if form in ("add-between", "add-finally"):
        return "before" if form == "add-between" else "finally"
    said = (named(found, "side") or named(found, "edge") or named(found, "rank")).lower()
    if said in ("end", "bottom", "last"):
        return "end"
    if said in ("start", "top", "beginning", "first"):
        return "start"
    if said in ("after", "below"):
        # What comes after a check is what is done where it holds.
        return "inside" if named(found, "inside") else "after"
    return "before"
