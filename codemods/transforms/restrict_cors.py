"""Replace wildcards in CORS settings with explicit lists.

With `allow_credentials=True`, a wildcard lets every allowed origin make any request on behalf of
the user:

```python
app.add_middleware(CORSMiddleware, allow_credentials=True, allow_methods=["*"])
```

becomes, for a finding that gives the list,

```python
app.add_middleware(
    CORSMiddleware,
    allow_credentials=True,
    allow_methods=["GET", "POST", "DELETE", "OPTIONS"],
)
```

`allow_origins`, `allow_methods` and `allow_headers` change if the report gives their lists, and
`allow_credentials` if the report gives another value; settings without a list are listed as left.
If an endpoint of the project uses a method that is not in the report, it is added, and a note says
so.

## Fix safety

Needs review: browsers block clients that send other methods or headers. The codemod knows what the
project serves, but not what its clients send.

## Not rewritten

* Lists without a wildcard, and lists that are not written as literals.
* Placeholder origins (`https://yourdomain.com`): only a person knows the real ones.

## Known limitations

There is no scan, because only a report gives the lists.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from codemods.codemod import (
    Change,
    Codemod,
    Hints,
    Match,
    Operation,
    Plan,
    Refusal,
    Safety,
    Scope,
    site_of,
)
from codemods.demands.code import string_lists
from codemods.demands.demands import Demands
from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.rewriting.parsed import Keyword
from codemods.syntax.parts import keyword_value

_VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD")
_METHODS = "allow_methods"
_HEADERS = "allow_headers"
_ORIGINS = "allow_origins"
_CREDENTIALS = "allow_credentials"
_LEFT = {
    _ORIGINS: "a list of the allowed origins",
    _CREDENTIALS: "another value for allow_credentials",
    _METHODS: "a list of the allowed methods",
    _HEADERS: "a list of the allowed headers",
}
_STAND_INS = ("your", "example.com", "example.org", "domain.com", "<", "...", "…", "{")
"""Parts of origins that a report writes where it does not know the real ones."""


@dataclass(frozen=True, kw_only=True)
class CorsPlan(Plan):
    """What other origins are allowed."""

    methods: tuple[str, ...] = ()
    """The allowed methods; empty to keep ``allow_methods``."""
    headers: tuple[str, ...] = ()
    """The allowed headers; empty to keep ``allow_headers``."""
    origins: tuple[str, ...] = ()
    """The allowed origins; empty to keep ``allow_origins``."""
    credentials: bool | None = None
    """The new value of ``allow_credentials``, if it changes."""

    def wanted(self, keyword: str) -> tuple[str, ...]:
        """The list for a keyword of the middleware."""
        lists = {_METHODS: self.methods, _HEADERS: self.headers, _ORIGINS: self.origins}
        return lists.get(keyword, ())


_PREFIX = "allow_"


def recognise(demands: Demands) -> Match[CorsPlan] | None:
    """A claim to findings about wildcards of CORS that give a list for at least one of them."""
    told = demands.opening + demands.shown_code
    spelled = any(map(demands.fix.given, (_ORIGINS, _METHODS, _HEADERS, _CREDENTIALS)))
    if not demands.opening.says("cross-origin"):
        return None
    if not ("*" in told.raw or told.says("wildcard") or spelled):
        return None
    spoken = (demands.fix + demands.shown_code + demands.opening).raw
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    for line in _parts(spoken):
        for given in string_lists(line):
            if all(word in _VERBS for word in given):
                methods = methods or given
            elif _HEADERS in line and "*" not in given:
                headers = headers or given
    origins = _origins(demands)
    credentials = {"False": False, "True": True}.get(next(iter(_credentials(demands)), ""))
    if not (methods or headers or origins) and credentials is None:
        return None
    asked = {keyword for keyword in (_METHODS, _HEADERS, _ORIGINS) if keyword in spoken}
    anybody = any(_ORIGINS in line and "*" in line for line in demands.account.raw.splitlines())
    if credentials is not None or (anybody and not origins and _CREDENTIALS in spoken):
        # With a list of origins, credentials are no danger.
        asked.add(_CREDENTIALS)
    plan = CorsPlan(methods=methods, headers=headers, origins=origins, credentials=credentials)
    hints = Hints(
        anchors=tuple(_LEFT),
        whole_files=True,
        aspects=tuple(left for keyword, left in _LEFT.items() if keyword in asked),
    )
    return Match(plan=plan, strength=85, hints=hints)


def _parts(text: str) -> list[str]:
    """The lines of a text, each keyword of one with what follows it up to the next."""
    return [
        f"{_PREFIX}{part}" if number else part
        for line in text.splitlines()
        for number, part in enumerate(line.split(_PREFIX))
    ]


def _origins(demands: Demands) -> tuple[str, ...]:
    """The origins that the fix lists, if they are real ones."""
    for line in _parts(demands.fix.raw):
        for given in string_lists(line) if _ORIGINS in line else ():
            if "*" not in given and not any(part in it for it in given for part in _STAND_INS):
                return given
    return ()


def _credentials(demands: Demands) -> tuple[str, ...]:
    """The value that the fix gives them."""
    return tuple(value.rstrip(",)` ") for value in demands.fix.given(_CREDENTIALS))


def find(scope: Scope, plan: CorsPlan) -> Iterator[Change | Refusal]:
    """What the middleware in a place allows, and should not."""
    for place, calls in scope.nodes(ast.Call):
        for call in calls:
            verdicts = [
                _verdict(scope.project, place.source, call, item, plan)
                for item in call.keywords
                if item.arg is not None and plan.wanted(item.arg)
            ]
            verdicts += [
                _credible(place.source, call, item, plan.credentials)
                for item in call.keywords
                if item.arg == _CREDENTIALS and plan.credentials is not None
            ]
            # What is right already is not left.
            right = tuple(_LEFT[_keyword_of(it)] for it in verdicts if _is_right(it))
            for verdict in verdicts:
                if isinstance(verdict, Change):
                    verdict = replace(verdict, aspects=(*verdict.aspects, *right))
                yield verdict


def _is_right(verdict: Change | Refusal) -> bool:
    return isinstance(verdict, Refusal) and verdict.already and verdict.reason != "listed"


def _keyword_of(verdict: Change | Refusal) -> str:
    return verdict.detail.split()[0] if isinstance(verdict, Refusal) else ""


def _credible(
    source: SourceFile, call: ast.Call, item: ast.keyword, wanted: bool | None
) -> Change | Refusal:
    site = site_of(source, item.value)
    if not isinstance(item.value, ast.Constant):
        detail = f"{_CREDENTIALS} is not a literal: {source.segment(item.value)}"
        return Refusal("made-elsewhere", " ".join(detail.split()), site)
    if item.value.value is wanted:
        return Refusal("same", f"{_CREDENTIALS} is already {wanted}", site, already=True)
    operation = Operation.at(source, call, Keyword(_CREDENTIALS, str(wanted)))
    what = f"{_CREDENTIALS} is {wanted}"
    return Change(site, what, (operation,), Safety.REVIEW, (), (_LEFT[_CREDENTIALS],))


def _verdict(
    project: Project, source: SourceFile, call: ast.Call, item: ast.keyword, plan: CorsPlan
) -> Change | Refusal:
    keyword = item.arg or ""
    site = site_of(source, item.value)
    elements = item.value.elts if isinstance(item.value, (ast.List, ast.Tuple)) else None
    words = [part.value for part in elements or () if isinstance(part, ast.Constant)]
    if elements is None or len(words) < len(elements):
        detail = f"{keyword} is not a list of literals: {source.segment(item.value)}"
        return Refusal("made-elsewhere", " ".join(detail.split()), site)
    if "#" in source.segment(item.value):
        return Refusal("comment", f"{keyword} contains a comment that would be lost", site)
    wanted = plan.wanted(keyword)
    if {*words} == {*wanted}:
        return Refusal(
            "same", f"{keyword} already lists exactly the wanted values", site, already=True
        )
    if "*" not in words:
        return Refusal(
            "listed", f"{keyword} already lists allowed values instead of *", site, already=True
        )
    notes: tuple[str, ...] = ()
    forgotten = _served(project) - {*wanted} if keyword == _METHODS else set()
    if forgotten:
        added = ", ".join(sorted(forgotten, key=_VERBS.index))
        notes = (f"{added} added: the project serves it, but the report does not list it",)
        wanted = tuple(sorted({*wanted, *forgotten}, key=_VERBS.index))
    # The call is what is edited: a tuple in parentheses cannot be told apart from them.
    listed = "[" + ", ".join(f'"{word}"' for word in wanted) + "]"
    operation = Operation.at(source, call, Keyword(keyword, listed))
    what = f"{keyword} lists {', '.join(wanted)}"
    return Change(site, what, (operation,), Safety.REVIEW, notes, (_LEFT[keyword],))


def _served(project: Project) -> set[str]:
    """The methods under which the project serves something."""
    found: set[str] = set()
    for source in project.containing(b"APIRouter", b"FastAPI", b"Starlette"):
        tree = readable(source)
        # A file that cannot be read is not served either.
        for function in tree.definitions() if tree is not None else ():
            for decorator in function.decorator_list:
                match decorator:
                    case ast.Call(func=ast.Attribute(attr=method)) as call:
                        given = keyword_value(call, "methods")
                        words = ast.walk(given) if given is not None else ()
                        texts = [str(it.value) for it in words if isinstance(it, ast.Constant)]
                        found |= {text.upper() for text in (method, *texts)}
    return found & set(_VERBS)


codemod = Codemod(
    name="restrict-cors",
    area="Web and clients",
    asked_in="allow origins need",
    recognise=recognise,
    plan=CorsPlan,
    find=find,
    triggers=(b"allow_methods", b"allow_headers", b"allow_origins", b"allow_credentials"),
    scans=False,
)
