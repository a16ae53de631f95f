"""A rewrite changes what it is about and not a byte more, in whatever encoding the file is."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codemods.codemod import Safety
from codemods.engine.patching.gates import GateError, check_file
from codemods.engine.patching.rewrite import RewrittenFile, Splice
from codemods.engine.scanning.fixing import FixResult, fix
from codemods.engine.scanning.scan import scan
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.project.source import EncodingError, SourceError, SourceFile
from codemods.syntax.spans import Span
from codemods.transforms import catalogue

ENCODINGS = (
    *("utf-8", "latin-1", "cp1252", "koi8_r", "cp932", "shift_jis", "euc_jp", "iso2022_jp"),
    *("big5", "cp950", "gbk", "gb18030", "euc_kr", "hz", "utf-7", "raw_unicode_escape"),
    "unicode_escape",
)
ODD = (
    *(b"\x87\x90", b"\xed\x40", b"\xfa\x4a", b"\xf9\xf9", b"\xf9\xfe", b"\xa1\xc3", b"\xa2\xcc"),
    *(b'\x1b$@$"\x1b(B', b'\x1b$B$"\x1b(B', b"\x1b(J\\\x1b(B", b"~{<:Ky~}", b"~~", b"+AGE-"),
    *(b"+AOk-", b"+-", b"\\u00e9", b"\\u3042", b"\\U0001f600", b"\\N{BULLET}", b"\\x41", b"\\\\u"),
    *(b"\xff", b"\x80", b"\xa0", b"\\"),
)
"""Bytes that some encoding reads and writes otherwise, changes its state at, or does not know."""
ADDED = b", exc_info=True"


def module(encoding: str, first: bytes, beside: bytes, last: bytes) -> bytes:
    """A file with one thing to fix, and with text before, beside and behind it."""
    return b"\n".join(
        (
            b"# coding: " + encoding.encode(),
            b"# " + first,
            b"import logging",
            b"",
            b"logger = logging.getLogger(__name__)",
            b"",
            b"",
            b"def one(x):",
            b"    try:",
            b"        return x()",
            b"    except OSError as error:",
            b'        logger.error("one: %s", error)  # ' + beside,
            b"",
            b"",
            b"# " + last,
            b"",
        )
    )


def fixed(data: bytes) -> FixResult | None:
    """What a scan makes of a file, ``None`` where it says that it cannot read it."""
    codemods = [item for item in catalogue().values() if item.name == "add-exc-info"]
    project = Project(MemoryFiles({"m.py": data}))
    seen = scan(project, codemods)
    if seen.skipped:
        assert not seen.found
        return None
    assert len(seen.found) == 1
    return fix(project, codemods, "m.py", allow=Safety.SAFE)


def chunks(encoding: str) -> st.SearchStrategy[bytes]:
    """Text in an encoding, and bytes that are hardly any."""
    text = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=6)
    written = text.map(lambda item: item.encode(encoding, "ignore"))
    raw = st.binary(max_size=4)
    whole = st.lists(st.one_of(written, st.sampled_from(ODD), raw), max_size=4).map(b" ".join)
    return whole.filter(
        # A line with ``noqa`` is left alone.
        lambda item: (
            not any(byte in item for byte in (0, 10, 12, 13)) and b"noqa" not in item.lower()
        )
    )


QUIETLY = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(QUIETLY, max_examples=20)
@given(draw=st.data())
def test_only_what_was_added_differs(encoding: str, draw: st.DataObject) -> None:
    check_drawn(encoding, draw)


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(QUIETLY, max_examples=1_000)
@given(draw=st.data())
def test_only_what_was_added_differs_of_many(encoding: str, draw: st.DataObject) -> None:
    check_drawn(encoding, draw)


def check_drawn(encoding: str, draw: st.DataObject) -> None:
    part = chunks(encoding)
    # A line that grows too long is laid out anew.
    beside = part.filter(lambda item: len(item) < 24)
    data = module(encoding, draw.draw(part), draw.draw(beside), draw.draw(part))
    result = fixed(data)
    if result is None:
        return
    if not result.files:
        # Or the line itself cannot be edited: libcst loses what stands behind its last backslash.
        assert result.refused or [item.path for item in result.failed] == ["m.py"]
        return
    (patch,) = result.files
    assert patch.before == data and patch.after is not None
    assert patch.after.replace(ADDED, b"", 1) == data != patch.after
    assert result.failed == ()


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp932", b"\x87\x90"),
        ("cp950", b"\xf9\xf9"),
        ("iso2022_jp", b'\x1b$@$"\x1b(B'),
        ("utf-7", b"+AGE-"),
        ("raw_unicode_escape", b"\\u00e9"),
        ("unicode_escape", b"x"),
    ],
)
def test_a_file_that_would_be_written_otherwise_is_named(encoding: str, text: bytes) -> None:
    result = fixed(module(encoding, text, b"", b""))
    assert result is not None and result.files == () and result.changes == ()
    (failed,) = result.failed
    assert failed.reason == (
        f"add-exc-info: m.py: reading it as {encoding} and writing it again "
        "does not give the same bytes"
    )


@pytest.mark.parametrize("encoding", ["undefined", "punycode", "rot13", "utf-16", "nonsense"])
def test_a_file_in_no_encoding_of_text_is_not_read_and_ends_nothing(encoding: str) -> None:
    codemods = [item for item in catalogue().values() if item.scans]
    files = {"bad.py": module(encoding, b"", b"", b""), "good.py": module("ascii", b"", b"", b"")}
    seen = scan(Project(MemoryFiles(files)), codemods)
    assert [item.path for item in seen.skipped] == ["bad.py"]
    assert [item.change.site.path for item in seen.found] == ["good.py"]


def test_half_a_surrogate_pair_is_no_text() -> None:
    source = SourceFile("m.py", b"# coding: raw_unicode_escape\n# \\ud800\n")
    with pytest.raises(SourceError, match="half of a surrogate pair"):
        assert source.utf8


def test_a_state_that_goes_on_over_the_cut_is_no_place_to_cut() -> None:
    source = SourceFile("m.py", "# coding: iso2022_jp\nx = 'ああ'\n".encode("iso2022_jp"))
    start = source.utf8.index("あ".encode())
    assert source.is_faithful
    with pytest.raises(EncodingError, match="the same bytes"):
        source.replaced([(Span(start, start + 3), b"b")])


def test_the_gate_sees_bytes_that_read_the_same() -> None:
    head = b"# coding: cp932\n"
    source = SourceFile("app.py", head + b"# \x87\x90\nf(1)\n")
    start = source.utf8.index(b"f(1)")
    splice = Splice(Span(start, start + 4), b"f(2)")
    rewritten = RewrittenFile(
        source, SourceFile("app.py", head + b"# \x81\xe0\nf(2)\n"), (splice,), ()
    )
    with pytest.raises(GateError, match="bytes-kept"):
        check_file(rewritten)


def test_what_every_encoding_writes_in_one_way_passes_the_gate() -> None:
    source = SourceFile("app.py", "# coding: cp932\n# あ\nf(1)\n".encode("cp932"))
    start = source.utf8.index(b"f(1)")
    splice = Splice(Span(start, start + 4), b"f(2)")
    after = source.replaced([(splice.span, splice.new)])
    check_file(RewrittenFile(source, after, (splice,), ()))
    assert after.data == source.data.replace(b"f(1)", b"f(2)")
