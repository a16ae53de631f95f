"""From results to branches, and to the remote: the end of a run, whoever runs it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from codemods.delivery.branch_names import PREFIX
from codemods.delivery.branches import Delivered, deliver
from codemods.delivery.planning import Action, Delivery, NotDelivered
from codemods.delivery.push import NotPushed, push
from codemods.delivery.repository import Repository
from codemods.delivery.verifying import Verification
from codemods.findings.model import Finding
from codemods.output.results import Checked, Result

ACTIONS = {
    Action.CREATE: "new",
    Action.UPDATE: "made anew",
    Action.KEEP: "unchanged",
}


def deliver_results(
    repository: Repository,
    base: str,
    results: Sequence[Result],
    *,
    repeated: Callable[[Finding], bool] = lambda _finding: False,
    prefix: str = PREFIX,
    publish: bool = False,
    reviewed: bool = False,
    verify: Callable[[str], Verification] | None = None,
) -> list[Result]:
    """Each fix on its branch; what stands in the way of one is said in its result.

    Args:
        base: the full id of the commit that was read.
        repeated: whether a finding's report has its id more than once.
        prefix: what the names of the branches start with.
        publish: push the branches, too.
        reviewed: whether they were decided about just now, in a review.
        verify: see :func:`codemods.delivery.branches.deliver`.

    Raises:
        RepositoryError: when nothing can be written or read at all.
    """
    positions = [number for number, result in enumerate(results) if result.patch is not None]
    items = []
    for number in positions:
        resolution, patch = results[number].resolution, results[number].patch
        assert patch is not None and resolution.codemod is not None
        finding = resolution.finding
        items.append(
            Delivery(finding, patch, resolution.codemod, repeated(finding), reviewed=reviewed)
        )
    if not items:
        return list(results)
    written = deliver(repository, base, items, prefix=prefix, verify=verify)
    changed = list(results)
    for number, item in zip(positions, written, strict=True):
        changed[number] = dataclasses.replace(changed[number], checked=_checked(item.verification))
        if isinstance(item, NotDelivered):
            changed[number] = dataclasses.replace(
                changed[number], branch=item.branch, problem=item.reason
            )
        else:
            changed[number] = dataclasses.replace(
                changed[number],
                branch=item.branch,
                commit=item.commit,
                action=ACTIONS[item.action],
            )
    return _pushed(repository, base, changed, written) if publish else changed


def _checked(verification: Verification | None) -> Checked | None:
    if verification is None:
        return None
    ended = verification.ended
    return Checked(
        verification.command,
        verification.passed,
        verification.summary,
        ended.output,
        verification.quotation,
    )


def _pushed(
    repository: Repository,
    base: str,
    results: Sequence[Result],
    written: Sequence[Delivered | NotDelivered],
) -> list[Result]:
    there = list({item.branch: item for item in written if isinstance(item, Delivered)}.values())
    answers = {item.branch: item for item in push(repository, base, there)}
    changed = []
    for result in results:
        answer = None if result.problem else answers.get(result.branch or "")
        if isinstance(answer, NotPushed):
            result = dataclasses.replace(result, problem=f"not pushed: {answer.reason}")
        elif answer is not None:
            state = "pushed" if answer.changed else "the remote already has it"
            result = dataclasses.replace(result, action=f"{result.action}, {state}")
        changed.append(result)
    return changed
