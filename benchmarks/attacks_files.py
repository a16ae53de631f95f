"""Files in many encodings, real ones and mutants: only what is fixed changes, to the byte."""

from __future__ import annotations

import ast
import random
import sysconfig
import warnings
from collections.abc import Sequence
from pathlib import Path

from attacked import CODE, Tally, crashed, run

ENCODINGS = (
    *("utf-8", "utf-8-sig", "latin-1", "cp1252", "cp932", "shift_jis", "euc_jp", "iso2022_jp"),
    *("big5", "cp950", "gb18030", "koi8_r", "utf-7", "hz", "unicode_escape", "raw_unicode_escape"),
)
BATCH = 500
"""Files of one project, so that a command ends in its time."""


def encodings(tally: Tally, work: Path, mutants: int, chance: random.Random) -> None:
    """Files in many encodings, whole and mutated: only what is fixed changes, to the byte."""
    for start in range(0, mutants, BATCH):
        top = work / f"encodings-{start}"
        top.mkdir()
        _encoded(tally, top, range(start, min(start + BATCH, mutants)), chance)


def _encoded(tally: Tally, top: Path, numbers: range, chance: random.Random) -> None:
    made: dict[str, bytes] = {}
    for number in numbers:
        encoding = ENCODINGS[number % len(ENCODINGS)]
        note = "".join(chance.choice("aé日本≒~{\\") for _ in range(12))
        text = f"# -*- coding: {encoding.removesuffix('-sig')} -*-\n" + CODE.format(
            n=number, note=note.replace("{", "").replace("\\", "")
        )
        data = text.encode(encoding, "replace")
        if number % 3:
            position = chance.randrange(len(data))
            junk = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 4)))
            data = data[:position] + junk + data[position + chance.randrange(3) :]
        made[f"m{number}.py"] = data
        (top / f"m{number}.py").write_bytes(data)
    done = run(top, "scan", "--fix", "--no-cache", "--jobs", "1")
    tally.check(not crashed(done), f"scan --fix: {done.stderr[-200:]!r}")
    added = b", exc_info=True"
    for name, before in made.items():
        after = (top / name).read_bytes()
        # utf-7 and its sisters write ASCII as itself, too.
        same = after == before or after.replace(added, b"") == before.replace(added, b"")
        tally.refused += after == before
        tally.check(same, f"{name}: bytes elsewhere differ")
    again = run(top, "scan", "--fix", "--no-cache", "--jobs", "1")
    tally.check(b"fixed " not in again.stderr, "a second run changes something")


def files(
    tally: Tally, work: Path, mutants: int, chance: random.Random, folders: Sequence[Path] = ()
) -> None:
    """Real files, whole, written anew in other encodings, and mutated: what compiled compiles, no
    letter of another script changes, and a second run finds nothing."""
    chosen = folders or [Path(sysconfig.get_paths()[name]) for name in ("stdlib", "purelib")]
    found = [path for folder in chosen for path in sorted(folder.rglob("*.py")) if path.is_file()]
    chance.shuffle(found)
    for start in range(0, mutants, BATCH):
        top = work / f"files-{start}"
        top.mkdir()
        made: dict[str, bytes] = {}
        for number in range(start, min(start + BATCH, mutants)):
            data = found[number % len(found)].read_bytes()
            for change in chance.sample(_CHANGES, number % 3):
                data = change(data, chance)
            made[f"m{number}.py"] = data
            (top / f"m{number}.py").write_bytes(data)
        _fixed(tally, top, made)


def _fixed(tally: Tally, top: Path, made: dict[str, bytes]) -> None:
    done = run(top, "scan", "--fix", "--no-cache", "--jobs", "1")
    tally.check(not crashed(done), f"scan --fix: {done.stderr[-300:]!r}")
    for name, before in made.items():
        after = (top / name).read_bytes()
        tally.refused += after == before
        if after == before:
            tally.tried += 1
            continue
        whole = _compiles(after) or not _compiles(before)
        tally.check(whole, f"{name}: it compiled, and does not any more")
        kept = _beyond_ascii(before) == _beyond_ascii(after)
        tally.check(kept, f"{name}: letters of another script differ")
    again = run(top, "scan", "--fix", "--no-cache", "--jobs", "1")
    tally.check(b"fixed " not in again.stderr, "a second run changes something")


def _compiles(data: bytes) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _beyond_ascii(data: bytes) -> bytes:
    return bytes(byte for byte in data if byte > 127)


def _elsewhere_encoded(data: bytes, chance: random.Random) -> bytes:
    """The file in another encoding, which it declares."""
    encoding = chance.choice(ENCODINGS)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data
    first = f"# -*- coding: {encoding.removesuffix('-sig')} -*-\n"
    return (first + text).encode(encoding, "replace")


def _lines(data: bytes, chance: random.Random) -> bytes:
    """Some lines twice, gone, or in each other's place."""
    lines = data.split(b"\n")
    for _ in range(chance.randrange(1, 4)):
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        lines[at : at + 1] = chance.choice(
            ([], [lines[at]] * 2, [lines[other]], [b"\t" + lines[at]], [lines[at], b""])
        )
        lines = lines or [b""]
    return b"\n".join(lines)


def _bytes(data: bytes, chance: random.Random) -> bytes:
    """Some bytes anywhere."""
    at = chance.randrange(len(data) + 1)
    junk = bytes(chance.choice(b"\x00\r\n\t '\"\\(){}#\xff\xc3\xef") for _ in range(3))
    return data[:at] + junk[: chance.randrange(4)] + data[at + chance.randrange(3) :]


def _newlines(data: bytes, chance: random.Random) -> bytes:
    """Other ends of lines, a mark of the byte order, no last newline."""
    end = chance.choice((b"\r\n", b"\r", b"\n\x0c", b"\n"))
    data = data.replace(b"\n", end)
    if chance.random() < 0.3:
        data = b"\xef\xbb\xbf" + data
    return data.rstrip() if chance.random() < 0.3 else data


_CHANGES = (_elsewhere_encoded, _lines, _bytes, _newlines)
