"""The texts for clients that a finding means, and what stands beside them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from codemods.analysis.exceptions.text import LeafKind
from codemods.analysis.logs.tracebacks import shown_in
from codemods.analysis.web.answers import Sinks
from codemods.codemod import Change, Place, Refusal, Scope, overlaps, site_of
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.handlers import handler_types, innermost_handler
from codemods.syntax.parts import values_given
from codemods.syntax.tree import walk
from codemods.transforms.hide_exception_text.leaks import NEVER, Leak, Reader
from codemods.transforms.hide_exception_text.plan import HideHints, HidePlan
from codemods.transforms.hide_exception_text.scan import SINKS, editor_for, finished, why_it_stays
from codemods.transforms.hide_exception_text.shown import Shown, is_log

_ALONE = "{}"


def in_finding(scope: Scope, plan: HidePlan) -> Iterator[Change | Refusal]:
    """A change for each text that the finding means, and a refusal for those beside them."""
    hints = scope.hinted(HideHints)
    sinks = Sinks(scope.project, tuple(SINKS.of(scope.options)))
    callees = frozenset(item.callee for item in hints.shown if item.callee)
    places = (*scope.places, *(_whole_files(scope, hints) if hints.sweeping else ()))
    readers = {place.source.path: Reader(place.source, sinks, callees) for place in places}
    found = [
        (place, leak)
        for place in _without_nested(places)
        for leak in readers[place.source.path].leaks(place.node)
    ]

    chosen = _meant(scope, found, plan, hints)
    chosen += _at_the_lines(scope, readers, chosen)
    done = {id(leak.node) for leak in chosen}
    for reader in readers.values():
        mine = [leak for leak in chosen if leak.exceptions.tree is reader.tree]
        editor = editor_for(scope, reader.source, plan)
        for leak in mine:
            # Whoever reports it cannot have meant what is only sent with a debug setting.
            reason = why_it_stays(scope, reader.source, leak)
            if reason is not None and reason[0] == "debug-guarded":
                yield editor.refusal(reason[0], leak, reason[1])
                done.discard(id(leak.node))
        mine = [leak for leak in mine if id(leak.node) in done]
        yield from finished(scope, editor, mine, in_a_scan=False)
        if chosen:
            yield from _siblings(scope, reader, chosen)
    if not chosen:
        yield from _already(readers, hints)


def _at_the_lines(
    scope: Scope, readers: Mapping[str, Reader], chosen: Sequence[Leak]
) -> list[Leak]:
    """What goes the same way on the lines that the finding reports, where these are exact: what it
    means stands on them as well."""
    found = []
    shapes = {(leak.callee, leak.skeleton) for leak in chosen}
    known = {id(leak.node) for leak in chosen}
    for reader in readers.values():
        source = reader.source
        lines = [
            item for place in scope.places if place.source is source for item in place.reported
        ]
        mine = [leak for leak in chosen if leak.exceptions.tree is reader.tree]
        if not mine or not all(overlaps(leak.sink, lines) for leak in mine):
            continue
        found += [
            leak
            for leak in reader.leaks(source.tree.module)
            if id(leak.node) not in known
            and leak.is_text
            and (leak.callee, leak.skeleton) in shapes
            and overlaps(leak.sink, lines)
            and _is_ordinary(scope, source, leak)
        ]
    return found


def _whole_files(scope: Scope, hints: HideHints) -> Iterator[Place]:
    """The files that a finding about many places names without any lines."""
    for written in hints.files:
        source = scope.source_named(written.lstrip("./"), beside=False)
        if source is not None:
            yield Place(source, source.tree.module, by="the file as named")


def _without_nested(places: Sequence[Place]) -> list[Place]:
    """Without the places that lie in others."""
    inner = {id(node) for place in places for node in walk(place.node) if node is not place.node}
    return [place for place in places if id(place.node) not in inner]


def _is_ordinary(scope: Scope, source: SourceFile, leak: Leak) -> bool:
    """Whether a scan would take the text, or leave it for its route alone."""
    reason = why_it_stays(scope, source, leak)
    return reason is None or reason[0] == "internal-route"


def _meant(
    scope: Scope, found: list[tuple[Place, Leak]], plan: HidePlan, hints: HideHints
) -> list[Leak]:
    texts = [(place, leak) for place, leak in found if leak.is_text]
    if plan.types:
        texts = [(place, leak) for place, leak in texts if _types(leak) & plan.types]
    if not hints.shown:
        return _focused([pair for pair in texts if pair[1].known])
    named = [
        (place, leak)
        for place, leak in texts
        if any(_is_same_sink(leak, item) for item in hints.shown)
    ]
    exact = [
        (place, leak)
        for place, leak in named
        if any(_is_same_sink(leak, i) and i.skeleton == leak.skeleton for i in hints.shown)
    ]
    if hints.sweeping:
        # It shows some of many: another text in the same call is meant too. A text that was
        # written for clients is meant only where the finding names the exception.
        return [
            leak
            for place, leak in named
            if _is_ordinary(scope, place.source, leak)
            or ((place, leak) in exact and _types(leak) & hints.named)
        ]
    if exact and hints.count is not None:
        is_alone = exact[0][1].skeleton == _ALONE
        same_kind = [pair for pair in named if (pair[1].skeleton == _ALONE) is is_alone]
        fits = len(exact) < hints.count == len(same_kind)
        return [leak for _, leak in (same_kind if fits else exact)]
    if exact:
        return _focused(exact)
    # Those on lines where the finding's evidence stands, whatever their text is today.
    return [leak for place, leak in named if overlaps(leak.sink, place.evidence)]


def _types(leak: Leak) -> set[str]:
    """The last names of what the handler catches."""
    holder = leak.exceptions.holder
    types = handler_types(holder) if isinstance(holder, ast.ExceptHandler) else ()
    return {last_part(item) for item in types}


def _is_same_sink(leak: Leak, shown: Shown) -> bool:
    return not shown.callee or (shown.callee == leak.callee and shown.slot in ("", leak.leaf.slot))


def _focused(pairs: list[tuple[Place, Leak]]) -> list[Leak]:
    """Of each place those on the lines of its evidence, if any are."""
    chosen: list[Leak] = []
    for place in dict.fromkeys(place for place, _ in pairs):
        here = [leak for other, leak in pairs if other is place]
        chosen += place.meant(here, lambda leak: leak.sink)
    return chosen


def _siblings(scope: Scope, reader: Reader, chosen: list[Leak]) -> Iterator[Refusal]:
    """What goes the same way in the same file, and is not named."""
    source = reader.source
    done = {id(leak.node) for leak in chosen}
    callees = {leak.callee for leak in chosen}
    about_authored = any(
        why_it_stays(scope, source, leak) is not None
        for leak in chosen
        if leak.exceptions.tree is reader.tree
    )
    for leak in reader.leaks(source.tree.module):
        if id(leak.node) in done or not leak.is_text or leak.callee not in callees:
            continue
        if not about_authored and why_it_stays(scope, source, leak) is not None:
            continue
        written = " ".join(source.segment(leak.node).split())
        detail = f"{leak.name} is also sent {written}; the finding does not mention it"
        yield Refusal("sibling", detail, site_of(source, leak.node))
    for leak in chosen:
        if leak.exceptions.tree is reader.tree:
            yield from _beside(reader, leak, done)
    for call, value in reader.siblings(source.tree.module, callees - {"return"}):
        detail = f"{last_name(call.func)}() is also sent {value}; the finding does not mention it"
        yield Refusal("sibling", detail, site_of(source, call))


def _beside(reader: Reader, leak: Leak, done: set[int]) -> Iterator[Refusal]:
    """What else the handler hands the exception's text to."""
    holder = leak.exceptions.holder
    for statement in holder.body if holder is not None else ():
        for call in reader.tree.within(statement, ast.Call):
            name = last_name(call.func)
            if is_log(call) or name in NEVER or name[:1].isupper():
                continue
            for item in values_given(call):
                for leaf in leak.exceptions.leaves(item, ""):
                    is_told = id(leaf.node) in done or isinstance(leaf.node, ast.Name)
                    if leaf.kind is not LeafKind.TEXT or is_told:
                        continue
                    done.add(id(leaf.node))
                    written = " ".join(reader.source.segment(leaf.node).split())
                    detail = f"{name}() is also given {written}; the finding does not mention it"
                    yield Refusal("sibling", detail, site_of(reader.source, call))


def _already(readers: Mapping[str, Reader], hints: HideHints) -> Iterator[Refusal]:
    """The shape of the fix: in a handler that logs its traceback a text without the exception."""
    for reader in readers.values():
        # In the whole file: the definition that the evidence stood in may have another name.
        for call in sorted(reader.tree.of(ast.Call), key=reader.source.span):
            handler = innermost_handler(reader.tree, call)
            if handler is None or not _is_fixed_text(call, hints):
                continue
            if shown_in(reader.tree, handler):
                name = last_name(call.func)
                detail = f"{name}() already gets a fixed text, and the traceback goes to the log"
                yield Refusal("hidden", detail, site_of(reader.source, call), already=True)


def _is_fixed_text(call: ast.Call, hints: HideHints) -> bool:
    if last_name(call.func) not in hints.callees:
        return False
    return any(
        isinstance(item, ast.Constant) and isinstance(item.value, str) and " " in item.value
        for value in values_given(call)
        for item in walk(value)
    )
