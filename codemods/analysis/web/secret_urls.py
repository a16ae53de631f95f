"""A secret in the query of a URL: where it is, and which request uses the URL."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from codemods.project.source import SourceFile
from codemods.syntax.names import named, qualified_name
from codemods.syntax.parts import assigned
from codemods.syntax.statements import behind
from codemods.syntax.tree import Function, Tree

SCHEMES = {
    "api.discogs.com": "Discogs token={}",
    "api.github.com": "Bearer {}",
    "api.genius.com": "Bearer {}",
    "api.spotify.com": "Bearer {}",
    "api.openai.com": "Bearer {}",
    "gitlab.com": "Bearer {}",
    "slack.com": "Bearer {}",
}
"""How the documentation of an API writes its ``Authorization`` header."""
_SECRET = ("token", "key", "secret", "password")
_PARAMETER = re.compile(r"[?&](?P<name>\w+)=$")
_HOST = re.compile(r"https?://(?:[^@/\s]*@)?(?P<host>[\w.-]+)")
_METHODS = ("get", "post", "put", "patch", "delete", "head", "options")


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret in an f-string that is a URL."""

    url: ast.JoinedStr
    parameter: str
    """``token``."""
    value: ast.expr
    host: str
    """``""`` where the URL does not begin with one."""


@dataclass(frozen=True, slots=True)
class Request:
    """The request that a URL is for."""

    call: ast.Call
    kind: Literal["urllib", "client"]
    statement: ast.stmt
    """Behind which a header can be added, of urllib."""
    variable: str = ""
    """Of urllib: what holds the request."""


def secrets_in(tree: Tree, root: ast.AST, word: str) -> Iterator[Secret]:
    """The secrets in URLs below ``root`` whose parameter has ``word`` in it."""
    for url in tree.within(root, ast.JoinedStr):
        for before, part in zip(url.values, url.values[1:], strict=False):
            if not isinstance(before, ast.Constant) or not isinstance(part, ast.FormattedValue):
                continue
            found = _PARAMETER.search(str(before.value))
            name = found["name"].lower() if found is not None else ""
            if found is None or word not in name or not any(item in name for item in _SECRET):
                continue
            if part.conversion != -1 or part.format_spec is not None:
                continue
            first = url.values[0]
            host = _HOST.match(str(first.value)) if isinstance(first, ast.Constant) else None
            yield Secret(url, found["name"], part.value, host["host"] if host else "")


def request_of(source: SourceFile, function: Function, url: ast.JoinedStr) -> Request | str:
    """The one request that a URL is for, else why it cannot be told, in words."""
    tree = source.tree
    used: ast.expr = url
    statement = tree.statement(url)
    if isinstance(statement, ast.Assign) and statement.value is url:
        name, _ = assigned(statement)
        if name is None:
            return "the URL is not assigned to a variable"
        uses = [*named(function, name)]
        if sum(isinstance(item.ctx, ast.Store) for item in uses) != 1:
            return f"{name} is assigned more than once"
        wanted = [item for item in uses if _request(source, tree.parent(item), item)]
        if len(wanted) != 1:
            return f"{name} is not the URL of exactly one request"
        used = wanted[0]
    made = _request(source, tree.parent(used), used)
    return made if made is not None else "the request that uses the URL could not be determined"


def _request(source: SourceFile, call: ast.AST | None, url: ast.expr) -> Request | None:
    tree = source.tree
    if not isinstance(call, ast.Call) or not call.args or call.args[0] is not url:
        return None
    statement = tree.statement(call)
    name = qualified_name(tree, call.func) or ""
    if name == "urllib.request.Request":
        match statement:
            case ast.Assign(targets=[ast.Name(id=variable)], value=value) if value is call:
                last = _last_header(tree, statement, variable)
                return Request(call, "urllib", last, variable)
            case _:
                return None
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in _METHODS:
        return None
    receiver = ast.unparse(call.func.value).lower()
    if name.startswith(("requests.", "httpx.")) or "session" in receiver or "client" in receiver:
        return Request(call, "client", statement)
    return None


def _last_header(tree: Tree, statement: ast.stmt, variable: str) -> ast.stmt:
    """The last of the statements right behind that add headers to the request."""
    last = statement
    for following in behind(tree, statement):
        text = ast.unparse(following)
        if not text.startswith((f"{variable}.add_header(", f"{variable}.add_unredirected_")):
            break
        last = following
    return last


def why_no_header(call: ast.Call) -> str | None:
    """Why an ``Authorization`` header cannot be added to the call of a request."""
    for item in call.keywords:
        if item.arg is None:
            return "the arguments of the request are built elsewhere"
        if item.arg != "headers":
            continue
        if not isinstance(item.value, ast.Dict):
            return "the headers of the request are built elsewhere"
        keys = [key.value for key in item.value.keys if isinstance(key, ast.Constant)]
        if any(str(key).lower() == "authorization" for key in keys):
            return "the request already has an Authorization header"
    return None
