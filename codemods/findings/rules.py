"""Which codemod fixes what the rules of other tools find: a table, as data.

Rules are known by every name that they go by: ruff writes codes (``ASYNC230``) or, in preview,
names (``blocking-open-call-in-async-function``); CodeQL's have a slash, Semgrep's are paths with
dots, of which the last part counts. A rule that a codemod could be taken for, and that it does
not fix, stands here with the reason, so that nobody wonders.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """What is known of a rule."""

    codemod: str | None
    """The codemod that fixes what it finds; ``None``: none does."""
    why: str = ""
    """Why none does."""


_OFFLOAD = "offload-blocking-calls"
_TRACEBACK = "add-exc-info"
_CLIENT_TEXT = "hide-exception-text"
_SNAPSHOT = "snapshot-iteration"
_SWALLOWED = "log-swallowed-exception"
_UNUSED = "unused-name"

_FIXED: Mapping[str, tuple[str, ...]] = {
    _OFFLOAD: (
        *("ASYNC210", "blocking-http-call-in-async-function"),
        *("ASYNC212", "blocking-http-call-httpx-in-async-function"),
        *("ASYNC220", "create-subprocess-in-async-function"),
        *("ASYNC221", "run-process-in-async-function"),
        *("ASYNC222", "wait-for-process-in-async-function"),
        *("ASYNC230", "blocking-open-call-in-async-function"),
        *("ASYNC240", "blocking-path-method-in-async-function"),
        *("ASYNC250", "blocking-input-in-async-function"),
        *("ASYNC251", "blocking-sleep-in-async-function"),
    ),
    _TRACEBACK: ("TRY400", "error-instead-of-exception"),
    _CLIENT_TEXT: ("py/stack-trace-exposure",),
    _SNAPSHOT: ("B909", "loop-iterator-mutation"),
    _SWALLOWED: (
        *("S110", "B110", "try-except-pass", "try_except_pass", "py/empty-except"),
        *("S112", "B112", "try-except-continue", "try_except_continue"),
        *("E722", "bare-except", "py/catch-base-exception"),
    ),
    _UNUSED: (
        *("F401", "unused-import", "py/unused-import"),
        *("F841", "unused-variable", "py/unused-local-variable"),
    ),
}

_NOT_FIXED: Mapping[tuple[str, ...], str] = {
    ("G201", "logging-exc-info"): (
        "the traceback is logged already: the rule only wants it spelt logger.exception()"
    ),
    ("LOG004", "log-exception-outside-except-handler"): (
        "there is no exception at that place, so no traceback can be added"
    ),
    ("LOG007", "exception-without-exc-info"): (
        "the traceback is switched off on purpose: whether it should be there is not for a tool"
    ),
    ("LOG014", "exc-info-outside-except-handler"): (
        "exc_info stands outside of a handler: taking it away is not what add-exc-info does"
    ),
    ("B113", "S113", "request-without-timeout", "request_without_timeout"): (
        "how long the request may take is not for a tool to say, and without a number there is "
        "nothing to write"
    ),
    ("B007", "unused-loop-control-variable", "py/unused-loop-variable"): (
        "a loop needs a name whether it is read or not: it could only be called something else"
    ),
    ("ASYNC109", "async-function-with-timeout"): (
        "a parameter of the function's interface would go: its callers have to agree"
    ),
    ("ASYNC110", "async-busy-wait", "async-zero-sleep", "ASYNC115"): (
        "waiting for an event needs one that somebody sets"
    ),
    ("TRY401", "verbose-log-message"): "the message is longer than needed, and nothing is lost",
}

RULES: Mapping[str, RuleEntry] = {
    **{name.lower(): RuleEntry(codemod) for codemod, names in _FIXED.items() for name in names},
    **{name.lower(): RuleEntry(None, why) for names, why in _NOT_FIXED.items() for name in names},
}
"""By the name in lower case."""


def rule_entry(rule: str) -> RuleEntry | None:
    """What the table says of a rule, ``None`` for one that it does not have.

    A codemod's own name is the rule of what it finds itself: that is no matter of the table.
    """
    lowered = rule.strip().lower()
    return RULES.get(lowered) or RULES.get(lowered.rpartition(".")[2])
