"""The edits that take an exception's text out of what a client gets, handler by handler."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from codemods.analysis.flow.block_names import root_name
from codemods.analysis.web.answers import blames_client
from codemods.codemod import Change, DropImport, Edit, Operation, Refusal, Safety, Unit, site_of
from codemods.project.source import SourceFile
from codemods.rewriting.parsed import WithoutName
from codemods.syntax.dotted import last_name
from codemods.syntax.handlers import handler_types, handlers_around, is_broad
from codemods.syntax.names import binding_of, names_loaded, qualified_name
from codemods.syntax.parts import callee_of
from codemods.syntax.tree import DEFINITIONS, Tree, push_children, walk
from codemods.transforms.hide_exception_text.edit import InsertLog, Text
from codemods.transforms.hide_exception_text.leaks import Leak
from codemods.transforms.hide_exception_text.logging import Logs, Written, covers
from codemods.transforms.hide_exception_text.message import Message, Speaker

_LEAVES = (ast.Raise, ast.Return)


@dataclass
class _Group:
    """What is done in one handler, all or nothing."""

    edits: list[Edit] = field(default_factory=list)
    replaced: list[ast.expr] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    done: list[tuple[Leak, Message, str]] = field(default_factory=list)
    inserted: list[ast.AST] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Editor:
    """Makes the changes of one file."""

    source: SourceFile
    speaker: Speaker
    logs: Logs

    @property
    def tree(self) -> Tree:
        """The file's."""
        return self.source.tree

    def changes(self, leaks: Sequence[Leak]) -> Iterator[tuple[Change, str] | Refusal]:
        """A change for each leak, with the text that stood in front of the exception; those of
        one handler share their edits, since ``as e`` can only go with all of them."""
        groups: dict[int, list[Leak]] = {}
        for leak in leaks:
            outermost = [leak.sink, *handlers_around(self.tree, leak.sink)][-1]
            groups.setdefault(id(outermost), []).append(leak)
        for members in groups.values():
            yield from self._together(members)

    def _together(self, leaks: list[Leak]) -> Iterator[tuple[Change, str] | Refusal]:
        group = _Group()
        for leak in leaks:
            if (refusal := self._one(leak, leaks, group)) is not None:
                yield refusal
        group.edits += self._tidied(group)
        edits = tuple(dict.fromkeys(group.edits))
        for leak, message, what in group.done:
            said = f"{leak.name} gets {message.code} ({message.origin})"
            text = "; ".join(part for part in (" ".join(said.split()), what) if part)
            site = site_of(self.source, leak.node)
            notes = tuple(self._notes(leak))
            found = f"{leak.name} gets the text of the exception"
            yield Change(site, text, edits, Safety.REVIEW, notes, found=found), message.prefix

    def _one(self, leak: Leak, leaks: list[Leak], group: _Group) -> Refusal | None:
        message = self.speaker.message(leak)
        if message is None:
            detail = "the exception cannot be removed from the text that contains it"
            return self.refusal("entangled-text", leak, detail)
        target = self._target(leak, leaks)
        if isinstance(target, str):
            return self.refusal("built-in-steps", leak, target)
        written = Written()
        if not any(covers(self.tree, item, leak.sink) for item in group.inserted):
            text = message.code if message.is_telling else message.heading
            told = leak.status is not None and blames_client(leak.status)
            found = self.logs.written(
                self._owner(leak) or leak.exceptions,
                (leak.sink, leak.node),
                text,
                "warning" if told else "error",
            )
            if isinstance(found, Refusal):
                return self.refusal(found.reason, leak, found.detail)
            written = found
            operations = [item for item in written.edits if isinstance(item, Operation)]
            if any(isinstance(item.payload, InsertLog) for item in operations):
                group.inserted.append(leak.sink)
        span = self.source.span(target)
        group.edits.append(Operation(self.source.path, span, Text(message.code)))
        group.edits += written.edits
        group.replaced.append(target)
        group.codes.append(message.code)
        group.done.append((leak, message, written.what))
        return None

    def _target(self, leak: Leak, leaks: list[Leak]) -> ast.expr | str:
        """What is replaced: the text itself, also where a variable carries it to the sink, unless
        the variable has another use; then what the sink gets of it."""
        via = leak.leaf.via
        if via is None:
            return leak.node
        values = leak.exceptions.variables.get(via.id, [])
        if None in values:
            return f"{via.id} is built in several steps"
        if self._only_sent(leak, via.id, leaks):
            return leak.node
        if values == [leak.node]:
            return via
        return f"{via.id} contains it and is also used for something else"

    def _only_sent(self, leak: Leak, name: str, leaks: list[Leak]) -> bool:
        """Whether every use of a variable is in a sink that is changed."""
        holder = leak.exceptions.holder
        around: ast.AST = self.tree.function(leak.sink) or self.tree.module
        if isinstance(holder, ast.ExceptHandler) and isinstance(holder.body[-1], _LEAVES):
            # What the handler assigns never gets out of it.
            around = holder
        sent = {id(node) for item in leaks for node in walk(item.sink)}
        return all(
            id(node) in sent
            for node in walk(around)
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        )

    def _owner(self, leak: Leak) -> ast.ExceptHandler | None:
        """The innermost handler whose exception is in the text."""
        handlers = list(handlers_around(self.tree, leak.sink))
        named = (handler for handler in handlers if handler.name in leak.names)
        return next(named, handlers[0] if handlers else None)

    def _tidied(self, group: _Group) -> Iterator[Edit]:
        """``as e``, imports and variables that nothing uses any more."""
        gone = {id(node) for item in group.replaced for node in walk(item)}
        sinks = [leak.sink for leak, _, _ in group.done]
        around = (handler for sink in sinks for handler in handlers_around(self.tree, sink))
        for handler in dict.fromkeys(around):
            name = handler.name
            if name is None or any(_reads(code, name) for code in group.codes):
                continue
            inside = (node for statement in handler.body for node in walk(statement))
            uses = [node for node in inside if isinstance(node, ast.Name) and node.id == name]
            if uses and all(id(node) in gone for node in uses):
                span = self.source.span(handler)
                yield Operation(self.source.path, span, WithoutName(), Unit.HANDLER)
        for item in group.replaced:
            yield from self._imports(item)

    def _imports(self, node: ast.expr) -> Iterator[Edit]:
        calls = (item for item in walk(node) if isinstance(item, ast.Call))
        for function in (call.func for call in calls):
            root, meaning = root_name(function), qualified_name(self.tree, function) or ""
            if root is None or not meaning.startswith(("traceback.", "sys.")):
                continue
            if binding_of(self.tree, root, function).scope_node is self.tree.module:
                yield DropImport(self.source.path, root)

    def _notes(self, leak: Leak) -> Iterator[str]:
        if leak.status is not None and 300 <= leak.status < 500:
            yield (
                f"line {leak.node.lineno} responds with status {leak.status}, and clients "
                "may rely on its text"
            )
        handler = self._owner(leak)
        if handler is None:
            return
        swallowed = _swallowed_answer(self.tree, handler)
        if swallowed is not None:
            yield (
                f"the handler on line {handler.lineno} also catches the response that line "
                f"{swallowed.lineno} raises, and replaces it"
            )

    def refusal(self, reason: str, leak: Leak, detail: str) -> Refusal:
        """Why the text of a leak stays."""
        written = " ".join(self.source.segment(leak.node).split())
        shown = written if len(written) <= 60 else f"{written[:57]}…"
        text = f"{shown} for {leak.name} is not changed: {detail}"
        return Refusal(reason, text, site_of(self.source, leak.node))


def _reads(code: str, name: str) -> bool:
    """Whether a new text reads a variable: ``"Internal server error"`` does not read ``error``."""
    try:
        return name in names_loaded(ast.parse(code.strip(), mode="eval"))
    except (SyntaxError, ValueError):
        # Part of a larger expression: the words have to do.
        return re.search(rf"\b{name}\b", code) is not None


def _swallowed_answer(tree: Tree, handler: ast.ExceptHandler) -> ast.Raise | None:
    """An ``HTTPException`` that the handler's own ``try`` raises, and that it catches."""
    if not is_broad(handler):
        return None
    attempt = tree.parent(handler)
    if not isinstance(attempt, (ast.Try, ast.TryStar)):
        return None
    for earlier in attempt.handlers[: attempt.handlers.index(handler)]:
        if any("HTTPException" in item for item in handler_types(earlier)):
            return None
    stack: list[ast.AST] = list(attempt.body)
    while stack:
        node = stack.pop(0)
        if isinstance(node, (*DEFINITIONS, ast.Lambda, ast.Try, ast.TryStar)):
            continue
        if (
            isinstance(node, ast.Raise)
            and last_name(callee_of(node.exc or node)) == "HTTPException"
        ):
            return node
        push_children(node, stack)
    return None
