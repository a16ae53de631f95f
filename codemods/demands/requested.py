"""An edit that is asked for, as code in text: what a person would write down of it, and the words
in which a finding says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, get_args

from codemods.findings.model import LineRange

Kind = Literal[
    "replace", "wrap", "level", "import", "decorate", "method", "entries", "lines", "delete"
]
Role = Literal["", "return", "raise", "catch", "pass", "give", "specify", "submit", "add", "rename"]
Where = Literal["", "before", "after", "inside", "start", "end", "finally", "guard"]
ROLES: Mapping[str, Role] = {role: role for role in get_args(Role)}


@dataclass(frozen=True)
class Edit:
    """This becomes that: an expression, a statement, an operator, a keyword argument, a handler."""

    new: str
    old: str | None = None
    """What it replaces; else what is most like it."""
    kind: Kind = "replace"
    """``wrap``: `new` is called with `old`. ``level``: log calls get the method `new`. ``import``,
    ``decorate``: it is added as such. ``method``, ``entries``: of a call's chain, of a dictionary.
    ``lines``: for several lines, which is only told of. ``delete``: `new` is what goes."""
    role: Role = ""
    """The verb that says what the new code is: ``return``, ``pass``, ``catch``, ``add``."""
    callee: str | None = None
    """Whose argument it is."""
    word: str | None = None
    """What the old code is called where it is not shown: ``PRAGMA``."""
    scopes: tuple[str, ...] = ()
    """Definitions in which it is done."""
    count: int | None = None
    """At how many places it is done."""
    every: bool = False
    """Whether it is done at all of them."""
    where: Where = ""
    """Where a statement goes that is only added: ``before`` or ``after`` the anchor, ``inside``
    the check that it is, at the ``start`` or ``end`` of the function that `scopes` names, in its
    ``finally``, or as a ``guard`` of what it looks at."""
    anchor: str | None = None
    """The code beside which it goes; else `word` says what it is."""
    suffix: str = ""
    """A method that the result of the new call gets: ``.astype(d)``."""
    levels: tuple[str, ...] = ()
    """The levels that log calls have now."""
    ahead: bool = False
    """Whether a value is made above what uses it."""
    block: int = 0
    """Edits of one block, from one: what is only added goes between its neighbors there."""

    @property
    def shows_old(self) -> bool:
        """Whether it says itself what is to be replaced."""
        return self.old is not None or self.kind in ("wrap", "level", "delete")


@dataclass(frozen=True)
class RequestedEdit(Edit):
    """An edit with the words that ask for it."""

    sentence: str = ""
    lines: tuple[LineRange, ...] = ()
    """The lines that the sentence names."""
    form: str = ""
    """In which way it is said."""
    bare: bool = False
    """Whether it is only to be added, and nothing says where."""
    was: str = ""
    """What the evidence shows in the place of the new code."""
    called: str = ""
    """What the sentence calls the new code: a ``check``, a ``guard``."""

    @property
    def edit(self) -> Edit:
        """Without the words."""
        return Edit(**{item.name: getattr(self, item.name) for item in fields(Edit)})

    @staticmethod
    def of(
        edit: Edit, sentence: str = "", lines: tuple[LineRange, ...] = (), was: str = ""
    ) -> RequestedEdit:
        """An edit with words."""
        given = {item.name: getattr(edit, item.name) for item in fields(Edit)}
        return RequestedEdit(**given, sentence=sentence, lines=lines, was=was)
