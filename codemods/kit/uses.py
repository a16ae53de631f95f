"""Who uses a definition: callers, references, tests that assert on a text."""

from __future__ import annotations

from codemods.analysis.references.asserted_texts import asserting
from codemods.analysis.references.calls import Call, CallersError, callers, given
from codemods.analysis.references.uses import References, Use, references

__all__ = [
    "Call",
    "CallersError",
    "References",
    "Use",
    "asserting",
    "callers",
    "given",
    "references",
]
