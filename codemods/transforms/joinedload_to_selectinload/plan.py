"""Which findings ask for ``selectinload`` in place of ``joinedload``, and for which of them."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.codemod import Hints, Match, Plan
from codemods.demands.code import called_alike, called_with
from codemods.demands.demands import Demands
from codemods.syntax.dotted import last_part

_LOADERS = ("joinedload", "selectinload", "subqueryload", "options", "unique", "count")


@dataclass(frozen=True, kw_only=True)
class LoaderPlan(Plan):
    """Relationships that are to be loaded by a statement of their own."""

    attributes: frozenset[str] = frozenset()
    """The relationships, each as its last two names: ``Artist.tracks``; empty for all that repeat
    rows."""


def recognise(demands: Demands) -> Match[LoaderPlan] | None:
    """A claim to findings that show ``joinedload`` and suggest ``selectinload``.

    A finding that suggests another query, that wants eager loading where there is none, or that
    asks for the opposite, is not meant. A query that lacks eager loading shows ``joinedload`` as
    well: that rows multiply has to be said.
    """
    fix, title = demands.fix, demands.title
    if not fix.says("select-in-loading") or fix.says("loads-by-a-join"):
        return None
    if not (demands.shown_code or demands.opening).says("joined-loading"):
        return None
    if not (demands.story + fix).says("rows-multiply"):
        return None
    # The same query stands in other functions too, which are not meant once these are fixed.
    named = dict.fromkeys(last_part(name) for name in called_alike(title.raw))
    return Match(
        plan=LoaderPlan(attributes=_attributes(demands)),
        strength=90 if title.says("joined-loading") else 75,
        hints=Hints(
            scopes=tuple(name for name in named if name not in _LOADERS),
            anchors=("joinedload", "selectinload"),
            count=demands.opening.count,
        ),
    )


def _attributes(demands: Demands) -> frozenset[str]:
    """The relationships that the suggestion loads, unless it is abridged and names only some."""
    code = "\n".join((demands.suggested_code.raw, *demands.advice.code))
    if "..." in code or "…" in code:
        return frozenset()
    return frozenset(
        ".".join(arguments[0].split(".")[-2:])
        for arguments in called_with(code, "selectinload")
        if arguments and arguments[0].replace(".", "_").isidentifier()
    )
