"""Replace print calls in library code with log calls.

```python
def load(path):
    print(f"loading {path}")
```

becomes

```python
def load(path):
    logger.info(f"loading {path}")
```

The logger is the module's own, a log function of the project that the module already imports, or a
new one in the style of the project's other modules. The report names the level; otherwise it is
`warning` in a handler and `info` elsewhere. Several values become the arguments of the text:
`print("read", count)` is `logger.info("read %s", count)`.

## Fix safety

Needs review: the text goes where the project's logging sends it, and no longer to the terminal. A
scan only shows the fix, and only for prints in an exception handler of a module that has a logger:
other prints may be progress for a person at a terminal.

## Not rewritten

* Output that is meant for the user: in tests, scripts and commands (`cli`, `scripts`, `examples`,
  `docs`, `__main__.py`, modules that import `argparse`, `click` or the like), under
  `if __name__ == "__main__":` and in functions that are called there, and in functions whose name
  says that they show something (`print_table`, `show`, `usage`).
* Empty lines and drawn lines (`print()`, `print("=" * 40)`), which belong to a layout for a reader.
* `end=` and `sep=`, `file=` other than the standard streams, `*values`, comments among the values,
  and a `print` that is not a statement.
* A module whose logger is not defined when the code runs, and a module in a project without
  loggers.
* In a scan, calls with keywords, calls that start with a value (`print(token)`), and lines with
  `# noqa: T201`.

## Known limitations

It does not notice whether other code reads the output of a library, for example through a pipe.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.analysis.logs.levels import METHODS
from codemods.analysis.logs.loggers import FAMILIAR, LoggerKind
from codemods.analysis.logs.products import shown_on_purpose
from codemods.codemod import (
    AuditWords,
    Change,
    Codemod,
    Edit,
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
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.rewriting.log_calls import Judge
from codemods.rewriting.log_functions import log_function
from codemods.rewriting.module_logger import ModuleLogger
from codemods.rewriting.parsed import Becomes
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.handlers import innermost_handler, type_names
from codemods.syntax.names import binding_of, qualified_name
from codemods.syntax.parts import is_text

RULES = ("T201", "print", "W-T201", "T001")
_ABSENT = frozenset({"ImportError", "ModuleNotFoundError", "KeyboardInterrupt", "EOFError"})
_ASKING = frozenset({"input", "getpass", "prompt", "confirm"})
_STANDARD = ("sys.stderr", "sys.stdout")


@dataclass(frozen=True, kw_only=True)
class PrintPlan(Plan):
    """Prints that are to be log calls."""

    level: str = ""
    """The level; empty for ``warning`` in a handler and ``info`` elsewhere."""


@dataclass(frozen=True, slots=True)
class _Logger:
    """What logs at a place, and what has to be there for it."""

    callee: str
    takes_values: bool
    """Whether it fills ``%s`` with values."""
    edits: tuple[Edit, ...] = ()


def recognise(demands: Demands) -> Match[PrintPlan] | None:
    """A claim to findings that want a log call in place of ``print()``."""
    named = demands.rule is not None and demands.rule.upper() in RULES
    told = demands.opening.says("prints") and demands.fix.says("asks-for-logger")
    if not named and not told:
        return None
    fix = demands.fix
    called = [last_part(name) for name in (*fix.called, *(i for i in fix.code if "." in i))]
    levels = [name for name in called if name in METHODS]
    levels += [word for word in fix.said("level-of-a-log") if word in METHODS]
    hints = Hints(
        anchors=("print",),
        whole_files=True,
        count=fix.count or demands.opening.count,
        aspects=demands.advice.requests(but=("asks-for-logger",)),
    )
    # Several levels are for several places, and which is for which is not said.
    level = levels[0] if len(set(levels)) == 1 else ""
    titled = demands.title.says("prints")
    strength = 95 if named else 89 if titled else 77
    return Match(plan=PrintPlan(level=level), strength=strength, hints=hints)


def find(scope: Scope, plan: PrintPlan | None) -> Iterator[Change | Refusal]:
    """The prints that a finding means, or those of a module with a logger."""

    def prints(place: Place) -> list[ast.Call]:
        tree = place.source.tree
        found = [
            call
            for call in tree.within(place.node, ast.Call)
            if qualified_name(tree, call.func) == "builtins.print"
        ]
        return found if plan is None else place.focus(found)

    for place, found in scope.once(prints, itself):
        for call in found:
            yield _verdict(scope.project, place.source, call, plan)


def _verdict(
    project: Project, source: SourceFile, call: ast.Call, plan: PrintPlan | None
) -> Change | Refusal:
    site = site_of(source, call)
    line = switched_off(source, call.lineno, call.end_lineno or call.lineno, RULES)
    if plan is None and line is not None:
        return Refusal("noqa", f"a comment on line {line} asks to keep the print", site)
    product = shown_on_purpose(source, call)
    if product is not None:
        return Refusal("product", f"the output is meant for the user: {product}", site)
    if not isinstance(source.tree.parent(call), ast.Expr):
        return Refusal("no-statement", "the print is not a statement of its own", site)
    problem = _unfit(call, plan is not None)
    if problem is not None:
        return Refusal("layout", problem, site)
    if plan is None and (told := _tells_no_failure(source, call)) is not None:
        return Refusal("no-failure", told, site)
    level = plan.level if plan is not None else ""
    handled = innermost_handler(source.tree, call) is not None
    level = level or ("warning" if handled else "info")
    logger = _logger(project, source, call, level, plan is not None)
    if logger is None:
        return Refusal("no-logger", "the module has no logger that is defined when it runs", site)
    arguments = _arguments(source, call, logger.takes_values)
    if arguments is None:
        return Refusal("values", f"{logger.callee}() takes a text without arguments", site)
    if len(call.args) == 1 and is_text(call.args[0]) and not call.keywords:
        # What is in the parentheses stays as it is written, with its comments.
        edit = Operation(source.path, source.span(call.func), Becomes(logger.callee))
    elif "\n" in source.segment(call) and "#" in source.segment(call):
        return Refusal("comment", "there may be a comment between the values", site)
    else:
        edit = Operation(source.path, source.span(call), Becomes(f"{logger.callee}({arguments})"))
    safety = Safety.REVIEW if plan is not None else Safety.DISPLAY
    what = f"{logger.callee}() logs what was printed"
    return Change(site, what, (edit, *logger.edits), safety, found="a library prints")


def _tells_no_failure(source: SourceFile, call: ast.Call) -> str | None:
    """Why a scan says nothing of a print, in words: most are progress for somebody at a terminal.
    Where an exception is handled, the text is the only trace of a failure."""
    handler = innermost_handler(source.tree, call)
    if handler is None:
        return "it does not report an exception, so it may be meant for a terminal"
    if not _ABSENT.isdisjoint(type_names(handler)):
        return "it tells the user what is missing, or that the program ends"
    if any(last_name(item.func) in _ASKING for item in _beside(source, call)):
        return "the function asks a person at a terminal"
    return None


def _beside(source: SourceFile, call: ast.Call) -> list[ast.Call]:
    """The calls of the function around a print."""
    return source.tree.within(source.tree.function(call) or source.tree.module, ast.Call)


def _unfit(call: ast.Call, named: bool) -> str | None:
    """Why a print is no message, in words; a finding knows better what one is."""
    for keyword in call.keywords:
        given = ast.unparse(keyword.value)
        if named and (keyword.arg == "flush" or (keyword.arg == "file" and given in _STANDARD)):
            continue
        return f"it has {keyword.arg or '**'}={given}"
    if not call.args or any(isinstance(item, ast.Starred) for item in call.args):
        return "it prints no message"
    first = call.args[0]
    if isinstance(first, ast.BinOp) and isinstance(first.op, ast.Mult):
        return "it draws a line"
    if not named and not is_text(first):
        return "it prints a value"
    text = first.value if isinstance(first, ast.Constant) else "text"
    if isinstance(text, str) and not any(letter.isalnum() for letter in text):
        return "it prints only punctuation or blanks"
    return None


def _arguments(source: SourceFile, call: ast.Call, takes_values: bool) -> str | None:
    """What is logged; ``None`` where the logger takes a text alone, and there are values."""
    if len(call.args) == 1 and is_text(call.args[0]):
        return source.segment(call.args[0])
    if not takes_values:
        return None
    texts, values = [], []
    for item in call.args:
        if isinstance(item, ast.Constant) and isinstance(item.value, str):
            texts.append(item.value.replace("%", "%%"))
        else:
            texts.append("%s")
            values.append(source.segment(item))
    text = " ".join(texts).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return ", ".join([f'"{text}"', *values])


def _logger(
    project: Project, source: SourceFile, call: ast.Call, level: str, named: bool
) -> _Logger | None:
    """The module's logger, else a log function that it imports, else one that is made."""
    modules = ModuleLogger(project, source, Judge(project, source, FAMILIAR, (), True))
    found = modules.existing(call)
    if found is not None:
        name, kind = found
        if source.tree.function(call) is None and not _is_bound_before(source, name, call):
            return None
        return _Logger(f"{name}.{level}", kind is LoggerKind.STANDARD)
    own = log_function(project, source, call, level)
    if own is not None:
        return _Logger(own[0], False, own[1])
    if not named or source.tree.function(call) is None:
        return None
    made = modules.made(call)
    if made is None:
        return None
    name, kind, edits = made
    return _Logger(f"{name}.{level}", kind is LoggerKind.STANDARD, tuple(edits))


def _is_bound_before(source: SourceFile, name: str, call: ast.Call) -> bool:
    nodes = binding_of(source.tree, name.partition(".")[0], call).nodes
    return any(getattr(node, "lineno", call.lineno) < call.lineno for node in nodes)


codemod = Codemod(
    name="print-to-logger",
    area="Errors and logs",
    asked_in="log library prints",
    recognise=recognise,
    plan=PrintPlan,
    find=find,
    triggers=(b"print(",),
    rules=RULES,
    audit=AuditWords(
        "A library prints",
        Severity.LOW,
        "Observability",
        "The text has no level and no time, and does not reach the log.",
    ),
)
