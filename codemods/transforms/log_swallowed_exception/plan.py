"""Which findings are about exceptions that nobody hears of, and what they ask for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from codemods.analysis.logs.levels import LEVELS
from codemods.codemod import Hints, Match, Plan
from codemods.demands.code import exception_types
from codemods.demands.demands import Demands, Text
from codemods.demands.reported_lines import first_lines, listed_places
from codemods.findings.model import LocationKind
from codemods.findings.rules import names_of
from codemods.syntax.handlers import BROAD, handler_types, type_names
from codemods.transforms.log_swallowed_exception.shown import (
    NewHandler,
    parsed_handler,
    shown_handlers,
)

SILENT_RULES = (
    *("S110", "B110", "try-except-pass", "try_except_pass", "py/empty-except"),
    *("S112", "B112", "try-except-continue", "try_except_continue"),
)
"""What other tools call a handler that drops its exception; they point at it by its lines."""
BLIND_RULES = (
    *("BLE001", "blind-except", "W0718", "W0703", "broad-except", "broad-exception-caught"),
)
"""What they call one that takes every exception and does not tell which."""
BARE_RULES = ("E722", "bare-except", "W0702", "py/catch-base-exception")
_METHODS = (*LEVELS, "exception", "warn")
_BEFORE = 40
"""How many characters before a log call a ``lambda`` may stand that is given to another call."""


@dataclass(frozen=True, kw_only=True)
class SwallowedPlan(Plan):
    """Handlers of which somebody is to hear."""

    level: str = ""
    """The level to log at; empty for no log call."""
    template: str = ""
    """A log call whose text is used, for a single handler: ``log.debug("no tag in %s", path)``."""
    bare: bool = False
    """Whether ``except:`` becomes ``except Exception:``."""
    narrow: tuple[str, ...] = ()
    """The types to catch instead of ``Exception``."""
    suppress: bool = False
    """Whether a ``with suppress(Exception)`` becomes a ``try`` that logs."""
    lower: bool = False
    """Whether a log call of a lower level gets the level."""
    values: bool = True
    """Whether handlers that only return a value or continue are included."""
    handlers: tuple[NewHandler, ...] = ()
    """The new handlers, if they are given completely."""


@dataclass(frozen=True, kw_only=True)
class SwallowedHints(Hints):
    """By what a finding tells which handlers it means."""

    words: frozenset[str] = frozenset()
    """All its words: a definition that is named by one is meant."""
    neighbors: tuple[tuple[str, str], ...] = ()
    """Words that stand side by side in the title, and say where something is wrong."""
    shown: frozenset[str] = frozenset()
    """The types of the handlers that it shows, ``""`` for ``except:``."""
    seen: tuple[str, ...] = ()
    """The comments in the code that it shows: who wrote it knows them."""
    by_rule: bool = False
    """Whether a tool has found the very handler: what it does is what the tool minds."""
    elsewhere: tuple[str, ...] = ()
    """Other places that it lists beside its location: ``store.py:12``."""


def recognise(demands: Demands) -> Match[SwallowedPlan] | None:
    """A claim to findings that want an exception logged that a handler drops, a bare ``except:``
    made one for ``Exception``, or a handler's type narrowed to one that they name."""
    rule = names_of(demands.rule or "")[1]
    if rule in map(str.lower, (*SILENT_RULES, *BLIND_RULES)):
        # A tool does not know how much it matters: cleaning up is mostly no reason for a warning.
        plan = SwallowedPlan(level="debug", bare=True)
        return Match(plan=plan, strength=95, hints=replace(_hints(demands), by_rule=True))
    if rule in map(str.lower, BARE_RULES):
        plan = SwallowedPlan(bare=True, values=False)
        return Match(plan=plan, strength=95, hints=_hints(demands))
    title, fix, whole = demands.title, demands.fix, demands.account
    if title.says("other-outcome") or not (whole + fix).says("handler"):
        return None
    if fix.says("wraps-in-a-try"):
        # There is no handler yet.
        return None
    about = whole.says("swallowed-exception")
    logs = about and (_asks_for_log(fix) or (not fix and _is_dropped(title)))
    bare = "except:" in whole.raw or whole.says("bare-except")
    wide = about or bare or whole.says("catches-too-much")
    narrow = (_narrow(demands) or _given(demands)) if wide else ()
    handlers = tuple(_shown(demands)) if wide else ()
    if not (logs or narrow or handlers or (bare and fix.says("catches-exception"))):
        return None
    plan = SwallowedPlan(
        level=_level(fix, whole) if logs else "",
        template=next(_templates(demands), "") if logs else "",
        bare=bare,
        narrow=narrow,
        suppress="suppress(" in whole.raw,
        lower=whole.says("logged-too-low"),
        values=whole.says("gives-a-value"),
        handlers=handlers,
    )
    strength = 82 if bare or title.says("swallowed-exception") else 62
    return Match(plan=plan, strength=strength, hints=_hints(demands, narrow))


def _is_dropped(title: Text) -> bool:
    """Whether a title without a fix wants that somebody hears of an exception; what is told at a
    level, or as something else, is heard of already."""
    return title.says("swallowed-exception") and not title.says("swallowed-into")


def _hints(demands: Demands, narrow: tuple[str, ...] = ()) -> SwallowedHints:
    paths = [
        item.path or ""
        for item in demands.locations
        if item.kind not in (LocationKind.PROSE, LocationKind.SYMBOL)
    ]
    listed = f"{demands.description.raw}\n{demands.finding.text('evidence', 'siblings')}"
    others = [
        place
        for place in first_lines(listed)
        if not any(f"/{path}".endswith(f"/{place.partition(':')[0]}") for path in paths)
    ]
    beside = " ".join(f"{item.symbol or ''} {item.note or ''}" for item in demands.locations)
    said = demands.opening + Text(beside)
    told = [word for token in demands.title.words.tokens for word in _words(token.word)]
    return SwallowedHints(
        whole_files=True,
        count=demands.opening.count,
        aspects=tuple(_left(demands.advice, narrow)),
        locations=() if paths else listed_places((demands.evidence + demands.description).raw),
        words=frozenset(word for token in said.words.tokens for word in token.word.split(".")),
        neighbors=tuple(
            (one, other)
            for one, other in pairwise(told)
            if min(len(one), len(other)) > 3
            if not any(Text(word).says("says-what-is-wrong") for word in (one, other))
        ),
        shown=frozenset(_shown_types(demands)),
        seen=demands.shown_comments,
        elsewhere=tuple(others) if paths else (),
    )


def _shown_types(demands: Demands) -> Iterator[str]:
    """The types of every ``except …:`` that is shown or quoted for what stands there."""
    texts = (*demands.account.code, *demands.shown_code.raw.split("\n"))
    for text in texts:
        head, colon, _ = text.strip().partition(":")
        if head == "except" and colon:
            yield ""
        elif head.startswith("except "):
            handler = parsed_handler(f"{head}:")
            yield from type_names(handler) if handler is not None else ()


def _words(name: str) -> list[str]:
    return "".join(char if char.isalpha() else " " for char in name).split()


def _log_calls(text: Text) -> Iterator[tuple[int, str]]:
    """Where ``logger.debug`` and the like stand, and their methods."""
    for token in text.words.tokens:
        owner, _, method = token.word.rpartition(".")
        if method in _METHODS and owner.rpartition(".")[2].lstrip("_").startswith("log"):
            yield token.start, method


def _asks_for_log(fix: Text) -> bool:
    calls = [start for start, _ in _log_calls(fix)]
    if not calls:
        return fix.says("asks-for-a-log")
    # The function that another call is given is none that a handler runs.
    return any("lambda" not in fix.raw[max(0, start - _BEFORE) : start] for start in calls)


def _level(fix: Text, whole: Text) -> str:
    named = [
        (start, word)
        for start, words in fix.mentions("level-of-a-log")
        for word in words
        if word in _METHODS
    ]
    level = min([*_log_calls(fix), *named], default=(0, ""))[1]
    if level:
        return "warning" if level == "warn" else level
    return "debug" if whole.says("unimportant") else "warning"


def _narrow(demands: Demands) -> tuple[str, ...]:
    """The types that the fix names; where it names some as an example for handlers in several
    files, nobody knows which of them what is tried can raise."""
    paths = {item.path for item in demands.locations if item.path}
    for sentence in demands.fix.sentences("catches-less"):
        if len(paths) != 1 and sentence.says("only-an-example"):
            continue
        types = [exception_types(code) for code in sentence.code]
        found = [item for item in types if item and BROAD.isdisjoint(item)]
        if found:
            return _listed(sentence, found[0])
    return ()


def _listed(sentence: Text, first: tuple[str, ...]) -> tuple[str, ...]:
    """The types with those that a list goes on with: ``A`` and ``B`` of "`A`, `B`"."""
    types = list(first)
    for before, between, code in sentence.joined_code():
        more = exception_types(code)
        follows = between.strip(" (") in (",", "and", ", and", "or", ", or", "/")
        if follows and exception_types(before)[-1:] == tuple(types[-1:]) and len(more) == 1:
            types += more
    return tuple(dict.fromkeys(types))


def _shown(demands: Demands) -> Iterator[NewHandler]:
    """The handlers that the suggestion shows in a fence, and that are not there yet."""
    standing = {item.code for code in demands.shown for item in shown_handlers(code.text)}
    for code in demands.suggested:
        yield from (item for item in shown_handlers(code.text) if item.code not in standing)


def _given(demands: Demands) -> tuple[str, ...]:
    """The types of ``except (A, B):`` that is to stand in place of another ``except``."""
    given = [pair.new for pair in demands.fix.pairs if pair.old.startswith("except")]
    for sentence in demands.advice.sentences("gives-a-handler"):
        given += sentence.code
    heads = (parsed_handler(code) for code in given if code.endswith(":"))
    types = (handler_types(head) for head in heads if head is not None)
    return next((item for item in types if BROAD.isdisjoint(item)), ())


def _left(advice: Text, narrow: tuple[str, ...]) -> Iterator[str]:
    """What is asked for beside the handler's type and its log line."""
    narrowing = ("catches-less", "gives-a-handler") * bool(narrow)
    done = ("asks-for-a-log", "catches-exception", *narrowing)
    for request in advice.requests(but=done):
        if not any(_log_calls(Text(request))):
            yield request.partition(" — ")[0].strip(" .,;:")


def _templates(demands: Demands) -> Iterator[str]:
    """The log calls of the suggestion whose message is one for a log."""
    for item in demands.finding.suggestion:
        for code in (*(block.text for block in item.blocks), *Text(item.prose).code):
            for start, _ in _log_calls(Text(code)):
                if text := _call_at(code, start):
                    yield text


def _call_at(code: str, start: int) -> str:
    """The call that begins at ``start``, if it parses and says something."""
    for end in range(start, len(code)):
        if code[end] != ")":
            continue
        try:
            call = ast.parse(code[start : end + 1], mode="eval").body
        except SyntaxError:
            # The parenthesis is one of a string or of an argument.
            continue
        if isinstance(call, ast.Call) and call.args and _says_something(call):
            return code[start : end + 1]
        return ""
    return ""


def _says_something(call: ast.Call) -> bool:
    texts = [
        item.value
        for item in ast.walk(call.args[0])
        if isinstance(item, ast.Constant) and isinstance(item.value, str)
    ]
    abridged = any(isinstance(item, ast.Constant) and item.value is ... for item in ast.walk(call))
    return not abridged and any(
        any(len(word) > 2 for word in _words(text)) and "..." not in text and "…" not in text
        for text in texts
    )
