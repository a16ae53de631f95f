"""What a finding asks for, read from its suggestion: from its sentences and its fenced code.

Each statement of a fence must have an older version (or stand already) where the finding stands; a
fence that defines something, or holds a lock, a ``try`` or an ``await``, is a design and no edit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from codemods.codemod import Hints, Match, Plan
from codemods.demands.code import Origin, comments_in, imports_in, is_command, is_path
from codemods.demands.demands import Demands, Text
from codemods.demands.edits import Reading, count_of_files, edits_in
from codemods.demands.requested import Edit, RequestedEdit
from codemods.findings.fences import fences_with_words
from codemods.findings.model import Code, LineRange
from codemods.findings.text import mentioned_lines
from codemods.project.paths import ends_in
from codemods.syntax.dotted import last_part
from codemods.tables import shortened, words
from codemods.transforms.apply_suggestion.adding import is_addable, is_check, is_guarding
from codemods.transforms.apply_suggestion.code import read
from codemods.transforms.apply_suggestion.deleting import taken_away
from codemods.transforms.apply_suggestion.fences import read_fence
from codemods.transforms.apply_suggestion.shown import older_versions

_OFFLOADING = frozenset(
    words("await to_thread run_in_executor wait_for create_subprocess_exec with")
)
"""What has codemods of its own: an ``await`` or a lock is more than one place's edit."""


@dataclass(frozen=True, kw_only=True)
class SuggestionPlan(Plan):
    """Edits of the syntax tree, all or none of them."""

    edits: tuple[Edit, ...]
    imports: tuple[Origin, ...] = ()
    """Where new names come from."""
    adds: bool = False
    """Whether a block of edits only adds lines and keeps those around it."""


@dataclass(frozen=True, kw_only=True)
class SuggestionHints(Hints):
    """What a finding says of its edits besides."""

    said: tuple[str, ...] = ()
    """The sentence of each edit."""
    lines: tuple[tuple[LineRange, ...], ...] = ()
    """The lines that the sentence of each edit names."""
    demands: tuple[str, ...] = ()
    """What it asks for that is no edit: half of a fix can be worse than none."""
    alternatives: tuple[str, ...] = ()
    was: tuple[str, ...] = ()
    """What the evidence shows in the place of each edit's new code, where it shows something."""
    mentioned: tuple[str, ...] = ()
    """The code that the title names, or else the description."""
    seen: tuple[str, ...] = ()
    """The comments in the code that it shows."""
    contexts: tuple[str, ...] = ()
    """Code that it shows for what stands there."""
    with_imports: tuple[str, ...] = ()
    """What it asks for that imports do."""


def recognise(demands: Demands) -> Match[SuggestionPlan] | None:
    """A claim to a suggestion of which at least one sentence is an edit."""
    reading = _reading(demands)
    if not reading.edits:
        reading = _swap(demands, reading) or _removal(demands, reading) or reading
    reading = _with_same(reading)
    pairs = {edit.new for edit in reading.edits if edit.old is not None}
    edits = tuple(
        edit
        for edit in reading.edits
        # A replacement that stands alone above a list of what it replaces says nothing more.
        if _is_code(edit) and (edit.old is not None or edit.new not in pairs)
    )
    if not edits:
        return None
    code = [item.text for item in (*demands.suggested, *demands.shown)]
    plan = SuggestionPlan(
        edits=tuple(edit.edit for edit in edits),
        imports=_imports([*code, *demands.advice.code], edits),
        adds=any(edit.block for edit in edits) and demands.advice.says("adds"),
    )
    hints = SuggestionHints(
        count=demands.title.count or count_of_files(demands.title.raw),
        aspects=reading.beside,
        said=tuple(edit.sentence for edit in edits),
        lines=tuple(edit.lines for edit in edits),
        was=older_versions(_shown(demands), edits),
        mentioned=demands.title.code or demands.description.code,
        seen=demands.shown_comments,
        demands=reading.demands,
        alternatives=reading.alternatives,
        contexts=tuple(dict.fromkeys(text for text in demands.account.code if len(text) > 3)),
        with_imports=tuple(text for text in reading.beside if _is_of_imports(text)),
    )
    return Match(plan=plan, strength=40, named=False, hints=hints)


def _shown(demands: Demands) -> list[str]:
    """The code that the finding shows for what stands there: fenced, else in its evidence."""
    return [code.text for code in demands.shown] or [*demands.evidence.code]


def fits(edit: RequestedEdit) -> bool:
    """Whether code can be an edit of the form in which it is said."""
    new = read(edit.new)
    if not _OFFLOADING.isdisjoint(re.findall(r"\w+", edit.new)):
        return False
    if edit.where:
        checks = not edit.called or (new is not None and all(map(is_check, new.nodes)))
        return new is not None and is_addable(new) and checks
    return not edit.bare or is_guarding(new)


def _reading(demands: Demands) -> Reading:
    if demands.fix:
        said = edits_in(demands.advice.raw, fits)
        given, apart = _fences(demands)
        shown = [_with_deletions(code, read_fence(code)) for code in given]
        example = all(edit.kind == "method" for fence in shown for edit in fence)
        if shown and all(shown) and not (example and any(edit.shows_old for edit in said.edits)):
            # A fence is the whole of what the sentence above it asks for.
            asked = tuple(text for text in said.demands if not text.endswith(":"))
            lines = mentioned_lines(demands.advice.raw)
            edits = tuple(
                replace(edit, lines=lines, block=number)
                for number, fence in enumerate(shown, start=1)
                for edit in fence
            )
            return Reading(edits, (*said.beside, *apart), said.alternatives, asked)
        return said
    # Without a suggestion, a description may say what a name should be.
    said = edits_in(demands.description.raw, fits)
    return Reading(tuple(edit for edit in said.edits if edit.form == "should-be"))


_NAME = re.compile(r"[A-Za-z_][\w.]*(?:\(\))?")


def _with_same(reading: Reading) -> Reading:
    """The edits with those of "Apply the same to `a()` and `b()`": the same in other functions."""
    more: list[RequestedEdit] = []
    done: list[str] = []
    for text in (*reading.demands, *reading.beside):
        names = Text(text).code
        if not names or not all(map(_NAME.fullmatch, names)):
            continue
        if Text(text).says("applies-the-same"):
            done.append(text)
            more += [
                replace(edit, scopes=(name,), sentence=text, lines=(), count=None, every=False)
                for name in names
                for edit in reading.edits
            ]
    if not more or any(edit.block or edit.where for edit in reading.edits):
        return reading
    return replace(
        reading,
        edits=(*reading.edits, *more),
        demands=tuple(text for text in reading.demands if text not in done),
        beside=tuple(text for text in reading.beside if text not in done),
    )


def _with_deletions(code: Code, fence: tuple[RequestedEdit, ...]) -> tuple[RequestedEdit, ...]:
    """The edits of a fence with what its diff takes away; none where that is no statement."""
    for text in code.gone:
        taken = taken_away(text)
        if taken is None:
            return ()
        fence += tuple(
            RequestedEdit(item, kind="delete", sentence=f"`{shortened(item)}` is removed")
            for item in taken
        )
    return fence


def _removal(demands: Demands, reading: Reading) -> Reading | None:
    """The edit of "Remove the `print(rows)` call": a statement that is written out."""
    advice = demands.advice
    if not advice.says("starts-with-deleting") or advice.says("ends-what-is-deleted"):
        return None
    code = advice.code or _only_call(demands)
    if len(code) != 1 or demands.suggested or not re.search(r"[(=]\s*[^\s)]", code[0]):
        return None
    taken = taken_away(code[0])
    if taken is None or len(taken) != 1:
        return None
    text = " ".join(advice.raw.split())
    edit = RequestedEdit(taken[0], kind="delete", sentence=text, lines=mentioned_lines(text))
    return replace(reading, edits=(edit,), demands=_without(reading.demands, text))


def _only_call(demands: Demands) -> tuple[str, ...]:
    """The call that is all of the evidence, where the suggestion says its name: "Remove the print"
    beside `print(rows)`."""
    shown = [text for block in _shown(demands) for text in taken_away(block) or ("", "")]
    called = shown[0].partition("(")[0] if len(shown) == 1 else ""
    spoken = {token.word for token in demands.advice.words.tokens}
    named = called.replace(".", "").isidentifier() and last_part(called).lower() in spoken
    return (shown[0],) if named else ()


_CALLED = re.compile(r"(?P<module>[A-Za-z_][\w.]*)\.(?P<name>\w+)(?:\(.*\))?", re.DOTALL)


def _swap(demands: Demands, reading: Reading) -> Reading | None:
    """The edit of "Switch to `time.monotonic()`" where the title names `time.time()`: a function
    for another one of its module."""
    about = demands.title.code or demands.description.code
    outdated = demands.opening.says("should-go")
    asked = ("switches-to", "uses-it") if outdated else ("switches-to",)
    for sentence in demands.advice.sentences(*asked):
        if len(sentence.code) != 1 or (new := _CALLED.fullmatch(sentence.code[0])) is None:
            continue
        given = (found for code in about if (found := _CALLED.fullmatch(code)) is not None)
        old = {item["name"] for item in given if item["module"] == new["module"]} - {new["name"]}
        if len(old) != 1 or not new[0].endswith((new["name"], "()")):
            continue
        text = " ".join(sentence.raw.split())
        edit = RequestedEdit(
            f"{new['module']}.{new['name']}()",
            old=f"{new['module']}.{old.pop()}()",
            sentence=text,
            every=sentence.says("every-place"),
            count=sentence.count,
        )
        return replace(reading, edits=(edit,), demands=_without(reading.demands, text))
    return None


def _without(demands: Sequence[str], sentence: str) -> tuple[str, ...]:
    """What else is asked for."""
    return tuple(text for text in demands if text.strip(" .") not in sentence)


def _fences(demands: Demands) -> tuple[list[Code], list[str]]:
    """The fences of the suggestion that are for the place of the finding, and the words for those
    that are for another file or need not be; all of them where nothing else is left."""
    kept: list[Code] = []
    apart: list[str] = []
    for field in demands.finding.suggestion:
        for code, words_before in fences_with_words(field):
            file = _other_file(demands, code, words_before)
            last = words_before.strip().rstrip(":").rpartition(". ")[2]
            if kept and (file or Text(last).says("is-optional")):
                apart.append(" ".join(last.split()) or f"the code for {file}")
            else:
                kept.append(code)
    return kept, apart


def _other_file(demands: Demands, code: Code, words_before: str) -> str:
    """The file that a fence is for, if it is none of the finding's."""
    said = [*comments_in(code.text.split("\n")[0]), *Text(words_before).code]
    files = [text.partition(":")[0] for text in said if is_path(text)]
    own = [item.path or "" for item in demands.locations]
    others = (file for file in files if not any(ends_in(path, file) for path in own))
    return next(others, "") if files else ""


def _imports(texts: Sequence[str], edits: Sequence[RequestedEdit]) -> tuple[Origin, ...]:
    """The imports that are shown, of names that the new code could mean."""
    said = {name for edit in edits for name in re.findall(r"\w+", edit.new + edit.suffix)}
    shown = (origin for text in texts for origin in imports_in(text))
    return tuple(
        dict.fromkeys(
            origin
            for origin in shown
            if not said.isdisjoint({origin.bound, origin.name, *origin.module.split(".")})
        )
    )


def _is_code(edit: RequestedEdit) -> bool:
    given = (edit.new,) if edit.old is None else (edit.new, edit.old)
    return all(
        read(text) is not None and not is_path(text) and not is_command(text) for text in given
    )


def _is_of_imports(text: str) -> bool:
    """Whether something asked for is done with the imports that an edit needs."""
    return "," not in text and ";" not in text and Text(text).says("imports-too")
