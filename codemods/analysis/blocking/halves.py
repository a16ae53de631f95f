"""Calls that are only a part of what blocks: the rest would stay on the loop."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.analysis.blocking.bodies import row_of
from codemods.analysis.blocking.table import BlockingKind
from codemods.analysis.names.index import Index
from codemods.project.source import SourceFile, readable
from codemods.syntax.parts import keyword_value, root_name, values_given
from codemods.syntax.tree import FUNCTIONS, Tree

_READ_LATER = frozenset(
    {
        *("urllib.request.urlopen", "urllib.request.OpenerDirector.open", "os.popen"),
        *("urllib3.PoolManager.urlopen", "http.client.HTTPConnection.getresponse"),
        *("http.client.HTTPSConnection.getresponse",),
    }
)
"""They come back before what they give has been read."""
_HANDLES = frozenset(
    {
        *("builtins.open", "io.open", "pathlib.Path.open", "gzip.open", "bz2.open", "lzma.open"),
        *("tarfile.open", "zipfile.ZipFile", "subprocess.Popen", "codecs.open"),
    }
)
"""What they give is read, or waited for, later."""
_CONNECTIONS = frozenset({BlockingKind.NETWORK, BlockingKind.PROCESS})


def rest_stays(index: Index, source: SourceFile, call: ast.Call) -> str | None:
    """What would still block the loop if ``call`` alone went to a thread, in words."""
    known = row_of(index, source, call)
    if known is None:
        return None
    text = f"{ast.unparse(call.func)}()"
    if known.kind in _CONNECTIONS and isinstance(source.tree.parent(call), ast.withitem):
        return f"{text} is entered by with, so the whole block belongs in one thread"
    if is_read_later(index, source, call):
        return f"the result of {text} is read later on the event loop; both belong in one thread"
    opening = _entered(index, source, call)
    if opening is not None:
        return (
            f"it uses what {ast.unparse(opening.func)}() opens on line {opening.lineno}, "
            "which would stay on the event loop"
        )
    return None


def is_read_later(index: Index, source: SourceFile, call: ast.Call) -> bool:
    """Whether a call comes back before what it gives has been read."""
    known = row_of(index, source, call)
    if known is None:
        return False
    stream = keyword_value(call, "stream")
    streams = stream is not None and getattr(stream, "value", True) is not False
    return known.name in _READ_LATER or (
        streams and known.name.startswith(("requests.", "urllib3."))
    )


def returns_unread(index: Index, source: SourceFile, call: ast.Call) -> str | None:
    """What a function of the project gives back that is read later, in words: a response that has
    only begun, an open file."""
    for ref in index.definition_of(source, call.func):
        if not isinstance(ref.node, ast.FunctionDef) or readable(ref.source) is None:
            continue
        tree = ref.source.tree
        for statement in tree.within(ref.node, ast.Return):
            value = statement.value
            if value is None or tree.function(statement) is not ref.node:
                continue
            names = {value.id} if isinstance(value, ast.Name) else set()
            given = [value] if isinstance(value, ast.Call) else []
            for made in (*given, *_kept_in_variables(ref.source, statement, names)):
                known = row_of(index, ref.source, made)
                if is_read_later(index, ref.source, made) or (
                    known is not None and known.name in _HANDLES
                ):
                    opened = f"{ast.unparse(made.func)}() opens"
                    return f"{ref.name}() returns what {opened}; the rest is read on the event loop"
    return None


def _kept_in_variables(source: SourceFile, at: ast.AST, names: set[str]) -> Iterator[ast.Call]:
    """The calls of the same function whose result one of the variables is given."""
    function = source.tree.function(at)
    given = source.tree.once(_made_for, function) if function is not None else {}
    for name in sorted(names):
        yield from given.get(name, ())


def _made_for(tree: Tree, function: ast.AST) -> dict[str, list[ast.Call]]:
    """The calls whose result each variable of a function is given."""
    found: dict[str, list[ast.Call]] = {}
    for node in tree.within(function, ast.Assign):
        for target in node.targets if isinstance(node.value, ast.Call) else ():
            if isinstance(target, ast.Name) and isinstance(node.value, ast.Call):
                found.setdefault(target.id, []).append(node.value)
    return found


def _entered(index: Index, source: SourceFile, call: ast.Call) -> ast.Call | None:
    """The blocking call whose handle ``call`` uses: of a ``with`` around it, or one that comes back
    before what it gives has been read, in a variable."""
    given = (root_name(i) for i in values_given(call) if isinstance(i, (ast.Name, ast.Attribute)))
    used = {root_name(call.func), *given}
    for kept in _kept_in_variables(source, call, used):
        if is_read_later(index, source, kept):
            return kept
    for ancestor in source.tree.ancestors(call):
        if isinstance(ancestor, FUNCTIONS):
            return None
        for item in ancestor.items if isinstance(ancestor, ast.With) else ():
            opening = item.context_expr
            if (
                isinstance(opening, ast.Call)
                and isinstance(item.optional_vars, ast.Name)
                and item.optional_vars.id in used
                and (known := row_of(index, source, opening)) is not None
                and known.kind in _CONNECTIONS
            ):
                return opening
    return None
