"""What today's code says against new code: a comment beside it, or the function that is called."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from codemods.analysis.names.index import index_of
from codemods.codemod import Place, Refusal, Site, site_of
from codemods.demands.demands import Text
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_part
from codemods.syntax.parts import positional_of
from codemods.syntax.tree import FUNCTIONS, Function
from codemods.tables import shortened
from codemods.transforms.apply_suggestion.code import leaves
from codemods.transforms.apply_suggestion.difference import ADDING, Step
from codemods.transforms.apply_suggestion.found import Found


def objection(project: Project, found: Sequence[Found], seen: Sequence[str]) -> Refusal | None:
    """The first objection to what is to be done.

    Args:
        project: whose functions are called.
        found: the places, with their steps.
        seen: the comments that the finding shows: who wrote it knows them.
    """
    known = {" ".join(text.split()) for text in seen}
    for item in found:
        for step in item.steps:
            for said in _comments_beside(item.place.source, step):
                if said not in known and _is_against(said, step):
                    detail = f"the comment “{shortened(said)}” speaks against the change"
                    return Refusal("comment-against", detail, _site(item))
            for call in _calls_made(item.place, step):
                reason = _rejected(project, call)
                if reason is not None:
                    return Refusal("fails-at-once", reason, _site(item))
    return None


def _site(item: Found) -> Site:
    return site_of(item.place.source, item.node)


def _comments_beside(source: SourceFile, step: Step) -> Iterator[str]:
    """The comments on the lines of the statement and right above it."""
    if step.kind in ADDING or not isinstance(step.node, (ast.expr, ast.stmt)):
        return
    statement = source.tree.statement(step.node)
    first, last = statement.lineno, statement.end_lineno or statement.lineno
    if hasattr(statement, "body"):
        last = step.node.end_lineno or first
    above: list[str] = []
    number = first - 1
    while number > 0 and (text := source.line_text(number).strip()).startswith("#"):
        above.insert(0, text.lstrip("#").strip())
        number -= 1
    if above:
        yield " ".join(" ".join(above).split())
    for line in range(first, last + 1):
        code, sign, behind = source.line_text(line).partition("  #")
        if sign and code.strip():
            yield " ".join(behind.strip().split())


def _is_against(said: str, step: Step) -> bool:
    """Whether a comment says that what stands there is meant, or must not be what it becomes."""
    comment = Text(said)
    if comment.says("kept-on-purpose"):
        return True
    if step.new is None:
        return False
    added = leaves(step.new) - leaves(step.node)
    new = {name.lower() for name in added if name.isidentifier() and len(name) > 2}
    refused = (text.words.tokens for text in comment.sentences("says-what-not"))
    spoken = {part for tokens in refused for token in tokens for part in token.word.split(".")}
    return bool(new & spoken)


def _calls_made(place: Place, step: Step) -> Iterator[ast.Call]:
    """The calls that the new code makes, and the one that it changes an argument of."""
    if step.new is not None:
        yield from (node for node in ast.walk(step.new) if isinstance(node, ast.Call))
    if step.kind == "argument" and isinstance(step.node, ast.Call):
        name, equals, _ = step.text.partition("=")
        if equals and isinstance(step.new, ast.expr):
            given = [item for item in step.node.keywords if item.arg != name]
            given.append(ast.keyword(name, step.new))
            yield ast.Call(step.node.func, step.node.args, given)
    elif step.kind == "replace" and isinstance(step.node, ast.expr):
        changed = _changed(place, step.node, step.new)
        if changed is not None:
            yield changed


def _changed(place: Place, old: ast.expr, new: ast.AST | None) -> ast.Call | None:
    """The call in which an argument gets another value."""
    tree = place.source.tree
    above = tree.parent(old)
    call = tree.parent(above) if isinstance(above, ast.keyword) else above
    if not isinstance(call, ast.Call) or not isinstance(new, ast.expr) or old is call.func:
        return None
    args = [new if item is old else item for item in call.args]
    given = [ast.keyword(item.arg, new) if item.value is old else item for item in call.keywords]
    return ast.Call(call.func, args, given)


def _rejected(project: Project, call: ast.Call) -> str | None:
    """Why every function that can be called there raises at once for the constants it is given."""
    name = last_part(ast.unparse(call.func))
    refs = index_of(project).definitions(name) if name.isidentifier() else []
    functions = [ref.node for ref in refs if isinstance(ref.node, FUNCTIONS)]
    reasons = [_guard_against(function, call) for function in functions]
    if not reasons or None in reasons:
        return None
    return f"{name}() would raise at once: {reasons[0]}"


def _guard_against(function: Function, call: ast.Call) -> str | None:
    """The check at the head of a function that the constants of a call do not pass."""
    values = _constants(function, call)
    if values is None:
        return None
    for statement in function.body:
        match statement:
            case ast.Expr(value=ast.Constant()):
                continue
            case ast.If(test=test, body=[*_, ast.Raise()]) if not statement.orelse:
                if _value(test, values) is True:
                    return f"if {ast.unparse(test)}"
            case ast.Assert(test=test):
                if _value(test, values) is False:
                    return f"assert {ast.unparse(test)}"
            case _:
                return None
    return None


_UNKNOWN = object()


def _constants(function: Function, call: ast.Call) -> dict[str, object] | None:
    """The parameters that a call gives a constant, or that have one by default."""
    if any(isinstance(item, ast.Starred) for item in call.args):
        return None
    if any(item.arg is None for item in call.keywords):
        return None
    arguments = function.args
    names = [item.arg for item in positional_of(arguments)]
    own = names[1:] if names[:1] in (["self"], ["cls"]) else names
    defaults = dict(zip(names[::-1], arguments.defaults[::-1], strict=False))
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    defaults |= {item.arg: default for item, default in pairs if default is not None}
    given = dict(zip(own, call.args, strict=False))
    given |= {item.arg: item.value for item in call.keywords if item.arg is not None}
    if not any(isinstance(item, ast.Constant) for item in given.values()):
        return None
    values = {name: _value(node, {}) for name, node in (defaults | given).items()}
    return {name: value for name, value in values.items() if value is not _UNKNOWN}


def _value(node: ast.AST, known: Mapping[str, object]) -> object:
    """The value of an expression of constants and known names."""
    match node:
        case ast.Constant(value=constant):
            return constant
        case ast.Name(id=name):
            return known.get(name, _UNKNOWN)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return -number
        case ast.UnaryOp(op=ast.Not(), operand=part):
            value = _value(part, known)
            return value if value is _UNKNOWN else not value
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            values = [_value(part, known) for part in parts]
            return _UNKNOWN if _UNKNOWN in values else tuple(values)
        case ast.BoolOp(op=connective, values=parts):
            values = [_value(part, known) for part in parts]
            decided = isinstance(connective, ast.Or)
            if any(value is not _UNKNOWN and bool(value) is decided for value in values):
                return decided
            return _UNKNOWN if _UNKNOWN in values else not decided
        case ast.Compare(left=left, ops=operators, comparators=others):
            return _compared([_value(part, known) for part in (left, *others)], operators)
    return _UNKNOWN


def _compared(values: Sequence[object], operators: Sequence[ast.cmpop]) -> object:
    if _UNKNOWN in values:
        return _UNKNOWN
    try:
        return all(_holds(item, values[at], values[at + 1]) for at, item in enumerate(operators))
    except TypeError:
        # Values of kinds that do not compare.
        return _UNKNOWN


def _holds(comparison: ast.cmpop, one: object, two: object) -> bool:
    """Whether a comparison is true.

    Raises:
        TypeError: for values of kinds that do not compare.
    """
    match comparison:
        case ast.Eq() | ast.NotEq():
            return (one == two) is isinstance(comparison, ast.Eq)
        case ast.Is() | ast.IsNot():
            return (one is two) is isinstance(comparison, ast.Is)
        case ast.In() | ast.NotIn():
            return (one in two) is isinstance(comparison, ast.In)  # type: ignore[operator]
        case ast.Lt():
            return bool(one < two)  # type: ignore[operator]
        case ast.LtE():
            return bool(one <= two)  # type: ignore[operator]
        case ast.Gt():
            return bool(one > two)  # type: ignore[operator]
    return bool(one >= two)  # type: ignore[operator]
