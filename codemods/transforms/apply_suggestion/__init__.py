"""Apply the code edit that a finding suggests.

Many findings need no codemod of their own: they show the current code and say what should replace
it, in prose or in code.

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

The suggestion is read as edits of the syntax tree: an expression, name, operator, keyword, literal,
handler type, argument or statement is replaced by another. Each is searched for in the definition
that contains the finding, by structure and never by text, so strings, comments, quotes and line
breaks elsewhere do not matter. The supported phrases are rows of `codemods/demands/lexicon.toml`:
"Change `a` to `b`", "`a` → `b`", "Use `x=1`", "Pass `x=1` to both `f` calls", "Catch `A` instead of
`B`", "`a` (should be `b`)", "Raise `E()`", "Wrap both `a` in `f()`", "Demote the path lines to
DEBUG", "Change the fallback to `return a.copy()`". In new code, `...` stands for code that stays.

A new statement is inserted where the finding says, in words ("Add `a` after `b`", "… before `f()`",
"… at the end of `stop()`", "… as the first statement", "… in the `finally:` block", "… right after
the `if x:` check") or in a fence, between statements that are neighbors in the file. A guard
(`if x <= 0: return y`) and the cleaning of a name (`x = clip(x)`) go before the first line of the
evidence that reads the same name. "Convert first: `m = f(x)`" puts the new name where the value was
used. A statement of a fence replaces the one of the evidence with the same target, call or kind;
fences for other files, and optional ones, are listed as left. Keywords are added to the named call,
or to one that surely accepts them; decorators to a function without any.

Names that the new code needs are imported as the finding or the project's other files import them.
Imports and variables that nothing uses any more are removed.

## Fix safety

Always needs review: behavior changes as the finding asks, and the finding can be wrong.

## Not rewritten

* Findings that mention another number of places than match, or several matching places of which
  neither evidence nor lines select one.
* Additions that do not say where they go ("Add `x.dispose()` to `close()`"), or that go at the end
  of a function that ends by leaving; values that nothing would read or that today's code replaces.
* Calls of coroutines that nothing would await.
* Calls, dicts and lists of which the new code has less than today's: the rest would be lost.
* Imports that would be circular, or whose name means something else in the file, more than 200
  edits, and new code with a name that is not defined or an attribute that surely does not exist.
* A suggestion that asks for more than its edits ("…, then apply it to …").
* Advice: "Implement …", "Refactor …", "Use a whitelist".
* Code that differs from the evidence: someone has already changed it in another way.
* Code with a comment that forbids the change, unless the finding shows that comment.
* A constant for which the called function raises at once.
* Anything with `await`, a lock to be held, or a thread: other codemods handle these.

## Known limitations

Of alternatives ("or …"), the first readable one is applied, and a note names the others. A comment
after a changed line stays, and a note says so if the comment repeats the old code.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from codemods.codemod import (
    AddImport,
    Change,
    Codemod,
    DropImport,
    Place,
    Refusal,
    Scope,
    site_of,
)
from codemods.demands.demands import Text
from codemods.demands.requested import RequestedEdit
from codemods.demands.text import inline_code
from codemods.syntax.dotted import last_part
from codemods.syntax.imported import binds_at_top, can_import
from codemods.syntax.names import undefined_names
from codemods.syntax.tree import FUNCTIONS
from codemods.tables import shortened
from codemods.transforms.apply_suggestion.adding import is_guarding
from codemods.transforms.apply_suggestion.alignment import Result, align, made_first
from codemods.transforms.apply_suggestion.change import change_of
from codemods.transforms.apply_suggestion.choice import choose, reported_too
from codemods.transforms.apply_suggestion.code import SnippetKind, has_wildcard, names_in, read
from codemods.transforms.apply_suggestion.deleting import dropped
from codemods.transforms.apply_suggestion.difference import NoStepsError, Step
from codemods.transforms.apply_suggestion.fences import parts_of
from codemods.transforms.apply_suggestion.found import Found
from codemods.transforms.apply_suggestion.mentioned import paired_with_mention
from codemods.transforms.apply_suggestion.names import Missing, names_for
from codemods.transforms.apply_suggestion.objections import objection
from codemods.transforms.apply_suggestion.placing import narrowed, placed
from codemods.transforms.apply_suggestion.plan import SuggestionHints, SuggestionPlan, recognise
from codemods.transforms.apply_suggestion.shown import MOST, strays


@dataclass(frozen=True)
class _Asked:
    """What is to be done, and where."""

    scope: Scope
    plan: SuggestionPlan
    hints: SuggestionHints
    edits: tuple[RequestedEdit, ...]

    @property
    def places(self) -> tuple[Place, ...]:
        return self.scope.places

    @property
    def is_handed_over(self) -> bool:
        """Whether it is a person's plan, who has named the place."""
        return not self.hints.said

    @property
    def shown(self) -> tuple[Place, ...]:
        """The places as evidence shows them: all of each, where a person has named it."""
        if not self.is_handed_over:
            return self.places
        return tuple(replace(item, evidence=item.evidence or (item.lines,)) for item in self.places)


def find(scope: Scope, plan: SuggestionPlan) -> Iterator[Change | Refusal]:
    """The edits of a suggestion, all or none of them."""
    if not scope.places:
        # A second run has no place where the first one replaced the whole definition.
        return
    hints = scope.hinted(SuggestionHints)
    edits = tuple(
        RequestedEdit.of(edit, said or "", lines or (), was or "")
        for edit, said, lines, was in zip_longest(plan.edits, hints.said, hints.lines, hints.was)
    )
    first = scope.places[0]
    here = site_of(first.source, first.node) if isinstance(first.node, ast.stmt) else None
    if len(edits) > MOST:
        text = f"the suggestion has {len(edits)} edits, more than the limit of {MOST}"
        yield Refusal("too-many-edits", text, here)
        return
    results = _results(_Asked(scope, plan, hints, edits))
    found = [item for result in results if isinstance(result, list) for item in result]
    refusals = [result for result in results if isinstance(result, Refusal)]
    imports = [result for result in results if isinstance(result, AddImport)]
    if any(not item.already for item in refusals) or not (found or imports or hints.demands):
        yield from refusals
        return
    if hints.count is not None and 0 < len(found) < hints.count:
        detail = f"the finding mentions {hints.count} places, but {len(found)} match"
        yield Refusal("count-differs", detail, here)
        return
    if hints.demands:
        yield Refusal("asks-for-more", f"the finding also asks: {hints.demands[0]}", here)
        return
    against = objection(scope.project, found, hints.seen)
    if against is not None:
        yield against
        return
    yield from refusals
    told = [edit.sentence or _told(edit) for edit in edits]
    notes = [f"the finding also offers: {text}" for text in hints.alternatives]
    change = change_of(scope, found, imports, plan.imports, told, notes)
    if isinstance(change, Change) and any(
        isinstance(item, (AddImport, DropImport)) for item in change.edits
    ):
        change = replace(change, aspects=hints.with_imports)
    yield change


def _told(edit: RequestedEdit) -> str:
    return edit.new if edit.old is None else f"`{edit.old}` becomes `{edit.new}`"


def _results(asked: _Asked) -> list[Result | AddImport]:
    """What becomes of each edit: the places that it means, or why it is left."""
    results = [_result(asked, edit) for edit in asked.edits]
    for block in sorted({edit.block for edit in asked.edits if edit.block}):
        members = [
            at
            for at, edit in enumerate(asked.edits)
            if edit.block == block and edit.kind != "delete"
        ]
        missing = [number for number in members if _is_missing(results[number])]
        if not missing or len(asked.places) > 1:
            continue
        edits = [asked.edits[number] for number in members]
        so_far = [item for number in members if not isinstance(item := results[number], AddImport)]
        placing = align(asked.shown, edits, so_far, asked.plan.adds or asked.is_handed_over)
        if isinstance(placing, list):
            for number in missing:
                results[number] = []
        if placing is not None:
            results[missing[0]] = placing
    bound = {name for edit in asked.edits for name in _names(edit, ast.Store)}
    return [
        _explained(asked, edit, result, bound)
        for edit, result in zip(asked.edits, results, strict=True)
    ]


def _explained(
    asked: _Asked,
    requested: RequestedEdit,
    result: Result | AddImport,
    bound: set[str],
) -> Result | AddImport:
    """A refusal because nothing is there to be replaced, with what the suggestion itself lacks.

    Args:
        bound: what all of its edits together give a value.
    """
    new = read(requested.new)
    if not isinstance(result, Refusal) or result.reason not in ("not-there", "no-anchor"):
        return result
    if requested.old is not None or requested.where or new is None:
        return result
    place = asked.places[0]
    shown = shortened(requested.new)
    blocks = (SnippetKind.HEADER, SnippetKind.HANDLER)
    if new.kind not in blocks and any(has_wildcard(node) for node in new.nodes):
        text = f"`{shown}` abbreviates code of which the file has no older version"
        return Refusal("abridged", text, result.site)
    at = place.node.body[-1]
    for node in new.nodes:
        needed = names_for(
            asked.scope.project, place, at, node, asked.plan.imports, behind=True, bound=bound
        )
        if isinstance(needed, Missing) and needed.reason.startswith("undefined"):
            text = f"`{shown}` cannot be inserted here: {needed.detail}"
            return Refusal(needed.reason, text, result.site)
    return result


def _names(requested: RequestedEdit, context: type[ast.expr_context]) -> set[str]:
    """What the new code of a requested edit reads, or gives a value."""
    new = read(requested.new)
    return {
        name for node in (new.nodes if new is not None else ()) for name in names_in(node, context)
    }


def _is_missing(result: Result | AddImport) -> bool:
    return isinstance(result, Refusal) and result.reason in ("not-there", "not-sure", "no-anchor")


def _result(asked: _Asked, edit: RequestedEdit) -> Result | AddImport:
    if edit.kind == "import":
        return wanted_import(asked.places, edit, asked.edits)
    if edit.kind == "delete":
        beside = any(other.block == edit.block != 0 and other != edit for other in asked.edits)
        return dropped(asked.shown, edit, beside=beside)
    if edit.kind == "decorate":
        return decorated(asked.places, edit)
    if edit.where:
        return placed(asked.shown, edit)
    parts = [_chosen(asked, part) for part in parts_of(edit)]
    if parts and all(isinstance(part, list) or part.already for part in parts):
        lists = [part for part in parts if isinstance(part, list)]
        return [item for part in lists for item in part] if lists else parts[0]
    chosen = _chosen(asked, edit)
    if isinstance(chosen, list) or chosen.already or edit.old is not None:
        return chosen
    paired = paired_with_mention(asked.scope.project, asked.places, edit, asked.hints.mentioned)
    if paired is not None:
        return _chosen(asked, paired)
    made = made_first(asked.shown, edit)
    if made is None and len(asked.places) == 1 and is_guarding(read(edit.new)):
        made = placed(asked.shown, replace(edit, where="guard"))
    return chosen if made is None else made


def _chosen(asked: _Asked, edit: RequestedEdit) -> Result:
    places = asked.places if not edit.every else reported_too(asked.places)
    if edit.scopes and Text(edit.sentence).says("applies-the-same"):
        # It is done in the functions that the sentence names, and only there.
        named = [replace(item, evidence=(), reported=()) for item in narrowed(places, edit)]
        if any(item.node is place.node for item in named for place in places):
            return Refusal("not-there", f"`{edit.scopes[0]}` does not match exactly one function")
        places = tuple(named)
    others = [code for text in asked.hints.alternatives for code in inline_code(text)]
    try:
        if edit.was and edit.old is None:
            shown = choose(places, replace(edit, old=edit.was), asked.hints.contexts, others)
            if isinstance(shown, list) or shown.already:
                return shown
        chosen = choose(places, edit, asked.hints.contexts, others)
        if isinstance(chosen, Refusal):
            return chosen
        return strays(chosen, edit) or _there(places, edit, chosen) or chosen
    except NoStepsError as error:
        first = places[0]
        here = site_of(first.source, first.node) if isinstance(first.node, ast.stmt) else None
        return Refusal("abridged", str(error), here)


def _there(places: Sequence[Place], edit: RequestedEdit, chosen: list[Found]) -> Refusal | None:
    """Why a call is not made of another one: it stands there already, and what it is to replace
    was only guessed, by its likeness (``tasks.discard(task)`` beside ``tasks.add(task)``)."""
    new = read(edit.new)
    if edit.old is not None or new is None or len(new.nodes) != 1:
        return None
    wanted = new.nodes[0].value if isinstance(new.nodes[0], ast.Expr) else new.nodes[0]
    if not isinstance(wanted, ast.Call):
        return None
    meant = {item.node for item in chosen}
    for place in places:
        for node in place.source.tree.within(place.node, ast.Expr):
            if ast.dump(node.value) == ast.dump(wanted) and not {node, node.value} & meant:
                detail = f"the code already has `{shortened(edit.new)}` beside another call"
                return Refusal("stands-there", detail, site_of(place.source, node))
    return None


def wanted_import(
    places: Sequence[Place], requested: RequestedEdit, requested_edits: Sequence[RequestedEdit] = ()
) -> AddImport | list[Found] | Refusal:
    """The import, where the one file of the finding reads its name and nothing defines it; nothing
    where only the new code of another requested edit will read it, and brings it along."""
    new = read(requested.new)
    statement = new.nodes[0] if new is not None and len(new.nodes) == 1 else None
    first = places[0]
    site = site_of(first.source, first.node) if isinstance(first.node, ast.stmt) else None
    if not isinstance(statement, (ast.Import, ast.ImportFrom)) or len(statement.names) != 1:
        return Refusal("not-there", f"`{requested.new}` is not a single import", site)
    if len({place.source.path for place in places}) > 1:
        text = f"the finding does not say which of its files should import `{requested.new}`"
        return Refusal("several-places", text, site)
    alias = statement.names[0]
    module = alias.name if isinstance(statement, ast.Import) else statement.module
    if module is None or (isinstance(statement, ast.ImportFrom) and statement.level):
        return Refusal("not-there", "relative imports are not supported", site)
    name = None if isinstance(statement, ast.Import) else alias.name
    tree = first.source.tree
    if binds_at_top(tree, module, name, alias.asname):
        text = f"the code already has `{requested.new}`"
        return Refusal("stands-already", text, site, already=True)
    bound = alias.asname or alias.name.partition(".")[0]
    is_read = bound in undefined_names(tree, tree.module)
    others = [other for other in requested_edits if other.kind != "import"]
    if not is_read and not any(bound in _names(other, ast.Load) for other in others):
        return Refusal("not-there", f"no code in this file needs the import of {bound}", site)
    problem = can_import(tree, tree.module, module, name, alias.asname)
    if problem is not None:
        return Refusal("name-taken", f"{bound} cannot be imported: {problem}", site)
    if not is_read:
        return []
    return AddImport(first.source.path, module, name, alias.asname)


def decorated(places: Sequence[Place], requested: RequestedEdit) -> list[Found] | Refusal:
    """The function that gets its first decorator; among several the order would be a guess."""
    new = read(requested.new)
    first = places[0]
    site = site_of(first.source, first.node) if isinstance(first.node, ast.stmt) else None
    if new is None or not isinstance(new.nodes[0], (ast.Name, ast.Attribute, ast.Call)):
        return Refusal("not-there", f"`@{requested.new}` is not a decorator", site)
    name = last_part(requested.scopes[0].split("(")[0])
    named = {
        id(node): (place, node)
        for place in places
        for node in place.source.tree.definitions()
        if isinstance(node, FUNCTIONS) and node.name == name
    }
    if len(named) != 1:
        text = f"{len(named)} functions are called {name}"
        return Refusal("no-anchor" if not named else "several-places", text, site)
    place, function = next(iter(named.values()))
    at = site_of(place.source, function)
    present = [ast.dump(item) for item in function.decorator_list]
    if ast.dump(new.nodes[0]) in present:
        text = f"{name}() already has `@{requested.new}`"
        return Refusal("stands-already", text, at, already=True)
    if present:
        text = f"the finding does not say where among the decorators `@{requested.new}` goes"
        return Refusal("no-anchor", text, at)
    return [Found(place, function, (Step("decorator", function, new.text, new.nodes[0]),))]


codemod = Codemod(
    name="apply-suggestion",
    area="Whatever the finding says",
    asked_in="do finding",
    recognise=recognise,
    plan=SuggestionPlan,
    find=find,
    triggers=(b"",),
    scans=False,
)
