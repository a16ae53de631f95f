"""Imports that nothing uses, and how each goes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.analysis.names.index import index_of
from codemods.analysis.references.reaching import who_reaches
from codemods.codemod import Change, DropImport, Edit, Refusal, Safety, site_of
from codemods.rewriting.removal import import_removal
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.import_dropping import drop_import
from codemods.syntax.import_order import Import
from codemods.syntax.imported import exported, in_effect, is_used
from codemods.syntax.scopes import bound_name, find_scope, imported_name, scope_of, scope_table
from codemods.syntax.tree import FUNCTIONS
from codemods.tables import words
from codemods.transforms.unused_name.base import Names

_TYPE_CALLS = words("cast TypeVar NewType ForwardRef TypeAliasType relationship eval")


class Imports(Names):
    """Decides about the imports of one file that a finding can mean."""

    def verdicts(self) -> Iterator[Change | Refusal]:
        """A change for each statement that loses names, and a refusal for each that stays."""
        if not self.plan.imports:
            return
        statements: list[Import] = [*self.tree.of(ast.Import), *self.tree.of(ast.ImportFrom)]
        for statement in sorted(statements, key=lambda item: item.lineno):
            if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
                continue
            going: list[ast.alias] = []
            for alias in statement.names:
                name = bound_name(alias)
                dotted = imported_name(self.tree, alias).lstrip(".")
                if alias.name == "*" or not self.is_meant(
                    statement, name, dotted, alias.name, last_part(dotted)
                ):
                    continue
                refusal = self._needed(statement, alias, name)
                if refusal is None:
                    going.append(alias)
                elif name in self.plan.names or refusal.reason != "used":
                    yield refusal
            if going:
                yield self._import_goes(statement, going)

    def _needed(self, statement: Import, alias: ast.alias, name: str) -> Refusal | None:
        """Why an import stays, ``None`` where nothing needs it."""
        scope = scope_of(self.tree, alias)
        if self.plan.doubled and self._repeats(alias, name, scope):
            return None
        if self.plan.doubled and self._is_repeated(alias):
            return self.refusal(
                "used", statement, f"{name} is kept, and its repetitions are removed"
            )
        if scope is self.tree.module:
            if self._is_used(name):
                return self.refusal("used", statement, f"{name} is used in this file")
            reached = who_reaches(self.project, self.source.path, name)
            if reached == self.source.path:
                return self.refusal(
                    "re-exported", statement, f"the package offers {name} to other code"
                )
            if reached is not None:
                return self.refusal("reached", statement, f"{reached} imports {name} from here")
        elif isinstance(scope, FUNCTIONS):
            if self.is_read(name, scope) is not None:
                return self.refusal("used", statement, f"{name} is used in {scope.name}()")
        else:
            return self.refusal("class-body", statement, f"{name} is an attribute of the class")
        if any(b"noqa" in line for line in self._raw(statement)):
            return self.refusal("noqa", statement, f"a noqa comment keeps the import of {name}")
        return None

    def _is_used(self, name: str) -> bool:
        """Whether the module's ``name`` is read: a string counts only where it is a type."""
        if not is_used(self.tree, name):
            return False
        return (
            exported(self.tree, name)
            or any(name in item.names for item in self.tree.of(ast.Global))
            or any(
                node.id == name
                and find_scope(self.tree, name, node) in (None, self.tree.module)
                and self.is_load(node)
                for node in self.tree.of(ast.Name)
            )
            or any(
                isinstance(node.value, str) and name in node.value and self._is_type(node)
                for node in self.tree.of(ast.Constant)
            )
        )

    def _is_type(self, node: ast.Constant) -> bool:
        """Whether a string stands for a type: in an annotation, or as ``cast`` and its kin take
        one. ``tags.getall("APIC")`` is no use of ``APIC``."""
        child: ast.AST = node
        for ancestor in self.tree.ancestors(node):
            match ancestor:
                case ast.arg() | ast.AnnAssign():
                    return child is ancestor.annotation
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    return child is ancestor.returns
                case ast.Call():
                    return last_name(ancestor.func) in _TYPE_CALLS
                case ast.stmt():
                    # ``Alias = list["Track"]``
                    return isinstance(self.tree.parent(node), ast.Subscript)
            child = ancestor
        return False

    def _repeats(self, alias: ast.alias, name: str, scope: ast.AST) -> bool:
        """Whether an import before it does the same, so that this one can go."""
        same = self._same(alias)
        own = scope_table(self.tree).binders(scope, name)
        return bool(same) and all(node is alias or node in same for node in own)

    def _is_repeated(self, alias: ast.alias) -> bool:
        """Whether another import goes because this one does the same."""
        return any(alias in self._same(other) for other in self.tree.of(ast.alias))

    def _same(self, alias: ast.alias) -> list[ast.alias]:
        """The imports of the same name that are in effect where ``alias`` stands: before it in
        its own scope, or in the module's."""
        scope = scope_of(self.tree, alias)
        return [
            other
            for other in self.tree.of(ast.alias)
            if other is not alias
            and bound_name(other) == bound_name(alias)
            and imported_name(self.tree, other) == imported_name(self.tree, alias)
            and in_effect(self.tree, other, alias)
            and (
                other.lineno < alias.lineno
                if scope_of(self.tree, other) is scope
                else scope_of(self.tree, other) is self.tree.module
            )
        ]

    def _import_goes(self, statement: Import, going: list[ast.alias]) -> Change | Refusal:
        names = ", ".join(bound_name(alias) for alias in going)
        edits: tuple[Edit, ...] | Refusal
        if self._droppable(statement, going):
            edits = tuple(DropImport(self.source.path, bound_name(alias)) for alias in going)
        else:
            edits = import_removal(self.source, statement, going)
        if isinstance(edits, Refusal):
            return self.refusal(edits.reason, statement, f"{edits.detail}: {names}")
        notes: tuple[str, ...] = ()
        whole = len(going) == len(statement.names)
        if whole and (module := self._own_module(statement)) is not None:
            notes = (f"importing {module} may have side effects (register, patch)",)
        site, what = site_of(self.source, statement), f"the import of {names} is removed"
        return Change(site, f"{what}: nothing uses it", edits, Safety.REVIEW, notes)

    def _droppable(self, statement: Import, going: list[ast.alias]) -> bool:
        """Whether the engine can drop each name by itself."""
        return (
            isinstance(self.tree.parent(statement), ast.Module)
            # The engine takes a string of that name for a use.
            and not any(is_used(self.tree, bound_name(alias)) for alias in going)
            and all(
                drop_import(self.source.utf8, self.tree, bound_name(alias), self.source.newline)
                for alias in going
            )
        )

    def _own_module(self, statement: Import) -> str | None:
        modules = index_of(self.project).resolver.modules
        if isinstance(statement, ast.Import):
            name = statement.names[0].name
        elif statement.level or statement.module is None:
            return f"{'.' * statement.level}{statement.module or ''}"
        else:
            name = statement.module
        return name if modules.place(name, self.source.path) is not None else None

    def _raw(self, statement: ast.stmt) -> list[bytes]:
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        start, end = self.source.line_starts[first - 1], self.source.line_end(last)
        return self.source.utf8[start:end].split(b"\n")
