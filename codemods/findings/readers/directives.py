"""The directive: a fence of a finding that says in TOML what is to be done, and where."""

from __future__ import annotations

from codemods.findings.readers.document import Document

INFO = "autofix"
"""The info string of its fence."""
LONGEST = 4000
"""Characters of a directive; a longer one is none."""


def directive_in(document: Document, first: int, last: int) -> str | None:
    """The directive between two lines; only a fence at the margin counts, never one that stands
    in a quotation or a list. Of several, all together: they contradict each other, or TOML says
    that a key stands twice.
    """
    found = [
        fence.text
        for fence in document.fences_in(first, last)
        if fence.language == INFO and document.line(fence.line).startswith(("```", "~~~"))
    ]
    return "\n".join(found)[: LONGEST + 1] if found else None
