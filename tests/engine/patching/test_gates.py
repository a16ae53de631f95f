"""Patches that must not leave the engine."""

from __future__ import annotations

import pytest

from codemods.codemod import Change, Refusal, Safety, Site
from codemods.engine.patching.gates import (
    GateError,
    check_file,
    check_second_run,
    line_map,
    removed_lines,
)
from codemods.engine.patching.rewrite import RewrittenFile, Splice
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


def _swallowed() -> RewrittenFile:
    """Two edits that together make a string of the comment between them."""
    source = SourceFile("app.py", b"x = 1\n# why\ny = 1\n")
    splices = (Splice(Span(0, 6), b'x = """\n'), Splice(Span(12, 18), b'y = """\n'))
    after = source.replaced((item.span, item.new) for item in splices)
    return RewrittenFile(source, after, splices, ())


def _with_imports(old: bytes, new: bytes) -> RewrittenFile:
    """``old``, an import at the start of a file, replaced by ``new``."""
    source = SourceFile("app.py", old + b"\nos = 1\n")
    splice = Splice(Span(0, len(old)), new)
    return RewrittenFile(source, source.replaced([(splice.span, splice.new)]), (), (splice,))


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
        ("comments-kept", _rewritten(b"a = 1\nf(1)  # why\n", b"f(1)  # why\n", b"f('# why')\n")),
        ("comments-kept", _rewritten(b"a = 1\nf(  # why\n    1\n)\n", b"f(  # why\n", b"f(\n")),
        ("comments-kept", _swallowed()),
        ("comments-kept", _with_imports(b"import os  # why\n", b"import os\n")),
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


@pytest.mark.parametrize(
    ("old", "new", "passes"),
    [
        (b"    return x\n", b"    return (x)\n", True),
        (b"def f[T](x):\n", b"def f[T, =](x):\n", False),
        (b"def f[T](x):\n    return x\n", b"", True),
        (b"class Late[T]: ...\n", b"class Late[T=]: ...\n", False),
    ],
)
def test_type_parameters_that_no_python_knows_stop_it(old: bytes, new: bytes, passes: bool) -> None:
    # Python 3.11 reads them as blanks.
    before = b"def f[T](x):\n    return x\n\n\nclass Late[T]: ...\n"
    rewritten = _rewritten(before, old, new)
    if passes:
        check_file(rewritten)
        return
    with pytest.raises(GateError, match="compiles"):
        check_file(rewritten)


def test_edits_of_a_newer_file_are_found_behind_the_imports() -> None:
    source = SourceFile(
        "app.py", b"import os\n\ntype X = os.PathLike\n\n\ndef f[T](x):\n    g(x)\n"
    )
    edit = Splice(Span(source.utf8.index(b"def"), len(source.utf8)), b"def f[T(](x):\n    g()\n")
    middle = source.replaced([(edit.span, edit.new)])
    more = Splice(Span(0, 10), b"import asyncio\nimport os\n")
    after = middle.replaced([(more.span, more.new)])
    with pytest.raises(GateError, match="compiles"):
        check_file(RewrittenFile(source, after, (edit,), (more,)))


@pytest.mark.parametrize(
    "rewritten",
    [
        _rewritten(b"a = 1\nf(1)  # why\n", b"f(1)  # why\n", b"f(2)  # why\n"),
        _rewritten(b"a = 1\nf('#', 1)\n", b"f('#', 1)\n", b"f(1)\n"),
        _rewritten(
            b"if a:\n    f(1)  # why\nelse:\n    g()\n", b"    f(1)  # why\n", b"    f(2)  # why\n"
        ),
        _rewritten(b"f(1)\n# last", b"f(1)\n# last", b"f(2)\n# last"),
    ],
)
def test_comments_in_an_edit_are_seen(rewritten: RewrittenFile) -> None:
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


def test_lines_that_are_taken_out_stand_nowhere() -> None:
    source = SourceFile("app.py", b"import os\nimport sys\n\na = 1\nb = 2\nc = 3\n")
    splice = Splice(Span(22, 28), b"")
    between = source.replaced([(splice.span, splice.new)])
    dropped = Splice(Span(0, 10), b"")
    after = between.replaced([(dropped.span, dropped.new)])
    assert after.utf8 == b"import sys\n\nb = 2\nc = 3\n"
    assert removed_lines(RewrittenFile(source, after, (splice,), (dropped,))) == {1, 4}


def test_lines_that_are_written_anew_stand_where_they_stood() -> None:
    assert (
        removed_lines(_rewritten(b"x = 1\ny = 2\n", b"x = 1\n", b"x = 3\nz = 4\n")) == frozenset()
    )


def test_a_file_without_a_final_newline_is_read_to_its_end() -> None:
    source = SourceFile("app.py", b"a = 1  # one\nb = 2  # two")
    splice = Splice(Span(0, 13), b"")
    after = source.replaced([(splice.span, splice.new)])
    check_file(RewrittenFile(source, after, (splice,), (), (splice.span,)))


@pytest.mark.parametrize(
    ("before", "old", "new"),
    [
        (
            b"import os\ndef f():\n    g()\n    import os\n",
            b"    g()\n",
            b"    os.g()\n",
        ),
        (
            b"import os\ndef f(flag):\n    g()\n    if flag:\n        os = 1\n",
            b"    g()\n",
            b"    os.g()\n",
        ),
        (
            b"import os\ndef f():\n    def h():\n        g()\n    h()\n    import os.path\n",
            b"        g()\n",
            b"        os.g()\n",
        ),
    ],
)
def test_a_name_that_is_local_later_on_is_not_there_yet(
    before: bytes, old: bytes, new: bytes
) -> None:
    with pytest.raises(GateError, match=r"names-defined: app\.py: os is local in f"):
        check_file(_rewritten(before, old, new))


@pytest.mark.parametrize(
    ("before", "old", "new"),
    [
        (b"def f():\n    import os\n    g()\n", b"    g()\n", b"    os.g()\n"),
        (b"def f(os):\n    g()\n    os = 1\n", b"    g()\n", b"    os.g()\n"),
        (
            b"def f(many):\n    for one in many:\n        g()\n        os = one\n",
            b"        g()\n",
            b"        os.g()\n",
        ),
        # It was so before.
        (b"def f():\n    os.g()\n    os = 1\n", b"    os.g()\n", b"    os.h()\n"),
        (b"import os\ndef f():\n    g()\ndef h():\n    os = 1\n", b"    g()\n", b"    os.g()\n"),
    ],
)
def test_a_name_that_may_be_there_passes(before: bytes, old: bytes, new: bytes) -> None:
    check_file(_rewritten(before, old, new))
