"""A finding that asks for some of what it asks for: who else is meant, and for what?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from codemods.demands.demands import Demand, Demands
from codemods.findings.model import Code, Field


def asking_for(
    demands: Demands, wanted: Iterable[Demand], *, with_code: bool = False, shown: bool = True
) -> Demands:
    """The same finding with a suggestion that asks for nothing but ``wanted``.

    Args:
        with_code: whether the fenced code of the suggestion stays.
        shown: whether the evidence stays, which may show the place of another demand alone.
    """
    finding = demands.finding
    fields = finding.suggestion
    if not fields:
        return demands
    words = ". ".join(item.words for item in wanted)
    blocks = tuple(block for item in fields for block in item.blocks) if with_code else ()
    text = "\n".join((words, *map(_fenced, blocks)))
    said = Field(fields[0].name, text, fields[0].line, blocks=blocks, prose=words)
    hidden = fields if shown else (*fields, *finding.evidence)
    kept = tuple(item for item in finding.fields if item not in hidden)
    return Demands.of(replace(finding, fields=(*kept, said)))


def _fenced(block: Code) -> str:
    return f"```{block.language or ''}\n{block.text}\n```"
