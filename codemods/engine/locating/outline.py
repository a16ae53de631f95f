"""The definitions of one file, and which of them a name in a report means."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable

from codemods.engine.locating.mentions import Mention, words
from codemods.engine.locating.tokens import Hit, TokenFile, bare
from codemods.findings.model import LineRange
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_part
from codemods.syntax.tree import FUNCTIONS, Definition, Function

Container = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Outline:
    """Definitions with their lines (decorators included), by name and by line.

    Raises:
        SourceError: when the file cannot be parsed at all.
    """

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.tree = source.tree
        self.module = self.tree.module
        self.tokens = TokenFile(source.utf8.decode("utf-8"))
        self._ranges: dict[Container, LineRange] = {}
        self._by_name: dict[str, list[Definition]] = defaultdict(list)
        self._by_bare_name: dict[str, list[Definition]] = defaultdict(list)
        for node in self.tree.definitions():
            first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
            self._ranges[node] = LineRange(first, node.end_lineno or node.lineno)
            self._by_name[node.name].append(node)
            self._by_bare_name[bare(node.name)].append(node)
        self._ranges[self.module] = LineRange(1, len(source.line_starts))

    def lines(self, node: Container) -> LineRange:
        """The lines of a definition, decorators included."""
        return self._ranges[node]

    def defines(self, name: str) -> bool:
        """Whether the file has a definition of this name."""
        return name in self._by_name

    def resolved(self, name: str) -> bool:
        """Whether the file has a definition of this name, leading underscores aside."""
        return name in self._by_name or bare(name) in self._by_bare_name

    def header(self, node: Container) -> LineRange:
        """The line of ``def`` or ``class``; the first one of a module."""
        line = 1 if isinstance(node, ast.Module) else node.lineno
        return LineRange(line, line)

    def name(self, node: Container) -> str:
        """The qualified name; the file's own name for a module."""
        if isinstance(node, ast.Module):
            return f"the module {self.source.path}"
        return self.tree.qualified_name(node)

    def functions(self) -> list[Function]:
        """Every function, in the order of their lines."""
        return [node for node in self._ranges if isinstance(node, FUNCTIONS)]

    def innermost(self, start: int, end: int) -> Container:
        """The smallest definition that holds these lines, else the module."""
        best: Container = self.module
        for node, lines in self._ranges.items():
            # In the order of their lines, so that a later one that fits is further inside.
            if node is not self.module and lines.start <= start and end <= lines.end:
                best = node
        return best

    def around(self, node: Container) -> Iterable[Definition]:
        """The definitions around ``node``, the nearest first."""
        for ancestor in self.tree.ancestors(node):
            if isinstance(ancestor, (*FUNCTIONS, ast.ClassDef)):
                yield ancestor

    def within(self, node: Container, outer: Iterable[Container]) -> bool:
        """Whether ``node`` is one of ``outer``, or inside one."""
        wanted = set(outer)
        return node in wanted or any(item in wanted for item in self.tree.ancestors(node))

    def is_method_of(self, node: Container, owner: ast.ClassDef) -> bool:
        """Whether ``node`` is inside the class."""
        return node is not owner and self.within(node, [owner])

    def unread(self, names: Iterable[str]) -> str | None:
        """The first of ``names`` that stands in a part that this Python cannot parse."""
        wanted = set(names)
        for part in self.tree.unread:
            if wanted & set(part.name.split(".")):
                return part.name
        return None

    def resolve(self, mention: Mention) -> list[Definition]:
        """The definitions that a mention means; ``Class.attribute`` means the class."""
        owners = [
            node
            for node in self._by_name.get(mention.owner or "", ())
            if isinstance(node, ast.ClassDef)
        ]
        # Reports forget leading underscores; a definition that is called just so goes first.
        found = self._by_name.get(mention.name) or self._by_bare_name.get(bare(mention.name), [])
        if mention.owner and not owners:
            found = [node for node in found if self._may_own(mention.owner, node)]
        if not found and mention.owner and mention.name in ("setter", "getter", "deleter"):
            return [*self._by_name.get(mention.owner, ())]
        if owners:
            inside = [node for node in found if self.within(node, owners)]
            # ``Class.attribute`` is about the class; ``Class.method`` that is gone about nothing.
            return [*inside] or [node for node in owners if self._uses(node, mention.name)]
        if not mention.marked:
            # ``Engine has no lock``: a plain word in capitals that is just a class of the file.
            classes = [node for node in found if isinstance(node, ast.ClassDef)]
            return [*classes] if mention.name[0].isupper() and len(mention.name) > 3 else []
        return [*found]

    def of_said(self, nodes: Iterable[Container], classes: frozenset[str]) -> list[Container]:
        """Of definitions with one name those in a class that the report names, if there are any
        such; a name that has one definition stays."""
        found = list(nodes)
        said = [node for node in found if any(i.name in classes for i in self.around(node))]
        taken = {last_part(self.name(node)) for node in said}
        return [node for node in found if node in said or last_part(self.name(node)) not in taken]

    def is_stem(self, name: str) -> bool:
        """Whether a name is that of the file itself."""
        return self.source.path.rpartition("/")[2].rpartition(".")[0] == name

    def is_own(self, owner: str) -> bool:
        """Whether a name in front of a dot means this file or a class of it, by its words."""
        said = set(words(owner))
        stem = words(self.source.path.rpartition("/")[2].rpartition(".")[0])
        classes = [
            name for name, found in self._by_name.items() if isinstance(found[0], ast.ClassDef)
        ]
        return said == set(stem) or any(said == set(words(name)) for name in classes)

    def _uses(self, node: Definition, name: str) -> bool:
        """Whether a class, or the module beside it, has state of this name."""
        return node in self.keeping(name) or any(
            isinstance(item, ast.Name) and item.id == name for item in self._module_targets()
        )

    def _may_own(self, owner: str, node: Definition) -> bool:
        """Whether ``owner.name`` may mean ``node``: ``repository.search`` a method of
        ``TrackRepository`` or a function of ``repository.py``; ``subprocess.run`` no method that
        happens to be called ``run``."""
        said = set(words(owner))
        around = " ".join(item.name for item in self.around(node))
        return said <= {*words(around), *words(self.source.path.rpartition("/")[2])}

    def named(self, text: Iterable[Mention]) -> list[Definition]:
        """The definitions that a text names, in its order.

        A class goes when a function inside it is named too. A plain word counts right behind its
        class (``PsychoacousticEQ reset``), and narrows nothing otherwise.
        """
        found: dict[Definition, None] = {}
        previous: list[Definition] = []
        for mention in text:
            resolved = self.resolve(mention)
            classes = [item for item in previous if isinstance(item, ast.ClassDef)]
            if not resolved and classes and not mention.marked:
                resolved = [
                    node
                    for node in self._by_name.get(mention.name, ())
                    if isinstance(node, FUNCTIONS) and self.within(node, classes)
                ]
            found.update(dict.fromkeys(resolved))
            previous = resolved
        definitions = list(found)
        kept = [
            node
            for node in definitions
            if not isinstance(node, ast.ClassDef)
            or not any(self.is_method_of(other, node) for other in definitions)
        ]
        return self._of_their_class(kept, definitions)

    def _of_their_class(
        self, kept: list[Definition], definitions: list[Definition]
    ) -> list[Definition]:
        """Where a name has several definitions, those of a class that the text names too."""
        classes = [node for node in definitions if isinstance(node, ast.ClassDef)]
        if not classes:
            return kept
        inside = {node.name for node in kept if self.within(node, classes)}
        return [node for node in kept if node.name not in inside or self.within(node, classes)]

    def routed(self, routes: Iterable[str]) -> list[Function]:
        """The handlers of these routes, by the strings in their decorators and the prefix that
        the file gives all of them."""
        wanted = {route.rstrip("/") for route in routes}
        for prefix in self._prefixes():
            wanted |= {item.removeprefix(prefix) for item in wanted if item.startswith(prefix)}
        return [
            node
            for node in self.functions()
            for decorator in node.decorator_list
            for item in (decorator.args if isinstance(decorator, ast.Call) else ())
            if isinstance(item, ast.Constant)
            and isinstance(item.value, str)
            and item.value.rstrip("/") in wanted
        ]

    def _prefixes(self) -> list[str]:
        """The ``prefix="/api/jobs"`` of the routers that the file makes."""
        return [
            item.value.value.rstrip("/")
            for node in self.tree.of(ast.Call)
            for item in node.keywords
            if item.arg == "prefix"
            and isinstance(item.value, ast.Constant)
            and isinstance(item.value.value, str)
            and len(item.value.value) > 1
        ]

    def is_stub(self, node: Container) -> bool:
        """Whether a function has no body: of a protocol, an overload, an abstract class."""
        if not isinstance(node, FUNCTIONS):
            return False
        return all(
            isinstance(item, ast.Pass)
            or (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))
            for item in node.body
        )

    def only(self, marks: frozenset[str]) -> Function | None:
        """The one innermost function in which every one of these tokens stands."""
        wanted = {bare(mark) for mark in marks}
        found = [
            node
            for node in self.functions()
            if wanted <= self.tokens.names(self.lines(node).start, self.lines(node).end)
        ]
        outer = {item for node in found for item in self.around(node)}
        inner = [node for node in found if node not in outer and not self.is_factory(node)]
        return inner[0] if len(inner) == 1 else None

    def where(self, names: Iterable[str]) -> list[Container]:
        """The functions in which all of ``names`` stand as code, the innermost ones."""
        wanted = set(names)
        found = [node for node in self.functions() if wanted and self.holds(node, wanted) == wanted]
        outer = {item for node in found for item in self.around(node)}
        return [node for node in found if node not in outer]

    def keeping(self, name: str) -> list[Container]:
        """Where state of this name is used: the class with ``self.name``, else the functions that
        use a module's variable."""
        in_class: dict[Container, None] = {}
        for node in self.tree.of(ast.Attribute):
            # What is only called is a method; state is assigned somewhere.
            stored = isinstance(node.ctx, ast.Store)
            if stored and bare(node.attr) == bare(name) and _is_self(node.value):
                owner = next(
                    (i for i in self.tree.ancestors(node) if isinstance(i, ast.ClassDef)), None
                )
                if owner is not None:
                    in_class[owner] = None
        if in_class:
            return list(in_class)
        if any(isinstance(item, ast.Name) and item.id == name for item in self._module_targets()):
            return self.where([name])
        return []

    def _module_targets(self) -> list[ast.expr]:
        """What is assigned at the top of the module."""
        return [
            target
            for item in self.module.body
            if isinstance(item, (ast.Assign, ast.AnnAssign))
            for target in (item.targets if isinstance(item, ast.Assign) else [item.target])
        ]

    def is_factory(self, node: Container) -> bool:
        """Whether a function is mostly other functions, as one that makes a router: a line in it
        that is in none of them says nothing."""
        lines = self.lines(node)
        inner = [
            self.lines(i) for i in self.functions() if next(iter(self.around(i)), None) is node
        ]
        return sum(i.end - i.start + 1 for i in inner) * 2 > lines.end - lines.start + 1

    def holds(self, node: Container, names: Iterable[str]) -> set[str]:
        """Which of ``names`` stand as code in ``node``; leading underscores do not count."""
        lines = self.lines(node)
        return self.names_on(lines.start, lines.end, names)

    def names_on(self, start: int, end: int, names: Iterable[str]) -> set[str]:
        """Which of ``names`` stand as code on these lines; leading underscores do not count."""
        present = self.tokens.names(start, end)
        return {name for name in names if bare(last_part(name).removesuffix("()")) in present}

    def at(self, hit: Hit) -> Container:
        """The innermost definition at a hit."""
        return self.innermost(hit.start, hit.end)


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def outlines(_project: Project) -> dict[SourceFile, Outline]:
    """Where the outlines of a project's files are kept: reports name the same ones often."""
    return {}
