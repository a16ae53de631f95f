"""Do what the finding says.

Many findings need no codemod of their own: they show what stands there and say what should stand
there instead, in prose or in code.

```markdown
- **Suggested Fix**: Change `>` to `>=`.
```

makes

```python
if index < 0 or index > len(tracks):
```

to

```python
if index < 0 or index >= len(tracks):
```

The suggestion is read as edits of the syntax tree: this expression, name, operator, keyword,
literal, handler type, argument or statement becomes that. Each is looked for in the definition in
which the finding stands, by structure and never by text, so that strings, comments, quotes and
line breaks elsewhere do not matter. The forms of prose that are understood are a table
(`_suggestion_prose.py`): "Change `a` to `b`", "`a` → `b`", "Use `x=1`", "Pass `x=1` to both
`f` calls", "Catch `A` instead of `B`", "`a` (should be `b`)", "Raise `E()`", "Wrap both `a` in
`f()`", "Demote the path lines to DEBUG", "Change the fallback to `return a.copy()`". Of fenced code
each statement must stand there or have an older version there. In new code `...` stands for what
stays.

Names that the new code needs are imported, from where the finding or the project's other files
import them; imports that nothing uses any more go.

## Fix safety

To be reviewed, always: behaviour changes as the finding wants it, and the finding can be wrong.

## Not rewritten

* A number of places that is not the one of which the finding speaks.
* Several places that match, when neither evidence nor lines say which is meant.
* A suggestion that asks for more than its edits ("…, then apply it to …"): half of a fix can be
  worse than none.
* New code with a name that nothing defines, or an attribute that surely does not exist.
* Advice: "Implement …", "Refactor …", "Use a whitelist".
* Anything with `await`, a lock to be held, or a thread: those have codemods of their own.

## Known limitations

Of alternatives ("or …") the first that can be read is done, and a note names the others. Code that
is only to be added is not placed: there is no older version of it to say where.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from codemods.codemod import (
    AddImport,
    Change,
    Codemod,
    DropImport,
    Edit,
    Operation,
    Plan,
    Refusal,
    Safety,
    Scope,
    site_of,
)
from codemods.findings.model import Finding
from codemods.findings.text import inline_code, mentioned_lines, spoken_count
from codemods.transforms._suggestion_choice import choose
from codemods.transforms._suggestion_code import read
from codemods.transforms._suggestion_difference import NoStepsError, Step
from codemods.transforms._suggestion_edits import edit, operation_of, unfit
from codemods.transforms._suggestion_fences import read_fence
from codemods.transforms._suggestion_found import Found
from codemods.transforms._suggestion_imports import local_imports
from codemods.transforms._suggestion_names import (
    Missing,
    dropped_names,
    names_for,
    unknown_parameter,
)
from codemods.transforms._suggestion_pointing import reported_too
from codemods.transforms._suggestion_prose import Wish
from codemods.transforms._suggestion_sentences import Reading, read_prose

_MODULES = re.compile(
    r"\b(\d{1,2})\s+(?:[\w-]+\s+){0,3}(?:modules|files|classes|stages|routers|repositories)\b",
    re.IGNORECASE,
)
_FILE = re.compile(r"^[\w./-]+\.(?:py|pyi|ts|tsx|js|md|toml|ini|json|ya?ml|sh|txt|rs)(?::\S*)?$")


@dataclass(frozen=True, kw_only=True)
class SuggestionPlan(Plan):
    """A suggestion as edits."""

    wishes: tuple[Wish, ...]
    demands: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    imports: tuple[tuple[str, str | None], ...] = ()
    """Imports that the finding shows, as module and name."""
    contexts: tuple[str, ...] = ()
    """Code that the finding shows for what stands there."""


def recognise(finding: Finding) -> SuggestionPlan | None:
    """A plan for a suggestion of which at least one sentence is an edit."""
    reading = _reading(finding)
    pairs = {wish.new for wish in reading.wishes if wish.old is not None}
    wishes = tuple(
        wish
        for wish in reading.wishes
        # A replacement that stands alone above a list of what it replaces says nothing more.
        if _is_code(wish) and (wish.old is not None or wish.new not in pairs)
    )
    if not wishes:
        return None
    return SuggestionPlan(
        strength=40,
        named=False,
        count=_spoken(finding.title),
        aspects=reading.beside,
        wishes=wishes,
        demands=reading.demands,
        alternatives=reading.alternatives,
        imports=_shown_imports(finding),
        contexts=_contexts(finding),
    )


def _reading(finding: Finding) -> Reading:
    if finding.suggestion:
        said = read_prose(finding.suggestion_prose)
        shown = [read_fence(code) for code in finding.suggestion_code]
        example = all(wish.form == "method" for fence in shown for wish in fence)
        if shown and all(shown) and not (example and any(w.shows_old for w in said.wishes)):
            # A fence is the whole of what the sentence above it asks for.
            demands = tuple(text for text in said.demands if not text.endswith(":"))
            lines = mentioned_lines(finding.suggestion_prose)
            wishes = tuple(replace(wish, lines=lines) for fence in shown for wish in fence)
            return Reading(wishes, said.beside, said.alternatives, demands)
        return said
    # Without a suggestion, a description may say what a name should be.
    said = read_prose(finding.description)
    kept = tuple(wish for wish in said.wishes if wish.form == "should-be")
    return Reading(kept)


def _is_code(wish: Wish) -> bool:
    if any(_FILE.search(text) for text in (wish.new, wish.old or "")):
        return False
    return read(wish.new) is not None and (wish.old is None or read(wish.old) is not None)


def _spoken(title: str) -> int | None:
    """How many places the title speaks of: ``6 call sites``, ``all 11 stage modules``."""
    count = spoken_count(title)
    if count is None and (found := _MODULES.search(title)):
        count = int(found[1])
    return count


def _shown_imports(finding: Finding) -> tuple[tuple[str, str | None], ...]:
    shown = [item.text for item in (*finding.suggestion_code, *finding.evidence_code)]
    shown += inline_code(finding.suggestion_prose)
    found: list[tuple[str, str | None]] = []
    for text in shown:
        for line in text.splitlines():
            statement = _import(line.strip())
            if isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
                found += [(statement.module, item.name) for item in statement.names]
            elif isinstance(statement, ast.Import):
                found += [(item.name, None) for item in statement.names if item.asname is None]
    return tuple(found)


def _import(line: str) -> ast.stmt | None:
    if not line.startswith(("import ", "from ")):
        return None
    try:
        return ast.parse(line).body[0]
    except (SyntaxError, ValueError):
        # A sentence that begins with "from", or an import over several lines.
        return None


def _contexts(finding: Finding) -> tuple[str, ...]:
    prose = "\n".join((finding.title, finding.description, finding.text("evidence")))
    return tuple(dict.fromkeys(text for text in inline_code(prose) if len(text) > 3))


def find(scope: Scope, plan: SuggestionPlan | None) -> Iterator[Change | Refusal]:
    """The edits of a suggestion, all or none of them; nothing in a scan."""
    if plan is None:
        return
    first = scope.places[0]
    here = site_of(first.source, first.node) if isinstance(first.node, ast.stmt) else None
    others = [code for text in plan.alternatives for code in inline_code(text)]
    found: list[Found] = []
    refusals: list[Refusal] = []
    for wish in plan.wishes:
        try:
            places = scope.places if not wish.every else reported_too(scope.places)
            chosen = choose(places, wish, plan.contexts, others)
        except NoStepsError as error:
            chosen = Refusal("abridged", str(error), here)
        if isinstance(chosen, Refusal):
            refusals.append(chosen)
        else:
            found += chosen
    if any(not item.already for item in refusals) or not (found or plan.demands):
        yield from refusals
        return
    if plan.count is not None and 0 < len(found) < plan.count:
        detail = f"the finding speaks of {plan.count} places, and {len(found)} match"
        yield Refusal("count-differs", detail, here)
        return
    if plan.demands:
        yield Refusal("asks-for-more", f"the finding also asks: {plan.demands[0]}", here)
        return
    yield from refusals
    yield _change(scope, plan, found)


def _change(scope: Scope, plan: SuggestionPlan, found: Sequence[Found]) -> Change | Refusal:
    edits: list[Edit] = []
    replaced = [step.node for item in found for step in item.steps if step.kind != "argument"]
    for item in found:
        source = item.place.source
        for step in item.steps:
            if step.new is not None:
                needed = names_for(
                    scope.project, item.place, step.node, step.new, plan.imports, step.node
                )
                if isinstance(needed, Missing):
                    return Refusal(needed.reason, needed.detail, site_of(source, item.node))
                edits += local_imports(item.place, needed, step.node, replaced)
            missing = _missing_parameter(scope, item, step)
            if missing is not None:
                return Refusal(missing.reason, missing.detail, site_of(source, item.node))
            problem = unfit(source, step)
            if problem is not None:
                return Refusal("fragment", problem, site_of(source, item.node))
            edits.append(operation_of(source, step))
            if step.kind != "argument":
                edits += [
                    DropImport(source.path, name)
                    for name in sorted(dropped_names(item.place, step.node, step.new))
                ]
    notes = tuple(f"the finding also offers: {text}" for text in plan.alternatives)
    site = site_of(found[0].place.source, found[0].node)
    said = [wish.sentence or wish.new for wish in plan.wishes]
    what = "; ".join(dict.fromkeys(" ".join(text.split()) for text in said))
    order = (Operation, AddImport, DropImport)
    edits.sort(key=lambda item: order.index(type(item)))
    return Change(site, what, tuple(dict.fromkeys(edits)), Safety.REVIEW, notes)


def _missing_parameter(scope: Scope, item: Found, step: Step) -> Missing | None:
    name, equals, _ = step.text.partition("=")
    if step.kind != "argument" or not equals or not name.isidentifier():
        return None
    if not isinstance(step.node, ast.Call):
        return None
    return unknown_parameter(scope.project, item.place, step.node, name)


codemod = Codemod(
    "apply-suggestion",
    recognise,
    find,
    edit,
    triggers=(b"",),
    scans=False,
    documentation=__doc__ or "",
)
