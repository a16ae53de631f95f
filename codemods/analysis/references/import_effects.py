"""Whether importing a module does more than to define things."""

from __future__ import annotations

import ast

from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import Foreign, Known
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.parts import callee_of
from codemods.syntax.tree import DEFINITIONS, Tree
from codemods.tables import words

_QUIET_CALLS = frozenset(
    words(
        "getLogger get_logger TypeVar ParamSpec NewType namedtuple compile frozenset set dict list "
        "tuple"
    )
)
_QUIET_DECORATORS = frozenset(
    words(
        "dataclass njit jit lru_cache cache contextmanager asynccontextmanager runtime_checkable "
        "total_ordering final unique deprecated wraps vectorize guvectorize"
    )
)
_QUIET_BASES = frozenset(
    words(
        "object ABC Protocol Generic Exception RuntimeError ValueError TypeError Enum StrEnum "
        "IntEnum NamedTuple TypedDict BaseModel KeyError OSError LookupError AttributeError Thread"
    )
)


def top_level_effect(project: Project, source: SourceFile, tree: Tree) -> ast.stmt | None:
    """The first statement of a module that may do something to others when it is imported: a call,
    a decorator that registers, a base class that keeps a list of its subclasses."""
    for item in tree.module.body:
        if not _is_quiet(item):
            return item
        if isinstance(item, ast.ClassDef) and not all(
            _is_quiet_base(project, source, base) for base in item.bases
        ):
            return item
    return None


def top_level_step(tree: Tree) -> ast.stmt | None:
    """The first statement that only a program has at its top: a bare call, a loop."""
    steps = (ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith)
    for item in tree.module.body:
        if isinstance(item, steps):
            return item
        if isinstance(item, ast.Expr) and not isinstance(item.value, ast.Constant):
            return item
    return None


def _is_quiet(node: ast.stmt) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Pass():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            return _is_quiet_value(value)
        case ast.AnnAssign():
            return True
        case ast.If(test=test):
            if ast.unparse(test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
                return True
            return is_main_guard(node)
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
            inner = [*body, *orelse, *final, *(item for h in handlers for item in h.body)]
            return all(_is_quiet(item) for item in inner)
        case _ if isinstance(node, DEFINITIONS):
            keywords = node.keywords if isinstance(node, ast.ClassDef) else []
            return not keywords and all(_is_quiet_decorator(item) for item in node.decorator_list)
        case _:
            return False


def _is_quiet_decorator(node: ast.expr) -> bool:
    return last_name(callee_of(node)) in _QUIET_DECORATORS


def _is_quiet_base(project: Project, source: SourceFile, node: ast.expr) -> bool:
    """Whether a class with this base registers nowhere."""
    plain = node.value if isinstance(node, ast.Subscript) else node
    if last_name(plain) in _QUIET_BASES:
        return True
    resolver = index_of(project).resolver
    values = resolver.evaluate(plain, resolver.context(source, plain))
    if not values:
        return False
    for value in values:
        if not isinstance(value, Known) or not isinstance(value.ref.node, ast.ClassDef):
            return False
        for base in resolver.classes.lineage(value.ref):
            if isinstance(base, Foreign) and last_part(base.name) not in _QUIET_BASES:
                return False
            body = getattr(base.ref.node, "body", []) if isinstance(base, Known) else []
            keywords = getattr(base.ref.node, "keywords", []) if isinstance(base, Known) else []
            hooks = any(getattr(item, "name", "") == "__init_subclass__" for item in body)
            if keywords or hooks:
                return False
    return True


def _is_quiet_value(value: ast.expr) -> bool:
    return all(
        not isinstance(item, (ast.Call, ast.Await, ast.NamedExpr, ast.Yield))
        or (isinstance(item, ast.Call) and last_name(item.func) in _QUIET_CALLS)
        for item in ast.walk(value)
    )


def is_main_guard(node: ast.stmt) -> bool:
    """``if __name__ == "__main__":``"""
    match node:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()])):
            return True
        case _:
            return False
