"""Handlers for which the exception is an answer: no place for a traceback."""

from __future__ import annotations

import ast
import re

from codemods.analysis.logs.products import shown_on_purpose
from codemods.analysis.logs.tracebacks import run_together
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.handlers import handler_types, is_broad
from codemods.syntax.parts import callee_of, targets_of
from codemods.syntax.statements import blocks_around
from codemods.syntax.tree import TRIES, Tree, position, walk

_FORMATS = re.compile(
    r"(?:Format|Parse|Parser|Parsing|Decode|Syntax|Malformed\w{0,40}|Conversion|YAML|Unpack\w{0,40})(?:Error|Exception)$|"
    r"^(?:Malformed|Bad(?:Zip|Gzip|Tar|Header|Yaml|Json))\w*|NotValid\w{0,40}$|^UnidentifiedImageError$"
)
"""Exceptions that say what is wrong with an input."""
_OF_INPUTS = (
    *("ValueError", "TypeError", "RuntimeError", "LookupError", "KeyError", "IndexError"),
    "NotImplementedError",
)
"""What else a handler for an input that is wrong may name."""
_COLOURS = re.compile(r"(?:colorama\.)?(?:Fore|Style|Back)\.\w+$|click\.style$")
_COMMANDS = ("command", "callback", "group")
_BROAD = frozenset({"Exception", "BaseException", "OSError", "RuntimeError"})
"""Of these others may come from anywhere in a ``try``."""
_ASKING = ("has", "is", "can", "supports", "exists")
_LOOPS = ("get_running_loop", "get_event_loop")
ANSWERS = re.compile(
    r"^(?:HTTP\w*|Http\w*|SystemExit|Stop(?:Async)?Iteration|Exit|Abort|\w*UsageError|ClickException)$"
)
"""Exceptions that are answers, which nobody logs with their cause."""
_EXITS = ("sys.exit", "exit", "quit", "os._exit", "ctx.exit")
_CLIENT = re.compile(
    r"HTTP_4\d\d(?:_|$)|HTTP(?:BadRequest|NotFound|Conflict|Forbidden|Unauthorized)$"
)
STATUSES = ("status_code", "status", "code", "http_status", "detail")


def answer_in(source: SourceFile, handler: ast.ExceptHandler, call: ast.Call) -> str | None:
    """Why the exception is an answer where ``call`` logs, for people; ``None`` where it may be a
    failure."""
    tree = source.tree
    asked = _of_types(tree, handler) or _asking(tree, handler, call)
    told = asked or _told(tree, handler, call)
    if told is None and is_broad(handler):
        return _of_all(source, handler, call)
    return told


def _of_all(source: SourceFile, handler: ast.ExceptHandler, call: ast.Call) -> str | None:
    """Why a handler into which anything may come has an answer for it all the same: a defect would
    get the same one, and nobody would learn where it is."""
    tree = source.tree
    if (line := _blamed(tree, handler, call)) is not None:
        return f"line {line} tells a client what is wrong with its request, whatever has failed"
    line = _ends_program(tree, handler, call)
    if line is not None and shown_on_purpose(source, call) is not None:
        return f"line {line} ends the program, and the message may be for the user"
    return None


def _of_types(tree: Tree, handler: ast.ExceptHandler) -> str | None:
    """Why the types of a handler make it a condition."""
    types = [last_part(item) for item in handler_types(handler)]
    formats = [name for name in types if _FORMATS.search(name)]
    if formats and all(name in formats or name in _OF_INPUTS for name in types):
        return f"{formats[0]} says what is wrong with an input"
    body = _tried(tree, handler)
    if types == ["AttributeError"] and _looks_up(body):
        return "the try checks whether an attribute exists"
    if "AssertionError" in types and any(tree.within(item, ast.Assert) for item in body):
        return "the try checks an assert"
    return None


def _asking(tree: Tree, handler: ast.ExceptHandler, call: ast.Call) -> str | None:
    """Why the exception is asked what it is."""
    compared = _compared(tree, handler, call)
    if compared is not None:
        return f"line {compared.lineno} checks what the exception is"
    asked = _asked(tree, handler, call)
    if asked is not None:
        return f"line {asked.lineno} checks what the exception is, and this branch handles it"
    return None


def _told(tree: Tree, handler: ast.ExceptHandler, call: ast.Call) -> str | None:
    """Why the exception says all there is to say."""
    types = [last_part(item) for item in handler_types(handler)]
    body = _tried(tree, handler)
    if types and all(name.startswith("_") for name in types) and _defines(tree, types):
        return f"{types[0]} is private to this file, which raises it itself"
    if (line := _raised_there(tree, body, types)) is not None:
        return f"the try raises {types[0]} itself on line {line}"
    if types == ["RuntimeError"] and any(
        last_name(item.func) in _LOOPS
        for statement in body
        for item in tree.within(statement, ast.Call)
    ):
        return "the handler is for code that runs without an event loop"
    if types == ["ValueError"]:
        return "a ValueError says what is wrong with a value"
    if types == ["NotImplementedError"]:
        return "NotImplementedError says that something is not supported"
    broad = is_broad(handler)
    if not broad and (line := _ends_program(tree, handler, call)) is not None:
        return f"line {line} ends the program: the message is for who started it"
    if not broad and (line := _blamed(tree, handler, call)) is not None:
        return f"line {line} tells a client what is wrong with its request"
    if body and all(isinstance(item, (ast.Import, ast.ImportFrom)) for item in body):
        return "the import in the try may be missing, and the message says so"
    if (shown := _terminal(tree, call)) is not None:
        return shown
    if _is_probed(tree, handler):
        return (
            "the module tries at import what the system has, and the handler notes that it has not"
        )
    function = tree.function(call)
    if _is_question(getattr(function, "name", "")) and _says_no(tree, handler):
        return "the function answers yes or no, and the exception means no"
    if (line := _code_told(tree, handler, call)) is not None:
        return f"line {line} responds with the code of the exception"
    if is_probe(tree, handler):
        return "the loop tries several ways"
    return None


def _tried(tree: Tree, handler: ast.ExceptHandler) -> list[ast.stmt]:
    attempt = tree.parent(handler)
    return attempt.body if isinstance(attempt, TRIES) else []


def _defines(tree: Tree, types: list[str]) -> bool:
    """Whether all of the exceptions are classes of the file: ``grpc._channel._InactiveRpcError`` is
    private to somebody else, and a failure."""
    return {item.name for item in tree.of(ast.ClassDef)}.issuperset(types)


def _raised_there(tree: Tree, body: list[ast.stmt], types: list[str]) -> int | None:
    """The line in which a ``try`` raises the first of what its handler is for, if it raises all of
    that: a way out, and no failure of something else."""
    if not types or not _BROAD.isdisjoint(types):
        return None
    raised = {
        last_name(callee_of(node.exc)): node.lineno
        for statement in body
        for node in tree.within(statement, ast.Raise)
        if node.exc is not None
    }
    return raised[types[0]] if raised.keys() >= set(types) else None


def _looks_up(body: list[ast.stmt]) -> bool:
    """Whether a ``try`` does nothing but ask an object for an attribute."""
    match body:
        case [
            ast.Assign(value=value) | ast.Expr(value=value) | ast.Return(value=ast.expr() as value)
        ]:
            match value:
                case ast.Attribute() | ast.Call(func=ast.Name(id="getattr"), args=[_, _]):
                    return True
    return False


def _ends_program(tree: Tree, handler: ast.ExceptHandler, call: ast.Call) -> int | None:
    """The line in which the handler ends the program: ``sys.exit(1)``, ``raise SystemExit(1)``."""
    for statement in handler.body:
        for node in walk(statement):
            match node:
                case ast.Call(func=function):
                    ends = ast.unparse(function) in _EXITS
                case ast.Raise(exc=ast.expr() as raised):
                    ends = last_name(callee_of(raised)) == "SystemExit"
                case _:
                    continue
            if ends and run_together(tree, node, call):
                return statement.lineno
    return None


def _blamed(tree: Tree, handler: ast.ExceptHandler, call: ast.Call) -> int | None:
    """The line in which the handler answers with a status between 400 and 499."""
    for statement in handler.body:
        for node in walk(statement):
            match node:
                case ast.keyword(arg=name, value=ast.Constant(value=int() as status)):
                    told = name in STATUSES and 400 <= status < 500
                case ast.Return(value=ast.Tuple(elts=[_, ast.Constant(value=int() as status), *_])):
                    told = 400 <= status < 500
                case ast.Call(args=[ast.Constant(value=int() as status), *_]):
                    told = 400 <= status < 500 and bool(ANSWERS.match(last_name(node.func)))
                case ast.Attribute(attr=name):
                    told = _CLIENT.match(name) is not None
                case _:
                    continue
            if told and run_together(tree, node, call):
                return getattr(node, "lineno", None) or statement.lineno
    return None


def _code_told(tree: Tree, handler: ast.ExceptHandler, call: ast.Call) -> int | None:
    """The line behind ``call`` in which the exception's own status becomes that of an answer."""
    for statement in handler.body:
        for node in walk(statement):
            match node:
                case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                    told = name == handler.name and attribute in STATUSES[:-1]
                    if told and position(node) > position(call) and run_together(tree, node, call):
                        return node.lineno
    return None


def _is_question(name: str) -> bool:
    """Whether a function is called ``has_collection``, ``is_ready``, ``bucket_exists``."""
    words = name.strip("_").split("_")
    return words[0] in _ASKING or words[-1] in ("exists", "available")


def _says_no(tree: Tree, handler: ast.ExceptHandler) -> bool:
    """Whether the function returns ``False`` at the end of the handler, or after its ``try``."""
    last = handler.body[-1]
    attempt = tree.parent(handler)
    if not isinstance(last, (ast.Return, ast.Raise, ast.Continue, ast.Break)) and isinstance(
        attempt, ast.stmt
    ):
        for block, at in blocks_around(tree, attempt):
            if at + 1 < len(block):
                last = block[at + 1]
                break
    match last:
        case ast.Return(value=ast.Constant(value=False)):
            return True
    return False


def _is_probed(tree: Tree, handler: ast.ExceptHandler) -> bool:
    """Whether a module tries something while it is imported, and notes that it is not there:
    ``HAS_BATTERY = False``."""
    attempt = tree.parent(handler)
    if not isinstance(attempt, TRIES) or tree.parent(attempt) is not tree.module:
        return False
    imports = any(isinstance(item, (ast.Import, ast.ImportFrom)) for item in attempt.body)
    return imports or any(
        isinstance(item, ast.Assign) and isinstance(item.value, ast.Constant)
        for item in handler.body
    )


def _terminal(tree: Tree, call: ast.Call) -> str | None:
    """Why a message is for a person at a terminal; ``None`` where it is for a log."""
    for argument in call.args:
        for item in walk(argument):
            match item:
                case ast.Attribute() if _COLOURS.match(ast.unparse(item)):
                    return "the message is colored, for a person at a terminal"
                case ast.Constant(value=str() as text) if "\x1b[" in text:
                    return "the message is colored, for a person at a terminal"
    function = tree.function(call)
    for item in getattr(function, "decorator_list", ()):
        called = item.func if isinstance(item, ast.Call) else item
        if isinstance(called, ast.Attribute) and called.attr in _COMMANDS:
            return "the command prints for a person at a terminal"
    return None


def _compared(tree: Tree, handler: ast.ExceptHandler, call: ast.Call) -> ast.Compare | None:
    """Where an attribute of the exception is compared behind ``call``: what it is decides."""
    for statement in handler.body:
        for node in walk(statement):
            if not isinstance(node, ast.Compare) or position(node) <= position(call):
                continue
            asked = any(
                isinstance(item, ast.Attribute)
                and isinstance(item.value, ast.Name)
                and item.value.id == handler.name
                for item in walk(node)
            )
            if asked and run_together(tree, node, call):
                return node
    return None


def _asked(
    tree: Tree, handler: ast.ExceptHandler, call: ast.Call
) -> ast.If | ast.Match | ast.IfExp | None:
    """The branch around the call that is taken for what the exception is, and not for all else."""
    names = _names_of(handler)
    for ancestor, child in tree.steps(call):
        if ancestor is handler:
            return None
        match ancestor:
            case ast.If(test=ast.UnaryOp(op=ast.Not(), operand=test), orelse=orelse):
                if child in orelse and _mentions(test, names):
                    return ancestor
            case ast.If(test=test, body=body):
                if child in body and _mentions(test, names):
                    return ancestor
            case ast.Match(subject=subject):
                match child:
                    case ast.match_case(pattern=ast.MatchAs(pattern=None)):
                        continue
                if _mentions(subject, names):
                    return ancestor
    return None


def _names_of(handler: ast.ExceptHandler) -> set[str]:
    """The name of the exception, and those of values that the handler takes from it."""
    names = {handler.name} if handler.name else set()
    for statement in handler.body:
        for node in walk(statement):
            value = getattr(node, "value", None)
            if not isinstance(node, (ast.Assign, ast.AnnAssign)) or value is None:
                continue
            if _mentions(value, names):
                names |= {item.id for item in targets_of(node) if isinstance(item, ast.Name)}
    return names


def _mentions(node: ast.expr, names: set[str]) -> bool:
    return any(isinstance(item, ast.Name) and item.id in names for item in walk(node))


def is_probe(tree: Tree, handler: ast.ExceptHandler) -> bool:
    """Whether the ``try`` is one of several ways that a loop tries until one of them works."""
    attempt = tree.parent(handler)
    assert isinstance(attempt, TRIES)
    last = (attempt.orelse or attempt.body)[-1]
    while isinstance(last, ast.With):
        last = last.body[-1]
    leaves = any(isinstance(item, (ast.Return, ast.Break)) for item in handler.body)
    if leaves or not isinstance(last, (ast.Return, ast.Break)):
        return False
    for ancestor in tree.ancestors(attempt):
        match ancestor:
            case ast.For(iter=ast.Call(func=ast.Name(id="range" | "count"))):
                # The same way, once more: a failure all the same.
                return False
            case ast.For() | ast.AsyncFor():
                return True
            case ast.While() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return False
    return False
