"""Puts a check together: its statements, what is used behind it, imports and notes."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TypeVar

from codemods.analysis.flow.runs import Run
from codemods.codemod import AddImport, Change, Edit, Operation, Payload, Safety, Unit, site_of
from codemods.project.project import Project
from codemods.rewriting.parsed import Becomes
from codemods.rewriting.reach import reach
from codemods.syntax.awaiting import why_no_await
from codemods.syntax.dotted import last_part
from codemods.syntax.handlers import innermost_handler, types_in_words
from codemods.syntax.imported import local_name
from codemods.syntax.names import free_name, qualified_name
from codemods.syntax.scopes import scope_table
from codemods.transforms.contain_path.answers import ending, http_exception
from codemods.transforms.contain_path.checks import Check, by_root, by_validator, only_if_given
from codemods.transforms.contain_path.declared import Declared
from codemods.transforms.contain_path.edit import After, Before, Replaced, Split
from codemods.transforms.contain_path.guards import is_expanded, is_given, split_at
from codemods.transforms.contain_path.roots import root_at
from codemods.transforms.contain_path.uses import StaysError, Uses
from codemods.transforms.contain_path.validators import Validator, spelled_at, usual_status

_FORBIDDEN = 403
_HAS_RELATIVE = (3, 9)
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Means:
    """Against what a finding's paths are checked: one of the two, or the reason for neither."""

    validator: Validator | None = None
    root: str = ""
    reason: str = "no-root"
    detail: str = ""


@dataclass
class Builder:
    """Makes the change for one run of uses; raises :class:`StaysError` where a name that the check
    needs cannot be had there."""

    project: Project
    uses: Uses
    run: Run
    kind: Declared
    means: Means
    joined: ast.BinOp | None
    """``folder / name`` around the use."""
    taken: dict[str, str]
    """Names that other checks in the function bind already, and for what."""
    imports: list[AddImport] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def at(self) -> ast.stmt:
        """The statement that the check stands in front of, or in the place of."""
        return self.run.level.statement

    def answered(self) -> Change:
        """The change where a request can be answered."""
        found = _had(http_exception(self.uses.source, self.at))
        if self.means.validator is None or not self.means.validator.answers:
            self.imports += found.imports
        return self._checked(found.text)

    def unanswered(self, *, skips: bool) -> Change:
        """The change where what the validator raises goes its own way.

        Args:
            skips: the finding wants what is refused to be skipped, which a handler has to do.
        """
        if self.means.validator is None:
            raise StaysError(
                "nothing-skips",
                "the finding wants bad paths skipped, and no validator raises an exception to "
                "skip on",
            )
        function = self.uses.function
        name = self.means.validator.exception_name
        handler = ending(self.uses.tree, self.at, name)
        if handler is not None:
            types = types_in_words(handler)
            self.notes.append(f"{name} is caught by the handler for {types} around the call")
        elif skips:
            detail = f"no handler in {function.name}() continues without the file"
            raise StaysError("nothing-skips", detail)
        else:
            self.notes.append(f"{name} goes to the callers of {function.name}()")
        return self._checked("")

    def _checked(self, exception: str) -> Change:
        assigned = self._assigned()
        given = self._given()
        split = None if given else split_at(self.uses, self.run)
        optional = not given and split is None
        made = self._by_root if self.means.validator is None else self._by_validator
        bound, is_path, code = made(exception, assigned, optional)
        replaced = assigned is not None and bound == assigned[0]
        edits: list[Edit] = [
            self._instead(node, bound, is_path)
            for node in (self.run.uses if bound != self.uses.value else ())
            if not (replaced and self.uses.tree.statement(node) is self.at)
        ]
        payload: Payload = Before(code)
        statement, previous = self.at, self._previous()
        if replaced:
            payload = Replaced(code)
        elif split is not None:
            payload = Split(code, split, previous is not None)
        elif previous is not None:
            payload, statement = After(code), previous
        span = self.uses.source.statements_span(statement, statement)
        edits.append(Operation(self.uses.source.path, span, payload, Unit.STATEMENT))
        site = site_of(self.uses.source, self.run.uses[0])
        every: tuple[Edit, ...] = (*dict.fromkeys(self.imports), *edits)
        return Change(site, self._what(), every, Safety.REVIEW, tuple(self.notes))

    def _instead(self, node: ast.expr, bound: str, is_path: bool) -> Operation:
        """The checked path where ``node`` stands, as what stood there: what takes a text gets
        one.

        Args:
            bound: the name of the checked path.
            is_path: it is a ``Path``, and not a text.
        """
        uses, target = self.uses, node
        text = f"str({bound})" if is_path and not self.kind.is_path else bound
        parent = uses.tree.parent(node)
        if isinstance(parent, ast.keyword):
            parent = uses.tree.parent(parent)
        if isinstance(parent, ast.Call):
            taker = parent.args[0] if parent.args and parent.args[0] is not node else parent.func
            if uses.conversion(parent, node) == ("Path" if is_path else "str"):
                target, text = parent, bound
            elif (
                uses.opens(parent.func)
                or uses.opens(taker)
                or qualified_name(uses.tree, parent.func) == "builtins.str"
            ):
                text = bound
        return Operation(uses.source.path, uses.source.span(target), Becomes(text))

    def _previous(self) -> ast.stmt | None:
        """The statement in front, if there are lines between: a comment there is about the next."""
        block, index = self.run.level.block, self.run.level.index
        if index == 0:
            return None
        previous = block[index - 1]
        alone = index == 1 or (block[index - 2].end_lineno or 0) < _first_line(previous)
        between = range((previous.end_lineno or 0) + 1, _first_line(self.at))
        for line in between:
            text = self.uses.source.line_text(line)
            if len(text) - len(text.lstrip()) > self.at.col_offset and text.strip():
                # A comment at the end of an inner block, which is not to be cut off.
                return None
        return previous if alone and between else None

    def _given(self) -> bool:
        if self.joined is not None or is_given(self.uses, self.run):
            return True
        return self.kind.given or (self.kind.known and not self.kind.optional)

    def _assigned(self) -> tuple[str, str] | None:
        """``x`` of ``x = str(value)`` or ``x = Path(value)``, and what it becomes by that, where
        the statement does nothing else and ``x`` has no other value."""
        match self.at:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if value is self.joined:
                    made: str | None = "Path"
                else:
                    made = self.uses.conversion(value, self.run.uses[0])
                if made is not None and self.uses.is_bound_once(name):
                    return name, made
        return None

    def _by_validator(
        self, exception: str, assigned: tuple[str, str] | None, optional: bool
    ) -> tuple[str, bool, str]:
        validator = self.means.validator
        assert validator is not None
        spelled = _had(spelled_at(self.project, self.uses.source, self.at, validator))
        imports = spelled.imports
        if not exception or validator.answers:
            imports = tuple(item for item in imports if item.name != validator.exception_name)
        self.imports += imports
        bound = assigned[0] if assigned is not None else self._name("validated")
        is_path = assigned[1] == "Path" if assigned is not None else self.kind.is_path
        value = bound if optional else self._written
        if validator.wants_text and (not self.kind.is_text or self.joined is not None):
            value = f"str({value})"
        conversion = ""
        if is_path == validator.gives_text:
            conversion = self._path() if is_path else "str"
        answer = ""
        if exception and not validator.answers:
            status = usual_status(self.project, self.uses.source, validator) or _FORBIDDEN
            answer = _answer(exception, status, "Invalid file path")
            if validator.looks:
                self.notes.append(
                    f"{validator.name}() also refuses files that do not exist; these now "
                    f"get status {status}"
                )
        check = Check(bound, value, self._offloads(f"{validator.name}()"))
        code = by_validator(
            check, spelled.validator, conversion, spelled.exception, self._error(), answer
        )
        return bound, is_path, only_if_given(bound, self.uses.value, code) if optional else code

    def _by_root(
        self, exception: str, assigned: tuple[str, str] | None, optional: bool
    ) -> tuple[str, bool, str]:
        root = self._root()
        named = "." not in self.uses.value
        made = bound = self._local("resolved")
        if assigned is not None and assigned[1] == "Path":
            made = bound = assigned[0]
        elif named and self.kind.is_path and not optional:
            made = bound = self.uses.value
        elif named or optional:
            # Who uses the name goes on with the kind of value that it had.
            bound = self._name("checked")
        value = bound if optional else self._written
        if self.joined is not None:
            value = f"({value})"
        elif not self.kind.is_path:
            value = f"{self._path()}({value})"
        if is_expanded(self.uses, self.run):
            value += ".expanduser()"
        check = Check(made, value, self._offloads("resolve()"))
        answer = _answer(exception, _FORBIDDEN, "Access denied")
        code = by_root(
            check,
            root,
            free_name(self.uses.tree, self.uses.function, "allowed_root"),
            answer,
            has_relative=self.project.target_python >= _HAS_RELATIVE,
        )
        if bound != made:
            code += f"{bound} = {made if self.kind.is_path else f'str({made})'}\n"
        if optional:
            code = only_if_given(bound, self.uses.value, code)
        return bound, bound == made or self.kind.is_path, code

    def _root(self) -> str:
        if self.joined is not None and self.means.root == ast.unparse(self.joined.left):
            return self.means.root
        root = _had(root_at(self.project, self.uses.source, self.at, self.means.root))
        self.imports += root.imports
        return root.text

    def _name(self, how: str) -> str:
        """The name of the checked path: a variable keeps its own."""
        return self._local(how) if "." in self.uses.value else self.uses.value

    def _local(self, how: str) -> str:
        wished = f"{how}_{last_part(self.uses.value)}"
        for number in range(1, 100):
            candidate = wished if number == 1 else f"{wished}_{number}"
            name = free_name(self.uses.tree, self.uses.function, candidate)
            # Another run of the same value can have the same name.
            if self.taken.setdefault(name, self.uses.value) == self.uses.value:
                return name
        raise StaysError("name-taken", f"no name like {wished} is free")

    def _error(self) -> str:
        """A name for the exception, which is unbound behind its handler."""
        tree, function = self.uses.tree, self.uses.function
        binders = scope_table(tree).binders(function, "e")
        used = any(isinstance(item, ast.Name) and item.id == "e" for item in ast.walk(function))
        handlers = binders and all(isinstance(item, ast.ExceptHandler) for item in binders)
        if innermost_handler(tree, self.at) is None and (handlers or not (binders or used)):
            return "e"
        return free_name(tree, function, "error")

    def _path(self) -> str:
        found = reach(self.uses.source, self.at, "pathlib", "Path")
        if isinstance(found, str):
            raise StaysError("name-taken", f"Path cannot be imported: {found}")
        self.imports += found.imports
        return found.text

    def _offloads(self, what: str) -> str:
        """``asyncio.to_thread`` where the file does so and an ``await`` may stand there."""
        tree, function = self.uses.tree, self.uses.function
        if not isinstance(function, ast.AsyncFunctionDef):
            return ""
        target = self.project.target_python
        if self.uses.source.holds(b"to_thread("):
            name = local_name(tree, self.at, "asyncio", "to_thread")
            if name is not None and why_no_await(tree, self.at, target_python=target) is None:
                return name
        self.notes.append(f"{what} briefly accesses the file system on the event loop")
        return ""

    def _what(self) -> str:
        if self.means.validator is not None:
            return f"{self._written} is checked by {self.means.validator.name}() before it is used"
        return f"{self._written} is used only if it is inside {self.means.root}"

    @property
    def _written(self) -> str:
        """The path as the code has it."""
        return self.uses.value if self.joined is None else ast.unparse(self.joined)


def _answer(exception: str, status: int, detail: str) -> str:
    """What happens to a path that is refused, in a handler of FastAPI or Starlette."""
    return f'raise {exception}(status_code={status}, detail="{detail}")'


def _had(found: Found | str) -> Found:
    """What is found; a text says why it cannot be had."""
    if isinstance(found, str):
        raise StaysError("name-taken", found)
    return found


def _first_line(statement: ast.stmt) -> int:
    decorators = getattr(statement, "decorator_list", [])
    return min((statement.lineno, *(int(item.lineno) for item in decorators)))
