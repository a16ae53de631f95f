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

* Location, and Evidence or Suggested Fix are needed; all else helps. Headings of any level,
  chapters and prose around the findings do no harm. A finding that no codemod is for is worth
  writing: it is listed with what it lacks.
* The id is yours, stays the same and is the only one of its kind in the report: letters, a dash, a
  number.
* Severity is CRITICAL, HIGH, MEDIUM or LOW.
* Location is a path from the top of the repository, with the line; several places stand in bullets
  below it. Name the function, too, for lines move; a line is enough for code at module level:

  - **Location**:
    - `app/profiles.py:41`
    - `app/profiles.py::load_profile`
* Evidence is the code as it stands: whole statements, copied and not abridged, one fence for each
  place. Their indentation need not be that of the file.
* Suggested Fix says one thing that can be done, with the names in backticks. Where it is code,
  show the lines as they are to be, and the imports that they need. Leave no choice ("either … or"):
  decide. Two changes that need each other are one finding, others are two.
* Status says what is settled already: Fixed, Accepted, False positive. An open finding needs none.

`autofix check REPORT.md` tells what was read, where it was found, and what is missing.

## The directive

Who knows the codemod says it outright, in TOML, in a fence that is not indented and stands behind
the last field of its finding. It wins over the words; what it does is always to be reviewed.

```autofix
codemod = "offload-blocking-calls"
at = ["app/profiles.py::load_profile"]
```

`at` names files, definitions (`PATH::Class.method`) or lines (`PATH:41`); the other keys are fields
of the codemod's plan, and those that are not needed are left out.

## The catalogue

"""

_FROM_CODE = "apply-suggestion"
"""Its edits are read out of the code that a finding shows; nobody writes them by hand."""


def brief_of(codemods: Iterable[Codemod]) -> str:
    """The whole text, in Markdown, ending with a newline."""
    return FORM + "\n".join(line for codemod in codemods for line in _entry(codemod)) + "\n"


def _entry(codemod: Codemod) -> Iterator[str]:
    yield f"* `{codemod.name}`: {codemod.summary}"
    if codemod.name == _FROM_CODE:
        return
    for item in plan_fields(codemod):
        said = f" {item.help}" if item.help else ""
        yield f"  * `{item.name}`: {item.type}{item.default}.{said}"
