"""Reasons against the traceback of a log call, in words."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase

from codemods.analysis.logs.answered import answer_in
from codemods.analysis.logs.handed import handed_on
from codemods.analysis.logs.tracebacks import run_together
from codemods.analysis.logs.withheld import decided_against, kept_back
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name, last_part, snake
from codemods.syntax.handlers import handler_types, is_broad, raised_again, types_in_words
from codemods.syntax.tree import Tree, walk
from codemods.tables import WordTable

_CONVERSIONS = (
    *("int", "float", "complex", "Decimal", "Fraction", "UUID", "loads", "json_loads", "json"),
    *("fromisoformat", "strptime", "fromtimestamp", "ip_address", "ip_network", "literal_eval"),
    *("fromhex", "b64decode", "unhexlify", "parse_datetime", "safe_load", "parse"),
)
_VALUES = frozenset(
    {
        *("int", "float", "complex", "Decimal", "Fraction", "UUID", "fromisoformat", "strptime"),
        *("ip_address", "ip_network", "literal_eval", "loads", "json_loads", "fromhex"),
    }
)
ORDINARY = (
    # Control flow.
    *("Empty", "Full", "QueueEmpty", "QueueFull"),
    *(
        "LookupError",
        "KeyError",
        "IndexError",
        "StopIteration",
        "StopAsyncIteration",
        "GeneratorExit",
    ),
    *("*Cancel*", "Abort", "InterruptedError", "BlockingIOError", "WouldBlock"),
    *("KeyboardInterrupt", "SystemExit", "ImportError", "ModuleNotFoundError"),
    # Answers to a request, and what its sender did wrong.
    *("HTTPException", "HTTPError", "HTTPStatusError", "*ValidationError", "*Invalid*"),
    *("*DecodeError", "*Already*", "*NotAllowed*", "*NotFound*", "*Unauthorized*", "*Forbidden*"),
    *("*Auth*Error", "*Auth*Exception", "*AuthFail*", "*Permission*", "*NotSupported*"),
    *("*NotAuthorized*", "*Authenticat*", "*Login*", "*Token*Error", "*Expired*", "*Captcha*"),
    *("*RateLimit*", "*TooManyRequests*", "*Throttl*"),
    # What is looked for is gone, or was never there.
    *("*NoSuch*", "*DoesNotExist*", "ProcessLookupError"),
    # The other side is not there.
    *("EOFError", "IncompleteReadError", "EndOfStream", "*Disconnect*", "*ClosedError"),
    *(
        "ClosedResourceError",
        "BrokenResourceError",
        "*Connect*",
        "*Timeout*",
        "*TimedOut*",
        "*Unavailable*",
        "*Offline*",
        "RequestException",
    ),
    *("*TransportError", "*CommunicationError"),
    *("gaierror", "RequestError", "ClientError", "ClientResponseError"),
    "BrokenPipeError",
)
"""Exceptions that a handler is there for: where they come from is known, and their traceback is
mostly noise."""
_OF_TEXTS = ("ValueError", "TypeError", "Error")
"""What a conversion raises, :class:`binascii.Error` among it."""
_GONE = ("*NoSuch*", "*NotFound*", "*DoesNotExist*")
_LOOKUPS = frozenset({"LookupError", "KeyError", "IndexError"})
_SECRETS = WordTable(
    "auth* oauth* token tokens password passwords credential credentials secret secrets login "
    "log_in jwt apikey apikeys api_key api_keys"
)


def doubts(
    source: SourceFile, handler: ast.ExceptHandler, call: ast.Call, expected: Collection[str]
) -> Iterator[str]:
    """What speaks against the traceback, for people."""
    again_at = None
    for again in raised_again(handler):
        # Another way through the handler is no concern of this record.
        if run_together(source.tree, again, call):
            again_at = again.lineno
            yield (
                f"the handler raises again on line {again.lineno}: the code that catches "
                "the exception may log its traceback a second time"
            )
            break
    if is_expected(source.tree, handler, expected):
        yield f"{types_in_words(handler)} is usually expected: the traceback may be noise"
    else:
        answer = answer_in(source, handler, call)
        if answer is not None:
            yield f"{answer}: the traceback may be noise"
    onward = handed_on(source.tree, handler, call)
    if onward is not None and not again_at:
        yield f"{onward}: its traceback may be logged a second time"
    kept = kept_back(source.tree, handler, call)
    if kept is not None:
        yield kept
    decided = decided_against(source, handler, call)
    if decided is not None:
        yield f"the comment on line {decided} asks for no traceback"


def is_expected(tree: Tree, handler: ast.ExceptHandler, expected: Collection[str]) -> bool:
    """Whether a handler is there for what happens: where its exceptions come from is known.

    Args:
        tree: of the file.
        handler: any.
        expected: patterns of names of exceptions.
    """
    names = [(written, last_part(written)) for written in handler_types(handler)]
    converts = _converts(tree.parent(handler))
    if converts and is_broad(handler) and _only_converts(tree.parent(handler)):
        return True
    foreseen = [
        pair
        for pair in names
        if any(fnmatchcase(name, pattern) for pattern in expected for name in pair)
    ]
    beside = _OF_TEXTS if converts else _beside([name for _, name in foreseen])
    return bool(names) and all(pair in foreseen or pair[1] in beside for pair in names)


def _beside(foreseen: Collection[str]) -> tuple[str, ...]:
    """What is named beside expected exceptions for the same mishap on another way: what is asked
    for is not there."""
    if any(fnmatchcase(name, pattern) for name in foreseen for pattern in _GONE):
        return ("ValueError", "TypeError", "AttributeError")
    return ("AttributeError",) if foreseen and _LOOKUPS.issuperset(foreseen) else ()


def _only_converts(statement: ast.AST | None) -> bool:
    """Whether a ``try`` calls one function that makes a number or a date of a text, and nothing
    else: then ``except Exception`` is for the text as well."""
    body = statement.body if isinstance(statement, ast.Try) else []
    calls = [item for part in body for item in walk(part) if isinstance(item, ast.Call)]
    return len(calls) == 1 and last_name(calls[0].func) in _VALUES


def _converts(statement: ast.AST | None) -> bool:
    """Whether a ``try`` does nothing but turn text into a value, so that a failure of it says
    something about the text alone."""
    match statement:
        case ast.Try(body=[ast.Assign() | ast.Return() | ast.AnnAssign() | ast.Expr() as only]):
            calls = [item for item in walk(only) if isinstance(item, ast.Call)]
            made = _first_made(calls[0]) if calls else ""
            # ``Email(address=text)`` checks what it is given.
            return made in _CONVERSIONS or (made[:1].isupper() and not made.isupper())
    return False


def _first_made(call: ast.Call) -> str:
    """The function that a chain of calls begins with: ``int`` of ``int(text).bit_length()``."""
    while isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call):
        call = call.func.value
    return last_name(call.func)


def may_hold_secret(source: SourceFile, call: ast.Call) -> bool:
    """Whether the call stands in code that handles credentials (CWE-532)."""
    place = f"{source.path}/{source.tree.qualified_name(call)}"
    return _SECRETS.found_in(snake(place))
