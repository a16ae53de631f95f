"""Roll back a database session when its commit fails.

After a failed commit, the session must be rolled back before it can be used again. The `try` around
the commit gets a handler for it:

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

If a handler for every exception already exists and does not roll back, `session.rollback()` becomes
its first line; the rest of the handler stays. A query that a report names, and whose failure ends
in such a handler, is treated like a commit. A commit without a `try` gets one, around the
statements of its block from the first that uses the session to the commit. `await session.commit()`
leads to `await session.rollback()`.

## Fix safety

Needs review. The caller sees the same exception as before, but if it began a transaction on the
same session and wanted to continue it, that is rolled back too.

## Not rewritten

* Commits whose failure is already rolled back: in a handler around them, in a `with` block of the
  session or its transaction, or by a decorator of the project.
* A session that is created inside the `try`: it may not exist in the handler.
* Objects with a `commit()` that may have no `rollback()`: an index, a repository.
* Commits in a handler, in an `else` or in a `finally`: no handler of that `try` covers them.
* Statements that yield between the first use of the session and the commit.

## Known limitations

There is no scan. SQLAlchemy's `Session.close()` also rolls back, so whether a missing handler
before a `close()` is a fault depends on the project's rules. The codemod does not check whether
several functions share a session.
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
    asked_in="roll session back commit fails",
    recognise=recognise,
    plan=RollbackPlan,
    find=find,
    subjects=("lacks-rollback",),
    triggers=(b".commit(",),
    scans=False,
)
