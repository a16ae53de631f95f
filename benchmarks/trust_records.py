"""What ``trust.py`` keeps: edits and messages as records, and what readers said of them."""

from __future__ import annotations

import ast
import dataclasses
import json
import math
import random
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

DATA = Path(__file__).with_name("trust_data")
CODE_BASES = DATA / "codebases.toml"
VERDICTS = DATA / "verdicts.tsv"
GIVEN = ("right", "debatable", "wrong")
COLUMNS = ("kind", "key", "place", "code_base", "codemod", "verdict", "why")
LARGEST_PART = {"add-exc-info": 0.35, "raise-from": 0.35}
"""Of a sample: two codemods make most of the edits, and the others are worth more reading."""
LONGEST = 400
"""Lines of a function that is laid out whole."""
AROUND = 12
"""Lines of a function that are shown above and below an edit, where it is long."""

Kind = Literal["edit", "message"]


@dataclass(frozen=True, slots=True)
class Record:
    """One edit that is written, or one message that is only shown."""

    kind: Kind
    key: str
    """The same for the same text of an edit, wherever its lines are."""
    place: str
    """The same for what the codemod says at this place, however it puts or edits it."""
    code_base: str
    codemod: str
    safety: str
    path: str
    line: int
    function: str
    message: str
    diff: str
    """Empty for a message."""
    around: str
    """The function that it stands in, with numbers."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reader said; a row of the file of verdicts."""

    kind: str
    key: str
    place: str
    code_base: str
    codemod: str
    verdict: str
    why: str


def code_bases(half: str) -> dict[str, str]:
    """The versions by name of ``mending``, ``measuring`` or ``all``."""
    halves: dict[str, dict[str, str]] = tomllib.loads(CODE_BASES.read_text("utf-8"))
    if half != "all":
        return halves[half]
    return {name: version for part in halves.values() for name, version in part.items()}


def verdicts() -> list[Verdict]:
    """Those that were given, oldest first; none where nobody has read yet."""
    if not VERDICTS.exists():
        return []
    head, *rows = VERDICTS.read_text("utf-8").splitlines()
    if head != "\t".join(COLUMNS):
        raise SystemExit(f"{VERDICTS}: another head than {', '.join(COLUMNS)}")
    return [Verdict(*row.split("\t")) for row in rows]


def keep_verdicts(given: Iterable[Verdict]) -> None:
    """Write the file of verdicts anew."""
    rows = ("\t".join(dataclasses.astuple(item)) for item in given)
    VERDICTS.write_text("\n".join(("\t".join(COLUMNS), *rows)) + "\n", "utf-8")


def records_of(path: Path) -> Iterator[Record]:
    """What a run wrote down in a file; nothing where there is none."""
    if path.exists():
        for line in path.read_text("utf-8").splitlines():
            yield Record(**json.loads(line))


def around(text: str, first: int, last: int, *, whole: bool = False) -> str:
    """The innermost function around some lines, with numbers, and without its middle if long and
    not wanted ``whole``."""
    lines = text.splitlines()
    begin, end = max(1, first - AROUND), min(len(lines), last + AROUND)
    defined = (ast.FunctionDef, ast.AsyncFunctionDef)
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError):
        nodes = []
    for node in nodes:
        if isinstance(node, defined) and node.lineno <= first and (node.end_lineno or 0) >= last:
            begin, end = node.lineno, node.end_lineno or node.lineno
    shown = set(range(begin, min(begin + AROUND, end) + 1))
    if whole:
        shown = set(range(begin, min(end, begin + LONGEST) + 1))
    shown |= set(range(max(begin, first - 2 * AROUND), min(end, last + 2 * AROUND) + 1))
    numbered, before = [], begin
    for number in sorted(shown):
        if number > before + 1:
            numbered.append("       …")
        numbered.append(f"{number:6} {lines[number - 1]}")
        before = number
    return "\n".join(numbered)


def laid_out(name: str, item: Record, before: str) -> str:
    """An edit as a text for somebody who sees nothing else."""
    return "\n".join(
        (
            f"edit:    {name}",
            f"project: {item.code_base}",
            f"path:    {item.path}:{item.line} {item.function}",
            f"codemod: {item.codemod} [{item.safety}]",
            f"said:    {item.message}",
            "",
            "--- the whole function before " + "-" * 40,
            before,
            "",
            "--- the edit " + "-" * 57,
            item.diff or "none: the message is only shown",
        )
    )


def read_verdicts(path: Path) -> Iterator[tuple[str, str, str]]:
    """The key, the verdict and the reason of each line or object of a file."""
    text = path.read_text("utf-8")
    if path.suffix != ".json":
        for line in text.splitlines():
            key, verdict, why = (*line.split(maxsplit=2), "", "", "")[:3]
            if key and not key.startswith("#"):
                yield key, verdict, why.strip()
        return
    index = json.loads(path.with_name("index.json").read_text("utf-8"))
    given = json.loads(text)
    for number, item in enumerate(given if isinstance(given, list) else [given], 1):
        try:
            key, verdict = index[item["edit"]]["key"], item["verdict"]
        except (KeyError, TypeError):
            raise SystemExit(
                f"{path}: verdict {number}: names no edit of index.json, or gives no verdict"
            ) from None
        yield key, verdict, " ".join(str(item.get("why", "")).split())


def drawn(records: Sequence[Record], many: int, chance: random.Random) -> list[Record]:
    """``many`` of the records: from every codemod its part, by chance within it."""
    by_codemod: dict[str, list[Record]] = defaultdict(list)
    for item in sorted(records, key=lambda item: item.key):
        by_codemod[item.codemod].append(item)
    wanted = {
        name: min(len(items), math.floor(many * LARGEST_PART.get(name, 1)))
        for name, items in by_codemod.items()
    }
    rest = [name for name in wanted if name not in LARGEST_PART]
    left = max(0, many - sum(wanted[name] for name in wanted if name in LARGEST_PART))
    total = sum(wanted[name] for name in rest)
    for name in rest:
        if total > left:
            wanted[name] = math.ceil(left * wanted[name] / total)
    # Where the others are too few, the two fill up what is wanted.
    for name in sorted(set(wanted) & set(LARGEST_PART)):
        short = max(0, many - sum(wanted.values()))
        wanted[name] += min(short, len(by_codemod[name]) - wanted[name])
    return [
        item
        for name in sorted(by_codemod)
        for item in chance.sample(by_codemod[name], wanted[name])
    ]


def bound(wrong: int, read: int, level: float = 0.95) -> float:
    """The rate that is not exceeded with ``level``, of Clopper and Pearson, from one side."""
    if wrong >= read:
        return 1.0
    low, high = wrong / read, 1.0
    for _ in range(50):
        rate = (low + high) / 2
        chance = sum(
            math.comb(read, count) * rate**count * (1 - rate) ** (read - count)
            for count in range(wrong + 1)
        )
        low, high = (rate, high) if chance > 1 - level else (low, rate)
    return high
