"""``autofix test``: the cases of codemods, run as the project runs its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .context import Session
from .exit import DONE, NOT_FIXED, UserError
from .options import Common, complete_codemod, with_common

if TYPE_CHECKING:
    from pathlib import Path

    from codemods.output.documents import CaseDocument
    from codemods.testing import Case

FIXTURES = "fixtures"


@with_common
def test(
    common: Common,
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME|DIR]",
            help="A codemod, whose cases are in fixtures/NAME, or a folder of cases. "
            "[default: fixtures]",
            show_default=False,
            autocompletion=complete_codemod,
        ),
    ] = None,
) -> int:
    """Run the cases of codemods, with their proofs.

    A case holds before.py and after.py, or only before.py if the code must stay. A codemod needs a
    case that changes, and at least as many that stay. proof.py is code that runs.

    Exit status: 0 when every case holds, 1 when one does not, 2 for wrong use.
    """
    session = Session(common)
    from codemods.testing import CaseError, check_balance
    from codemods.testing.checks import failures

    try:
        found, whole = _cases(session, what)
    except CaseError as error:
        raise UserError(str(error)) from None
    results: list[CaseDocument] = []
    for case, problem in failures(found):
        _tell(session, case.id, problem)
        results.append({"case": case.id, "passed": problem is None, "problem": problem})
    failed = sum(not item["passed"] for item in results)
    wrong = []
    for name in dict.fromkeys(case.name for case in found) if whole else ():
        try:
            check_balance(name, [case for case in found if case.name == name])
        except CaseError as error:
            wrong.append(str(error))
            session.warn(str(error))
    if session.json:
        from .rendering import write_json

        write_json({"version": 1, "cases": results, "problems": wrong})
    session.note(f"{len(found) - failed} of {len(found)} cases pass")
    return NOT_FIXED if failed or wrong else DONE


def _cases(session: Session, what: str | None) -> tuple[list[Case], bool]:
    """The cases that are meant, and whether they are all of their codemods."""
    from codemods.output.page import cases_of
    from codemods.testing import cases
    from codemods.testing.cases import case_of

    top = session.common.folder
    folder = top / (what or FIXTURES)
    if what is not None and not folder.is_dir():
        folder = top / FIXTURES / _known(session, what)
    # A folder of cases, of codemods, or one case.
    if _is_case(folder):
        found, whole = [case_of(folder, session.codemods)], False
    elif any(_is_case(inner) for inner in cases_of(folder)):
        found, whole = [case_of(inner, session.codemods) for inner in cases_of(folder)], True
    else:
        found, whole = list(cases(folder, session.codemods)), True
    if not found:
        raise UserError(f"{folder} contains no cases: a case is a folder with a before.py")
    for name in dict.fromkeys(case.name for case in found):
        _known(session, name)
    return found, whole


def _known(session: Session, name: str) -> str:
    from .selecting import known_codemod

    try:
        return known_codemod(session, name)
    except UserError as error:
        raise UserError(f"{error}; add a folder of codemods with --plugins DIR") from None


def _is_case(folder: Path) -> bool:
    return (folder / "before.py").exists() or (folder / "before").is_dir()


def _tell(session: Session, name: str, problem: str | None) -> None:
    from codemods.output.styled import styled

    if session.json:
        return
    if problem is None:
        if session.common.verbosity > 0:
            session.out.print(styled(f"{name}: holds"))
        return
    session.out.print(styled(f"{name}: {problem}"), soft_wrap=True)
