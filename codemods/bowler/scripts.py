"""Scripts that run queries, as ``bowler run`` takes them: they are run, their queries are not."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any

from codemods.plugins import one_line

if TYPE_CHECKING:
    from bowler import Query


class ScriptError(Exception):
    """A script that gives no query; the message is one line for a person."""


def queries_of(script: Path, arguments: Sequence[str] = ()) -> list[Query]:
    """The queries that a script would execute, in their order; its code runs.

    As with ``bowler run``, its ``main()`` is called where it has one. A query that it makes and
    does not execute counts if it executes none.

    Args:
        script: the file.
        arguments: what it finds in ``sys.argv`` behind its own name.

    Raises:
        ScriptError: when Bowler is not installed, or the script fails or makes no query.
    """
    try:
        code = compile(script.read_bytes(), str(script), "exec", dont_inherit=True)
    except (OSError, SyntaxError, ValueError) as error:
        raise ScriptError(f"{script}: {one_line(error)}") from None
    try:
        from bowler import Query
    except ImportError as error:
        raise ScriptError(
            f"Bowler cannot be imported ({error}): pip install 'autofix-codemods[bowler]'"
        ) from None
    with _captured(Query) as made, _arguments([str(script), *arguments]):
        names = _run(code, script, script.stem)
        main = names.get("main")
        if callable(main):
            _guarded(script, main)
        elif not made and (idle := [item for item in names.values() if isinstance(item, Query)]):
            return list(dict.fromkeys(idle))
        elif not made:
            _run(code, script, "__main__")
    if not made:
        raise ScriptError(f"{script}: it creates no query, at the top level or in main()")
    return list(dict.fromkeys(made))


def _run(code: CodeType, script: Path, name: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": name, "__file__": str(script)}
    _guarded(script, lambda: exec(code, names))
    return names


def _guarded(script: Path, call: Any) -> None:
    try:
        call()
    except SystemExit as left:
        if left.code not in (None, 0):
            raise ScriptError(f"{script}: it exited with status {left.code}") from None
    except Exception as error:
        raise ScriptError(f"{script}: {one_line(error)}") from error


@contextmanager
def _captured(query: Any) -> Iterator[list[Query]]:
    """Queries that are executed meanwhile are noted, and do nothing."""
    made: list[Query] = []
    execute = query.execute

    def note(self: Any, **_options: object) -> Any:
        made.append(self)
        self.retcode = 0
        return self

    query.execute = note
    try:
        yield made
    finally:
        query.execute = execute


@contextmanager
def _arguments(given: Sequence[str]) -> Iterator[None]:
    before, sys.argv = sys.argv, [*given]
    try:
        yield
    finally:
        sys.argv = before
