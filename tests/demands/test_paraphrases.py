"""One demand in fifty ways gives one plan, and fifty near misses do not.

Each file of `paraphrases/` is a demand: words in lists, and templates in which `{name}` is one of
a list. A finding is made of a title, a description and a fix, one template each.
"""

from __future__ import annotations

import itertools
import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from string import Formatter
from typing import Any

import msgspec
import pytest

from codemods.codemod import Codemod, Match, Plan
from codemods.demands.demands import Demands
from codemods.findings.readers.markdown import read_markdown
from codemods.transforms import catalogue

FILES = sorted((Path(__file__).parent / "paraphrases").glob("*.toml"))
EACH = 50


def written(template: str, words: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """A template with every choice of its words."""
    names = [name for _, name, _, _ in Formatter().parse(template) if name]
    for choice in itertools.product(*(words[name] for name in names)):
        text = template.format_map(dict(zip(names, choice, strict=True)))
        yield text[:1].upper() + text[1:]


def findings(table: Mapping[str, Any], words: Mapping[str, Sequence[str]]) -> list[str]:
    """Reports of one finding each: fifty of all that can be said, spread by a fixed seed."""
    parts = [
        [text for template in table.get(part, [""]) for text in written(template, words)]
        for part in ("title", "description", "fix")
    ]
    said = list(itertools.product(*parts))
    chosen = random.Random(0).sample(said, min(EACH, len(said)))
    evidence = table.get("evidence", "")
    return [report(title, story, fix, evidence) for title, story, fix in chosen]


def report(title: str, story: str, fix: str, evidence: str) -> str:
    shown = f"- **Evidence**:\n```python\n{evidence}```\n" if evidence else ""
    return (
        f"### B-01: {title}\n\n- **Severity**: HIGH\n- **Location**: `app/main.py:3`\n"
        f"- **Description**: {story}\n{shown}- **Suggested Fix**: {fix}\n"
    )


def asked(codemod: Codemod, text: str) -> Match[Plan] | None:
    (finding,) = read_markdown(text, "report.md").findings
    return codemod.recognise(Demands.of(finding))


def meets(given: object, wanted: object) -> bool:
    """Whether a plan has what is wanted; TOML cannot say that a field of a part is not given."""
    if isinstance(wanted, dict):
        return isinstance(given, dict) and all(
            meets(given.get(name), value) for name, value in wanted.items()
        )
    if isinstance(wanted, list) and isinstance(given, list):
        return len(given) == len(wanted) and all(map(meets, given, wanted))
    return given == wanted


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_paraphrases(file: Path) -> None:
    table = tomllib.loads(file.read_text("utf-8"))
    codemod = catalogue()[table["codemod"]]
    said = [text for item in table["say"] for text in findings(item, table["words"])]
    assert len(set(said)) >= EACH
    lost = []
    for text in said:
        match = asked(codemod, text)
        plan = msgspec.json.decode(msgspec.json.encode(match.plan)) if match else {}
        if not meets(plan, table["plan"]):
            lost.append(f"{text}\n=> {match}")
    assert lost == [], f"{len(lost)} of {len(said)}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_near_misses(file: Path) -> None:
    table = tomllib.loads(file.read_text("utf-8"))
    codemod = catalogue()[table["codemod"]]
    said = [text for item in table["near"] for text in findings(item, table["words"])]
    assert len(set(said)) >= EACH
    assert [text for text in said if asked(codemod, text) is not None] == []
