"""What a finding asks for, and nothing of it shows in the patch.

A codemod meets the demands that it knows. One of another kind beside them, the second keyword of
two, or the rest of a list that "the above" stands for, is nothing to it: what names code that no
changed line has is not done, whoever claimed the finding.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property

from codemods.codemod import Site
from codemods.demands.demands import Demand, Demands, Text, obliges
from codemods.demands.text import written_words
from codemods.engine.outcomes import FilePatch, Left
from codemods.engine.touched import touched_lines, words_of, words_put_in
from codemods.project.paths import ends_in

_SHORTEST = 3
"""Letters of a name that says something."""
_KEYWORD = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\s?=(?!=)")
_FILE = re.compile(r"[\w./-]+\.\w{1,4}(?::[\d,\s-]+)?|:\d[\d,\s-]*")
_NAME = re.compile(r"[A-Za-z_][\w.]*")
_BULLET = re.compile(r"^[ \t]*(?:[-*+•]|\d+[.)])[ \t]+`([^`\n]+)`", re.MULTILINE)


class Unmet:
    """Looks for what is left of one finding."""

    def __init__(
        self,
        demands: Demands,
        files: Sequence[FilePatch],
        looked_at: Sequence[Site],
        met: Collection[str],
        there: Callable[[str], Sequence[str]],
        own: Callable[[Demand], bool],
    ) -> None:
        """
        Args:
            demands: of the finding.
            files: what changes.
            looked_at: where something changes or is left with a reason.
            met: the ids of the demands that a change says it meets.
            there: the Python files of the project that may be written so.
            own: whether the codemod reads its plan from a demand: it may meet that in another form
                than the words have.
        """
        self._demands = demands
        self._files = files
        self._looked_at = looked_at
        self._met = met
        self._there = there
        self._own = own

    def left(self) -> Iterator[Left]:
        """What stays, demand by demand."""
        owed = [item for item in self._demands.asked if item.obliges]
        for demand in owed:
            if demand.id not in self._met and self._stays(demand, alone=len(owed) == 1):
                yield Left(demand.words, demand.id)
        if (more := self._more()) is not None:
            yield Left(f"the finding mentions more places than it names: “{more}”")
        for sentence in self._demands.advice.sentences("refers-back"):
            if obliges(sentence.raw):
                yield from self._listed(sentence)

    def _more(self) -> str | None:
        """What says that there are more places than those that are named: the location, or what
        stands for one."""
        located = any(item.path for item in self._demands.locations)
        places = "\n".join(item.text for item in self._demands.finding.all("location", "files"))
        for text in (Text(places),) if located else (Text(places), self._demands.opening):
            for sentence in text.sentences("speaks-of-more"):
                return " ".join(sentence.raw.split())
        return None

    @cached_property
    def _touched(self) -> frozenset[str]:
        """The words of the lines that change, as they were and as they are."""
        was = (word for item in self._files for word in words_of(item, changed=True))
        return frozenset((*was, *self._put_in))

    @cached_property
    def _put_in(self) -> frozenset[str]:
        return frozenset(word for item in self._files for word in words_put_in(item))

    @cached_property
    def _now(self) -> frozenset[str]:
        """The words of the files as they are with the patch."""
        texts = (item.after or b"" for item in self._files)
        return frozenset().union(
            *(written_words(text.decode("utf-8", "replace")) for text in texts)
        )

    @cached_property
    def _kept(self) -> frozenset[str]:
        """The words of the lines that stay."""
        return frozenset(word for item in self._files for word in words_of(item, changed=False))

    def _stays(self, demand: Demand, *, alone: bool) -> bool:
        said = _without_models(demand.words)
        names = _names(said)
        if names and not alone and self._touched.isdisjoint(names):
            return not self._own(demand) or names <= self._kept
        return self._keeps_the_old(said) or self._leaves_out(said) or self._leaves_places(said)

    def _keeps_the_old(self, said: Text) -> bool:
        """Whether what is to be replaced stays: "Replace `a` with `b`"."""
        for pair in said.pairs:
            old = _telling(pair.old)
            if not pair.described and old and old <= self._kept and self._touched.isdisjoint(old):
                return True
        return False

    def _leaves_out(self, said: Text) -> bool:
        """Whether one of the keywords that are asked for together is given, and another is not."""
        for code in said.code:
            wanted = set(_KEYWORD.findall(code))
            if not self._put_in.isdisjoint(wanted) and not wanted <= self._now:
                return True
        return False

    def _leaves_places(self, said: Text) -> bool:
        """Whether all are asked for, and the finding lists one that nobody looked at."""
        if not said.says("asks-for-all"):
            return False
        looked_at = [(site.path, site.line, site.end_line) for site in self._looked_at]
        touched = {item.path: touched_lines(item) for item in self._files}
        for path, lines in self._demands.reported:
            near = range(lines.start - 2, lines.end + 3)
            changed = any(
                ends_in(name, path) and not some.isdisjoint(near) for name, some in touched.items()
            )
            told = any(
                ends_in(name, path) and first <= lines.end + 2 and lines.start - 2 <= last
                for name, first, last in looked_at
            )
            if not changed and not told and self._there(path):
                return True
        return False

    def _listed(self, sentence: Text) -> Iterator[Left]:
        """The items of the description's list that stay, where "the above" are to change."""
        heads = _BULLET.findall(self._demands.description.raw)
        names = [(head, _telling(found[0])) for head in heads if (found := _NAME.match(head))]
        if not any(self._is_touched(some) for _, some in names):
            return
        said = " ".join(sentence.raw.split())
        for head, some in names:
            if not self._is_touched(some) and not self._kept.isdisjoint(some):
                yield Left(f"`{head}` is unchanged: “{said}”")

    def _is_touched(self, names: frozenset[str]) -> bool:
        return not self._touched.isdisjoint(names)


def _without_models(words: str) -> Text:
    """A demand without what it only compares with: "…, mirroring `x`"."""
    text = Text(words)
    return Text(words[: text.place_of("points-elsewhere")])


def _names(said: Text) -> frozenset[str]:
    """The names of code in it; files are looked for elsewhere."""
    return frozenset[str]().union(
        *(_telling(code) for code in said.code if not _FILE.fullmatch(code.strip()))
    )


def _telling(code: str) -> frozenset[str]:
    return frozenset(
        word
        for word in written_words(code)
        if len(word) >= _SHORTEST and not keyword.iskeyword(word) and not word[0].isdigit()
    )
