"""What a finding asks for: its parts as texts that can be asked, and its code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from codemods.demands.clauses import Clause, clauses
from codemods.demands.code import Call, calls_in, comments_of, given
from codemods.demands.dividing import divided
from codemods.demands.lexicon import lexicon
from codemods.demands.pairs import Pair, pairs_in
from codemods.demands.phrases import Found, Words
from codemods.demands.reported_lines import ReportedLines, reported_lines
from codemods.demands.text import (
    called_names,
    dotted_names,
    durations,
    identifiers,
    inline_code,
    spoken_count,
    without_fences,
    written_words,
)
from codemods.findings.model import Code, Finding, Location
from codemods.findings.text import code_spans


class Text:
    """A part of a finding, as it was written, and what it says."""

    def __init__(self, raw: str) -> None:
        self.raw = raw

    def __bool__(self) -> bool:
        return bool(self.raw.strip())

    def __add__(self, other: Text) -> Text:
        """Both, with a paragraph's end between them."""
        return Text("\n\n".join(text.raw for text in (self, other) if text))

    @cached_property
    def unfenced(self) -> Text:
        """It without its fenced code."""
        return Text(without_fences(self.raw))

    @cached_property
    def written_words(self) -> frozenset[str]:
        """Its words and the parts of its names, as they are written: ``Lock`` is not ``lock``."""
        return written_words(self.raw)

    @cached_property
    def words(self) -> Words:
        """Its tokens."""
        return Words(self.raw)

    def says(self, *subjects: str) -> bool:
        """Whether it speaks of one of the subjects of the lexicon."""
        return any(next(self._found(subject), None) is not None for subject in subjects)

    def sentences(self, *subjects: str, but: tuple[str, ...] = ()) -> tuple[Text, ...]:
        """Its sentences that speak of one of the subjects, and of none of ``but``."""
        left_out = self._numbers(but)
        wanted = sorted(number for number in self._numbers(subjects) if number not in left_out)
        return tuple(Text(self.words.sentence_text(number)) for number in wanted)

    def phrases(self, *subjects: str) -> tuple[Text, ...]:
        """The words themselves by which it speaks of the subjects."""
        tokens = self.words.tokens
        return tuple(
            Text(self.raw[tokens[found.first].start : tokens[found.last].end])
            for subject in subjects
            for found in self._found(subject)
        )

    def place_of(self, *subjects: str) -> int | None:
        """The offset at which it first speaks of one of the subjects."""
        starts = [
            self.words.tokens[found.first].start
            for subject in subjects
            for found in self._found(subject)
        ]
        return min(starts, default=None)

    def mentions(self, subject: str) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """Where it speaks of a subject, and with which words, in lower case and without what
        stands in between."""
        tokens = self.words.tokens
        return tuple(
            (tokens[found.first].start, tuple(tokens[index].word for index in sorted(found.words)))
            for found in sorted(self._found(subject), key=lambda item: item.first)
        )

    def said(self, subject: str) -> tuple[str, ...]:
        """The words with which it first speaks of a subject; none where it does not."""
        return next((words for _, words in self.mentions(subject)), ())

    def remainders(self, subject: str) -> tuple[str, ...]:
        """What its sentences say from where they speak of a subject on."""
        first = [self.words.tokens[found.first] for found in self._found(subject)]
        texts = [self.raw[token.start : self.words.sentence_end(token.sentence)] for token in first]
        return tuple(dict.fromkeys(" ".join(text.replace("`", "").split()) for text in texts))

    def behind(self, subject: str) -> Iterator[Text]:
        """What stands behind the words for a subject, up to the end of each sentence; what stands
        in one of them is in no other."""
        read = -1
        for found in sorted(self._found(subject), key=lambda item: item.first):
            last = self.words.tokens[found.last]
            if last.start >= read:
                read = self.words.sentence_end(last.sentence)
                yield Text(self.raw[last.end : read])

    def code_and_words(self) -> Iterator[tuple[str, str, str]]:
        """Each inline code with the two words before it and the one behind it."""
        for span in code_spans(self.raw):
            before = self.raw[max(0, span.start - 60) : span.start].split()[-2:]
            behind = self.raw[span.end : span.end + 60].split()[:1]
            yield " ".join(before), span.text, " ".join(behind)

    def joined_code(self) -> Iterator[tuple[str, str, str]]:
        """Each inline code with the next one, and what stands between them: ``a``, ``on``, ``b``
        of "`a` on `b`"."""
        spans = code_spans(self.raw)
        for first, second in pairwise(spans):
            yield first.text, self.raw[first.end : second.start].strip(), second.text

    def _numbers(self, subjects: tuple[str, ...]) -> set[int]:
        return {
            self.words.tokens[found.first].sentence
            for subject in subjects
            for found in self._found(subject)
        }

    def _found(self, subject: str) -> Iterator[Found]:
        return lexicon().find(self.words, subject)

    @cached_property
    def plain(self) -> Text:
        """The text without its inline code: ``compat_aliases`` is no word about aliases."""
        raw = self.raw
        for span in reversed(code_spans(raw)):
            raw = f"{raw[: span.start]} {raw[span.end :]}"
        return Text(raw)

    @cached_property
    def code(self) -> tuple[str, ...]:
        """Its inline code."""
        return inline_code(self.raw)

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Every call that is written out, with its arguments."""
        return tuple(calls_in(self.raw))

    def given(self, name: str) -> tuple[str, ...]:
        """What it gives a name as its value: ``timeout=10.0``, ``maxsize of 100``."""
        return given(self.raw, name)

    @cached_property
    def called(self) -> tuple[str, ...]:
        """The names that are written as calls: ``("load_audio", "processor.process")``."""
        return called_names(self.raw)

    @cached_property
    def dotted(self) -> tuple[str, ...]:
        """The names that are a whole inline code, and ``a.b`` wherever it stands."""
        return dotted_names(self.raw)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All names of code, quoted or not."""
        return identifiers(self.raw)

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """What is to stand where something else stands: "replace A with B", "A should be B"."""
        return pairs_in(self.raw)

    def requests(self, *, but: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Its clauses that ask for an edit, but those that speak of one of the subjects."""
        asking = (part.words for part in self.asking if not Text(part.words).says(*but))
        return tuple(dict.fromkeys(_closed(words) for words in asking))

    def wished(self, *subjects: tuple[str, str]) -> Iterator[str]:
        """What it asks for beside something else, by the names that are given to its subjects;
        what it only suggests is told to be optional."""
        for subject, what in subjects:
            sentences = self.sentences(subject)
            if sentences:
                owed = any(obliges(text.raw) for text in sentences)
                yield what if owed else f"{what} (optional)"

    @cached_property
    def asking(self) -> tuple[Clause, ...]:
        """Its clauses that ask for an edit."""
        return tuple(part for part in clauses(self.raw) if Text(part.words).says("asks-for-edit"))

    @cached_property
    def count(self) -> int | None:
        """How many places it speaks of: ``both reads`` is 2."""
        return spoken_count(self.raw)

    @cached_property
    def durations(self) -> tuple[float, ...]:
        """In seconds."""
        return durations(self.raw)


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that the suggestion of a finding asks for."""

    id: str
    """``d1`` for the first, in the order of the text."""
    words: str
    obliges: bool
    """Whether the finding is only partly fixed without it: what is optional, what is for tests,
    documents and measurements, and what is to be used in place of what goes does not."""


@dataclass(frozen=True)
class Demands:
    """One finding, as those see it who are asked whether it means them."""

    title: Text
    description: Text
    evidence: Text
    """What it says of the code, with the code."""
    impact: Text
    fix: Text
    """The suggestion, with its code."""
    advice: Text
    """The suggestion without its fenced code."""
    prose: Text
    """All parts without fenced code."""
    shown: tuple[Code, ...]
    """The fenced code of evidence and description."""
    suggested: tuple[Code, ...]
    """The fenced code of the suggestion."""
    locations: tuple[Location, ...]
    reported: tuple[ReportedLines, ...]
    """The lines that it names anywhere, with their files."""
    rule: str | None
    dimension: str
    finding: Finding

    @staticmethod
    def of(finding: Finding) -> Demands:
        """Reads a finding."""
        return Demands(
            Text(finding.title),
            Text(finding.description),
            Text("\n".join(item.text for item in finding.evidence)),
            Text(finding.impact),
            Text("\n".join(item.text for item in finding.suggestion)),
            Text(finding.suggestion_prose),
            Text(finding.prose),
            finding.evidence_code,
            finding.suggestion_code,
            finding.locations,
            tuple(reported_lines(finding)),
            finding.rule,
            finding.dimension or "",
            finding,
        )

    @cached_property
    def asked(self) -> tuple[Demand, ...]:
        """What the suggestion asks for, one thing at a time."""
        fields = self.finding.suggestion
        found: dict[str, bool] = {}
        for item in fields:
            # The name of what stands in for a thing that goes is told to its users.
            told = item.name == "replacement" and len(fields) > 1
            for part in Text(item.prose).asking:
                owed = not (told or part.is_alternative) and obliges(f"{part.lead} {part.words}")
                for words in _apart(_closed(part.words)):
                    found[words] = found.get(words, False) or owed
        return tuple(
            Demand(f"d{number}", words, owed)
            for number, (words, owed) in enumerate(found.items(), start=1)
        )

    @cached_property
    def remarks(self) -> Text:
        """What it says of the code, without the code."""
        return Text("\n".join(item.prose for item in self.finding.evidence))

    @cached_property
    def opening(self) -> Text:
        """Title and description."""
        return self.title + self.description

    @cached_property
    def story(self) -> Text:
        """Title, description and impact."""
        return self.opening + self.impact

    @cached_property
    def account(self) -> Text:
        """Title, description and evidence: what it says of the code as it is."""
        return self.opening + self.evidence

    @cached_property
    def shown_code(self) -> Text:
        """The fenced code of evidence and description, as one text."""
        return Text("\n".join(block.text for block in self.shown))

    @cached_property
    def shown_comments(self) -> tuple[str, ...]:
        """The comments in that code; those on neighboring lines of their own are one."""
        return tuple(text for block in self.shown for text in comments_of(block.text))

    @cached_property
    def suggested_code(self) -> Text:
        """The fenced code of the suggestion, as one text."""
        return Text("\n".join(block.text for block in self.suggested))


def obliges(words: str) -> bool:
    """Whether what is asked for in these words has to be done for a finding to be fixed."""
    text = Text(words)
    return not text.plain.says("is-optional", "asks-for-proof") and not text.says("asks-for-words")


def _apart(words: str) -> tuple[str, ...]:
    """The demands of a clause: two where both of its parts ask for an edit."""
    parts = tuple(map(_closed, divided(words)))
    return parts if all(Text(part).says("asks-for-edit") for part in parts) else (words,)


def _closed(words: str) -> str:
    return words.rstrip(" .;,")
