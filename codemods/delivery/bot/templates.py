"""A project's own body for pull requests, in jinja2: only values go in, and only text comes out.

A template is read from the base branch alone. It is rendered by a process of its own with a time
limit, in jinja2's immutable sandbox, without anything global, without calls, includes, or the
operators that make much of little.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

TIME_LIMIT = 5
LONGEST = 60_000
FILTERS = (
    *("abs", "batch", "capitalize", "count", "default", "dictsort", "first", "float", "int"),
    *("join", "last", "length", "list", "lower", "reverse", "sort", "title", "trim", "unique"),
    "upper",
)


class TemplateError(Exception):
    """A template that cannot be used; the message is one line for a person."""


def render(template: str, values: Mapping[str, object]) -> str:
    """The text of a template.

    Raises:
        TemplateError: when it is none, asks for what is not there, or takes too long.
    """
    document = json.dumps({"template": template, "values": dict(values)})
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "codemods.delivery.bot.templates"],
            input=document,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=TIME_LIMIT,
        )
    except subprocess.TimeoutExpired:
        raise TemplateError(f"the template takes longer than {TIME_LIMIT} s") from None
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it ended without an error message"]
        raise TemplateError(f"the template cannot be used: {lines[-1]}")
    if len(done.stdout) > LONGEST:
        raise TemplateError(f"the template renders more than {LONGEST} characters")
    return done.stdout


def rendered(template: str, values: Mapping[str, object]) -> str:
    """The text, in this very process; only :func:`render` is for others."""
    return environment().from_string(template).render(values)


def environment() -> ImmutableSandboxedEnvironment:
    """Where templates are rendered."""
    from jinja2 import StrictUndefined
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Environment(ImmutableSandboxedEnvironment):
        intercepted_binops = frozenset({"*", "**", "%", "/", "//"})

        def call_binop(self, *parts: Any) -> Any:
            raise SecurityError(f"the operator {parts[1]} is not allowed")

        def is_safe_callable(self, *_: Any) -> bool:
            return False

    made = Environment(undefined=StrictUndefined, keep_trailing_newline=False)
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS}
    return made


def main() -> int:
    """Render what stdin holds; for :func:`render`."""
    _limit()
    document = json.load(sys.stdin)
    try:
        text = rendered(document["template"], document["values"])
    # Whatever a template raises is its author's to read: in one line, and in a process of its own.
    except Exception as error:  # noqa: BLE001
        print(f"{type(error).__name__}: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(text[: LONGEST + 1])
    return 0


def _limit() -> None:
    """Memory and time, where the system can do that."""
    try:
        import resource
    except ImportError:
        # Windows: the time limit of whoever started us is left.
        return
    resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))
    resource.setrlimit(resource.RLIMIT_CPU, (TIME_LIMIT, TIME_LIMIT))


if __name__ == "__main__":
    sys.exit(main())
