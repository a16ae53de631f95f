"""The edits around files: a whole read or write as a ``Path`` method, a block as a function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemods.codemod import Edited, Node, Refusal
from codemods.rewriting.thread_calls import Thread, grouped, parenthesised_generator, timed
from codemods.syntax.lazy import cst
from codemods.syntax.rewriting import rewritten

if TYPE_CHECKING:
    _Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement


@dataclass(frozen=True, slots=True)
class FileAccess:
    """One whole read or write of a file, as a method of ``Path``."""

    thread: Thread
    method: str
    """``read_text``, ``read_bytes``, ``write_text`` or ``write_bytes``."""
    path_class: str | None
    """How the file spells ``pathlib.Path``; ``None`` where the path is a ``Path`` already."""
    keywords: tuple[str, ...] = ()
    """The keywords of ``open`` that the method takes as well."""
    handle: str | None = None
    """The name behind ``as``; ``None`` where ``open(…)`` is used in the expression itself."""
    converter: str | None = None
    """``json.loads`` or ``json.dumps``, spelled as in the file, for ``json.load`` and ``dump``."""
    method_of_path: bool = False
    """It is opened by ``path.open(…)``."""
    parenthesise: bool = False

    def edit(self, node: Node) -> Edited:
        """The expression, or the statement in place of the ``with``."""
        if isinstance(node, cst.With):
            return _access_of_block(self, node)
        return _access(self, node) if isinstance(node, cst.Call) else None


@dataclass(frozen=True, slots=True)
class BlockInThread:
    """A ``with open(…)`` block becomes a local function that runs in a thread."""

    thread: Thread
    name: str
    """A free name for the function."""
    outputs: tuple[str, ...]
    """Names that the block binds and that are used behind it."""
    returns: str | None
    """The annotation of the function's result, where it is known."""
    direct: bool
    """The last statement binds the only output: it becomes the ``return``."""
    blank_before: bool
    """Code stands right above, so that a blank line belongs before a ``def``."""

    def edit(self, node: Node) -> Edited:
        """The function and its call."""
        return _block_in_thread(self, node) if isinstance(node, cst.With) else None


def _access(payload: FileAccess, call: cst.Call) -> cst.BaseExpression:
    """``open(p).read()``, or ``json.load(open(p))``, in a thread."""
    position = _handle_argument(call, payload.handle) if payload.converter else None
    used = call.func.value if isinstance(call.func, cst.Attribute) else call
    opening = call.args[position].value if position is not None else used
    assert isinstance(opening, cst.Call)
    return _accessed(payload, call, opening)


def _access_of_block(
    payload: FileAccess, block: cst.With
) -> cst.FlattenSentinel[_Statement] | Refusal:
    """``with open(p) as f: x = f.read()`` to one statement, every comment kept."""
    opening = block.items[0].item
    assert isinstance(opening, cst.Call) and payload.handle is not None
    done = False

    def leave(_original: object, updated: cst.CSTNode) -> cst.CSTNode:
        nonlocal done
        if not isinstance(updated, cst.Call):
            return updated
        receiver = updated.func
        is_method = isinstance(receiver, cst.Attribute) and _is_name(receiver.value, payload.handle)
        if not is_method and _handle_argument(updated, payload.handle) is None:
            return updated
        done = True
        return _accessed(payload, updated, opening)

    body = block.body
    if isinstance(body, cst.SimpleStatementSuite):
        line = cst.SimpleStatementLine(body=body.body, trailing_whitespace=body.trailing_whitespace)
        comments: list[cst.EmptyLine] = []
    else:
        assert isinstance(body, cst.IndentedBlock)
        first = body.body[0]
        assert isinstance(first, cst.SimpleStatementLine)
        line = first
        comments = _comment_lines(body.header, [*first.leading_lines, *body.footer])
    line = line.with_changes(leading_lines=[*block.leading_lines, *comments])
    edited = rewritten(line, leave)
    if not done:
        return Refusal("fragment", "the use of the file cannot be told apart in the syntax")
    return cst.FlattenSentinel([edited])


def _comment_lines(
    header: cst.TrailingWhitespace, lines: Sequence[cst.EmptyLine]
) -> list[cst.EmptyLine]:
    kept = [item for item in lines if item.comment is not None]
    if header.comment is not None:
        kept.insert(0, cst.EmptyLine(comment=header.comment, newline=header.newline))
    return kept


def _is_name(node: cst.BaseExpression, name: str | None) -> bool:
    return isinstance(node, cst.Name) and node.value == name


def _handle_argument(call: cst.Call, handle: str | None) -> int | None:
    """Where among the arguments the file is given: by its name, or as ``open(…)`` itself."""
    for index, item in enumerate(call.args):
        if handle is None and isinstance(item.value, cst.Call) and item.keyword is None:
            return index
        if handle is not None and _is_name(item.value, handle):
            return index
    return None


def _accessed(payload: FileAccess, call: cst.Call, opening: cst.Call) -> cst.BaseExpression:
    if payload.converter is None:
        return grouped(_awaited(payload, opening, call.args), call, payload.parenthesise)
    position = _handle_argument(call, payload.handle)
    rest = [item for index, item in enumerate(call.args) if index != position]
    converter = cst.parse_expression(payload.converter)
    if payload.method.startswith("write"):
        text = cst.Call(converter, _ended(rest))
        return grouped(_awaited(payload, opening, [cst.Arg(text)]), call, payload.parenthesise)
    read = cst.Arg(_awaited(payload, opening, []))
    if rest:
        read = read.with_changes(comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))
    return call.with_changes(func=converter, args=[read, *rest])


def _ended(args: Sequence[cst.Arg]) -> list[cst.Arg]:
    """``args`` without the comma that is left over when the last of them went."""
    kept = list(args)
    if kept and isinstance(kept[-1].comma, cst.Comma):
        last = kept[-1].comma.whitespace_after
        if not isinstance(last, cst.ParenthesizedWhitespace):
            kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return kept


def _awaited(payload: FileAccess, opening: cst.Call, content: Sequence[cst.Arg]) -> cst.Await:
    """``await asyncio.to_thread(Path(p).read_bytes)``."""
    method = cst.Attribute(_path_of(payload, opening), cst.Name(payload.method))
    kept = [
        cst.Arg(item.value, keyword=item.keyword, equal=item.equal)
        for item in opening.args
        if item.keyword is not None and item.keyword.value in payload.keywords
    ]
    given = [
        cst.Arg(parenthesised_generator(item).value, keyword=item.keyword, equal=item.equal)
        for item in content
    ]
    args = [cst.Arg(method), *given, *kept]
    return cst.Await(
        timed(cst.Call(cst.parse_expression(payload.thread.to_thread), args), payload.thread)
    )


def _path_of(payload: FileAccess, opening: cst.Call) -> cst.BaseExpression:
    if payload.method_of_path:
        assert isinstance(opening.func, cst.Attribute)
        return opening.func.value
    path = next(
        item.value
        for index, item in enumerate(opening.args)
        if (index == 0 and item.keyword is None)
        or (item.keyword is not None and item.keyword.value == "file")
    )
    if payload.path_class is not None:
        return cst.Call(cst.parse_expression(payload.path_class), [cst.Arg(path)])
    if path.lpar or isinstance(path, (cst.Name, cst.Attribute, cst.Call, cst.Subscript)):
        return path
    return path.with_changes(lpar=(cst.LeftParen(),), rpar=(cst.RightParen(),))


def _block_in_thread(payload: BlockInThread, block: cst.With) -> cst.FlattenSentinel[_Statement]:
    """The block as a local function, and the call of it in a thread."""
    leading = list(block.leading_lines)
    if payload.blank_before:
        leading.insert(0, cst.EmptyLine(indent=False))
    inner: cst.With = block.with_changes(leading_lines=())
    statements: list[_Statement] = [inner]
    if payload.direct:
        statements = [_returning(inner)]
    elif payload.outputs:
        statements.append(cst.SimpleStatementLine([cst.Return(_names(payload.outputs))]))
    returns = cst.Annotation(cst.parse_expression(payload.returns)) if payload.returns else None
    function = cst.FunctionDef(
        name=cst.Name(payload.name),
        params=cst.Parameters(),
        body=cst.IndentedBlock(body=statements),
        returns=returns,
        leading_lines=leading,
    )
    call = cst.Call(
        cst.parse_expression(payload.thread.to_thread), [cst.Arg(cst.Name(payload.name))]
    )
    awaited = cst.Await(timed(call, payload.thread))
    result: cst.BaseSmallStatement = cst.Expr(awaited)
    if payload.outputs:
        result = cst.Assign([cst.AssignTarget(_names(payload.outputs))], awaited)
    blank = cst.EmptyLine(indent=False)
    return cst.FlattenSentinel([function, cst.SimpleStatementLine([result], leading_lines=[blank])])


def _names(names: Sequence[str]) -> cst.Name | cst.Tuple:
    if len(names) == 1:
        return cst.Name(names[0])
    return cst.Tuple([cst.Element(cst.Name(name)) for name in names], lpar=(), rpar=())


def _returning(block: cst.With) -> cst.With:
    """The last statement of the block, ``x = …``, as ``return …``."""
    body = block.body
    if isinstance(body, cst.SimpleStatementSuite):
        small = body.body[-1]
        assert isinstance(small, cst.Assign)
        last = cst.Return(small.value)
        return block.with_changes(body=body.with_changes(body=[*body.body[:-1], last]))
    assert isinstance(body, cst.IndentedBlock)
    line = body.body[-1]
    assert isinstance(line, cst.SimpleStatementLine)
    small = line.body[-1]
    assert isinstance(small, cst.Assign)
    returning = line.with_changes(body=[*line.body[:-1], cst.Return(small.value)])
    return block.with_changes(body=body.with_changes(body=[*body.body[:-1], returning]))
