"""The settings of ``hide-exception-text``."""

from __future__ import annotations

from codemods.codemod import Option

PARSERS = ("ValueError", "SyntaxError", "*YAMLError", "*DecodeError")
"""What is wrong with a text; whose text it is, the answer says."""

SINKS: Option[list[str]] = Option(
    "sinks", [], "callees whose arguments reach a client, as patterns: `*.notify`"
)
MESSAGE: Option[str] = Option(
    "message", "Internal server error", "the text where nothing says what failed"
)
AUTHORED: Option[list[str]] = Option(
    "authored",
    [*PARSERS, "*ValidationError", "HTTPException", "*UserError", "WebSocketException"],
    "exceptions, as patterns, whose texts are meant for clients",
)
INTERNAL: Option[list[str]] = Option(
    "internal",
    [
        *("*health*", "*/admin*", "*admin_*", "*/internal*", "*/debug*", "*diagnostic*"),
        *("test_*", "*test_connection*"),
    ],
    "routes and functions, as patterns, of operators",
)
