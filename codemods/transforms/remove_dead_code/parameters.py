"""Whether parameters that a finding calls dead may go, from the signature and from every call."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from codemods.analysis.references.calls import Call, CallersError, Given, callers, given
from codemods.analysis.references.examples import examples
from codemods.analysis.references.mentions import shown
from codemods.codemod import Change, Edit, Refusal, Safety, site_of
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.rewriting.signatures import call_edit, docstring_edit, signature_edits
from codemods.syntax.dotted import base_name
from codemods.syntax.names import names_loaded
from codemods.syntax.parts import default_of, values_given
from codemods.syntax.tree import Definition, Function
from codemods.tables import words
from codemods.transforms.remove_dead_code.leftovers import unused_imports
from codemods.transforms.remove_dead_code.parameter_checks import has_twin, obstacle
from codemods.transforms.remove_dead_code.targets import Parameter

_SEES_ALL = frozenset(words("locals vars eval exec dir currentframe signature"))

_Passed = dict[Parameter, list[tuple[Call, Given]]]


@dataclass(frozen=True, slots=True)
class ParameterRemoval:
    """Decides about the parameters of one finding, which may be passed on to each other."""

    project: Project
    wanted: Sequence[Parameter]
    gone: frozenset[str]
    """Paths of files that go with them: their calls do not count."""
    _callers: dict[Function, list[Call]] = field(default_factory=dict)

    def verdicts(self) -> Iterator[Change | Refusal]:
        """A change for each function, one for those that hand it on, and a refusal for each
        parameter that stays."""
        staying: dict[Parameter, Refusal] = {}
        passed: _Passed = {}
        for item in self.wanted:
            if (reason := obstacle(self.project, item)) is not None:
                staying[item] = self._refusal(item, *reason)
                continue
            if (needed := self._needed(item, _arguments(item.function))) is not None:
                staying[item] = needed
                continue
            try:
                passed[item] = self._passed(item)
            except CallersError as error:
                staying[item] = self._refusal(item, "callers", str(error))
        while True:
            going = [item for item in self.wanted if item not in staying]
            stuck = self._used(going, passed) or self._uneditable(going, passed)
            if not stuck:
                break
            staying |= stuck
        yield from (staying[item] for item in self.wanted if item in staying)
        yield from self._changes(going, passed)

    def _passed(self, item: Parameter) -> list[tuple[Call, Given]]:
        """What every call passes for it.

        Raises:
            CallersError: when not all callers are known, or one cannot go without it.
        """
        calls = self._callers.get(item.function)
        if calls is None:
            run, _ = examples(self.project, item.called)
            if run:
                raise CallersError(f"the example in {run[0]} calls it")
            calls = callers(self.project, item.source, item.function, item.owner)
            twin = has_twin(self.project, item)
            outside = next((call for call in calls if twin and not _is_own(call)), None)
            if outside is not None:
                where = f"{outside.source.path}:{outside.node.lineno}"
                raise CallersError(f"{where} may call {twin}, which also takes {item.name}")
            if not any(call.certain for call in calls):
                # A framework, a plug-in host, a class that this one is mixed into.
                raise CallersError(
                    f"no call of {item.place} in the project is certain, so other code may call it"
                )
            self._callers[item.function] = calls
        return [
            (call, found)
            for call in calls
            if call.source.path not in self.gone
            and (found := given(call, item.function, item.argument)) is not None
        ]

    def _used(self, going: Sequence[Parameter], passed: _Passed) -> dict[Parameter, Refusal]:
        """Those that their function needs, but to hand them on to one that goes too."""
        handed_on = {
            id(node)
            for item in going
            for _, given_to in passed[item]
            for node in ast.walk(given_to)
        }
        needed = {item: self._needed(item, handed_on) for item in going}
        return {item: refusal for item, refusal in needed.items() if refusal is not None}

    def _needed(self, item: Parameter, handed_on: set[int]) -> Refusal | None:
        """Where its function needs a parameter, but to hand it on."""
        for statement in item.function.body:
            for node in ast.walk(statement):
                match node:
                    case ast.Name(id=name) if name == item.name and id(node) not in handed_on:
                        pass
                    case ast.Call(func=function) if base_name(function) in _SEES_ALL:
                        pass
                    case _:
                        continue
                text = f"{item.name} is used in {item.place} (line {node.lineno})"
                return self._refusal(item, "used", text)
        return None

    def _uneditable(self, going: Sequence[Parameter], passed: _Passed) -> dict[Parameter, Refusal]:
        """Those of a function whose signature or calls cannot be edited."""
        found: dict[Parameter, Refusal] = {}
        for function in dict.fromkeys(item.function for item in going):
            mine = [item for item in going if item.function is function]
            made = self._edits(mine, passed, {item.function for item in going})
            if isinstance(made, str):
                found |= {item: self._refusal(item, "comment", made) for item in mine}
        return found

    def _changes(self, going: Sequence[Parameter], passed: _Passed) -> Iterator[Change]:
        functions = list(dict.fromkeys(item.function for item in going))
        edited = set(functions)
        # Where one function hands a parameter on to another, neither can go without the other.
        linked = any(
            function in edited
            for item in going
            for call, _ in passed[item]
            for function in call.source.tree.ancestors(call.node)
        )
        for group in [functions] if linked else [[function] for function in functions]:
            mine = [item for item in going if item.function in group]
            edits: list[Edit] = []
            described_as: list[str] = []
            for function in group:
                own = [item for item in mine if item.function is function]
                made = self._edits(own, passed, edited)
                assert not isinstance(made, str), "what cannot be edited stays"
                edits += made
                plural = "s" if len(own) > 1 else ""
                names = " and ".join(item.name for item in own)
                described_as.append(f"the parameter{plural} {names} of {own[0].place}")
            if not mine:
                continue
            several = len(mine) > 1
            what = (
                f"{', '.join(described_as)} {'are' if several else 'is'} removed: nothing reads "
                f"{'them' if several else 'it'}"
            )
            site = site_of(mine[0].source, mine[0].function)
            notes = tuple(dict.fromkeys(self._notes(mine, passed, edited)))
            yield Change(site, what, tuple(dict.fromkeys(edits)), Safety.REVIEW, notes)

    def _edits(
        self, mine: Sequence[Parameter], passed: _Passed, edited: set[Function]
    ) -> list[Edit] | str:
        """The edits for the parameters of one function, or why there are none."""
        first = mine[0]
        source, function = first.source, first.function
        made = signature_edits(source, function, [item.argument for item in mine])
        if isinstance(made, str):
            return f"{made} of {first.place}"
        edits: list[Edit] = list(made)
        names = [item.name for item in mine]
        described: list[Definition] = [function]
        if first.owner is not None and function.name == "__init__":
            described.append(first.owner)
        edits += filter(None, (docstring_edit(source, node, names) for node in described))
        dropped: list[tuple[SourceFile, ast.AST]] = [(source, item.argument) for item in mine]
        defaults = (default_of(function.args, item.argument) for item in mine)
        dropped += [(source, default) for default in defaults if default is not None]
        calls: dict[int, tuple[Call, list[Given]]] = {}
        for item in mine:
            for call, argument in passed[item]:
                calls.setdefault(id(call.node), (call, []))[1].append(argument)
        for call, arguments in calls.values():
            tree = call.source.tree
            whole = any(node in edited for node in tree.ancestors(call.node))
            found = call_edit(call.source, call.node, arguments, whole=whole)
            if isinstance(found, str):
                return f"{found} of {call.source.path}:{call.node.lineno}"
            edits += found
            dropped += [(call.source, node) for node in arguments]
        return [*edits, *unused_imports(self.project, dropped)]

    def _notes(
        self, mine: Sequence[Parameter], passed: _Passed, edited: set[Function]
    ) -> Iterator[str]:
        """Examples that nobody runs, and variables that only an argument read which goes."""
        for name in dict.fromkeys(item.called for item in mine):
            _, told = examples(self.project, name)
            if told:
                yield f"examples of {name} are in {shown(told)}"
        for item in mine:
            for call, argument in passed[item]:
                holder = call.source.tree.definition(call.node)
                if holder is None or holder in edited:
                    continue
                words = call.source.tree.within(holder, ast.Name)
                for name in sorted(names_loaded(argument)):
                    found = [node for node in words if node.id == name]
                    loads = [node for node in found if isinstance(node.ctx, ast.Load)]
                    if len(found) > len(loads) == 1:
                        where = f"{call.source.path}:{call.node.lineno}"
                        yield f"{name}, which {where} passed, is no longer read"

    def _refusal(self, item: Parameter, reason: str, detail: str) -> Refusal:
        return Refusal(reason, detail, site_of(item.source, item.function))


def _is_own(call: Call) -> bool:
    """Whether a method is called on the object or class that it belongs to, by its name."""
    function = call.node.func
    receiver = function.value if isinstance(function, ast.Attribute) else None
    if isinstance(receiver, ast.Call):
        return call.certain
    return isinstance(receiver, ast.Name) and (
        receiver.id in ("self", "cls") or receiver.id[:1].isupper()
    )


def _arguments(function: Function) -> set[int]:
    """What a function passes to others: they may be about to lose it."""
    return {
        id(value)
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        for value in values_given(call)
    }
