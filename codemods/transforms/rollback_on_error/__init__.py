"""Roll the session back when a commit fails.

A commit that fails leaves its session in a transaction that has to be rolled back before the
session can be used again. The `try` that holds the commit gets a handler for it:

```python
session = get_session()
try:
    session.add(album)
    session.commit()
finally:
    session.close()
```

becomes

```python
session = get_session()
try:
    session.add(album)
    session.commit()
except Exception:
    session.rollback()
    raise
finally:
    session.close()
```

A handler for everything that is there already and does not roll back gets `session.rollback()` as
its first line; what it does and returns stays. A query that a report names, and that fails into
such a handler, is looked at like a commit. A commit that stands in no `try` gets one, around the
statements of its block from the first that uses the session to the commit. `await session.commit()`
gives `await session.rollback()`.

## Fix safety

To be reviewed. Whoever calls the function sees the same exception as before, but a transaction
that a caller began on the same session, and wanted to go on with, is rolled back too.

## Not rewritten

* Commits whose failure rolls back already: in a handler around them, in a `with` block of the
  session or of its transaction, or by a decorator of the project that does so.
* A session that is made inside the `try`: in the handler it could be missing.
* Whatever has a `commit()` and is not known to have a `rollback()`: an index, a repository.
* Commits in a handler, in an `else` or in a `finally`: no handler of that `try` covers them.
* Statements that yield between the first use of the session and the commit.

## Known limitations

There is no scan. `Session.close()` of SQLAlchemy rolls back as well, so that a missing handler in
front of a `close()` is a matter of the project's rules, and only a report knows them. Whether a
session is shared by several functions is not looked at either.
"""

from __future__ import annotations

from collections.abc import Iterator

from codemods.codemod import Change, Codemod, Refusal, Scope
from codemods.transforms.rollback_on_error.plan import RollbackHints, RollbackPlan, recognise
from codemods.transforms.rollback_on_error.sites import Commits, is_commit


def find(scope: Scope, plan: RollbackPlan) -> Iterator[Change | Refusal]:
    """The commits of a place whose failure nobody rolls back."""
    listed = scope.listed(scope.hinted(RollbackHints).listed, lambda _, call: is_commit(call))
    # Two places of a finding may lie in each other.
    yield from dict.fromkeys(
        item
        for place in (*scope.places, *listed)
        for item in Commits(scope.project, place, plan).verdicts()
    )


codemod = Codemod(
    name="rollback-on-error",
    area="Queries and databases",
    recognise=recognise,
    plan=RollbackPlan,
    find=find,
    subjects=("lacks-rollback",),
    triggers=(b".commit(",),
    scans=False,
)
