"""Edits that are asked for in words: this becomes that, in all the ways to say it.

The ways are templates of the lexicon. Half of a fix can be worse than none, so what else the
sentences say is told apart as well: what is to be done beside the edits and can be left, what is
offered in their stead, and what is demanded and is no edit that is read here.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from keyword import iskeyword

from codemods.demands import templates
from codemods.demands.additions import addition_in, import_in
from codemods.demands.lexicon import lexicon
from codemods.demands.marked import Marked, marked
from codemods.demands.phrases import Words
from codemods.demands.requested import ROLES, RequestedEdit, Role
from codemods.demands.templates import named
from codemods.findings.text import mentioned_lines
from codemods.tables import words

Fits = Callable[[RequestedEdit], bool]
"""Whether code can be an edit of its form; a sentence in which it cannot is read in another way."""

FORMS = (
    *("wrap", "change", "arrow", "instead", "should-be", "colon", "pass-to", "level"),
    *("change-to", "verb", "code"),
)
"""In the order in which they are tried."""
_NUMBERS = words("zero one two three four five six seven eight nine ten eleven twelve")
_SIGNS = {
    # "Iterate over a copy: `for item in list(items):`"
    "colon": re.compile(r"^[^⟦⟧:]{1,90}(?:⟦\d+⟧[^⟦⟧:]{0,40})?:\s*⟦(?P<new>\d+)⟧"),
    # "`chunk = audio[i:j].copy()`."
    "code": re.compile(r"^⟦(?P<new>\d+)⟧"),
}
_SUFFIX = re.compile(r"^\s*\+\s*⟦(?P<suffix>\d+)⟧")
_METHOD = re.compile(r"\.?(?P<method>(?!\d)\w+\(.*\))", re.DOTALL)


class Rest(enum.Enum):
    """What a sentence, or the rest of one, is that no form reads."""

    EXPLAINS = "explains"
    ALTERNATIVE = "alternative"
    BESIDE = "beside"
    """To be done beside the edit, and no harm if it is left: a test, a comment."""
    DEMAND = "demand"


@dataclass(frozen=True)
class Reading:
    """What a text asks for."""

    edits: tuple[RequestedEdit, ...] = ()
    beside: tuple[str, ...] = ()
    """What is to be done beside them, and can be left: tests, comments."""
    alternatives: tuple[str, ...] = ()
    demands: tuple[str, ...] = ()
    """What else is to be done, and is no edit that is read here."""


def edits_in(text: str, fits: Fits = lambda _: True) -> Reading:
    """The edits that a text asks for, and what else it says."""
    whole = marked(text)
    edits: list[RequestedEdit] = []
    said: dict[Rest, list[str]] = {kind: [] for kind in Rest}
    for sentence in whole.sentences():
        reader = _Sentence(sentence.replace("**", ""), whole, fits)
        found, rest = reader.edits()
        written = whole.written(sentence)
        if not found:
            said[_kind_of(reader.text)].append(written)
            continue
        ahead = _says("first", written)
        edits += [replace(item, sentence=written, ahead=ahead) for item in found]
        kind, what = _behind(rest, whole)
        said[kind].append(whole.written(what).strip(" ,()—–-."))
    return Reading(
        tuple(edits),
        tuple(said[Rest.BESIDE]),
        tuple(said[Rest.ALTERNATIVE]),
        tuple(said[Rest.DEMAND]),
    )


def count_of(text: str) -> int | None:
    """How many places a sentence speaks of: "both", "all four", "6 call sites"."""
    found = templates.first("count", text)
    return _number(found) if found is not None else None


def count_of_files(text: str) -> int | None:
    """How many files, or what fills one, it speaks of: "all 11 stage modules"."""
    found = templates.first("count-of-files", text)
    return int(found["number"]) if found is not None else None


def _number(found: re.Match[str]) -> int:
    word = (named(found, "number") or "two").lower()
    return int(word) if word.isdigit() else _NUMBERS.index(word)


def _kind_of(sentence: str) -> Rest:
    """What a whole sentence is in which no form was found."""
    if templates.first("optional", sentence):
        return Rest.ALTERNATIVE
    if templates.first("beside", sentence):
        return Rest.BESIDE
    if templates.first("demand", sentence) or templates.first("verb-like", sentence):
        return Rest.DEMAND
    if templates.first("conditional", sentence) and not templates.first("left-open", sentence):
        return Rest.DEMAND
    return Rest.EXPLAINS


def _behind(rest: str, whole: Marked) -> tuple[Rest, str]:
    """What stands behind an edit in its sentence, and the words that say it."""
    head, alternative = rest, ""
    if found := templates.first("alternative", rest):
        head, alternative = rest[: found.start()], rest[found.start() :]
    if _adds_code(head, whole) or templates.first("likewise", head):
        return Rest.DEMAND, head
    inside = templates.first("demand-inside", head)
    if inside is not None:
        what = head[inside.start("at") :]
        return (Rest.BESIDE if templates.first("beside", what) else Rest.DEMAND), what
    return (Rest.ALTERNATIVE, alternative) if alternative else (Rest.EXPLAINS, "")


def _adds_code(head: str, whole: Marked) -> bool:
    """Whether what follows an edit gives more code: "…, matching `no_op`" does not, and a list of
    names does."""
    more = templates.first("more-code", head.partition("(")[0])
    if more is None or not _is_mention(whole.code(more["code"])):
        return more is not None
    left = f"{head[: more.start('code') - 1]}it{head[more.end('code') + 1 :]}"
    return templates.first("more-code", left.partition("(")[0]) is not None


@dataclass(frozen=True)
class _Sentence:
    """One sentence, in which code is marked."""

    text: str
    whole: Marked
    fits: Fits

    def edits(self) -> tuple[list[RequestedEdit], str]:
        """Its edits, and what follows them in it."""
        if templates.first("optional", self.text):
            return [], ""
        if templates.first("several-lines", self.text) and not templates.first(
            "small-change", self.text
        ):
            return self._for_lines(), ""
        behind = self._behind_import()
        if behind is not None:
            return replace(self, text=behind).forms()
        return self.forms()

    def forms(self) -> tuple[list[RequestedEdit], str]:
        """The same, for a sentence that says one thing."""
        several = self._several()
        if several is not None:
            return several
        for read in (addition_in, import_in):
            added = read(self.text, self.whole)
            if added is not None and self.fits(added[0]):
                return [self._placed(added[0])], added[1]
            if added is not None:
                break
        for form in FORMS:
            match = _match(form, self.text)
            first = self._edit(form, match) if match is not None else None
            if match is not None and first is not None:
                return self._with_more(form, match, first)
        return [], ""

    def _placed(self, edit: RequestedEdit) -> RequestedEdit:
        said = _before_or(self.text)
        return replace(
            edit,
            scopes=edit.scopes or self._scopes(said),
            lines=mentioned_lines(said),
            count=count_of(said),
        )

    def _for_lines(self) -> list[RequestedEdit]:
        """One statement for several lines: half of them would stay, so that nothing can be done;
        but where it stands already, that can be told."""
        match = _match("change-to", self.text)
        if match is None or _is_mention(code := self.whole.code(match["new"])):
            return []
        return [RequestedEdit(code, kind="lines", form="lines")]

    def _behind_import(self) -> str | None:
        """The sentence behind an import that it begins with: what the import is for."""
        found = templates.first("import-first", self.text)
        if found is None or not re.match(
            r"(?:import|from)\s[^;\n]+$", self.whole.code(found["import"])
        ):
            return None
        rest = self.text[found.end() :].strip()
        return rest if "⟦" in rest else None

    def _several(self) -> tuple[list[RequestedEdit], str] | None:
        """The edits of a sentence with several keywords, and what follows them."""
        if found := templates.first("to-one-call", self.text):
            new = [self.whole.code(found[name]) for name in ("one", "two")]
            if not all(map(_is_keyword, new)):
                return None
            edit = RequestedEdit(
                ", ".join(new),
                form="pass-to",
                role=_role(named(found, "role")),
                callee=self.whole.code(found["callee"]),
                lines=mentioned_lines(self.text),
            )
            return [edit], self.text[found.end() :]
        if found := templates.first("at-two-lines", self.text):
            edits = [
                RequestedEdit(
                    self.whole.code(found[name]),
                    form="verb",
                    role=_role(named(found, "role")),
                    lines=mentioned_lines(found[f"at_{name}"]),
                )
                for name in ("one", "two")
            ]
            if all(_is_keyword(edit.new) and edit.lines for edit in edits):
                return edits, self.text[found.end() :]
        return None

    def _edit(self, form: str, match: re.Match[str]) -> RequestedEdit | None:
        """The edit of a sentence with a form; ``None`` where the form is there by chance."""
        new = self._code(match, "new") or named(match, "level")
        level = _level(new) if form == "level" else None
        if form == "level" and level is None:
            return None
        old = self._code(match, "old")
        # An alternative's function and lines are not this one's.
        said = self.text[: match.end()] + _before_or(self.text[match.end() :])
        role = "rename" if form == "should-be" else named(match, "role")
        edit = RequestedEdit(
            f"logger.{level}" if level else new,
            old=old,
            kind="level" if level else "wrap" if form == "wrap" else "replace",
            role=_role(role or self.text.split()[0], old),
            callee=self._code(match, "callee") or None,
            word=named(match, "word") or None,
            scopes=tuple(code for code in self._scopes(said) if code not in (new, old)),
            lines=mentioned_lines(said),
            count=count_of(said),
            every=templates.first("every", said) is not None,
            levels=self._levels(level) if level else (),
            form=form,
        )
        if old is None:
            said = named(match, "role").lower()
            edit = replace(edit, bare=_is_bare(edit, said))
            if self._is_advice(edit, said):
                return None
        if templates.first("here-too", self.text) and edit.count is None:
            # "… here (and at line 40)": two places, and the line is that of one.
            edit = replace(edit, lines=(), count=2)
        return edit if self.fits(edit) else None

    def _is_advice(self, edit: RequestedEdit, said: str) -> bool:
        """Whether new code without an old version is no edit that could be placed.

        "Use `asyncio.Lock`" names a thing. "Return `audio.copy()`" is code, and "use
        `tracks.delete()`" a direction.
        """
        if edit.bare and _says("says-where", self.text):
            return True
        giving = said in ("return", "pass", "submit") and re.search(r"\.\w+\(\)$", edit.new)
        telling = edit.kind in ("level", "wrap") or said == "catch" or giving
        return not telling and _is_mention(edit.new)

    def _levels(self, level: str) -> tuple[str, ...]:
        """The log levels that the sentence names besides."""
        written = re.findall(r"\b[A-Z]+\b", self.whole.written(self.text))
        return tuple(word.lower() for word in written if _level(word) not in (None, level))

    def _with_more(
        self, form: str, match: re.Match[str], edit: RequestedEdit
    ) -> tuple[list[RequestedEdit], str]:
        """An edit with those that the sentence goes on with, and what follows them."""
        found = [edit]
        rest = self.text[match.end() :]
        while form == "change" and (more := templates.first("more-pairs", rest)):
            found.append(self._pair(edit, more))
            rest = rest[more.end() :]
        while form == "verb" and _is_assignment(edit.new):
            more = templates.first("more-news", rest)
            if more is None or not _is_assignment(self.whole.code(more["new"])):
                break
            found.append(replace(edit, new=self.whole.code(more["new"])))
            rest = rest[more.end() :]
        suffix = self._suffix(rest) if edit.old is not None else None
        if suffix is not None:
            return [replace(edit, suffix=suffix[0])], suffix[1]
        if form in ("arrow", "should-be"):
            found = []
            for item in templates.each(form, self.text):
                found.append(self._pair(edit, item))
                rest = self.text[item.end() :]
        return found, rest

    def _pair(self, edit: RequestedEdit, match: re.Match[str]) -> RequestedEdit:
        return replace(edit, old=self._code(match, "old"), new=self._code(match, "new") or "")

    def _suffix(self, rest: str) -> tuple[str, str] | None:
        """A method that the changed call's result gets, and what follows: ``+ `.astype(d)` ``."""
        found = _SUFFIX.match(rest)
        method = found and _METHOD.fullmatch(self.whole.code(found["suffix"]).strip())
        return (f".{method['method']}", rest[found.end() :]) if found and method else None

    def _code(self, match: re.Match[str], name: str) -> str | None:
        mark = named(match, name)
        return self.whole.code(mark) if mark else None

    def _scopes(self, said: str) -> tuple[str, ...]:
        """The code that names where, without ``finally:`` and its like."""
        found = (self.whole.code(item["scope"]) for item in templates.each("scope", said))
        return tuple(code for code in found if not iskeyword(code.rstrip(":").strip()))


def _says(subject: str, text: str) -> bool:
    return next(lexicon().find(Words(text), subject), None) is not None


def _match(form: str, sentence: str) -> re.Match[str] | None:
    sign = _SIGNS.get(form)
    return sign.search(sentence) if sign is not None else templates.first(form, sentence)


def _before_or(said: str) -> str:
    """A part of a sentence up to an alternative; one in parentheses is an aside."""
    starts = (found.start() for found in templates.each("or", said))
    return said[: next((at for at in starts if not said[:at].endswith("(")), len(said))]


def _is_bare(edit: RequestedEdit, said: str) -> bool:
    """Whether nothing says what new code replaces: it is only to be added."""
    additive = said == "add" or edit.form == "wrap"
    return additive and not _is_keyword(edit.new) and not edit.word


def _role(said: str, old: str | None = None) -> Role:
    role = ROLES.get(said.lower(), "")
    # What has no name cannot get another.
    return "" if role == "rename" and not (old or "").isidentifier() else role


def _level(code: str) -> str | None:
    """The log level that a code, or a word, names: ``logger.debug``, ``DEBUG level``."""
    name, _, given = code.removesuffix(" level").partition("(")
    if given.strip(".…") not in ("", ")"):
        return None
    name = name.rpartition(".")[2].lower()
    return name if name in lexicon().classes["log-levels"][0].split("|") else None


def _is_mention(code: str) -> bool:
    """A bare name, a file, or a call without arguments: ``Exception`` may be a handler's type, and
    is known by its verb."""
    return re.fullmatch(r"[\w./:-]+(?:\(\s*\))?", code.strip()) is not None


def _is_assignment(code: str) -> bool:
    return re.match(r"[\w.]+(?:: {0,4}[\w.\[\] |]{1,80})?\s{1,4}=\s", code.strip()) is not None


def _is_keyword(code: str) -> bool:
    return re.match(r"\w+=(?!=)", code.strip()) is not None
