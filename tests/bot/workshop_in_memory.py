"""Git and the remote in memory, as the bot sees them: what moves is only what stands as seen."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from codemods.delivery.bot.observing import STOP
from codemods.delivery.bot.subjects import Subject
from codemods.delivery.bot.workshop import Checked, Likeness, RemoteBranch
from tests.bot.world import Push, World, branch_name, close_branch


class FakeWorkshop:
    """Git and the remote, as the bot sees them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.base = world.base
        # What today's fixes are was found out when the run began.
        self._today = {key: (d.version, d.conflicts) for key, d in world.defects.items()}
        self._failing = {key for key, defect in world.defects.items() if defect.failing}

    def branches(self, heads: Collection[str]) -> dict[str, RemoteBranch]:
        return {name: self._branch(name, tip) for name, tip in self.world.branches.items()}

    def _branch(self, name: str, tip: str) -> RemoteBranch:
        world, commit = self.world, self.world.commits[tip]
        foreign = "has commits by other people" if world.is_foreign(tip) else None
        # An amended commit keeps its trailers.
        defect = world.defects[commit.key]
        selectors = (f"AUDIT:{defect.id}",)
        return RemoteBranch(
            name, tip, commit.key, selectors, commit.base, str(commit.version), foreign
        )

    def compare(self, pairs: Sequence[tuple[Subject, RemoteBranch]]) -> list[Likeness]:
        found = []
        for subject, branch in pairs:
            version, conflicts = self._today[subject.key]
            commit = self.world.commits[branch.tip]
            found.append(
                Likeness(
                    subject.patch is not None and commit.version != version,
                    conflicts == branch.tip,
                    commit.base != self.base,
                )
            )
        return found

    def exists(self, path: str) -> bool:
        return True

    def patch_id(self, subject: Subject) -> str:
        return f"{subject.key}-{self._today[subject.key][0]}" if subject.patch else ""

    def collides(self, subject: Subject, branch: RemoteBranch) -> bool:
        return False

    def verify(self, subject: Subject) -> Checked:
        passes = subject.key not in self._failing
        words = "make test: passed" if passes else "make test: failed"
        return Checked(passes, words, (f"line {self.world.day}", "```", "@everyone"))

    def title(self, subject: Subject) -> str:
        return f"fix(shop): {subject.finding.title}"

    def push(
        self, subject: Subject, branch: str | None, expected: str | None, *, keep: bool
    ) -> str | None:
        world = self.world
        name = branch or branch_name(subject.key)
        version = self._today[subject.key][0]
        if subject.key in self._failing:
            world.intrusions.append(f"push of what does not pass {name}")

        def effect() -> str | None:
            if world.branches.get(name) != expected:
                return None
            pull = next((p for p in world.pulls.values() if p.open and p.head == name), None)
            if pull is not None and pull.queued:
                # GH006: what is queued for merging cannot be updated.
                return None
            retargeted = pull is not None and pull.base != "main"
            if retargeted and subject.key not in world.asked_now:
                world.intrusions.append(f"push to a retargeted {name}")
            if pull is not None and STOP in pull.labels:
                world.intrusions.append(f"push {name}")
            if expected is not None:
                old = world.commits[expected]
                world.pushes.append(
                    Push(
                        subject.key,
                        (old.version, old.base, old.parent) == (version, self.base, None),
                        pull is not None and pull.approved,
                        subject.key in world.asked_now,
                        world.defects[subject.key].conflicts == expected,
                    )
                )
                if keep:
                    world.trash.add(expected)
            world.branches[name] = world.commit("bot", subject.key, version)
            world.commits[world.branches[name]].base = self.base
            if pull is not None:
                pull.approved = False
            return name

        done = world.write(f"push {name}", effect)
        return str(done) if done is not None else None

    def delete(self, branch: str, expected: str) -> bool:
        world = self.world

        def effect() -> bool:
            if world.branches.get(branch) != expected:
                return False
            close_branch(world, branch, "bot")
            return True

        return bool(world.write(f"delete {branch}", effect))
