"""Files that are replaced already, by way of a temporary file whose name writers share."""

from __future__ import annotations

import ast
import re

from codemods.codemod import Refusal, site_of
from codemods.project.source import SourceFile
from codemods.syntax.spans import Span
from codemods.syntax.statements import block_of
from codemods.transforms.atomic_write.edit import Entered

_UNIQUE = re.compile(r"uuid|getpid|get_ident|token_hex|mkstemp|NamedTemporaryFile|random|time_ns")


def joined(
    source: SourceFile, call: ast.Call, ends: tuple[ast.expr, ast.expr]
) -> tuple[Span, Entered, ast.expr] | Refusal | None:
    """The statements from the name of the temporary file to the renaming, what becomes of them
    (with the helper still to be named), and the file that is replaced.

    Args:
        call: what renames.
        ends: from where to where.

    Returns:
        ``None`` where the temporary file has a name of its own already.
    """
    tree = source.tree
    temporary, target = ends
    statement = tree.statement(call)
    found = block_of(tree, statement)
    site = site_of(source, call)
    if not isinstance(temporary, ast.Name) or found is None:
        return Refusal("temporary-name", "where the temporary file is named is not seen", site)
    block, index = found
    start = next(
        (
            position
            for position in range(index)
            if isinstance(item := block[position], ast.Assign)
            and [ast.unparse(part) for part in item.targets] == [temporary.id]
        ),
        None,
    )
    if start is None:
        detail = f"{temporary.id} is named in another block than it is renamed in"
        return Refusal("temporary-name", detail, site)
    named = block[start]
    assert isinstance(named, ast.Assign)
    value = ast.unparse(named.value)
    if _UNIQUE.search(value):
        return None
    why = _why_not(source, block, start, index, temporary.id, target, call)
    if why is not None:
        return Refusal(why[0], why[1], site)
    suffix = re.search(r"""\.(?:tmp|temp|part|partial|new)['"]""", value) is None
    payload = Entered("", source.segment(target), temporary.id, suffix)
    span = source.statements_span(named, statement)
    return span, payload, target


def _why_not(
    source: SourceFile,
    block: list[ast.stmt],
    start: int,
    index: int,
    temporary: str,
    target: ast.expr,
    call: ast.Call,
) -> tuple[str, str] | None:
    tree = source.tree
    named, renames = block[start], block[index]
    assert isinstance(named, ast.Assign)
    text = ast.unparse(target)
    if not isinstance(renames, ast.Expr) or renames.value is not call or index == start + 1:
        return "temporary-name", f"nothing is written between naming {temporary} and renaming it"
    match named.value:
        case ast.Call(func=ast.Attribute(value=base, attr="with_suffix" | "with_name")):
            beside = ast.unparse(base) == text
        case _:
            beside = False
    if not beside:
        # A text would be handed on where the helper gives a path.
        return "temporary-name", f"{temporary} is not made of {text} by a method of pathlib"
    for item in block[start + 1 : index]:
        for node in ast.walk(item):
            if isinstance(node, (ast.Yield, ast.YieldFrom, ast.Await, ast.Return)):
                return "leaves", f"line {node.lineno} leaves before {temporary} is renamed"
            if (
                isinstance(node, ast.Name)
                and isinstance(node.ctx, ast.Store)
                and node.id in (temporary, *text.split("."))
            ):
                return "temporary-name", f"{node.id} is set again in line {node.lineno}"
    around = tree.function(call) or tree.module
    end = renames.end_lineno or renames.lineno
    for name in tree.within(around, ast.Name):
        if name.id == temporary and not named.lineno <= name.lineno <= end:
            return "temporary-name", f"{temporary} is used in line {name.lineno} as well"
    for item in (named, renames):
        if "#" in "".join(source.line_text(n) for n in _lines(item)):
            return "comment", f"line {item.lineno} has a comment that would be lost"
    above = source.line_text(renames.lineno - 1).strip()
    if above.startswith("#"):
        return "comment", f"line {renames.lineno - 1} is a comment that would be lost"
    return None


def _lines(statement: ast.stmt) -> range:
    return range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
