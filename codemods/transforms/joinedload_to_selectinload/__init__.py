"""Load collections with selectinload instead of joinedload.

`joinedload` of a collection returns one row for each of its members, and for several collections
one row for each combination. `selectinload` reads each collection with a second statement with
`IN`:

```python
session.query(Artist).options(
    joinedload(Artist.tracks).joinedload(Track.genres),
    joinedload(Artist.albums),
)
```

becomes

```python
session.query(Artist).options(
    selectinload(Artist.tracks).selectinload(Track.genres),
    selectinload(Artist.albums),
)
```

`joinedload` is recognized by its origin: imported under any name, as `orm.joinedload`, on
`Load(…)`, or through Flask-SQLAlchemy's `db`. Chains are rewritten link by link. The import of
`selectinload` is added, and that of `joinedload` is removed when nothing needs it.

If the repository does not show whether a relationship is a collection, the report decides; only the
definition and the relationships that it names change. A scan writes the fix only if the model shows
that the relationship is a collection.

## Fix safety

Needs review: the objects are the same, but the statements are not. There is one more statement for
each link, and if several statements must see one state of the database (a report under READ
COMMITTED), the second may see what was committed after the first. `.unique()` stays: a join of the
statement itself may need it, and otherwise it is harmless.

A scan only shows the fix for queries that load one object (`get()`, `one()`, `first()`,
`limit(1)`), where one statement becomes two, and does not report relationships of unknown
cardinality. If a report asks for them, both are changed.

## Not rewritten

* Relationships to one object (`many-to-one`, `uselist=False`, `Mapped["User"]`), where the join
  repeats no rows. This is also true for reports.
* `joinedload(…, innerjoin=True)`: `selectinload` has no such keyword, and the inner join leaves out
  objects without members.
* Queries with `with_for_update()`: the lock would not cover the rows of the second statement.
* Links after `contains_eager()`, `of_type()` and `with_polymorphic()`, strings and `"*"`, and
  mappings with `join_depth`.
* `joinedload` of other libraries, of the project itself, or from a star import.
* `lazy="joined"` in a mapping: it affects every query, so it is only reported.

## Known limitations

`selectinload` on a composite primary key needs a tuple `IN`, which SQL Server does not have. A
query that is passed to a function is not followed into it, so a lock taken there is noticed only if
the function's name suggests one:

```python
return exclusive(session.query(Artist).options(joinedload(Artist.tracks)))
```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from codemods.analysis.orm.loader_options import NEW, OLD, Link, links
from codemods.analysis.orm.queries import whole_expression
from codemods.codemod import AuditWords, Change, Codemod, Place, Refusal, Scope, overlaps, site_of
from codemods.findings.model import Severity
from codemods.project.source import SourceFile
from codemods.syntax.names import qualified_name
from codemods.syntax.parts import keyword_value
from codemods.syntax.tree import FUNCTIONS
from codemods.transforms.joinedload_to_selectinload.plan import LoaderPlan, recognise
from codemods.transforms.joinedload_to_selectinload.verdicts import Verdicts, site


def find(scope: Scope, plan: LoaderPlan | None) -> Iterator[Change | Refusal]:
    """The links that a finding names, or all of a file that load a collection by a join."""

    def joined(place: Place) -> list[Link]:
        found = links(scope.project, place.source, place.node, OLD)
        return found if plan is None else _meant(place, found)

    for place, found in scope.once(joined, _node):
        if plan is None:
            yield from _mappings(place.source)
        attributes = plan.attributes if plan is not None else frozenset()
        judge = Verdicts(scope.project, place.source, plan is not None, attributes)
        verdicts = list(judge.of(found))
        if plan is not None and not any(isinstance(item, Change) for item in verdicts):
            verdicts = _finished(scope, place, attributes, verdicts)
        yield from verdicts


def _meant(place: Place, found: list[Link]) -> list[Link]:
    """The links in the expressions that hold the evidence, else all of a function, else those at
    reported lines."""
    shown = [link for link in found if _on(place, link)]
    if shown or isinstance(place.node, FUNCTIONS):
        return shown or found
    return place.meant(found, _node)


def _node(link: Link) -> ast.Call:
    return link.node


def _on(place: Place, link: Link) -> bool:
    whole = whole_expression(place.source.tree, link.node)
    return overlaps(whole if isinstance(whole, ast.expr) else link.node, place.evidence)


def _finished(
    scope: Scope, place: Place, attributes: frozenset[str], verdicts: list[Change | Refusal]
) -> list[Change | Refusal]:
    """The verdicts with what shows that the finding was fixed."""
    done: list[Change | Refusal] = [
        Refusal(
            "selectinload-there",
            f"{'.'.join(link.relationship)} is already loaded by selectinload",
            site(place.source, link),
            already=True,
        )
        for link in links(scope.project, place.source, place.node, NEW)
        if link.is_known
        and link.relationship is not None
        and (not attributes or ".".join(link.relationship) in attributes)
    ]
    kept = {item.reason for item in verdicts if isinstance(item, Refusal)}
    if done and kept <= {"many-to-one", "not-asked-for"}:
        # What is left is joined with good reason: it does not make the finding open.
        verdicts = [
            replace(item, already=True) if isinstance(item, Refusal) else item for item in verdicts
        ]
    return verdicts + done


def _mappings(source: SourceFile) -> Iterator[Refusal]:
    """``relationship(…, lazy="joined")``: said, since nobody finds it in the queries."""
    for call in source.tree.of(ast.Call):
        name = qualified_name(source.tree, call.func) or ""
        match keyword_value(call, "lazy"):
            case ast.Constant(value="joined") as lazy if name.endswith(".relationship"):
                detail = 'lazy="joined" in a mapping affects every query, so it is not changed'
                yield Refusal("lazy-joined", detail, site_of(source, lazy))


codemod = Codemod(
    name="joinedload-to-selectinload",
    area="Queries and databases",
    asked_in="load collections statement join",
    recognise=recognise,
    plan=LoaderPlan,
    find=find,
    triggers=(b"joinedload", b'lazy="joined"', b"lazy='joined'"),
    audit=AuditWords(
        "A collection is loaded by a join",
        Severity.MEDIUM,
        "Performance",
        "The database sends every parent row once for each of its children.",
    ),
)
