"""Which handlers of a place a finding about a silent one means."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from codemods.analysis.logs.levels import weight
from codemods.analysis.logs.tracebacks import shown_in
from codemods.codemod import Place, lines_of
from codemods.findings.model import LineRange
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.handlers import BROAD, is_broad, type_names
from codemods.syntax.names import names_loaded
from codemods.syntax.tree import Tree
from codemods.transforms.log_swallowed_exception.handlers import Silence, logs_in, silence, try_of
from codemods.transforms.log_swallowed_exception.plan import SwallowedHints, SwallowedPlan
from codemods.transforms.log_swallowed_exception.shown import fits, is_like, is_typed_like


@dataclass(frozen=True, slots=True)
class Choice:
    """A handler that is meant."""

    handler: ast.ExceptHandler
    named: bool
    """Whether the finding points at this very one, by its lines or as the only one there is."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a finding means in a place."""

    meant: tuple[Choice, ...] = ()
    several: tuple[ast.ExceptHandler, ...] = ()
    """Handlers of which the finding does not say which are meant."""
    done: tuple[ast.ExceptHandler, ...] = ()
    """Handlers of the place that look like the fix."""


def choose(place: Place, plan: SwallowedPlan, hints: SwallowedHints) -> Chosen:
    """The handlers of ``place`` that ``plan`` is about.

    The lines of the evidence go before reported ones. A line points at the handler that it
    stands in, else at the handlers of the innermost ``try`` around it. Where no line points at
    any, a definition that the finding names and that has a single handler that would do has it.

    Lines drift, so that in a place which neither the evidence nor a name ties to the finding a
    line has to stand in a silent handler itself, and any other is only meant if the words of the
    title stand in its ``try``.
    """
    tree = place.source.tree
    handlers = tree.within(place.node, ast.ExceptHandler)
    handlers = [item for item in handlers if not _was_narrowed(item, plan, hints)]
    kin = [item for item in handlers if _is_kin(place, item, plan)]
    named = _is_named(place, hints)
    tied = named or bool(place.evidence)
    narrowed = [item for item in kin if _is_narrowed(place, item, plan)]
    if narrowed and tied and not _shows_another(place, kin, narrowed, plan):
        # Those around it that catch everything are others.
        return Chosen(done=tuple(narrowed))
    if not tied:
        spoken = [item for item in kin if _is_spoken_of(place, item, hints)]
        kin = [item for item in kin if _shows_itself(place, item)]
        if len(spoken) == 1:
            return _spoken(place, spoken[0], kin, plan, hints)
    for ranges, exact in ((place.evidence, False), (place.reported, not tied)):
        pointed = _pointed(place, kin, plan, hints.count, ranges, exact)
        if pointed.meant or pointed.several or pointed.done:
            return pointed
    if not named:
        return Chosen()
    still = [item for item in kin if _is_open(place, item, plan)]
    broad = [item for item in still if is_broad(item)]
    if len(broad) == 1 or (broad and hints.count == len(broad)):
        return Chosen(tuple(Choice(item, tree.function(item) is place.node) for item in broad))
    if broad:
        return Chosen(several=tuple(broad))
    if done := [item for item in kin if _is_done(place, item, plan)]:
        return Chosen(done=tuple(done))
    # Those for narrow types are looked at, and left alone.
    return Chosen(tuple(Choice(item, False) for item in still))


def _spoken(
    place: Place,
    spoken: ast.ExceptHandler,
    kin: Sequence[ast.ExceptHandler],
    plan: SwallowedPlan,
    hints: SwallowedHints,
) -> Chosen:
    """What the words of the title say, and the lines of the report: where these are those of
    another handler that would do, it cannot be the words' one that is done."""
    at_lines = _pointed(place, kin, plan, hints.count, place.reported, True)
    others = [item.handler for item in at_lines.meant if item.handler is not spoken]
    if is_open(place, spoken, plan):
        if others:
            return Chosen(several=(spoken, *others))
        return Chosen((Choice(spoken, True),))
    if others or at_lines.several:
        return at_lines
    return Chosen(done=(spoken,)) if _is_done(place, spoken, plan) else at_lines


def _shows_another(
    place: Place,
    kin: Sequence[ast.ExceptHandler],
    narrowed: Sequence[ast.ExceptHandler],
    plan: SwallowedPlan,
) -> bool:
    """Whether the evidence stands at a handler that is still to be narrowed, and none of those
    that are narrow is within its ``try``."""
    tree = place.source.tree
    inside = {ancestor for item in narrowed for ancestor in tree.ancestors(item)}
    shown = (item for lines in place.evidence for item in _innermost(place, kin, lines))
    return any(
        item not in narrowed and try_of(tree, item) not in inside and is_open(place, item, plan)
        for item in shown
    )


def _was_narrowed(handler: ast.ExceptHandler, plan: SwallowedPlan, hints: SwallowedHints) -> bool:
    """Whether a handler is for narrow types where the finding shows only such for everything, and
    not for those that it wants: somebody has looked at it since."""
    wide = bool(hints.shown) and hints.shown <= {"", *BROAD}
    wanted = _types(handler) == _last(plan.narrow) if plan.narrow else False
    wanted = wanted or any(is_typed_like(item, handler) for item in plan.handlers)
    return wide and not is_broad(handler) and not wanted


def _is_named(place: Place, hints: SwallowedHints) -> bool:
    """Whether the finding names the definition; one that is given by hand is named."""
    if isinstance(place.node, ast.Module):
        return False
    return not hints.words or place.node.name.lower() in hints.words


def _is_spoken_of(place: Place, handler: ast.ExceptHandler, hints: SwallowedHints) -> bool:
    """Whether two neighboring words of the title stand in the handler's ``try``."""
    text = place.source.segment(try_of(place.source.tree, handler)).lower()
    return any(
        f"{one}{between}{other}" in text
        for one, other in hints.neighbors
        for between in ("", " ", "_", "-")
    )


def _shows_itself(place: Place, handler: ast.ExceptHandler) -> bool:
    """Whether the handler is of the shape that the finding describes: there are few of them in a
    file, and many that catch everything."""
    return handler.type is None or silence(place.source.tree, handler) is not Silence.NOT


def _pointed(
    place: Place,
    kin: Sequence[ast.ExceptHandler],
    plan: SwallowedPlan,
    count: int | None,
    ranges: Sequence[LineRange],
    exact: bool,
) -> Chosen:
    meant: dict[ast.ExceptHandler, Choice] = {}
    several: list[ast.ExceptHandler] = []
    done: list[ast.ExceptHandler] = []
    for lines in ranges:
        hit = _inner(place, [item for item in kin if lines_of(item).overlaps(lines)], lines)
        alone = len(hit) == 1 and _is_within(lines, try_of(place.source.tree, hit[0]))
        if alone and is_open(place, hit[0], plan):
            # It points at this one: then it is meant whatever it does instead.
            meant[hit[0]] = Choice(hit[0], True)
            continue
        if not hit and not exact:
            hit = _innermost(place, kin, lines)
        still = [item for item in hit if _is_open(place, item, plan)]
        still = [item for item in still if is_broad(item)]
        if len(still) == 1 or (still and count == len(still)):
            named = all(_is_within(lines, try_of(place.source.tree, item)) for item in still)
            meant.update({item: Choice(item, named) for item in still if item not in meant})
        elif still:
            several += still
        else:
            done += [item for item in hit if _is_done(place, item, plan)]
    several = [item for item in several if item not in meant]
    return Chosen(tuple(meant.values()), tuple(dict.fromkeys(several)), tuple(dict.fromkeys(done)))


def _inner(place: Place, hit: list[ast.ExceptHandler], lines: LineRange) -> list[ast.ExceptHandler]:
    """Without the handlers around the one that holds all of ``lines``."""
    holding = [
        item for item in hit if item.lineno <= lines.start and lines_of(item).end >= lines.end
    ]
    around = {ancestor for item in holding for ancestor in place.source.tree.ancestors(item)}
    return [item for item in hit if item not in around]


def _is_within(lines: LineRange, block: ast.Try) -> bool:
    """Whether a range is about a ``try``, and not about more; reports are one line off at times."""
    around = lines_of(block)
    return around.start - 1 <= lines.start and lines.end <= around.end + 1


def _innermost(
    place: Place, kin: Sequence[ast.ExceptHandler], lines: LineRange
) -> list[ast.ExceptHandler]:
    """The handlers of the smallest ``try`` that holds one of ``lines``."""
    tree = place.source.tree
    around = [item for item in kin if lines_of(try_of(tree, item)).overlaps(lines)]
    blocks = (try_of(tree, item) for item in around)
    smallest = min(blocks, key=lambda it: (it.end_lineno or it.lineno) - it.lineno, default=None)
    return [item for item in around if try_of(tree, item) is smallest]


def _is_kin(place: Place, handler: ast.ExceptHandler, plan: SwallowedPlan) -> bool:
    """Whether the handler could be the one, before the fix or after it."""
    return (
        is_broad(handler)
        or _types(handler) == _last(plan.narrow)
        or silence(place.source.tree, handler) is not Silence.NOT
    )


def is_open(place: Place, handler: ast.ExceptHandler, plan: SwallowedPlan) -> bool:
    """Whether anything that the finding asks for is still to be done in a handler that it points
    at."""
    return _asks(place, handler, plan, tuple(Silence)[1:])


def _is_open(place: Place, handler: ast.ExceptHandler, plan: SwallowedPlan) -> bool:
    """The same for a handler among others."""
    kinds = (Silence.NOTHING, Silence.VALUE) if plan.values else (Silence.NOTHING,)
    return _asks(place, handler, plan, kinds)


def _asks(
    place: Place, handler: ast.ExceptHandler, plan: SwallowedPlan, kinds: tuple[Silence, ...]
) -> bool:
    tree = place.source.tree
    if plan.bare and handler.type is None:
        return True
    if plan.narrow and type_names(handler) == ("Exception",):
        return True
    if plan.handlers and is_broad(handler) and any(fits(item, handler) for item in plan.handlers):
        return lacks(place, handler, plan) is not None
    if not plan.level:
        return False
    if silence(tree, handler) in kinds:
        return True
    return plan.lower and too_low(tree, handler, plan.level) is not None


def too_low(tree: Tree, handler: ast.ExceptHandler, level: str) -> ast.Call | None:
    """The only log call of a handler, where its level is below ``level``."""
    calls = logs_in(tree, handler)
    if len(calls) != 1:
        return None
    found, wanted = weight(last_name(calls[0].func)), weight(level)
    lower = found is not None and wanted is not None and found < wanted
    return calls[0] if lower else None


def _is_done(place: Place, handler: ast.ExceptHandler, plan: SwallowedPlan) -> bool:
    if plan.narrow and _types(handler) == _last(plan.narrow):
        return True
    if plan.bare and type_names(handler) == ("Exception",):
        return True
    return bool(plan.level and logs_in(place.source.tree, handler))


def lacks(place: Place, handler: ast.ExceptHandler, plan: SwallowedPlan) -> str | None:
    """What a handler that looks like the fix has not got of it, in words."""
    if any(is_like(item, handler) for item in plan.handlers):
        return None
    if handler.type is None and (plan.bare or plan.narrow or plan.handlers):
        return "is still bare"
    if plan.handlers and not any(is_typed_like(item, handler) for item in plan.handlers):
        fitting = any(fits(item, handler) for item in plan.handlers)
        if fitting and not (plan.narrow and _types(handler) == _last(plan.narrow)):
            return f"is still for {', '.join(type_names(handler))}"
    if plan.level and not _tells(place.source.tree, handler, plan.template):
        return "logs a text, but not its exception"
    return None


def _tells(tree: Tree, handler: ast.ExceptHandler, template: str) -> bool:
    """Whether a handler logs its exception, or the text that the finding suggests."""
    if shown_in(tree, handler):
        return True
    for call in logs_in(tree, handler):
        given = [*call.args, *(item.value for item in call.keywords)]
        names = {name for item in given for name in names_loaded(item)}
        if handler.name in names or (template and _same_text(call, template)):
            return True
    return False


def _same_text(call: ast.Call, template: str) -> bool:
    suggested = ast.parse(template, mode="eval").body
    if not isinstance(suggested, ast.Call):
        return False
    texts = [ast.dump(item.args[0]) for item in (call, suggested) if item.args]
    return len(texts) == 2 and texts[0] == texts[1]


def _is_narrowed(place: Place, handler: ast.ExceptHandler, plan: SwallowedPlan) -> bool:
    """Whether the handler is for the types that the finding wants, in place of ``Exception``."""
    if not plan.narrow or _types(handler) != _last(plan.narrow):
        return False
    others = try_of(place.source.tree, handler).handlers
    return not any(_types(item) == {"Exception"} for item in others)


def _types(handler: ast.ExceptHandler) -> frozenset[str]:
    return frozenset(type_names(handler))


def _last(names: Sequence[str]) -> frozenset[str]:
    return frozenset(last_part(name) for name in names)
