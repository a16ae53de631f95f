"""Nodes of a kind in a concrete tree."""

from __future__ import annotations

import libcst as cst

from codemods.syntax.concrete import nodes_in


def test_there_are_none() -> None:
    assert nodes_in(cst.parse_expression("a + b"), cst.Call) == []


def test_the_root_counts_and_outer_ones_come_first() -> None:
    root = cst.parse_expression("f(g(1), h)")
    code = [cst.Module([]).code_for_node(node) for node in nodes_in(root, cst.Call)]
    assert code == ["f(g(1), h)", "g(1)"]
