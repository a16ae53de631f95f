"""Which text a client gets instead of an exception's."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from http import HTTPStatus

from codemods.analysis.exceptions.text import LeafKind
from codemods.analysis.web.answers import route_of
from codemods.demands.demands import Text
from codemods.project.source import SourceFile
from codemods.syntax.parts import is_text
from codemods.syntax.scopes import BUILTINS, find_scope
from codemods.syntax.tree import FUNCTIONS, walk
from codemods.tables import words
from codemods.transforms.hide_exception_text.leaks import Leak
from codemods.transforms.hide_exception_text.plan import HidePlan
from codemods.transforms.hide_exception_text.shown import is_log, names_exception, skeleton
from codemods.transforms.hide_exception_text.text import cleaned, trimmed

_VERBS = frozenset(
    words(
        "add analyze apply archive build calculate cancel change check clear clone close "
        "compare compute connect convert copy count create decode delete detect disable "
        "disconnect download edit enable encode enqueue evaluate execute export extract "
        "fetch find generate get import index insert install invite join list load lock "
        "login mark merge move open parse pause play predict prepare preview process "
        "publish query queue read rebuild refresh register reload remove rename render "
        "reorder reset resolve restart restore resume retrieve retry revoke run save scan "
        "search seek send set share skip sort start stop store stream submit subscribe sync "
        "toggle train transcribe trigger undo unlock unsubscribe update upload upsert "
        "validate verify view write"
    )
)
_ENDINGS = frozenset(
    words("route endpoint handler view api async impl sync wrapper internal all many one item")
)
_BEFORE_OBJECTS = frozenset(words("for of in on at from to with by"))
_ARTICLES = frozenset(words("the a an"))
_INTERNAL = re.compile(r"[_./\\<>{}%:]|\b[a-z]+[A-Z]\w*")
_MARKUP = re.compile(r"</\w+\s*>")
_HEADING = re.compile(r"""f?["']{1,3}\s*<\w++[^<>]*+>([A-Z][\w ,'-]*+[.!]?)</""")


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent."""

    code: str
    """As an expression."""
    origin: str
    """Where it comes from, in words."""
    prefix: str = ""
    """The constant text in front of the exception before."""

    @property
    def is_telling(self) -> bool:
        """Whether it says in the log too what failed."""
        return (
            self.code != "None"
            and "\n" not in self.code
            and not _MARKUP.search(self.code)
            and not Text(self.code).says("tells-nothing")
        )

    @property
    def heading(self) -> str | None:
        """The words with which HTML begins, as a literal; ``None`` for another text."""
        found = _HEADING.match(self.code)
        return f'"{found[1]}"' if found is not None else None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Chooses the texts of one file."""

    source: SourceFile
    plan: HidePlan | None
    fallback: str
    """For a text that is the exception alone, where nothing says what failed."""

    def message(self, leak: Leak) -> Message | None:
        """The new text; ``None`` where the exception cannot be taken out of the old one."""
        node = leak.node
        if leak.leaf.kind is LeafKind.TRACEBACK and any(
            word in leak.leaf.slot.lower() for word in ("trace", "stack")
        ):
            return Message("None", "no traceback for clients")
        rest = cleaned(self.source, leak.exceptions, node)
        if rest is None:
            return None
        wanted = self._wanted(leak, rest.source is None)
        if wanted is not None:
            return Message(wanted, "from the finding", rest.prefix)
        if rest.source is not None:
            return Message(rest.source, "without the exception", rest.prefix)
        said = self._logged(leak)
        if said is not None:
            return Message(self.quoted(said, node), "from the log message", rest.prefix)
        operation = self._operation(node)
        if operation is not None:
            text = self.quoted(f"Failed to {operation}", node)
            return Message(text, "from the function name", rest.prefix)
        return Message(self.quoted(self._general(leak), node), "a general text", rest.prefix)

    def _general(self, leak: Leak) -> str:
        """The text that says nothing; with a status such as 504, what the status says."""
        if leak.status is None or not 500 < leak.status < 600:
            return self.fallback
        try:
            return HTTPStatus(leak.status).phrase
        except ValueError:
            return self.fallback

    def _wanted(self, leak: Leak, alone: bool) -> str | None:
        """The finding's text, if it has one for this place that can stand there."""
        if self.plan is None:
            return None
        wanted = dict(self.plan.texts).get(leak.skeleton, self.plan.text if alone else None)
        return None if wanted is None else self._placed(wanted, leak)

    def _placed(self, code: str, leak: Leak) -> str | None:
        """A text of the report in the names of the place; ``None`` if one is not known there."""
        tree = self.source.tree
        expression = _expression(code)
        bound = min(leak.exceptions.names, default=None)
        for node in walk(expression):
            if not isinstance(node, ast.Name):
                continue
            if names_exception(node.id) and node.id not in leak.exceptions.names:
                if bound is None:
                    return None
                node.id = bound
            elif node.id not in BUILTINS and find_scope(tree, node.id, leak.node) is None:
                return None
        if isinstance(expression, ast.Constant):
            return self.quoted(str(expression.value), leak.node)
        return self._requoted(ast.unparse(expression), leak.node)

    def _logged(self, leak: Leak) -> str | None:
        """The constant text of an error that the handler logs, where it says what failed."""
        holder = leak.exceptions.holder
        for statement in holder.body if holder is not None else ():
            for node in walk(statement):
                if isinstance(node, ast.Call) and is_log(node) and node.args:
                    whole = skeleton(node.args[0])
                    text = re.split(r"\{\}|%[a-z]", whole)[0]
                    quoted = text.rstrip("'\"`([{<")
                    if text != whole and (quoted != text or text.rstrip()[-1:].isalnum()):
                        # ``Error clearing cache for track {id}`` without whose.
                        text = _without_object(trimmed(quoted))
                    # Logs are decorated: ``⚠️ Scan failed``.
                    text = re.sub(r"^\W+", "", trimmed(text))
                    if Text(text).says("tells-what-failed") and not _INTERNAL.search(text):
                        return text
        return None

    def _operation(self, node: ast.expr) -> str | None:
        """``get cache stats`` of ``get_cache_stats()``, whose body is the ``try`` around it."""
        function = self.source.tree.function(node)
        if not isinstance(function, FUNCTIONS) or route_of(function) is None:
            # The name of another function says what it does for its callers, not for a client.
            return None
        parts = function.name.strip("_").split("_")
        # All that the function does stands in one ``try``: then its failure is the function's.
        is_whole = sum(isinstance(item, ast.Try) for item in function.body) == 1
        named = len(parts) > 1 and parts[0] in _VERBS and parts[-1] not in _ENDINGS
        if not named or not is_whole:
            return None
        plain = all(word.isalpha() and word.islower() for word in parts)
        return " ".join(parts) if plain else None

    def quoted(self, text: str, node: ast.expr) -> str:
        """``text`` as a literal in the quotes that stand around ``node``."""
        body = text.replace("\\", "\\\\").replace("\n", "\\n")
        quote = self._quote(node)
        return quote + body.replace(quote, "\\" + quote) + quote

    def _requoted(self, code: str, node: ast.expr) -> str:
        """A literal of :func:`ast.unparse` in the quotes around, where that is simple."""
        inner = code[2:-1] if code.startswith("f'") else None
        if inner is None or any(sign in inner for sign in "\"'\\"):
            return code
        quote = self._quote(node)
        return f"f{quote}{inner}{quote}"

    def _quote(self, node: ast.expr) -> str:
        """The quotes of the nearest code that has any."""
        holders: list[ast.AST] = [node, *self.source.tree.ancestors(node)]
        for item in holders:
            if isinstance(item, (ast.expr, ast.stmt, ast.ExceptHandler)):
                written = self.source.segment(item)
                double, single = written.count('"'), written.count("'")
                if double != single:
                    return '"' if double > single else "'"
        return '"'


def _expression(written: str) -> ast.expr:
    """A text of a plan: as code where it is written so, else as it is."""
    try:
        expression = ast.parse(written, mode="eval").body
    except (SyntaxError, ValueError):
        return ast.Constant(written)
    return expression if is_text(expression) else ast.Constant(written)


def _without_object(text: str) -> str:
    """``Error clearing cache`` of ``Error clearing cache for the track``: of which one, the value
    said that went."""
    parts = text.split(" ")
    if not parts[-1].isidentifier():
        return text
    has_article = len(parts) > 2 and parts[-2].lower() in _ARTICLES
    at = len(parts) - (3 if has_article else 2)
    if at < 1 or parts[at].lower() not in _BEFORE_OBJECTS:
        return text
    before = parts[at - 1]
    if not before[-1:].isalnum() or before.lower().endswith(("failed", "unable")):
        return text
    return " ".join(parts[:at])
