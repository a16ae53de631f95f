"""Mark a weak hash with `usedforsecurity=False`.

MD5 and SHA-1 are not secure, and Python builds for FIPS refuse them. If they only name a cache
entry or detect a change, the call should say so:

```python
def cache_key(text):
    return hashlib.md5(text.encode()).hexdigest()
```

becomes

```python
def cache_key(text):
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
```

The names around a hash tell what it is for: of the function, of the variable that it is assigned
to, of the hashed value. A report that asks for `usedforsecurity=False` has decided it.

## Fix safety

Needs review: the hash is the same, and linters will not report it again. If no name tells what it
is for, the fix is only shown.

## Not rewritten

* A hash of a password, a token or a signature: it needs another algorithm, and stored values must
  be computed again.
* A hash function that is passed on, not called: `hmac.new(key, text, hashlib.sha1)`.
* Algorithms that are chosen at run time: `hashlib.new(name)`.
* Projects that support Python 3.8, which does not have the parameter.

## Known limitations

There is no scan. To replace the hash (with `sha256`), a report must ask for it, and
`apply-suggestion` writes it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.codemod import (
    AuditWords,
    Change,
    Codemod,
    Hints,
    Match,
    Operation,
    Place,
    Plan,
    Refusal,
    Safety,
    Scope,
    itself,
    site_of,
)
from codemods.demands.demands import Demands
from codemods.findings.model import Severity
from codemods.project.linter_comments import switched_off
from codemods.project.source import SourceFile
from codemods.rewriting.parsed import Keyword
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.names import qualified_name
from codemods.syntax.parts import keyword_value, targets_of
from codemods.syntax.tree import DEFINITIONS, FUNCTIONS
from codemods.tables import words

RULES = (
    "B324",
    "S324",
    "B303",
    "hashlib",
    "hashlib-insecure-hash-function",
    "hashlib-new-insecure",
)
_WEAK = ("md5", "sha1")
_HARMLESS = frozenset(
    words(
        "etag cache cached checksum fingerprint dedup dedupe deduplicate bucket shard color colour "
        "avatar gravatar version changed change slug thumbnail cachekey filename path checksums"
    )
)
_SECRET = frozenset(
    words(
        "password passwd pwd secret token tokens sign signed signature auth authenticate nonce "
        "salt credential credentials session hmac verify otp pin login crypt encrypt cert "
        "certificate challenge"
    )
)


@dataclass(frozen=True, kw_only=True)
class HashPlan(Plan):
    """Weak hashes of which it is to be said that nothing is kept safe by them."""

    decided: bool = True
    """Whether the hash is known not to be for security; if not, the names around it decide."""


def recognise(demands: Demands) -> Match[HashPlan] | None:
    """A claim to findings of the tools' rules, and to those that ask for the parameter."""
    named = demands.rule is not None and demands.rule.lower() in map(str.lower, RULES)
    asked = "False" in demands.fix.given("usedforsecurity")
    if not named and not asked:
        return None
    hints = Hints(anchors=_WEAK, whole_files=True, count=demands.title.count)
    return Match(plan=HashPlan(decided=asked), strength=95 if named else 80, hints=hints)


def find(scope: Scope, plan: HashPlan | None) -> Iterator[Change | Refusal]:
    """The calls that make a weak hash."""

    def hashes(place: Place) -> list[ast.Call]:
        calls = place.source.tree.within(place.node, ast.Call)
        found = [call for call in calls if _is_weak(place.source, call)]
        return found if plan is None else place.focus(found)

    for place, found in scope.once(hashes, itself):
        for call in found:
            yield _verdict(scope, place.source, call, plan)


def _is_weak(source: SourceFile, call: ast.Call) -> bool:
    name = qualified_name(source.tree, call.func) or ""
    if name == "hashlib.new":
        match call.args:
            case [ast.Constant(value=str(algorithm)), *_]:
                return algorithm.lower().replace("-", "") in _WEAK
        return False
    return name.startswith("hashlib.") and last_part(name) in _WEAK


def _verdict(
    scope: Scope, source: SourceFile, call: ast.Call, plan: HashPlan | None
) -> Change | Refusal:
    site = site_of(source, call)
    shown = ast.unparse(call.func)
    given = keyword_value(call, "usedforsecurity")
    if given is not None:
        said = f"{shown}() already has usedforsecurity={ast.unparse(given)}"
        return Refusal("said", said, site, already=ast.unparse(given) == "False")
    if any(item.arg is None for item in call.keywords):
        return Refusal(
            "arguments",
            f"the unpacked arguments of {shown}() may already contain usedforsecurity",
            site,
        )
    if scope.project.target_python < (3, 9):
        return Refusal(
            "older-python",
            "usedforsecurity needs Python 3.9, and the project supports older versions",
            site,
        )
    line = switched_off(source, call.lineno, call.end_lineno or call.lineno, RULES)
    if plan is None and line is not None:
        return Refusal("noqa", f"a comment on line {line} asks to keep {shown}() as it is", site)
    spoken = _words_around(source, call)
    safety = Safety.REVIEW
    if plan is None or not plan.decided:
        secret = sorted(spoken & _SECRET)
        if secret:
            detail = f"{shown}() may protect something: the code around it mentions {secret[0]}"
            return Refusal("security", detail, site)
        safety = Safety.REVIEW if spoken & _HARMLESS else Safety.DISPLAY
    edit = Operation.at(source, call, Keyword("usedforsecurity", "False"))
    what = f"{shown}() gets usedforsecurity=False"
    return Change(
        site,
        what,
        (edit,),
        safety,
        found=f"{shown}() is a weak hash, and does not say whether it is for security",
    )


def _words_around(source: SourceFile, call: ast.Call) -> frozenset[str]:
    """The words of the names of the function, the class and the module, of what the hash is
    assigned or given to, and of what is hashed."""
    tree = source.tree
    names = [source.path.rpartition("/")[2].removesuffix(".py")]
    for ancestor in tree.ancestors(call):
        if isinstance(ancestor, DEFINITIONS):
            names.append(ancestor.name)
        elif isinstance(ancestor, (ast.Assign, ast.AnnAssign)):
            names += [last_name(item) for item in targets_of(ancestor)]
        elif isinstance(ancestor, ast.keyword) and ancestor.arg:
            names.append(ancestor.arg)
    function = tree.function(call)
    inside = function if isinstance(function, FUNCTIONS) else tree.statement(call)
    for node in tree.within(inside, ast.Name, ast.Attribute, ast.Constant):
        value = node.value if isinstance(node, ast.Constant) else last_name(node)
        if isinstance(value, str) and len(value) < _LONGEST:
            names.append(value)
    split = (part for name in names for part in re.split(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])", name))
    return frozenset(part.lower() for part in split if part)


_LONGEST = 40
"""Characters of a string that may be a name; longer ones are texts."""


codemod = Codemod(
    name="weak-hash",
    area="Files, resources and hashes",
    asked_in="say weak hash kept safe",
    recognise=recognise,
    plan=HashPlan,
    find=find,
    triggers=(b"md5", b"sha1"),
    scans=False,
    rules=RULES,
    audit=AuditWords(
        "A weak hash does not say what it is for",
        Severity.LOW,
        "Security",
        "Readers cannot tell whether it protects something.",
    ),
)
