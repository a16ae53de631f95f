"""The statements of a check, as code: what is bound by them, and what goes where on refusal."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """What makes a trusted path of another."""

    bound: str
    """The name that holds the trusted path."""
    value: str
    """The expression of the path, which is evaluated once."""
    offloads: str = ""
    """``asyncio.to_thread``, as it is reached there; empty to call in place."""

    def called(self, function: str, *arguments: str) -> str:
        """A call in the way of the place: awaited in a thread, or plain."""
        if not self.offloads:
            return f"{function}({', '.join(arguments)})"
        return f"await {self.offloads}({', '.join((function, *arguments))})"


def by_validator(
    check: Check, validator: str, conversion: str, exception: str, error: str, answer: str
) -> str:
    """``bound = str(validate(value))``, in a ``try`` where there is an answer.

    Args:
        conversion: ``str``, ``Path`` or empty: what makes of the result what ``bound`` is to be.
        exception: what the validator raises, as it is reached there.
        error: a free name for it.
        answer: the statement that answers; empty where nobody is answered.
    """
    call = check.called(validator, check.value)
    result = f"{conversion}({call})" if conversion else call
    if not answer:
        return f"{check.bound} = {result}\n"
    return (
        f"try:\n    {check.bound} = {result}\n"
        f"except {exception} as {error}:\n    {answer} from {error}\n"
    )


def by_root(check: Check, root: str, root_name: str, answer: str, *, has_relative: bool) -> str:
    """``bound`` as a resolved ``Path``, refused when it is not below ``root``.

    Args:
        check: its value is a ``Path``.
        root: the folder as an expression.
        root_name: a free name for it.
        answer: the statement that answers.
        has_relative: the target Python has ``Path.is_relative_to()`` (3.9).
    """
    base = (
        root if root.isidentifier() or (root.endswith(")") and " / " not in root) else f"({root})"
    )
    inside = (
        f"not {check.bound}.is_relative_to({root_name})"
        if has_relative
        else f"{root_name} not in {check.bound}.parents"
    )
    return (
        f"{root_name} = {check.called(f'{base}.resolve')}\n"
        f"{check.bound} = {check.called(f'{check.value}.resolve')}\n"
        f"if {inside}:\n    {answer}\n"
    )


def only_if_given(name: str, value: str, code: str) -> str:
    """``code`` for a value that may be missing: ``name`` holds it, checked if it is there."""
    start = "" if name == value else f"{name} = {value}\n"
    # An empty text opens no file, but as a folder it is the current one.
    folder = name.endswith(("dir", "directory", "folder"))
    return f"{start}if {name}{' is not None' if folder else ''}:\n{textwrap.indent(code, '    ')}"
