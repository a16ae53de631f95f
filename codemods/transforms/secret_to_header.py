"""Send a secret in the Authorization header instead of the URL.

A URL, with its query, ends up in logs, in the records of proxies and in error messages:

```python
url = f"https://api.discogs.com/database/search?q={name}&token={self.token}"
request = urllib.request.Request(url)
request.add_header("User-Agent", agent)
```

becomes

```python
url = f"https://api.discogs.com/database/search?q={name}"
request = urllib.request.Request(url)
request.add_header("User-Agent", agent)
request.add_unredirected_header("Authorization", f"Discogs token={self.token}")
```

The report decides how the header is written (`Authorization: Bearer …`); otherwise the host of the
URL does, if its documentation is known, because a wrong scheme would lock the program out. It
changes requests of `urllib`, `requests` and `httpx` (with a client or session of theirs, the header
goes into the `headers` of the call). `add_unredirected_header` does not send the secret to a host
that the request is redirected to, as the query did not either.

## Fix safety

Needs review: check the documentation of the API for whether it accepts the secret in a header.

## Not rewritten

* A host whose scheme is neither in the report nor in the table.
* A URL that is not the URL of exactly one request.
* `headers` that are built elsewhere, or that already have an `Authorization`.

## Known limitations

There is no scan, because some APIs accept a key only in the query. A secret in `params=` is not
changed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter

from codemods.analysis.web.secret_urls import (
    SCHEMES,
    Request,
    Secret,
    request_of,
    secrets_in,
    why_no_header,
)
from codemods.codemod import (
    Change,
    Codemod,
    Edited,
    Hints,
    Match,
    Node,
    Operation,
    Place,
    Plan,
    Refusal,
    Safety,
    Scope,
    Unit,
    site_of,
)
from codemods.demands.code import header_values
from codemods.demands.demands import Demands
from codemods.project.source import SourceFile
from codemods.rewriting.parsed import Behind, expression
from codemods.rewriting.text_parts import plain_text
from codemods.syntax.arguments import append_item, append_keyword
from codemods.syntax.concrete import nodes_in
from codemods.syntax.lazy import cst
from codemods.syntax.tree import FUNCTIONS

_SECRETS = ("token", "key", "secret", "password")


@dataclass(frozen=True, kw_only=True)
class SecretPlan(Plan):
    """A secret in a URL that is to be sent in the header."""

    word: str
    """A word in the name of the parameter: ``token``, ``key``."""
    scheme: str = ""
    """The scheme of the header: ``Bearer {}``; empty for that of the host."""


@dataclass(frozen=True, slots=True)
class _Without:
    """A URL without a parameter."""

    parameter: str

    def edit(self, node: Node) -> Edited:
        """The URL."""
        if isinstance(node, (cst.FormattedString, cst.ConcatenatedString)):
            strings = nodes_in(node, cst.FormattedString)
            changed = [(item, _without(item, self.parameter)) for item in strings]
            made = [(item, new) for item, new in changed if new is not None]
            if len(made) == 1:
                old, new = made[0]
                return new if old is node else node.deep_replace(old, new)
        return Refusal("fragment", "the URL is not written in a form that can be edited")


@dataclass(frozen=True, slots=True)
class _Header:
    """A request with one header more."""

    name: str
    value: str

    def edit(self, node: Node) -> Edited:
        """The call."""
        if not isinstance(node, cst.Call):
            return None
        for index, item in enumerate(node.args):
            if item.keyword is not None and item.keyword.value == "headers":
                headers = cst.ensure_type(item.value, cst.Dict)
                given = list(node.args)
                given[index] = item.with_changes(
                    value=append_item(headers, expression(self.name), expression(self.value))
                )
                return node.with_changes(args=given)
        return append_keyword(node, "headers", expression(f"{{{self.name}: {self.value}}}"))


def _without(node: cst.FormattedString, parameter: str) -> cst.BaseExpression | None:
    """An f-string without ``parameter={…}`` in its query, ``None`` where it has none."""
    before = re.compile(rf"(?P<mark>[?&]){re.escape(parameter)}=$")
    parts = list(node.parts)
    for index, part in enumerate(parts[:-1]):
        if not isinstance(part, cst.FormattedStringText):
            continue
        found = before.search(part.value)
        if found is None or not isinstance(parts[index + 1], cst.FormattedStringExpression):
            continue
        kept = part.value[: found.start()]
        following = parts[index + 2] if index + 2 < len(parts) else None
        if found["mark"] == "?" and following is not None:
            # What comes next is the first of the query now.
            text = following.value if isinstance(following, cst.FormattedStringText) else ""
            if not text.startswith("&"):
                return None
            kept += "?"
            parts[index + 2] = following.with_changes(value=text[1:])
        parts[index : index + 2] = [part.with_changes(value=kept)]
        return plain_text(node.with_changes(parts=parts))
    return None


def recognise(demands: Demands) -> Match[SecretPlan] | None:
    """A claim to findings about a secret in a query that want it in the header."""
    said = " ".join(demands.opening.said("secret-in-url"))
    word = next((word for word in _SECRETS if word in said), "")
    if not word or not demands.fix.says("authorization-header"):
        return None
    scheme = next(filter(None, map(_scheme, header_values(demands.fix.raw, "Authorization"))), "")
    if not scheme and demands.fix.says("bearer"):
        scheme = "Bearer {}"
    anchors = (word, f"api_{word}", "urlopen", "Request", "get", "Authorization")
    return Match(
        plan=SecretPlan(word=word, scheme=scheme), strength=85, hints=Hints(anchors=anchors)
    )


def _scheme(value: str) -> str:
    """``Bearer {}`` of ``Bearer abc``, and ``Discogs token={}`` of ``Discogs token=abc``."""
    name, _, rest = value.partition(" ")
    if not name.isalpha() or not name[0].isupper() or name in ("Header", "Headers"):
        return ""
    key, equals, _ = rest.partition("=")
    return f"{name} {key}={{}}" if equals and key.isidentifier() else f"{name} {{}}"


def find(scope: Scope, plan: SecretPlan) -> Iterator[Change | Refusal]:
    """The URLs of a place that have the secret in them."""

    def inside(place: Place) -> Iterator[Secret]:
        return secrets_in(place.source.tree, place.node, plan.word)

    url = attrgetter("url")
    for place, secrets in scope.once(inside, url):
        for item in place.meant(secrets, url):
            yield _verdict(place.source, item, plan)
        if not secrets:
            yield from _done(place.source, place.node)


def _done(source: SourceFile, root: ast.AST) -> Iterator[Refusal]:
    for node in source.tree.within(root, ast.Constant):
        if node.value == "Authorization":
            detail = "the secret is already sent in the Authorization header"
            yield Refusal("header", detail, site_of(source, node), already=True)
            return


def _verdict(source: SourceFile, secret: Secret, plan: SecretPlan) -> Change | Refusal:
    site = site_of(source, secret.url)
    function = source.tree.function(secret.url)
    if not isinstance(function, FUNCTIONS):
        return Refusal("no-function", "the URL is not in a function", site)
    scheme = plan.scheme or SCHEMES.get(secret.host, "")
    if not scheme:
        host = secret.host or "the host"
        detail = f"how {host} expects the {secret.parameter} in a header is unknown"
        return Refusal("scheme", detail, site)
    request = request_of(source, function, secret.url)
    if isinstance(request, str):
        return Refusal("request", request, site)
    value = source.segment(secret.value)
    quote = _quote(source, request)
    if ("'" in value and '"' in value) or "\\" in value:
        return Refusal("quotes", f"{value} cannot be written in an f-string", site)
    if quote in value:
        quote = "'" if quote == '"' else '"'
    header = f"f{quote}{scheme.format('{' + value + '}')}{quote}"
    name = f"{quote}Authorization{quote}"
    if request.kind == "urllib":
        code = f"{request.variable}.add_unredirected_header({name}, {header})\n"
        edit = Operation.at(source, request.statement, Behind(code), Unit.STATEMENT)
    elif (why := why_no_header(request.call)) is not None:
        return Refusal("headers", why, site)
    else:
        edit = Operation.at(source, request.call, _Header(name, header))
    without = Operation.at(source, secret.url, _Without(secret.parameter))
    what = f"{secret.parameter} is sent in the Authorization header"
    return Change(site, what, (without, edit), Safety.REVIEW)


def _quote(source: SourceFile, request: Request) -> str:
    """The quote that the other headers of the request have."""
    text = source.segment(request.statement)
    return "'" if "'" in text and '"' not in text else '"'


codemod = Codemod(
    name="secret-to-header",
    area="Web and clients",
    asked_in="send secret authorization header",
    recognise=recognise,
    plan=SecretPlan,
    find=find,
    triggers=(b"token=", b"key=", b"secret=", b"password="),
    scans=False,
)
