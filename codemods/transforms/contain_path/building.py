"""Puts a check together: its statements, what is used behind it, imports and notes."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from codemods.analysis.flow.runs import Run
from codemods.codemod import (
    AddImport,
    Change,
    Edit,
    Operation,
    Payload,
    Refusal,
    Safety,
    Unit,
    site_of,
)
from codemods.project.project import Project
from codemods.rewriting.reach import reach
from codemods.syntax.awaiting import why_no_await
from codemods.syntax.dotted import last_part
from codemods.syntax.handlers import innermost_handler, types_in_words
from codemods.syntax.imported import local_name
from codemods.syntax.names import free_name, qualified_name
from codemods.syntax.scopes import scope_table
from codemods.transforms.contain_path.answers import ending, http_exception
from codemods.transforms.contain_path.checks import (
    Answer,
    Check,
    by_root,
    by_validator,
    only_if_given,
)
from codemods.transforms.contain_path.declared import Declared
from codemods.transforms.contain_path.edit import After, Before, Replaced, Split
from codemods.transforms.contain_path.followed import Trusted
from codemods.transforms.contain_path.guards import is_expanded, is_given, split_at
from codemods.transforms.contain_path.joined import Joined
from codemods.transforms.contain_path.roots import Root, root_at
from codemods.transforms.contain_path.uses import Uses
from codemods.transforms.contain_path.validators import Validator, spelled_at, usual_status

_FORBIDDEN = 403
_HAS_RELATIVE = (3, 9)


@dataclass(frozen=True, slots=True)
class Means:
    """Against what a finding's paths are checked: one of the two, or the reason for neither."""

    validator: Validator | None = None
    root: str = ""
    reason: str = "no-root"
    detail: str = ""


class _NoWayError(Exception):
    """A name that the check needs cannot be had there; the message says why."""


@dataclass
class Builder:
    """Makes the change for one run of uses."""

    project: Project
    uses: Uses
    run: Run
    kind: Declared
    means: Means
    joined: Joined | None
    taken: dict[str, str]
    """Names that other checks in the function bind already, and for what."""
    imports: list[AddImport] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def at(self) -> ast.stmt:
        """The statement that the check stands in front of, or in the place of."""
        return self.run.level.statement

    def answered(self) -> Change | Refusal:
        """The change where a request can be answered."""
        try:
            found = http_exception(self.uses.source, self.at)
            if isinstance(found, str):
                raise _NoWayError(found)
            if self.means.validator is None or not self.means.validator.answers:
                self.imports += found[1]
            return self._checked(found[0])
        except _NoWayError as error:
            return self._refusal("name-taken", str(error))

    def unanswered(self, *, skips: bool) -> Change | Refusal:
        """The change where what the validator raises goes its own way.

        Args:
            skips: the finding wants what is refused to be skipped, which a handler has to do.
        """
        validator = self.means.validator
        if validator is None:
            return self._refusal("nothing-skips", "no validator raises what would be skipped")
        function = self.uses.function
        name = validator.exception_name
        handler = ending(self.uses.tree, function, self.at, name)
        if handler is not None:
            types = types_in_words(handler)
            self.notes.append(f"{name} ends in the handler for {types} around it")
        elif skips:
            return self._refusal(
                "nothing-skips", f"no handler of {function.name}() goes on without the file"
            )
        else:
            self.notes.append(f"{name} goes to the callers of {function.name}()")
        try:
            return self._checked("")
        except _NoWayError as error:
            return self._refusal("name-taken", str(error))

    def _checked(self, exception: str) -> Change:
        assigned = self._assigned()
        given = self._given()
        split = None if given else split_at(self.uses, self.run)
        optional = not given and split is None
        if self.means.validator is not None:
            bound, is_path, code = self._by_validator(
                self.means.validator, exception, assigned, optional
            )
        else:
            bound, is_path, code = self._by_root(exception, assigned, optional)
        replaced = assigned is not None and bound == assigned[0]
        behind = [
            node
            for node in self.run.uses
            if not (replaced and self.uses.tree.statement(node) is self.at)
        ]
        edits: list[Edit] = []
        if bound != self.uses.value:
            trusted = Trusted(bound, is_path, self.kind.is_path)
            edits += trusted.instead(self.uses, behind)
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
                binders = scope_table(self.uses.tree).binders(self.uses.function, name)
                if len(binders) != 1:
                    return None
                if self.joined is not None and value is self.joined.value:
                    return name, "Path"
                match value:
                    case ast.Call(args=[argument], keywords=[]) if argument is self.run.uses[0]:
                        meaning = qualified_name(self.uses.tree, value.func)
                        known = {"builtins.str": "str", "pathlib.Path": "Path"}
                        made = known.get(meaning or "")
                        return (name, made) if made is not None else None
        return None

    def _by_validator(
        self,
        validator: Validator,
        exception: str,
        assigned: tuple[str, str] | None,
        optional: bool,
    ) -> tuple[str, bool, str]:
        spelled = spelled_at(self.project, self.uses.source, self.at, validator)
        if isinstance(spelled, str):
            raise _NoWayError(spelled)
        imports = spelled.imports
        if not exception or validator.answers:
            imports = tuple(item for item in imports if item.name != validator.exception_name)
        self.imports += imports
        bound = assigned[0] if assigned is not None else self._bound("validated")
        is_path = assigned[1] == "Path" if assigned is not None else self.kind.is_path
        value = ast.unparse(self.joined.value) if self.joined is not None else self.uses.value
        value = bound if optional else value
        if validator.wants_text and (not self.kind.is_text or self.joined is not None):
            value = f"str({value})"
        conversion = "str"
        if is_path == (not validator.gives_text):
            conversion = ""
        elif is_path:
            conversion = self._path()
        answer = None
        if exception and not validator.answers:
            status = usual_status(self.project, self.uses.source, validator) or _FORBIDDEN
            answer = Answer(exception, status, "Invalid file path")
            if validator.looks:
                self.notes.append(
                    f"{validator.name}() refuses what does not exist, too: that is answered with "
                    f"{status} from now on"
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
            bound = self.uses.value if named else self._local("checked")
        value = ast.unparse(self.joined.value) if self.joined is not None else self.uses.value
        value = bound if optional else value
        if self.joined is not None:
            value = f"({value})"
        elif not self.kind.is_path:
            value = f"{self._path()}({value})"
        if is_expanded(self.uses, self.run):
            value += ".expanduser()"
        check = Check(made, value, self._offloads("resolve()"))
        answer = Answer(exception, _FORBIDDEN, "Access denied")
        code = by_root(
            check,
            root.text,
            free_name(self.uses.tree, self.uses.function, "allowed_root"),
            answer,
            has_relative=self.project.target_python >= _HAS_RELATIVE,
        )
        if bound != made:
            code += f"{bound} = {made if self.kind.is_path else f'str({made})'}\n"
        if optional:
            code = only_if_given(bound, self.uses.value, code)
        return bound, bound == made or self.kind.is_path, code

    def _root(self) -> Root:
        if self.joined is not None and self.means.root == self.joined.root:
            return Root(self.joined.root, ())
        root = root_at(self.project, self.uses.source, self.at, self.means.root)
        if isinstance(root, str):
            raise _NoWayError(root)
        self.imports += root.imports
        return root

    def _bound(self, how: str) -> str:
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
        raise _NoWayError(f"no name like {wished} is free")

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
            raise _NoWayError(f"Path cannot be imported: {found}")
        self.imports += found.imports
        return found.text

    def _offloads(self, what: str) -> str:
        """``asyncio.to_thread`` where the file does so and an ``await`` may stand there."""
        tree, function = self.uses.tree, self.uses.function
        if not isinstance(function, ast.AsyncFunctionDef):
            return ""
        target = self.project.target_python
        if b"to_thread(" in self.uses.source.data:
            name = local_name(tree, self.at, "asyncio", "to_thread")
            if name is not None and why_no_await(tree, self.at, target_python=target) is None:
                return name
        self.notes.append(f"{what} asks the file system on the event loop, for a moment")
        return ""

    def _what(self) -> str:
        value = ast.unparse(self.joined.value) if self.joined is not None else self.uses.value
        if self.means.validator is not None:
            return f"{value} is checked by {self.means.validator.name}() before it is used"
        return f"{value} is used only if it leads into {self.means.root}"

    def _refusal(self, reason: str, detail: str) -> Refusal:
        site = site_of(self.uses.source, self.run.uses[0])
        return Refusal(reason, f"{self.uses.value}: {detail}", site)


def _first_line(statement: ast.stmt) -> int:
    decorators = getattr(statement, "decorator_list", [])
    return min((statement.lineno, *(int(item.lineno) for item in decorators)))
