"""The form of a report and the catalogue in one text, for whoever writes an audit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from codemods.codemod import Codemod
from codemods.engine.plans import plan_fields

FORM = """\
# How to write a finding that autofix can act on

One heading for each finding, in Markdown, with its fields below. A field ends where the next one
begins.

### B-02: `load_profile()` blocks the event loop

- **Severity**: HIGH
- **Location**: `app/profiles.py:41`
- **Description**: `load_profile()` is `async def` and calls `requests.get()` on the event loop.
- **Evidence**:
  ```python
  response = requests.get(url, timeout=10)
  ```
- **Suggested Fix**: Wrap the call in `asyncio.to_thread()`.

* The id is yours and stays the same: letters, a dash, a number.
* Severity is CRITICAL, HIGH, MEDIUM or LOW.
* Location is a path from the top of the repository, with the line; several places stand in several
  bullets. Name the function too (`app/profiles.py::load_profile`): lines move.
* Evidence is the code as it stands, copied and not abridged.
* Suggested Fix says one thing that can be done, with the names in backticks. Where it is code,
  show the lines as they are to be. Leave no choice ("either … or"): decide.
* Status says what is settled already: Fixed, Accepted, False positive.

`autofix check REPORT.md` tells what was read, where it was found, and what is missing.

## The directive

Who knows the codemod says it outright, in a fence at the margin. It wins over the words; what it
does is always to be reviewed.

```autofix
codemod = "offload-blocking-calls"
at = ["app/profiles.py::load_profile"]
```

`at` names files, definitions (`PATH::Class.method`) or lines (`PATH:41`); the other keys are fields
of the codemod's plan.

## The catalogue

"""


def brief_of(codemods: Iterable[Codemod]) -> str:
    """The whole text, in Markdown, ending with a newline."""
    return FORM + "\n".join(line for codemod in codemods for line in _entry(codemod)) + "\n"


def _entry(codemod: Codemod) -> Iterator[str]:
    yield f"* `{codemod.name}`: {codemod.summary}"
    for item in plan_fields(codemod):
        said = f" {item.help}" if item.help else ""
        yield f"  * `{item.name}`: {item.type}{item.default}.{said}"
