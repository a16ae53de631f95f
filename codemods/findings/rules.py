"""Rules of other tools that a codemod could be taken for, and that none fixes: a table, as data.

Rules are known by every name that they go by: ruff writes codes (``ASYNC230``) or, in preview,
names (``blocking-open-call-in-async-function``); CodeQL's have a slash, Semgrep's are paths with
dots, of which the last part counts. Those that a codemod fixes stand in its own ``rules``; these
stand here with the reason, so that nobody wonders.
"""

from __future__ import annotations

from collections.abc import Mapping

from codemods.tables import words

_NOT_FIXED: Mapping[tuple[str, ...], str] = {
    ("G201", "logging-exc-info"): (
        "the traceback is already logged: the rule only asks for logger.exception()"
    ),
    ("LOG004", "log-exception-outside-except-handler"): (
        "no exception is being handled at that place, so there is no traceback to add"
    ),
    ("LOG007", "exception-without-exc-info"): (
        "the traceback is turned off on purpose: a person has to decide"
    ),
    ("LOG014", "exc-info-outside-except-handler"): (
        "exc_info is used outside a handler: add-exc-info does not remove it"
    ),
    ("B007", "unused-loop-control-variable", "py/unused-loop-variable"): (
        "a loop needs a variable even if nothing reads it: it could only be renamed"
    ),
    ("ASYNC109", "async-function-with-timeout"): (
        "removing a parameter changes the function's interface: its callers have to change too"
    ),
    ("ASYNC110", "async-busy-wait", "async-zero-sleep", "ASYNC115"): (
        "waiting for an event needs code that sets the event"
    ),
    ("TRY401", "verbose-log-message"): "the message is longer than needed, which loses nothing",
}

NOT_FIXED: Mapping[str, str] = {
    name.lower(): why for names, why in _NOT_FIXED.items() for name in names
}
"""Why no codemod fixes what a rule finds, by each of its names in lower case."""


_GENERIC = frozenset(
    words(
        "a an and avoid best call calls detect do found in no of or practice py python the try use"
    )
)
"""Words of a rule's name that say nothing of what it finds."""


def is_called_like(rule: str, known: str) -> bool:
    """Whether a rule that somebody wrote is called like one that is known: ``no-except-pass`` like
    ``try-except-pass``, with at most one word more."""
    own, other = (_said(names_of(name)[1]) for name in (rule, known))
    return len(other) > 1 and other <= own and len(own - other) <= 1


def _said(name: str) -> frozenset[str]:
    spelled = name.rpartition("/")[2].replace("_", "-")
    return frozenset(spelled.split("-")) - _GENERIC


def names_of(rule: str) -> tuple[str, str]:
    """What a rule is looked up by, the surest first: ``a.b.TRY400`` as it is, and ``try400``."""
    lowered = rule.strip().lower()
    return lowered, lowered.rpartition(".")[2]
