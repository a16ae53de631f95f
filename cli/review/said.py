"""The words of a finding, as lines of a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from codemods.output.entries import Said, blocks

from ..drawing import Look, drawn_code, folded


def drawn_said(fields: Sequence[Said], width: int, look: Look) -> Iterator[Text]:
    """The fields of a finding; what stands in a fence is code, as the auditor saw it."""
    for said in fields:
        name = f"{said.name}: "
        for is_code, lines in blocks(said.text):
            if is_code:
                if name:
                    yield Text(name.rstrip(), style=look.faint)
                yield from drawn_code(lines, width, look)
            for line in () if is_code else lines:
                yield from folded(Text.assemble((name, look.faint), line), width)
                name = ""
            name = ""
