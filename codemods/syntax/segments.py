"""The text of a node in code outside a file: a suggestion, a block of a report."""

from __future__ import annotations

import ast
from functools import lru_cache


def segment_of(text: str, node: ast.AST) -> str:
    """The text of ``node``, as :func:`ast.get_source_segment` gives it; that one cuts all of the
    text into lines for every node, which is quadratic in the length of a suggestion."""
    if not isinstance(node, ast.expr | ast.stmt):
        return ""
    if node.end_lineno is None or node.end_col_offset is None:
        return ""
    lines = _lines(text)
    first, last = node.lineno - 1, node.end_lineno - 1
    if first == last:
        return lines[first][node.col_offset : node.end_col_offset].decode("utf-8")
    inner = b"".join(lines[first + 1 : last])
    return (lines[first][node.col_offset :] + inner + lines[last][: node.end_col_offset]).decode()


@lru_cache(maxsize=8)
def _lines(text: str) -> tuple[bytes, ...]:
    return tuple(text.encode("utf-8", "surrogatepass").splitlines(keepends=True))
