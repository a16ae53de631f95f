"""Sentences in which each code is one mark (``⟦0⟧``), so that the words around it can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.demands.phrases import sentences
from codemods.findings.text import code_spans

_MARK = re.compile(r"⟦(\d+)⟧")
_ARROW = re.compile(r"^(.+?)(?<!\s)\s+(?:→|⇒|➜)\s+(.+)$", re.DOTALL)
_LEAD = re.compile(r"^(?:[-*•]\s+|\d+[.)]\s+|\([a-z0-9]\)\s*|\*\*[^*]{1,30}:?\*\*:?\s*)+")
_BARE_NAME = re.compile(
    r"(?<![\w.⟦])(?:_?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?:Error|Exception)"
    r"|Exception|(?=\w*_)[a-z_]\w*|[A-Za-z_]\w*(?:\.[A-Za-z_]\w+)+)(?:\(\))?(?![\w⟧])"
)


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with marks, and what each of them stands for."""

    text: str
    codes: tuple[str, ...]

    def code(self, mark: str) -> str:
        """The code of a mark, by its number."""
        return self.codes[int(mark)]

    def written(self, text: str) -> str:
        """A part of the text in one line, with its code again."""
        return " ".join(_MARK.sub(lambda found: f"`{self.codes[int(found[1])]}`", text).split())

    def sentences(self) -> Iterator[str]:
        """Its sentences, each in one line, without bullets, numbers and labels before them."""
        for sentence in sentences(self.text):
            joined = _LEAD.sub("", " ".join(sentence.split())).strip()
            if joined:
                yield joined


def marked(text: str, *, names: bool = False) -> Marked:
    """A text with ``⟦0⟧`` for its first inline code; an arrow in one makes two of it.

    Args:
        text: prose.
        names: whether names that are code without quotes are marked too: ``MAX_SIZE``,
            ``ImportError``, ``load_audio()``.
    """
    pieces: list[str] = []
    codes: list[str] = []
    position = 0
    for start, end, inner in _spans(text, names):
        pieces.append(_plain(text[position:start]))
        arrow = _ARROW.match(inner)
        for number, code in enumerate(arrow.groups() if arrow else (inner,)):
            pieces += [" → " if number else "", f"⟦{len(codes)}⟧"]
            codes.append(code)
        position = end
    return Marked("".join([*pieces, _plain(text[position:])]), tuple(codes))


def _plain(text: str) -> str:
    """What stands between codes, without marks that are none."""
    return text.replace("⟦", "[").replace("⟧", "]")


def _spans(text: str, names: bool) -> list[tuple[int, int, str]]:
    spans = [(span.start, span.end, span.text) for span in code_spans(text)]
    if not names:
        return spans
    found = list(spans)
    quoted = iter(spans)
    span = next(quoted, None)
    for item in _BARE_NAME.finditer(text):
        while span is not None and span[1] <= item.start():
            span = next(quoted, None)
        if span is None or item.end() <= span[0]:
            found.append((item.start(), item.end(), item[0]))
    return sorted(found)
