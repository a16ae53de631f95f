"""Payloads that many codemods need, and what a payload of your own is made of.

A payload is handed one libcst node and gives the node as it is to be; it decides nothing.
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
