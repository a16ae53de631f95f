"""Whether the names of new code mean something where it goes, and what must be imported for that.

A suggestion can be wrong: ``np.hann`` does not exist. What is surely not there is a reason to
leave the code alone; what cannot be known (an attribute of a package that is not installed here)
is the reviewer's.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from codemods.analysis.names.import_paths import module_for
from codemods.analysis.names.index import index_of
from codemods.codemod import AddImport, Place
from codemods.demands.code import Origin
from codemods.project.project import Project
from codemods.project.source import readable
from codemods.syntax.dotted import last_part
from codemods.syntax.imported import can_import, local_name
from codemods.syntax.names import Binding, binding_of, qualified_name
from codemods.syntax.scopes import BUILTINS, scope_table
from codemods.syntax.tree import COMPREHENSIONS, DEFINITIONS, Tree
from codemods.tables import words
from codemods.transforms.apply_suggestion.code import names_in
from codemods.transforms.apply_suggestion.difference import ADDING, Step

NOT_IN_NUMPY = frozenset(
    words(
        "hann boxcar triang parzen bohman blackmanharris nuttall barthann flattop cosine "
        "gaussian tukey exponential taylor sosfilt sosfiltfilt lfilter filtfilt butter resample "
        "resample_poly float int object str cumproduct product sometrue alltrue Inf Infinity "
        "NaN infty float_ complex_ unicode_ string_ copy_ deepcopy zeros_as"
    )
)
"""Names that suggestions look for in numpy: windows and filters of ``scipy.signal``, and what
numpy 2 has no more."""
KNOWN_MODULES = frozenset(
    words(
        "asyncio collections concurrent.futures contextlib copy datetime functools hashlib "
        "inspect io itertools json logging math operator os os.path pathlib queue random re "
        "secrets shutil signal sqlite3 statistics string subprocess sys tempfile threading time "
        "types typing uuid warnings weakref"
    )
)
"""Modules of the standard library whose attributes are asked of the running Python."""


@dataclass(frozen=True)
class Missing:
    """A name of the new code that means nothing where it would stand."""

    reason: str
    detail: str


def names_for(
    project: Project,
    place: Place,
    at: ast.AST,
    new: ast.AST,
    given: Sequence[Origin],
    old: ast.AST | None = None,
    *,
    behind: bool = False,
    bound: Collection[str] = (),
) -> list[AddImport] | Missing:
    """The imports that new code needs at ``at``, or what it needs and nothing gives.

    Args:
        given: imports that the finding itself shows.
        old: the code that is replaced; its names mean something there.
        behind: the new code comes behind ``at``, and what that binds has a value.
        bound: what other parts of the same change bind above.
    """
    imports: list[AddImport] = []
    tree = place.source.tree
    own = {*bound, *(_free_names(old) if old is not None else ())}
    line = (getattr(at, "end_lineno", 0) + 1) if behind else getattr(at, "lineno", 0)
    for name in _needed_names(new):
        if name in own or name in BUILTINS or scope_table(tree).stars:
            continue
        meaning = binding_of(tree, name, at)
        if meaning.kind != "unknown":
            missing = _means_another(meaning, name, given) or _too_late(meaning, name, line)
            if missing is not None:
                return missing
            continue
        origin = where_from(project, place, name, given) or dotted_origin(project, place, name, new)
        if origin is None:
            return Missing(
                "undefined-name",
                f"{name} is not imported, and no import for it could be determined",
            )
        problem = can_import(tree, at, origin.module, origin.name, origin.alias)
        if problem is not None:
            return Missing("name-taken", f"{name} cannot be imported: {problem}")
        if local_name(tree, at, origin.module, origin.name) != name:
            imports.append(AddImport(place.source.path, origin.module, origin.name, origin.alias))
    for attribute in (item for item in ast.walk(new) if isinstance(item, ast.Attribute)):
        missing = _no_attribute(project, place, at, attribute)
        if missing is not None:
            return missing
    return imports


def _free_names(new: ast.AST) -> list[str]:
    return list(dict.fromkeys(names_in(new, ast.Load)))


def _means_another(meaning: Binding, name: str, given: Sequence[Origin]) -> Missing | None:
    """Why ``name`` is not what the finding imports under it: the file has it for something else."""
    for origin in given:
        if origin.bound != name:
            continue
        last = last_part(origin.name or origin.module)
        node = meaning.node
        if not isinstance(node, ast.alias):
            text = (
                f"{name} already means something else here, and the finding imports {origin.dotted}"
            )
            return Missing("name-taken", text)
        if last_part(node.name) != last and node.name.partition(".")[0] != origin.module:
            return Missing("name-taken", f"{name} is {node.name} here, not {origin.dotted}")
    return None


def _needed_names(new: ast.AST) -> list[str]:
    """The names that new code reads and does not bind itself, nor in a statement above."""
    if not isinstance(new, ast.Module):
        own = _own_names(new)
        return [name for name in _free_names(new) if name not in own]
    above: set[str] = set()
    needed: list[str] = []
    for statement in new.body:
        inner = set().union(*(_own_names(node) for node in ast.walk(statement) if _is_scope(node)))
        needed += [name for name in _free_names(statement) if name not in above | inner]
        above |= _own_names(statement)
    return list(dict.fromkeys(needed))


def _is_scope(node: ast.AST) -> bool:
    return isinstance(node, (*COMPREHENSIONS, ast.Lambda, ast.NamedExpr))


def _own_names(new: ast.AST) -> set[str]:
    """What the new code binds itself: comprehension variables, walruses, targets, parameters."""
    return {*names_in(new, ast.Store)} | {
        item.arg for item in ast.walk(new) if isinstance(item, ast.arg)
    }


def _too_late(meaning: Binding, name: str, line: int) -> Missing | None:
    """A local variable that is bound only behind the place has no value there."""
    late = all(isinstance(node, ast.Name) and node.lineno >= line for node in meaning.nodes)
    if meaning.kind != "local" or not late:
        return None
    return Missing("undefined-name", f"{name} is not assigned yet at this place")


def _no_attribute(
    project: Project, place: Place, at: ast.AST, attribute: ast.Attribute
) -> Missing | None:
    owner, name = attribute.value, attribute.attr
    if isinstance(owner, ast.Name) and owner.id in ("self", "cls"):
        if _is_known(project, place, at, name):
            return None
        return Missing("undefined-attribute", f"{owner.id}.{name} is not defined in the class")
    module = _module(place, at, owner)
    if (module == "numpy" and name in NOT_IN_NUMPY) or (
        module in KNOWN_MODULES and not hasattr(importlib.import_module(module), name)
    ):
        return Missing("undefined-attribute", f"{module} has no {name}")
    return None


def _module(place: Place, at: ast.AST, node: ast.expr) -> str | None:
    """The module that ``node`` of the new code means at ``at``."""
    if isinstance(node, ast.Attribute):
        base = _module(place, at, node.value)
        return f"{base}.{node.attr}" if base else None
    if not isinstance(node, ast.Name):
        return None
    bound = binding_of(place.source.tree, node.id, at)
    if bound.kind != "import" or not isinstance(bound.node, ast.alias):
        return node.id if bound.kind == "unknown" and node.id in KNOWN_MODULES else None
    statement = place.source.tree.parent(bound.node)
    if isinstance(statement, ast.ImportFrom):
        return f"{statement.module}.{bound.node.name}" if statement.module else None
    return bound.node.name if bound.node.asname else bound.node.name.partition(".")[0]


def _is_known(project: Project, place: Place, at: ast.AST, name: str) -> bool:
    """Whether the class around ``at``, or anything of the project that it may inherit from, has an
    attribute of that name; any class of the project counts, since bases may be many."""
    if place.source.tree.class_around(at) is None:
        return True
    trees = (readable(source) for source in project.containing(name.encode()))
    return any(tree is not None and name in _defined(tree.module) for tree in trees)


def _defined(module: ast.Module) -> set[str]:
    """Attributes that are assigned, methods, and variables of classes."""
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, DEFINITIONS):
            found.add(node.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return found


def dropped_names(place: Place, old: ast.AST, new: ast.AST | None) -> set[str]:
    """Names that the old code read and the new code does not: their imports may be unused."""
    before = {item.id for item in ast.walk(old) if isinstance(item, ast.Name)}
    after = {item.id for item in ast.walk(new) if isinstance(item, ast.Name)} if new else set()
    tree = place.source.tree
    return {
        name
        for name in before - after
        if qualified_name(tree, ast.Name(name, ast.Load())) is not None
        or binding_of(tree, name, tree.module).kind == "import"
    }


def localised(
    project: Project, place: Place, step: Step, given: Sequence[Origin]
) -> tuple[Step, list[AddImport]]:
    """New code with ``a.b.c.f`` as the file would write it: by the name that it imports already,
    else as the project's other files import what the module has."""
    tree, at, new, text = place.source.tree, step.node, step.new, step.text
    if new is None or step.kind not in ("replace", "handler", *ADDING):
        return step, []
    added: list[AddImport] = []
    for node in ast.walk(new):
        if not isinstance(node, ast.Attribute):
            continue
        whole = ast.unparse(node)
        module, _, name = whole.rpartition(".")
        root = whole.partition(".")[0]
        if not module.replace(".", "").isidentifier() or "." not in module:
            continue
        if binding_of(tree, root, at).kind != "unknown" or text.count(whole) != 1:
            continue
        known = local_name(tree, at, module, name)
        if known is None:
            origin = dotted_origin(project, place, root, new)
            if origin is None or origin.module != module or any(o.module == root for o in given):
                continue
            if can_import(tree, at, module, name) is not None:
                continue
            known = name
            added = [AddImport(place.source.path, module, name)]
        text = text.replace(whole, known)
        parsed = ast.parse(text)
        statement = parsed.body[0]
        plain = isinstance(new, ast.expr) and isinstance(statement, ast.Expr)
        code = statement.value if plain else parsed  # type: ignore[attr-defined]
        return replace(step, text=text, new=code), added
    return step, added


def where_from(project: Project, place: Place, name: str, given: Sequence[Origin]) -> Origin | None:
    """As the finding shows it, as the project's other files import it, or where the project
    defines it at the top of one file."""
    for origin in given:
        if origin.bound == name:
            return origin
    if name in KNOWN_MODULES:
        return Origin(name)
    used = _beside_others(place, name) or _imported_elsewhere(project, place, name)
    if used is not None:
        return used
    tops = [ref for ref in index_of(project).definitions(name) if ref.qualified_name == name]
    if len(tops) == 1:
        module = module_for(project, place.source, project.source(tops[0].path))
        return Origin(module, name) if module and not module.startswith(".") else None
    return None


def dotted_origin(project: Project, place: Place, name: str, new: ast.AST) -> Origin | None:
    """The module of ``a.b.c.f`` where the project imports something from it, or from ``a.b``."""
    chains = [
        ast.unparse(item.value)
        for item in ast.walk(new)
        if isinstance(item, ast.Attribute) and ast.unparse(item).startswith(f"{name}.")
    ]
    module = max(chains, key=len, default="")
    if module.count(".") < 1:
        return None
    for source in project.containing(module.encode()):
        tree = readable(source)
        if tree is None or source.path == place.source.path:
            continue
        if any(item.module == module and not item.level for item in tree.of(ast.ImportFrom)):
            return Origin(module)
    return None


def _beside_others(place: Place, name: str) -> Origin | None:
    """The module of the standard library that the file imports other names from, and that has
    ``name`` too: ``timezone`` beside ``datetime``."""
    for statement in place.source.tree.of(ast.ImportFrom):
        module = statement.module or ""
        known = not statement.level and module in KNOWN_MODULES
        if known and hasattr(importlib.import_module(module), name):
            return Origin(module, name)
    return None


def _imported_elsewhere(project: Project, place: Place, name: str) -> Origin | None:
    """The one absolute import that binds ``name`` in the project's files, those beside first."""
    found: dict[Origin, int] = {}
    top = place.source.path.split("/")[0]
    for source in project.containing(name.encode()):
        tree = readable(source)
        if tree is None or source.path == place.source.path:
            continue
        for origin in _origins(tree, name):
            near = source.path.split("/")[0] == top
            found[origin] = found.get(origin, 0) + (100 if near else 1)
    near_ones = {key: count for key, count in found.items() if count >= 100} or found
    return next(iter(near_ones)) if len(near_ones) == 1 else None


def _origins(tree: Tree, name: str) -> Iterator[Origin]:
    """What the absolute imports of a file bind ``name`` to."""
    for alias in tree.of(ast.alias):
        if name not in (alias.asname, alias.name) or (alias.asname or name) != name:
            continue
        statement = tree.parent(alias)
        if isinstance(statement, ast.Import):
            yield Origin(alias.name, None, alias.asname)
        elif isinstance(statement, ast.ImportFrom) and not statement.level and statement.module:
            yield Origin(statement.module, alias.name, alias.asname)
