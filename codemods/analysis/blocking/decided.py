"""Blocking calls that a comment or docstring says are on purpose."""

from __future__ import annotations

import ast
import re

from codemods.project.paths import is_test
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name
from codemods.syntax.scopes import imported_name
from codemods.syntax.tree import FUNCTIONS, Tree, walk
from codemods.tables import WordTable, words

_LINTER = re.compile(
    r"\bnoqa\b(?!:)|"
    r"(?:\bnoqa:[^#]{0,200}|\btype: ?ignore\[[^\]#]{0,200}|\bpylint: ?disable=[^#]{0,200})"
    r"\b(?:ASYNC\d+|blocking[\w-]*)"
)
"""The rules of linters that ask for the same, switched off."""
_PURPOSE = re.compile(
    r"\b(?:on purpose|purposely|purposefully|intentional(?:ly)?|deliberate(?:ly)?|by design)\b"
    r"|\b(?:ok|okay|fine|acceptable|safe|allowed|wants?|needs?|must|has|have)\b,? (?:to )?"
    r"(?:be |stay |remain )?(?:block|blocking|synchronous(?:ly)?)\b"
    r"|\bblocking\b[^.;]{0,40}\b(?:ok|okay|fine|acceptable|intended|harmless|wanted)\b",
    re.IGNORECASE,
)
_HANGS = WordTable("block* hang* stall* freez*")
_FOREVER = WordTable("forever indefinitely simulat* watchdog")
"""What blocks without an end is a test of what watches over it."""
_HARMLESS = WordTable("does_not_block will_not_block wo_not_block never_blocks")
_OPPOSITE = WordTable("not never avoid without")
_BLOCKS = WordTable("block* sync synchronous* event_loop sleep* thread* stall*")
_SCRIPT_FOLDERS = frozenset(
    words("bench benchmark benchmarks script scripts cli cmds example examples sample samples")
)
_SCRIPT_BEGINNINGS = ("bench_", "benchmark_", "example_", "cli_", "_cli_")
_SCRIPT_ENDS = ("_bench.py", "_benchmark.py", "_example.py", "_cli.py")
_ARGUMENTS = frozenset({"argparse", "click", "typer", "fire", "docopt", "optparse", "absl"})
"""Modules that read a command line."""
_READS_ARGUMENTS = re.compile(rb"\.parse_args\(|\bdef main\(arg[sv]\b|\bsys\.argv\b")
"""A parser of the project's own, or none."""
_SERVERS = frozenset(
    {
        *("fastapi", "starlette", "uvicorn", "hypercorn", "grpc", "quart", "sanic", "tornado"),
        *("litestar", "flask", "django", "socketio", "twisted", "robyn", "blacksheep", "zmq"),
    }
)
"""Modules of programs that serve others."""
_SERVES = re.compile(
    rb"\b(?:start_server|start_unix_server|create_server|websockets\.serve|web\.Application|"
    rb"run_app|serve_forever|run_forever|AppRunner)\b"
)
_COMMANDS = frozenset({"command", "callback", "group"})
_MOST = 6
"""Lines of a comment above a statement."""


def said_on_purpose(source: SourceFile, node: ast.stmt | ast.expr) -> int | None:
    """The line of a comment, on the lines of a node or right above its statement, or of the
    docstring of its function, that says that it may block."""
    statement = source.tree.statement(node)
    last = node.end_lineno or node.lineno
    if isinstance(node, ast.With):
        last = node.body[0].lineno
    for number in range(min(statement.lineno, node.lineno), last + 1):
        _, _, comment = source.line_text(number).partition("#")
        if comment and (_LINTER.search(f"#{comment}") or _comments(comment)):
            return number
    above: ast.AST | None = statement
    while isinstance(above, ast.stmt):
        number, text = _above(source, above)
        if text:
            return number if _comments(text) else _documented(source, node)
        # What is said of a ``try`` is said of what it tries first.
        parent = source.tree.parent(above)
        first = isinstance(parent, (ast.Try, ast.With)) and parent.body[0] is above
        above = parent if first else None
    return _documented(source, node)


def _above(source: SourceFile, statement: ast.stmt) -> tuple[int, str]:
    """The comment right above a statement, with its first line; ``""`` where there is none."""
    above: list[str] = []
    number = statement.lineno - 1
    while number > 0 and len(above) < _MOST:
        line = source.line_text(number).strip()
        if not line.startswith("#"):
            break
        above.insert(0, line.lstrip("# "))
        number -= 1
    return number + 1, " ".join(above)


def _documented(source: SourceFile, node: ast.AST) -> int | None:
    function = source.tree.function(node)
    if isinstance(function, FUNCTIONS) and _says(ast.get_docstring(function) or ""):
        return function.lineno
    return None


def _comments(text: str) -> bool:
    """Whether a comment says that blocking is meant, or that nothing blocks. A docstring that says
    the latter is a promise."""
    return _HARMLESS.found_in(text) or _says(text)


def _says(text: str) -> bool:
    """Whether a text speaks of blocking, and says that it is meant."""
    return any(
        (_HANGS.found_in(sentence) and _FOREVER.found_in(sentence))
        or (
            _PURPOSE.search(sentence)
            and _BLOCKS.found_in(sentence)
            and not _OPPOSITE.found_in(sentence[:20])
        )
        for sentence in re.split(r"[.;](?:\s|$)", text)
    )


def sleeps_forever(tree: Tree, node: ast.AST) -> bool:
    """Whether a call is all that a loop without an end does: it hangs on purpose."""
    statement = tree.statement(node)
    loop = tree.parent(statement)
    return (
        isinstance(loop, ast.While)
        and isinstance(loop.test, ast.Constant)
        and bool(loop.test.value)
        and loop.body == [statement]
    )


def _is_script(path: str) -> bool:
    *folders, name = path.split("/")
    return (
        name == "cli.py"
        or name.startswith(_SCRIPT_BEGINNINGS)
        or name.endswith(_SCRIPT_ENDS)
        or not _SCRIPT_FOLDERS.isdisjoint(folders)
    )


def _is_program(source: SourceFile) -> bool:
    """Whether a file reads a command line when it is run, and has nothing that serves others."""
    if not source.holds(b"__main__"):
        return False
    tree = source.tree
    roots = {imported_name(tree, item).partition(".")[0] for item in tree.of(ast.alias)}
    reads = not roots.isdisjoint(_ARGUMENTS) or _READS_ARGUMENTS.search(source.data) is not None
    if not reads or not roots.isdisjoint(_SERVERS):
        return False
    return _SERVES.search(source.data) is None and any(
        "__name__" in (last_name(item) for item in walk(statement.test))
        for statement in tree.of(ast.If)
    )


def runs_alone(source: SourceFile, node: ast.AST) -> str | None:
    """Why nobody else waits for the loop there, in words: a command of somebody's terminal, a
    script, a benchmark."""
    if not is_test(source.path) and (_is_script(source.path) or _is_program(source)):
        return (
            f"{source.path} is a script or a command, so nothing else may wait for its event loop"
        )
    for function in source.tree.ancestors(node):
        if not isinstance(function, FUNCTIONS):
            continue
        for item in function.decorator_list:
            called = item.func if isinstance(item, ast.Call) else item
            if isinstance(called, ast.Attribute) and called.attr in _COMMANDS:
                return (
                    f"{function.name}() is a command, so nothing else may wait for its event loop"
                )
    return None
