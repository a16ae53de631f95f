"""Patches that must not leave the engine."""

from __future__ import annotations

import pytest

from codemods.codemod import Change, Refusal, Safety, Site
from codemods.engine.gates import GateError, check_file, check_second_run, line_map
from codemods.engine.rewrite import RewrittenFile, Splice
from codemods.project.source import SourceFile
from codemods.syntax.spans import Span


def _rewritten(
    before: bytes, old: bytes, new: bytes, *, after: bytes | None = None
) -> RewrittenFile:
    """``old`` replaced by ``new``, with another result than that where ``after`` is given."""
    source = SourceFile("app.py", before)
    start = source.utf8.index(old)
    splice = Splice(Span(start, start + len(old)), new)
    result = source.replaced([(splice.span, splice.new)])
    return RewrittenFile(
        source, result if after is None else SourceFile("app.py", after), (splice,), ()
    )


@pytest.mark.parametrize(
    ("gate", "rewritten"),
    [
        ("compiles", _rewritten(b"f(1)\n", b"f(1)", b"f(1")),
        ("compiles", _rewritten(b"def f():\n    g()\n", b"g()", b"await g()")),
        ("bytes-kept", _rewritten(b"a = 1\nf(1)\n", b"f(1)", b"f(2)", after=b"a = 2\nf(2)\n")),
        ("bytes-kept", _rewritten(b"f(1)", b"f(1)", b"f(2)\n")),
        ("bytes-kept", _rewritten(b"f(1)\r\n", b"f(1)\r\n", b"f(2)\n")),
        ("bytes-kept", _rewritten(b"\xef\xbb\xbff(1)\n", b"f(1)", b"f(2)", after=b"f(2)\n")),
        ("comments-kept", _rewritten(b"f(1)  # why\n", b"f(1)  # why", b"f(2)")),
        ("comments-kept", _rewritten(b"# a\nf(1)\n# a\n", b"# a\nf(1)", b"f(2)")),
        ("names-defined", _rewritten(b"print(1)\n", b"print(1)", b"print(missing)")),
    ],
)
def test_a_patch_is_stopped(gate: str, rewritten: RewrittenFile) -> None:
    with pytest.raises(GateError, match=gate):
        check_file(rewritten)


@pytest.mark.parametrize(
    "rewritten",
    [
        _rewritten(b"print(1)\n", b"print(1)", b"print(2)"),
        _rewritten(b"print(1)  # why\n", b"print(1)", b"print(\n    2,\n)"),
        # A name that nothing defined before is not the patch's doing.
        _rewritten(b"print(gone)\n", b"print(gone)", b"print(gone, 1)"),
        _rewritten("# coding: latin-1\nx = 'é'\n".encode("latin-1"), b"x = ", b"y = "),
    ],
)
def test_a_patch_passes(rewritten: RewrittenFile) -> None:
    check_file(rewritten)


def test_a_second_run_that_finds_a_change_stops_it() -> None:
    site = Site("app.py", 3, 3)
    with pytest.raises(GateError, match=r"second-run-silent: app\.py:3"):
        check_second_run(iter([Change(site, "again", (), Safety.SAFE)]))


def test_refusals_of_a_second_run_are_no_reason() -> None:
    check_second_run(iter([Refusal("not-the-pattern", "it stays")]))


def test_lines_behind_a_splice_move_by_what_it_grew() -> None:
    moved = line_map(_rewritten(b"a = 1\nf(1)\nb = 2\n", b"f(1)\n", b"f(\n    1,\n)\n"))
    assert [moved(1), moved(3)] == [1, 5]
