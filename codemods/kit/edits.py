"""Payloads that many codemods need, and helpers for your own payloads.

A payload is given one libcst node and returns the new node; it decides nothing.
"""

from __future__ import annotations

from codemods.rewriting.parsed import (
    Around,
    Becomes,
    Behind,
    DefinedBehind,
    InPlace,
    Keyword,
    LastName,
    LeftOperand,
    Value,
    WithoutName,
    expression,
    in_place_of,
    line,
    statement,
    statements,
)
from codemods.rewriting.removal import WithoutNames, import_removal
from codemods.syntax.arguments import append_item, append_keyword
from codemods.syntax.concrete import code, nodes_in, rewritten

__all__ = [
    "Around",
    "Becomes",
    "Behind",
    "DefinedBehind",
    "InPlace",
    "Keyword",
    "LastName",
    "LeftOperand",
    "Value",
    "WithoutName",
    "WithoutNames",
    "append_item",
    "append_keyword",
    "code",
    "expression",
    "import_removal",
    "in_place_of",
    "line",
    "nodes_in",
    "rewritten",
    "statement",
    "statements",
]
