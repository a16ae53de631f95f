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

from codemods.codemod import AddImport, Change, Codemod, DropImport, Plan, Refusal, Scope, site_of
from codemods.findings.model import Finding
from codemods.findings.text import inline_code, mentioned_lines, spoken_count
from codemods.transforms._suggestion_alignment import Result, align
from codemods.transforms._suggestion_change import change_of
from codemods.transforms._suggestion_choice import choose
from codemods.transforms._suggestion_code import Kind, has_wildcard, read
from codemods.transforms._suggestion_difference import NoStepsError
from codemods.transforms._suggestion_edits import edit
from codemods.transforms._suggestion_fences import read_fence
from codemods.transforms._suggestion_first import made_first
from codemods.transforms._suggestion_names import Missing, Origin, names_for
from codemods.transforms._suggestion_outside import decorated, wanted_import
from codemods.transforms._suggestion_placing import is_guarding, placed
from codemods.transforms._suggestion_pointing import reported_too
from codemods.transforms._suggestion_prose import Wish
from codemods.transforms._suggestion_sentences import Reading, read_prose

_MODULES = re.compile(
    r"\b(\d{1,2})\s+(?:[\w-]+\s+){0,3}(?:modules|files|classes|stages|routers|repositories)\b",
    re.IGNORECASE,
)
_ADDS = re.compile(r"\b(?:add|insert|guard|also|include|append)\b", re.IGNORECASE)
_IMPORTS = re.compile(r"^(?:also\s+|then\s+)?\w+\s+(?:the\s+)?imports?\b[^,;]*$", re.IGNORECASE)
"""What is asked for beside the edit and is done with it."""
_COMMAND = re.compile(r"^[\w.-]+(?:\s+[\w.-]+)*\s+--?[a-z]")
"""``pytest --collect-only``, which Python reads as a subtraction."""
_FILE = re.compile(r"^[\w./{},-]+\.(?:py|pyi|ts|tsx|js|md|toml|ini|json|ya?ml|sh|txt|rs)(?::\S*)?$")


@dataclass(frozen=True, kw_only=True)
class SuggestionPlan(Plan):
    """A suggestion as edits."""

    wishes: tuple[Wish, ...]
    demands: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    imports: tuple[Origin, ...] = ()
    """Imports that the finding shows."""
    adds: bool = False
    """Whether the suggestion says that something is added."""
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
        adds=_ADDS.search(finding.suggestion_prose) is not None,
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
            wishes = tuple(
                replace(wish, lines=lines, fence=number)
                for number, fence in enumerate(shown, start=1)
                for wish in fence
            )
            return Reading(wishes, said.beside, said.alternatives, demands)
        return said
    # Without a suggestion, a description may say what a name should be.
    said = read_prose(finding.description)
    kept = tuple(wish for wish in said.wishes if wish.form == "should-be")
    return Reading(kept)


def _is_code(wish: Wish) -> bool:
    if any(_FILE.search(text) or _COMMAND.match(text) for text in (wish.new, wish.old or "")):
        return False
    return read(wish.new) is not None and (wish.old is None or read(wish.old) is not None)


def _spoken(title: str) -> int | None:
    """How many places the title speaks of: ``6 call sites``, ``all 11 stage modules``."""
    count = spoken_count(title)
    if count is None and (found := _MODULES.search(title)):
        count = int(found[1])
    return count


def _shown_imports(finding: Finding) -> tuple[Origin, ...]:
    shown = [item.text for item in (*finding.suggestion_code, *finding.evidence_code)]
    shown += inline_code(finding.suggestion_prose)
    found: list[Origin] = []
    for text in shown:
        for line in text.splitlines():
            statement = _import(line.strip())
            if isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
                names = [item for item in statement.names if item.name != "*"]
                found += [Origin(statement.module, item.name, item.asname) for item in names]
            elif isinstance(statement, ast.Import):
                found += [Origin(item.name, None, item.asname) for item in statement.names]
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
    results = _results(scope, plan)
    found = [item for result in results if isinstance(result, list) for item in result]
    refusals = [result for result in results if isinstance(result, Refusal)]
    imports = [edit for result in results if isinstance(result, AddImport) for edit in (result,)]
    if any(not item.already for item in refusals) or not (found or imports or plan.demands):
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
    said = [wish.sentence or wish.new for wish in plan.wishes]
    notes = [f"the finding also offers: {text}" for text in plan.alternatives]
    change = change_of(scope, found, imports, plan.imports, said, notes)
    if isinstance(change, Change) and any(
        isinstance(item, (AddImport, DropImport)) for item in change.edits
    ):
        done = tuple(text for text in plan.aspects if _IMPORTS.search(text))
        change = replace(change, aspects=done)
    yield change


def _results(scope: Scope, plan: SuggestionPlan) -> list[Result | AddImport]:
    """What becomes of each wish: the places that it means, or why it is left."""
    others = [code for text in plan.alternatives for code in inline_code(text)]
    results: list[Result | AddImport] = []
    for wish in plan.wishes:
        results.append(_result(scope, plan, wish, others))
    for fence in sorted({wish.fence for wish in plan.wishes if wish.fence}):
        members = [number for number, wish in enumerate(plan.wishes) if wish.fence == fence]
        missing = [number for number in members if _is_missing(results[number])]
        if not missing or len(scope.places) > 1:
            continue
        wishes = [plan.wishes[number] for number in members]
        so_far = [item for number in members if not isinstance(item := results[number], AddImport)]
        placing = align(scope.places, wishes, so_far, plan.adds)
        if isinstance(placing, Refusal):
            results[missing[0]] = placing
        elif placing is not None:
            for number in missing:
                results[number] = []
            results[missing[0]] = placing
    return [
        _explained(scope, plan, wish, result)
        for wish, result in zip(plan.wishes, results, strict=True)
    ]


def _explained(
    scope: Scope, plan: SuggestionPlan, wish: Wish, result: Result | AddImport
) -> Result | AddImport:
    """A refusal because nothing is there to be replaced, with what the suggestion itself lacks."""
    new = read(wish.new)
    if not isinstance(result, Refusal) or result.reason not in ("not-there", "no-anchor"):
        return result
    if wish.old is not None or wish.where or new is None:
        return result
    place = scope.places[0]
    shown = " ".join(wish.new.split())
    shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
    blocks = (Kind.HEADER, Kind.HANDLER)
    if new.kind not in blocks and any(has_wildcard(node) for node in new.nodes):
        text = f"`{shown}` leaves out what it should say, and no older version there has it"
        return Refusal("abridged", text, result.site)
    at = place.node.body[-1]
    bound = {name for other in plan.wishes for name in _names_bound(other)}
    for node in new.nodes:
        needed = names_for(scope.project, place, at, node, plan.imports, behind=True, bound=bound)
        if isinstance(needed, Missing) and needed.reason.startswith("undefined"):
            return Refusal(
                needed.reason, f"`{shown}` cannot stand there: {needed.detail}", result.site
            )
    return result


def _names_bound(wish: Wish) -> set[str]:
    new = read(wish.new)
    return {
        item.id
        for node in (new.nodes if new is not None else ())
        for item in ast.walk(node)
        if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store)
    }


def _is_missing(result: Result | AddImport) -> bool:
    return isinstance(result, Refusal) and result.reason in ("not-there", "not-sure", "no-anchor")


def _result(
    scope: Scope, plan: SuggestionPlan, wish: Wish, others: Sequence[str]
) -> Result | AddImport:
    if wish.form == "import":
        return wanted_import(scope.places, wish)
    if wish.form == "decorate":
        return decorated(scope.places, wish)
    if wish.where:
        return placed(scope.places, wish)
    parts = [_chosen(scope, plan, part, others) for part in wish.parts]
    if parts and all(isinstance(part, list) or part.already for part in parts):
        lists = [part for part in parts if isinstance(part, list)]
        return [item for part in lists for item in part] if lists else parts[0]
    chosen = _chosen(scope, plan, wish, others)
    left = isinstance(chosen, Refusal) and not chosen.already
    made = made_first(scope.places, wish) if left and wish.old is None else None
    if made is not None:
        return made
    if left and wish.old is None and len(scope.places) == 1 and is_guarding(read(wish.new)):
        return placed(scope.places, replace(wish, where="guard"))
    return chosen


def _chosen(scope: Scope, plan: SuggestionPlan, wish: Wish, others: Sequence[str]) -> Result:
    places = scope.places if not wish.every else reported_too(scope.places)
    try:
        return choose(places, wish, plan.contexts, others)
    except NoStepsError as error:
        first = scope.places[0]
        here = site_of(first.source, first.node) if isinstance(first.node, ast.stmt) else None
        return Refusal("abridged", str(error), here)


codemod = Codemod(
    "apply-suggestion",
    recognise,
    find,
    edit,
    triggers=(b"",),
    scans=False,
    documentation=__doc__ or "",
)
