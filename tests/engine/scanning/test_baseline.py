"""Baselines: what keeps a fingerprint, what loses it, and the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.codemod import Site
from codemods.engine.scanning.baseline import (
    BaselineError,
    baseline_text,
    compare,
    fingerprint,
    known_sites,
    read_baseline,
)
from codemods.project.source import SourceFile

CODE = b"def load(path):\n    return open(path)\n"


def mark(code: bytes, line: int, *, function: str = "load", codemod: str = "offload") -> str:
    source = SourceFile("a.py", code)
    return fingerprint(codemod, Site("a.py", line, line, function), source)


@pytest.mark.parametrize(
    ("code", "line"),
    [
        (b"import os\n\n\n" + CODE, 5),
        (CODE.replace(b"    return", b"        return"), 2),
        (CODE.replace(b"\n", b"\r\n"), 2),
        (CODE.replace(b"return open", b"return  open"), 2),
        (CODE + b"\n\nafter = 1\n", 2),
    ],
)
def test_a_fingerprint_survives(code: bytes, line: int) -> None:
    assert mark(code, line) == mark(CODE, 2)


def test_a_fingerprint_is_lost_with_what_it_is_made_of() -> None:
    others = {
        mark(CODE.replace(b"path", b"name"), 2),
        mark(CODE, 2, function="read"),
        mark(CODE, 2, codemod="other"),
        fingerprint("offload", Site("b.py", 2, 2, "load"), SourceFile("b.py", CODE)),
    }
    assert len(others) == 4
    assert mark(CODE, 2) not in others


def sites(code: bytes, *lines: int) -> list[tuple[str, Site, SourceFile]]:
    source = SourceFile("a.py", code)
    return [("offload", Site("a.py", line, line, "load"), source) for line in lines]


def test_the_same_line_twice_is_known_twice() -> None:
    twice = CODE + b"    return open(path)\n"
    (known,) = known_sites(sites(twice, 2, 3))
    assert known.count == 2
    marks = [(line, known.fingerprint) for line in (2, 3, 4)]
    compared = compare([known], marks, ["a.py"])
    assert (compared.known, compared.new, compared.gone) == ((2, 3), (4,), ())


def test_what_is_gone_counts_only_where_somebody_looked() -> None:
    known = known_sites(sites(CODE, 2))
    assert compare(known, [], ["b.py"]).gone == ()
    assert compare(known, [], ["a.py"]).gone == known


def test_the_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    known = known_sites(sites(b'def load(p):\n    log("gr\xc3\xbc\xc3\x9fe", p)\n', 2))
    path = tmp_path / "b.json"
    path.write_text(baseline_text(known), "utf-8")
    assert read_baseline(path, "b.json") == known
    assert path.read_text("utf-8").count("\n") == 6
    path.write_text(baseline_text(()), "utf-8")
    assert read_baseline(path, "b.json") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "b.json: not a baseline: "),
        ("[]", "b.json: not a baseline of version 1"),
        ('{"version": 2, "sites": []}', "b.json: not a baseline of version 1"),
        ('{"version": 1}', "b.json: a site is incomplete"),
        ('{"version": 1, "sites": [{"path": "a.py"}]}', "b.json: a site is incomplete"),
        ('{"version": 1, "sites": [3]}', "b.json: a site is incomplete"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "b.json"
    path.write_text(text)
    with pytest.raises(BaselineError) as caught:
        read_baseline(path, "b.json")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match=r"^b.json: cannot be read: No such file"):
        read_baseline(tmp_path / "b.json", "b.json")
