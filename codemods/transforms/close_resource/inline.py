"""A file that is opened inside of a statement, which is done with it at its end."""

from __future__ import annotations

import ast

from codemods.analysis.flow.lifetimes import is_done_with
from codemods.codemod import Change, Operation, Refusal, Safety, Unit, site_of
from codemods.project.source import SourceFile
from codemods.syntax.names import free_name
from codemods.syntax.scopes import scope_of
from codemods.syntax.tree import walk
from codemods.transforms.close_resource.edit import EnteredInline

_PARTS = (
    *(ast.Attribute, ast.Call, ast.keyword, ast.Subscript, ast.BinOp, ast.Tuple, ast.List),
    *(ast.Dict, ast.Set, ast.Starred, ast.JoinedStr, ast.FormattedValue, ast.Await),
)
"""Parts of an expression that are always evaluated."""
_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return)
_NAMES = ("file", "handle", "stream")


def inline(source: SourceFile, call: ast.Call) -> Change | Refusal:
    """A ``with`` around the statement that opens the file, or why there is none."""
    tree = source.tree
    site = site_of(source, call)
    shown = f"{ast.unparse(call.func)}()"
    statement = tree.statement(call)
    is_loop = isinstance(statement, ast.For) and statement.iter is call
    if not is_loop and not is_done_with(tree, call):
        detail = f"the code that receives the file from {shown} may use it later"
        return Refusal("escapes", detail, site)
    if not is_loop and not isinstance(statement, _SIMPLE):
        return Refusal("statement", f"{shown} is in the header of a compound statement", site)
    above: list[ast.AST] = []
    for ancestor in tree.ancestors(call):
        if ancestor is statement:
            break
        above.append(ancestor)
        if not isinstance(ancestor, _PARTS):
            return Refusal("conditional", f"{shown} may not run, or may run later", site)
    start = source.span(call).start
    for node in walk(statement):
        if (
            isinstance(node, (ast.Call, ast.Await, ast.NamedExpr))
            and node not in above
            and source.span(node).start < start
        ):
            detail = (
                f"{ast.unparse(node)[:40]} runs before {shown}, and a with would change the order"
            )
            return Refusal("order", detail, site)
    scope = scope_of(tree, statement)
    if isinstance(scope, ast.ClassDef):
        return Refusal("class", "the file would become an attribute of the class", site)
    name = next((item for item in _NAMES if free_name(tree, scope, item) == item), None)
    name = name or free_name(tree, scope, _NAMES[0])
    payload = EnteredInline(source.segment(call), name)
    span = source.statements_span(statement, statement)
    return Change(
        site,
        f"a with closes the file that {shown} opens",
        (Operation(source.path, span, payload, Unit.STATEMENT),),
        Safety.SAFE,
        found=f"the file that {shown} opens is not closed",
    )
