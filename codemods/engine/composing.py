"""Several codemods for one finding, each for what it asks for, in one patch.

"Add the lock and log the traceback" are two demands. The codemod that claims the finding need not
know the second one: whoever claims it alone gets it, at the same places, and all of it goes through
the gates together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from codemods.codemod import Change, Codemod, Operation, Place, Plan, Refusal, Safety, Scope
from codemods.demands.asked import asking_for
from codemods.demands.demands import Demand, Demands
from codemods.demands.text import written_words
from codemods.engine.attempt import outcome_at
from codemods.engine.locating.locate import Located, NotLocated, locate
from codemods.engine.match import Claim
from codemods.engine.options import Options
from codemods.engine.outcomes import AlreadyFixed, Fixed, Left, Outcome, PartlyFixed, ended
from codemods.engine.suppressions import suppressing
from codemods.findings.model import Finding
from codemods.project.project import Project
from codemods.syntax.spans import Span

OVERLAP = "part-overlap"
"""Why a part of a fix leaves lines alone: another part changes them."""


@dataclass(frozen=True, slots=True)
class Part:
    """A codemod, and the demands that it is for."""

    claim: Claim
    demands: tuple[Demand, ...]


def composed(
    demands: Demands,
    project: Project,
    first: tuple[Claim, Located, Fixed | PartlyFixed],
    codemods: Sequence[Codemod],
    options: Options,
    allow: Safety,
) -> Outcome:
    """The outcome of a finding's own codemod, with what others do for its other demands.

    Args:
        first: its own codemod, where it stands, and how it ends by that alone.
        options: gives the settings of a codemod by its name.
    """
    taken, located, outcome = first
    finding = demands.finding
    fits: list[tuple[Part, Located]] = []
    undone: list[Left] = []
    reason = ""
    others = further_parts(demands, taken, codemods)
    for part in others:
        where = locate(finding, project, part.claim.match.hints)
        if isinstance(where, NotLocated):
            where = located
        settings = options(part.claim.codemod.name)
        alone = outcome_at(finding, project, part.claim, where, settings, allow)
        if isinstance(alone, Fixed | PartlyFixed):
            fits.append((part, where))
        elif not isinstance(alone, AlreadyFixed):
            undone += [_left(item, alone.reason) for item in part.demands]
    if fits:
        theirs = {item.id for part, _ in fits for item in part.demands}
        mine = tuple(item for item in demands.asked if item.id not in theirs)
        own = Part(own_claim(demands, taken, mine) or taken, mine)
        both, there = joined(((own, located), *fits), options)
        together = outcome_at(finding, project, both, there, options(taken.codemod.name), allow)
        if isinstance(together, Fixed | PartlyFixed):
            outcome = together
            reason = "it conflicts with the rest of the fix"
        else:
            reason = f"conflicts with the rest of the fix: {together.reason}"
    done = {name for change in outcome.patch.changes for name in change.meets}
    met = set(done)
    wanted = [(part, item) for part, _ in fits for item in part.demands]
    if any(item.reason == OVERLAP for item in outcome.patch.refusals):
        # What the first one does on the same lines may be just that.
        now = project.with_changes({item.path: item.after for item in outcome.patch.files})
        for part, _ in fits:
            if _stands(finding, now, part, options, allow):
                met |= {item.id for item in part.demands}
    undone += [_left(item, reason) for _, item in wanted if item.id not in met]
    notes: tuple[str, ...] = tuple(
        f"“{item.words}” is done by {part.claim.codemod.name}"
        for part, item in wanted
        if item.id in done
    )
    left = _with_reasons(undone, outcome.patch.left)
    changes = tuple(_meeting(demands, outcome.patch.changes, left))
    notes = (*outcome.patch.notes, *notes)
    return ended(replace(outcome.patch, changes=changes, left=left, notes=notes))


def _with_reasons(undone: Sequence[Left], left: Sequence[Left]) -> tuple[Left, ...]:
    """What is left, each demand once: with the reason, where there is one."""
    told = {item.demand for item in undone if item.demand}
    return tuple(dict.fromkeys((*undone, *(item for item in left if item.demand not in told))))


def _meeting(demands: Demands, changes: Sequence[Change], left: Sequence[Left]) -> Iterator[Change]:
    """The changes of a codemod that claims a finding meet whatever of it is not left."""
    out = {item.demand for item in left}
    ids = tuple(item.id for item in demands.asked if item.obliges and item.id not in out)
    for change in changes:
        yield change if change.meets else replace(change, meets=ids)


def _stands(
    finding: Finding, project: Project, part: Part, options: Options, allow: Safety
) -> bool:
    """Whether a codemod has nothing more to do for its demands."""
    where = locate(finding, project, part.claim.match.hints)
    if isinstance(where, NotLocated):
        return False
    settings = options(part.claim.codemod.name)
    return isinstance(
        outcome_at(finding, project, part.claim, where, settings, allow), AlreadyFixed
    )


def _left(demand: Demand, why: str) -> Left:
    return Left(f"{demand.words} ({why})", demand.id)


def further_parts(demands: Demands, first: Claim, codemods: Sequence[Codemod]) -> tuple[Part, ...]:
    """The codemods for demands that are none of the first one's.

    A demand is another codemod's if the first one claims the finding without it, and reads nothing
    from it alone, and if the other one claims the finding for it: because it then reads something
    that it does not read without a suggestion, or because the demand speaks of what the codemod
    does.
    """
    asked = demands.asked
    if len(asked) < 2 or not first.match.named:
        return ()
    meant: dict[str, list[Demand]] = {}
    for demand in asked:
        others = [item for item in asked if item is not demand]
        mine = own_claim(demands, first, others) is None
        if mine or not demand.obliges or _claim_for(demands, (demand,), first.codemod):
            continue
        found = [item for codemod in codemods if (item := _claim_for(demands, (demand,), codemod))]
        best = max((item.match.strength for item in found), default=0)
        surest = [item for item in found if item.match.strength == best]
        if len(surest) == 1:
            meant.setdefault(surest[0].codemod.name, []).append(demand)
    by_name = {item.name: item for item in codemods}
    claims = (
        (_claim_for(demands, wanted, by_name[name]), tuple(wanted))
        for name, wanted in meant.items()
    )
    return tuple(Part(taken, wanted) for taken, wanted in claims if taken is not None)


def own_claim(demands: Demands, first: Claim, own: Sequence[Demand]) -> Claim | None:
    """The first codemod's claim to a finding that asks for these demands alone; ``None`` where it
    has none, or another one and nobody knows why."""
    read = first.codemod.recognise(asking_for(demands, own, with_code=True))
    if read is None:
        return None
    if read.plan != first.match.plan:
        # What it read from the demands of others was not meant for it, where these words are all.
        whole = first.codemod.recognise(asking_for(demands, demands.asked, with_code=True))
        if whole is None or whole.plan != first.match.plan:
            return None
    return Claim(first.codemod, read)


def _claim_for(demands: Demands, wanted: Sequence[Demand], codemod: Codemod) -> Claim | None:
    """A codemod's claim to a finding that asks for nothing else, if these words matter to it."""
    for shown in (True, False):
        read = codemod.recognise(asking_for(demands, wanted, shown=shown))
        if read is None or not read.named:
            continue
        unread = codemod.recognise(asking_for(demands, (), shown=shown))
        moved = unread is None or (read.plan, read.strength) != (unread.plan, unread.strength)
        if moved or any(_speaks_of(item.words, codemod) for item in wanted):
            return Claim(codemod, read)
    return None


def _speaks_of(words: str, codemod: Codemod) -> bool:
    """Whether a demand has a word that findings use to ask for a codemod."""
    return not _telling(words).isdisjoint(_telling(codemod.asked_in or codemod.summary))


def _telling(text: str) -> set[str]:
    return {word.lower() for word in written_words(text) if len(word) > 3}


def joined(parts: Sequence[tuple[Part, Located]], options: Options) -> tuple[Claim, Located]:
    """One claim and one place for all parts: what it finds is what each of them finds.

    Args:
        parts: the first one is the finding's own codemod.
        options: gives the settings of a codemod by its name.
    """
    (first, _), *_ = parts
    scopes = [(part, {_name(place) for place in located.places}) for part, located in parts]

    def find(scope: Scope, _plan: Plan | None) -> Iterator[Change | Refusal]:
        taken: dict[str, list[Span]] = {}
        for part, names in scopes:
            own = replace(
                scope,
                places=tuple(place for place in scope.places if _name(place) in names),
                options=options(part.claim.codemod.name),
                hints=part.claim.match.hints,
            )
            found = list(_found(own, part, taken))
            for item in found:
                for path, span in _targets(item):
                    taken.setdefault(path, []).append(span)
            yield from found

    codemod = replace(first.claim.codemod, find=find)
    places = {_name(place): place for _, located in reversed(parts) for place in located.places}
    located = Located(
        tuple(places.values()),
        tuple(dict.fromkeys(chain.from_iterable(item.steps for _, item in parts))),
        parts[0][1].dropped,
    )
    return Claim(codemod, first.claim.match), located


def _found(
    scope: Scope, part: Part, taken: Mapping[str, Sequence[Span]]
) -> Iterator[Change | Refusal]:
    """What one part finds; what another part edits already is not edited twice."""
    ids = tuple(item.id for item in part.demands)
    name = part.claim.codemod.name
    for item in part.claim.codemod.find(scope, part.claim.match.plan):
        if isinstance(item, Refusal):
            yield item
        elif suppressing(
            scope.project.source(item.site.path), item.site.line, item.site.end_line, name
        ):
            yield Refusal("suppressed", "a suppression comment excludes it", item.site)
        elif any(
            span.overlaps(other) for path, span in _targets(item) for other in taken.get(path, ())
        ):
            detail = f"{item.what}: another part of the fix changes these lines"
            yield Refusal(OVERLAP, detail, item.site, asked=False)
        else:
            yield replace(item, meets=ids)


def _targets(item: Change | Refusal) -> Iterator[tuple[str, Span]]:
    for edit in item.edits if isinstance(item, Change) else ():
        if isinstance(edit, Operation):
            yield edit.path, edit.target


def _name(place: Place) -> tuple[str, str]:
    return place.source.path, place.source.tree.qualified_name(place.node)
