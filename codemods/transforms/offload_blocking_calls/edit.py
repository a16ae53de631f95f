"""The edits of ``offload-blocking-calls``, in libcst; nothing here decides anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from codemods.codemod import (
    NO_NODE,
    Edited,
    Node,
    Refusal,
)
from codemods.rewriting.parsed import line, statement
from codemods.rewriting.thread_calls import Thread, grouped, parenthesised_generator, shifted, timed
from codemods.syntax.concrete import code, rewritten
from codemods.syntax.lazy import cst
from codemods.transforms.offload_blocking_calls.files import Block

_Part = TypeVar("_Part", bound="cst.CSTNode")
if TYPE_CHECKING:
    _Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement


@dataclass(frozen=True, slots=True)
class CallInThread:
    """``f(a)`` becomes ``await asyncio.to_thread(f, a)``."""

    thread: Thread
    parenthesise: bool
    """The result is used further, so that ``await`` would bind to the wrong thing."""
    hanging: bool
    """Continuation lines are aligned with the opening parenthesis."""

    def edit(self, node: Node) -> Edited:
        """The call behind its ``await``."""
        if not isinstance(node, cst.Call):
            return None
        before = node.whitespace_before_args
        first_space: cst.BaseParenthesizableWhitespace = cst.SimpleWhitespace(" ")
        if isinstance(before, cst.ParenthesizedWhitespace):
            # The comment behind the opening parenthesis stays there; only the line break repeats.
            first_space = cst.ParenthesizedWhitespace(
                first_line=cst.TrailingWhitespace(newline=before.first_line.newline),
                indent=before.indent,
                last_line=before.last_line,
            )
        args = [parenthesised_generator(item) for item in node.args]
        function = cst.Arg(node.func)
        if args:
            function = function.with_changes(comma=cst.Comma(whitespace_after=first_space))
        elif isinstance(before, cst.ParenthesizedWhitespace):
            function = function.with_changes(whitespace_after_arg=before)
            before = cst.SimpleWhitespace("")
        inner = node.with_changes(
            func=cst.parse_expression(self.thread.to_thread),
            args=[function, *args],
            whitespace_before_args=before,
            lpar=(),
            rpar=(),
        )
        if self.hanging:
            was = len(code(node.func)) + 1
            inner = shifted(inner, len(f"await {self.thread.to_thread}(") - was)
        return grouped(cst.Await(timed(inner, self.thread)), node, self.parenthesise)


@dataclass(frozen=True, slots=True)
class AsyncSleep:
    """``time.sleep(n)`` becomes ``await asyncio.sleep(n)``."""

    sleep: str
    parenthesise: bool

    def edit(self, node: Node) -> Edited:
        """The call behind its ``await``."""
        if not isinstance(node, cst.Call):
            return None
        made = node.with_changes(func=cst.parse_expression(self.sleep), lpar=(), rpar=())
        return grouped(cst.Await(made), node, self.parenthesise)


@dataclass(frozen=True, slots=True)
class AddTimeout:
    """``asyncio.to_thread(f)`` becomes ``asyncio.wait_for(asyncio.to_thread(f), timeout=…)``."""

    thread: Thread

    def edit(self, node: Node) -> Edited:
        """The call that waits for the other one."""
        return timed(node, self.thread) if isinstance(node, cst.Call) else None


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
    block: Block
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
        comments = [item for item in (*first.leading_lines, *body.footer) if item.comment]
        if body.header.comment is not None:
            newline = body.header.newline
            comments.insert(0, cst.EmptyLine(comment=body.header.comment, newline=newline))
    line = line.with_changes(leading_lines=[*block.leading_lines, *comments])
    edited = rewritten(line, leave)
    if not done:
        return Refusal("fragment", NO_NODE)
    return cst.FlattenSentinel([edited])


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
        item.value for item in opening.args if item.keyword is None or item.keyword.value == "file"
    )
    if payload.path_class is not None:
        return cst.Call(cst.parse_expression(payload.path_class), [cst.Arg(path)])
    if path.lpar or isinstance(path, (cst.Name, cst.Attribute, cst.Call, cst.Subscript)):
        return path
    return path.with_changes(lpar=(cst.LeftParen(),), rpar=(cst.RightParen(),))


def _block_in_thread(payload: BlockInThread, node: cst.With) -> cst.FlattenSentinel[_Statement]:
    """The block as a local function, and the call of it in a thread."""
    leading = list(node.leading_lines)
    if payload.blank_before:
        leading.insert(0, cst.EmptyLine(indent=False))
    block, outputs = payload.block, ", ".join(payload.block.outputs)
    inner = node.with_changes(leading_lines=())
    body: list[_Statement] = [_returning(inner) if block.direct else inner]
    if outputs and not block.direct:
        body.append(line(f"return {outputs}"))
    returns = f" -> {block.returns}" if block.returns else ""
    function = statement(f"def {block.name}(){returns}: ...", cst.FunctionDef)
    function = function.with_changes(body=cst.IndentedBlock(body=body), leading_lines=leading)
    call = cst.Call(cst.parse_expression(payload.thread.to_thread), [cst.Arg(cst.Name(block.name))])
    awaited = cst.Await(timed(call, payload.thread))
    result: cst.BaseSmallStatement = cst.Expr(awaited)
    if outputs:
        made = cst.ensure_type(line(f"{outputs} = 0").body[0], cst.Assign)
        result = made.with_changes(value=awaited)
    blank = cst.EmptyLine(indent=False)
    return cst.FlattenSentinel([function, cst.SimpleStatementLine([result], leading_lines=[blank])])


def _returning(node: _Part) -> _Part:
    """``node`` with ``return …`` in the place of the last statement in it, ``x = …``."""
    body = getattr(node, "body", [node])
    if isinstance(body, cst.BaseSuite):
        return node.with_changes(body=_returning(body))
    *others, last = body
    made = cst.Return(last.value) if isinstance(last, cst.Assign) else _returning(last)
    return node.with_changes(body=[*others, made])
