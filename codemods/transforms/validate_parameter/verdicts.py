"""Decides which parameters and fields get which bounds, and in which style."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.analysis.names.index import index_of
from codemods.analysis.web.parameters import (
    Parameter,
    comes_from,
    declared,
    is_collection,
    may_be_float,
    parameters,
    route_of,
    scalar,
    validators,
    violates,
)
from codemods.codemod import (
    AddImport,
    Change,
    Edit,
    Operation,
    Place,
    Refusal,
    Safety,
    Unit,
    site_of,
)
from codemods.project.project import Project
from codemods.project.settings import nearest_black_settings
from codemods.project.source import SourceFile
from codemods.rewriting.reach import reach
from codemods.syntax.dotted import last_part
from codemods.syntax.tree import FUNCTIONS, Function
from codemods.transforms.validate_parameter.edit import Declared, Header
from codemods.transforms.validate_parameter.plan import (
    Bound,
    ValidationHints,
    ValidationPlan,
    matches,
)

_Declaring = Function | ast.AnnAssign
"""What declares parameters, or a field."""
_LENGTHS = ("min_length", "max_length", "pattern")
_INDEXES = ("index", "idx", "offset", "position")
_SECOND = (b"field_validator", b"model_validator", b"ConfigDict", b"model_dump")


class Judge:
    """Decides about the parameters and fields of one place."""

    def __init__(
        self, project: Project, place: Place, plan: ValidationPlan, hints: ValidationHints
    ) -> None:
        self.project = project
        self.place = place
        self.source: SourceFile = place.source
        self.plan = plan
        self.hints = hints

    def function(self, function: Function) -> Iterator[Change | Refusal]:
        """One change for all parameters of an endpoint, and a refusal for each that stays."""
        tier = self.hints.tier([item.name for item in parameters(function)])
        route = route_of(function)
        wanted = [
            (item, bound)
            for item in parameters(function)
            if (bound := self._bound(item.name, tier)) is not None
            if not bound.is_sweep or (route and _is_swept(item, bound, route))
        ]
        if not wanted:
            return
        if len(wanted) > 1 and all(not bound.name for _, bound in wanted):
            names = ", ".join(item.name for item, _ in wanted)
            detail = f"{function.name}(): the finding does not say which of {names} is meant"
            yield Refusal("which-parameter", detail, site_of(self.source, function))
            return
        if route is None:
            if function is self.place.node:
                detail = (
                    f"{function.name}() is not an endpoint, so nothing would check its declarations"
                )
                yield Refusal("not-an-endpoint", detail, site_of(self.source, function))
            return
        made: list[Declared] = []
        imports: dict[AddImport, None] = {}
        # One style in one header: a default is no choice in front of a parameter without one.
        named = {item.name for item, _ in wanted}
        annotated = any(item.default is None and item.required_behind - named for item, _ in wanted)
        for item, bound in wanted:
            source = comes_from(item.name, route)
            result = self._declared(function, item, bound, source, annotated)
            if isinstance(result, Refusal):
                yield result
                continue
            made.append(result[0])
            imports.update(dict.fromkeys(result[1]))
        if made:
            yield self._change(function, made, tuple(imports))

    def fields(self) -> Iterator[Change | Refusal]:
        """The fields of models in this file that the finding names with their class."""
        tree = self.source.tree
        for model in tree.within(self.place.node, ast.ClassDef):
            bounds = {
                item.name: item for item in self.plan.bounds[::-1] if item.model == model.name
            }
            for statement in model.body:
                match statement:
                    case ast.AnnAssign(target=ast.Name(id=name)) if name in bounds:
                        item = Parameter(name, statement.annotation, statement.value)
                        yield self._field(model, statement, item, bounds[name])

    def _field(
        self, model: ast.ClassDef, statement: ast.AnnAssign, item: Parameter, bound: Bound
    ) -> Change | Refusal:
        notes = []
        for function, first in validators(model, item.name):
            if first:
                detail = f"{function}() changes the value before any bound is checked"
                return self._refusal("validated-before", statement, item, detail)
            notes.append(f"{function}() still runs, on values within the bounds")
        result = self._declared(statement, item, bound, "Field")
        if isinstance(result, Refusal):
            return result
        declaration, imports = result
        span = self.source.span(statement)
        operation = Operation(self.source.path, span, declaration, Unit.STATEMENT)
        what = f"{model.name}.{item.name} is bounded: {_said(declaration)}"
        edits: tuple[Edit, ...] = (operation, *imports)
        return Change(site_of(self.source, statement), what, edits, Safety.REVIEW, tuple(notes))

    def _bound(self, name: str, tier: tuple[str, ...]) -> Bound | None:
        plan = self.plan
        fits = [item for item in plan.bounds if not item.model]
        exact = [item for item in fits if item.name == name]
        return next(iter(exact or [item for item in fits if matches(item, name, tier)]), None)

    def _declared(
        self, at: _Declaring, item: Parameter, bound: Bound, function: str, annotated: bool = False
    ) -> tuple[Declared, tuple[AddImport, ...]] | Refusal:
        keywords = self._keywords(item, bound)
        if (existing := declared(self.source, item)) is not None:
            given = {part.arg: ast.unparse(part.value) for part in existing.keywords if part.arg}
            lacking = tuple(part for part in keywords if part[0] not in given)
            if not lacking:
                other = any(given[name] != value for name, value in keywords)
                detail = (
                    "it already has these bounds" if not other else "it already has other bounds"
                )
                reason = "bounded-otherwise" if other else "bounded"
                return self._refusal(reason, at, item, detail, already=not other)
            name = self.source.segment(existing.func)
            return Declared(item.name, name, lacking, append=True), ()
        if (why := self._unfit(item, bound, function)) is not None:
            return self._refusal(why[0], at, item, why[1])
        module = "pydantic" if function == "Field" else "fastapi"
        reached = reach(self.source, at, module, function)
        if isinstance(reached, str):
            return self._refusal("name-taken", at, item, reached)
        imports = reached.imports
        style = ""
        if function != "Field" and (annotated or self._wants_annotated(at, item)):
            found = reach(self.source, at, "typing", "Annotated")
            if isinstance(found, str):
                return self._refusal("name-taken", at, item, found)
            style, imports = found.text, (*imports, *found.imports)
        return Declared(item.name, reached.text, keywords, style), imports

    def _keywords(self, item: Parameter, bound: Bound) -> tuple[tuple[str, str], ...]:
        given = {name for name, _ in bound.keywords}
        finite = self.plan.finite and may_be_float(item.annotation) and self._is_second()
        if finite and not ({"le", "lt"} & given and {"ge", "gt"} & given):
            return (*bound.keywords, ("allow_inf_nan", "False"))
        return bound.keywords

    def _is_second(self) -> bool:
        """Whether the project is written for pydantic 2, as far as its code tells."""
        first = any(self.project.containing(b"@validator(", b"@root_validator"))
        return not first or any(self.project.containing(*_SECOND))

    def _unfit(self, item: Parameter, bound: Bound, function: str) -> tuple[str, str] | None:
        kinds = scalar(item.annotation)
        lengths = any(name in _LENGTHS for name, _ in bound.keywords)
        if ("sized" if lengths else "number") not in kinds or len(set(kinds) - {"none"}) != 1:
            of_type = ast.unparse(item.annotation) if item.annotation else "not declared"
            what = "lengths are for strings and lists" if lengths else "bounds are for numbers"
            return "wrong-type", f"{what}, but its type is {of_type}"
        if isinstance(item.default, ast.Call):
            return (
                "made-elsewhere",
                f"{ast.unparse(item.default)} decides where its value comes from",
            )
        if function == "Path" and item.default is not None:
            return "path-with-default", "FastAPI allows no default for a path parameter"
        if function == "Query" and lengths and is_collection(item.annotation):
            return "from-the-body", "without a declaration, FastAPI reads a list from the body"
        if (broken := violates(item.default, bound.keywords)) is not None:
            return "default-out-of-bounds", broken
        word = item.name.rpartition("_")[2]
        if word in _INDEXES and ("ge", "1") in bound.keywords:
            return "index-from-one", "the first index is 0, and ge=1 would reject it"
        return None

    def _wants_annotated(self, at: ast.AST, item: Parameter) -> bool:
        if item.annotation is None:
            return False
        written = (ast.unparse(node.value) for node in self.source.tree.of(ast.Subscript))
        if any(last_part(text) == "Annotated" for text in written):
            return True
        if item.default is None or not isinstance(at, FUNCTIONS):
            return False
        index = index_of(self.project)
        return bool(index.callers(index.resolver.reference(self.source, at)))

    def _change(
        self, function: Function, made: list[Declared], imports: tuple[AddImport, ...]
    ) -> Change:
        span = self.source.span(function)
        header = Header(tuple(made), self._indent(function, made))
        operation = Operation(self.source.path, span, header, Unit.STATEMENT)
        said = "; ".join(f"{item.name} ({_said(item)})" for item in made)
        what = f"{function.name}() checks {said}"
        site = site_of(self.source, function)
        return Change(site, what, (operation, *imports), Safety.REVIEW)

    def _indent(self, function: Function, made: list[Declared]) -> str:
        """One level of indentation, if the header would get too long for one line."""
        arguments = function.args
        line = self.source.line_text(function.lineno)
        if not line.rstrip().endswith(":") or arguments.kwonlyargs or arguments.posonlyargs:
            return ""
        if arguments.vararg or arguments.kwarg:
            return ""
        settings = nearest_black_settings(self.project.files, self.source.path)
        longest = settings.line_length
        if not settings.found:
            lengths = [len(text) for text in self.source.text.split("\n")]
            longest = max([88, *(length for length in lengths if length <= 120)])
        required = {item.name for item in parameters(function) if item.default is None}
        added = sum(_length(item, item.name in required) for item in made)
        if len(line) + added <= longest:
            return ""
        first = function.body[0]
        return " " * (first.col_offset - function.col_offset)

    def _refusal(
        self, reason: str, at: _Declaring, item: Parameter, detail: str, *, already: bool = False
    ) -> Refusal:
        where = site_of(self.source, at)
        owner = f"{at.name}()" if not isinstance(at, ast.AnnAssign) else where.function
        return Refusal(reason, f"{item.name} of {owner}: {detail}", where, already)


def _is_swept(item: Parameter, bound: Bound, route: str) -> bool:
    """Whether a parameter is of the kind that the finding wants bounded everywhere."""
    numeric = "number" in scalar(item.annotation)
    return numeric and comes_from(item.name, route) == bound.function.removesuffix("Param")


def _length(item: Declared, required: bool) -> int:
    """How many characters a declaration adds to its line."""
    said = len(_said(item))
    if item.append:
        return said + len(", ")
    if item.annotated:
        return said + len(f"{item.annotated}[, {item.function}()]")
    return said + len(f" = {item.function}(..., )" if required else f"{item.function}(, )")


def _said(item: Declared) -> str:
    return ", ".join(f"{name}={value}" for name, value in item.keywords)
