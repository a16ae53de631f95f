"""Which receivers are loggers, and of which library.

What a name is bound to decides, across the files of the project; a familiar name counts only
where its binding cannot be told.
"""

from __future__ import annotations

import ast
import enum
import sys
from collections.abc import Collection
from fnmatch import fnmatchcase

from codemods.analysis.logs.tracebacks import is_switched_on
from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import Foreign, Known
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_part
from codemods.syntax.tree import FUNCTIONS

FAMILIAR = (
    *("logger", "log", "LOG", "LOGGER", "_LOGGER", "_logger", "_log", "_LOG"),
    *("self.logger", "self._logger", "self.log", "self._log", "self.LOG", "self.LOGGER"),
    *("cls.logger", "cls._logger", "cls.log", "app.logger", "self.app.logger"),
    *("current_app.logger", "request.app.logger"),
)
"""Receivers that are taken for loggers where nothing says what they are."""

_STANDARD = (
    *("logging", "structlog", "absl.logging", "celery.utils.log", "celery.app.log", "billiard"),
    *("multiprocessing.get_logger", "multiprocessing.log_to_stderr", "uvicorn", "gunicorn"),
    *("flask.Flask.logger", "flask.current_app.logger"),
)
"""What comes from there takes ``exc_info`` as :mod:`logging` does."""

_OTHER = (
    *("builtins", "twisted", "txaio", "autobahn", "logbook", "eliot", "rich", "click", "typer"),
    "argparse",
)
"""Things from there may have an ``error()``, and none of them knows ``exc_info``: Twisted's and
txaio's loggers take it for a field of the event."""
_WITH_LOGGER = (
    *("airflow", "traitlets", "scrapy", "flask", "celery", "gunicorn", "jupyter_core"),
    *("jupyter_server", "jupyterhub", "ipykernel", "nbconvert", "notebook", "distributed"),
)
"""Classes from there give what inherits from them a logger of the standard library."""


class LoggerKind(enum.Enum):
    """How a receiver is given the exception."""

    STANDARD = "standard"
    """By ``exc_info=True``: the standard library's loggers, structlog's, and wrappers of them."""
    LOGURU = "loguru"
    """By ``opt(exception=True)`` alone."""
    OTHER = "other"
    """No logger, or none that can be told in either way."""


def kind_of(
    project: Project, source: SourceFile, receiver: ast.expr, familiar: Collection[str]
) -> LoggerKind:
    """What the receiver of a call such as ``error()`` is.

    Args:
        project: for names that other files bind.
        source: the file that the receiver stands in.
        receiver: ``logger`` of ``logger.error(…)``.
        familiar: patterns of receivers that are loggers where nothing says otherwise.
    """
    known = any(fnmatchcase(ast.unparse(receiver), pattern) for pattern in familiar)
    values = index_of(project).resolver.at(source, receiver)
    return _of_values(project, values, LoggerKind.STANDARD if known else LoggerKind.OTHER)


def has_exception(project: Project, source: SourceFile, receiver: ast.expr) -> bool:
    """Whether ``exception()`` of a logger logs an error with its traceback: those of the libraries
    do, and a class of the project that inherits from one and has no such method of its own."""
    index = index_of(project)
    classes = index.resolver.classes
    for value in index.resolver.at(source, receiver) or ():
        if not isinstance(value, Known):
            continue
        bases = [base for base in classes.lineage(value.ref) if isinstance(base, Foreign)]
        own = classes.member(value.ref, "exception", True) or ()
        if any(isinstance(method, Known) for method in own):
            return False
        if not any(_within(base.name, _STANDARD) for base in bases):
            return False
    return True


def chained(call: ast.Call) -> bool:
    """Whether a call gives a logger of the same kind: ``logger.opt(…)``, ``logger.bind(…)``."""
    return isinstance(call.func, ast.Attribute) and call.func.attr in ("opt", "bind", "patch")


def opted(node: ast.Call) -> bool | None:
    """Whether ``opt(…)`` right before the method asks for the exception; ``None`` without it."""
    receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
    match receiver:
        case ast.Call(func=ast.Attribute(attr="opt"), keywords=keywords):
            given = [item for item in keywords if item.arg in ("exception", None)]
            return any(item.arg is None or is_switched_on(item) for item in given)
    return None


def kind_of_name(
    project: Project, source: SourceFile, name: str, at: ast.AST, unknown: LoggerKind
) -> LoggerKind:
    """What ``name`` would be if it were written at ``at``; ``unknown`` if that is not known."""
    resolver = index_of(project).resolver
    return _of_values(project, resolver.name(name, resolver.context(source, at)), unknown)


def _of_values(
    project: Project, values: Collection[object] | None, unknown: LoggerKind
) -> LoggerKind:
    if not values:
        return unknown
    kinds = {_of_value(project, value, unknown) for value in values}
    # What is one thing here and another there cannot be called as either.
    return kinds.pop() if len(kinds) == 1 else LoggerKind.OTHER


def _of_value(project: Project, value: object, unknown: LoggerKind) -> LoggerKind:
    match value:
        case Foreign(name=name, instance=instance):
            return _of_foreign(name, instance, unknown)
        case Known(instance=True):
            return _of_own_class(project, value)
        case _:
            # A module or a function of the project.
            return LoggerKind.OTHER


def _of_foreign(name: str, instance: bool, unknown: LoggerKind) -> LoggerKind:
    if _within(name, ("loguru.logger",)):
        return LoggerKind.LOGURU
    if _within(name, _STANDARD):
        return LoggerKind.STANDARD
    if _within(name, _OTHER):
        return LoggerKind.OTHER
    if _within(name, ("typing", "typing_extensions")):
        return unknown
    owner, _, attribute = name.rpartition(".")
    made_of_class = instance and attribute[:1].isupper()
    inherited = last_part(owner)[:1].isupper() and not _within(name, _WITH_LOGGER)
    if inherited and name.partition(".")[0] not in sys.stdlib_module_names:
        # ``self.log`` of a class that nobody here knows may be of any library.
        return LoggerKind.OTHER
    # A class that nobody here knows may have an error() of its own.
    return LoggerKind.OTHER if made_of_class else unknown


def _within(name: str, roots: Collection[str]) -> bool:
    return any(name == root or name.startswith(f"{root}.") for root in roots)


def _of_own_class(project: Project, value: Known) -> LoggerKind:
    """A class of the project is a logger if it inherits from one, or names ``exc_info``."""
    classes = index_of(project).resolver.classes
    for base in classes.lineage(value.ref):
        if isinstance(base, Foreign) and _within(base.name, _STANDARD):
            return LoggerKind.STANDARD
    for method in classes.member(value.ref, "error", True) or ():
        if isinstance(method, Known) and isinstance(method.ref.node, FUNCTIONS):
            arguments = method.ref.node.args
            names = [item.arg for item in (*arguments.args, *arguments.kwonlyargs)]
            return LoggerKind.STANDARD if "exc_info" in names else LoggerKind.OTHER
    return LoggerKind.OTHER
