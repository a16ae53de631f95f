"""People of the histories: what they do to code, reports, branches and pull requests."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field

from codemods.delivery.bot.observing import STOP
from tests.bot.remote_shop import RemoteShop
from tests.bot.server.state import BOT, PERSON, Item, State

TO_PULLS = (
    *("push", "push", "amend", "rebase", "merge", "merge", "close", "delete-branch", "approve"),
    *("queue", "stop", "lock", "retarget", "undraft", "title", "words", "tick"),
)
DOINGS = (
    *TO_PULLS,
    *("base", "base", "patch", "patch", "conflict", "gone", "already", "back", "back", "reopen"),
    *("drop-report", "name-again", "name-again", "unreadable", "readable", "readable"),
    *("day", "day", "tick-dashboard", "tick-dashboard"),
)
ASKS = ("open", "unignore", "recreate")
"""Boxes that open something anew."""


@dataclass
class People:
    """What they did, and what of it has to last."""

    random: random.Random
    shop: RemoteShop
    theirs: set[str] = field(default_factory=set)
    """Commits of people."""
    dropped: set[str] = field(default_factory=set)
    """Those that people threw away themselves."""
    closed: set[int] = field(default_factory=set)
    """Pull requests that a person closed, by hand or with the branch."""
    words: dict[int, list[str]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    """How often somebody asked to open, by finding."""
    reopened: Counter[str] = field(default_factory=Counter)
    ignored: dict[str, int] = field(default_factory=dict)
    """The last pull request of a finding when somebody said to ignore it on the dashboard."""
    doings: Counter[str] = field(default_factory=Counter)

    @property
    def state(self) -> State:
        """The forge."""
        return self.shop.server.state

    def page(self) -> Item | None:
        """The dashboard."""
        return next((item for item in self.state.items.values() if not item.head), None)

    def name(self, item: Item) -> str:
        """The finding of a pull request."""
        found = re.search(r"\*\*(B-\d\d)", item.body)
        assert found, item.body
        return found[1]

    def ignore(self, name: str) -> None:
        """Somebody said to ignore a finding, and it was done."""
        numbers = [item.number for item in self.state.items.values() if self.is_of(item, name)]
        self.ignored[name] = max(numbers, default=0)

    def is_of(self, item: Item, name: str) -> bool:
        """Whether it is a pull request of a finding."""
        return bool(item.head) and self.name(item) == name

    def person(self, between: str = "") -> None:
        """A person does something, if it can be done.

        Args:
            between: the write of the bot that comes next. A forge has no way to write a body only
                if nobody else did: people keep off it in that moment.
        """
        doing = self.random.choice(DOINGS)
        name = self.random.choice(list(self.shop.versions))
        pulls = self.state.pulls()
        target = self.random.choice(pulls) if pulls else None
        if between and doing in ("title", "words", "tick", "tick-dashboard"):
            return
        done = self._to_code(name, doing)
        if not done and target is not None and doing in TO_PULLS:
            done = self._to_branch(target, doing) or self._to_pull(target, doing)
        if not done:
            done = {"reopen": self._reopen, "tick-dashboard": self._tick_dashboard}.get(
                doing, lambda: False
            )()
        self.doings[doing] += done

    def _to_code(self, name: str, doing: str) -> bool:
        shop, state = self.shop, self.state
        if doing in ("base", "patch", "back", "gone", "already"):
            state.commit("main", "README.md", str(self.random.random()).encode())
            shop.versions[name] += doing == "patch"
            for word, held in (("gone", shop.gone), ("already", shop.already)):
                (held.add if doing == word else held.discard)(name) if doing not in (
                    "base",
                    "patch",
                ) else None
        elif doing == "conflict":
            shop.rewrite(name)
        elif doing in ("drop-report", "name-again"):
            (shop.dropped.add if doing == "drop-report" else shop.dropped.discard)(name)
        elif doing in ("readable", "unreadable"):
            shop.unreadable = doing == "unreadable"
        elif doing == "day":
            shop.day += self.random.choice((1, 8))
        else:
            return False
        return True

    def _to_branch(self, item: Item, doing: str) -> bool:
        state, content = self.state, str(self.random.random()).encode()
        tip = state.tips()[item.head]
        if doing == "push":
            self.theirs.add(state.commit(item.head, "hand.py", content))
        elif doing in ("amend", "rebase"):
            # With everything that stood below: a person threw it away.
            self.dropped |= set(state.git("rev-list", f"main..{tip}").split())
            self.theirs.add(state.commit(item.head, "hand.py", content, "refs/heads/main^0"))
        elif doing == "merge" and tip not in self.theirs and item.base == "main":
            if not state.try_merge("main", tip):
                return False
            state.merge(item.number)
            self.shop.already.add(self.name(item))
        elif doing == "delete-branch" and tip not in self.theirs:
            state.git("update-ref", "-d", f"refs/heads/{item.head}")
            self.closed.add(item.number)
            state.settle()
        else:
            return False
        return True

    def _to_pull(self, item: Item, doing: str) -> bool:
        number, text = item.number, f"{self.random.random()}"
        if doing == "close":
            self.state.close(number)
            self.closed.add(number)
        elif doing == "approve":
            item.approvals = [PERSON]
        elif doing == "queue":
            item.queued = not item.queued
        elif doing == "stop":
            item.labels = [one for one in item.labels if one != STOP] + [STOP] * (
                STOP not in item.labels
            )
        elif doing == "lock":
            item.locked = not item.locked
        elif doing == "undraft":
            item.draft = False
        elif doing == "retarget":
            item.base = self.random.choice(["main", "main", "release"])
        elif doing == "title":
            item.title = f"Our title {text}"
            self.words[number] = [*self.words.get(number, ())[1:], item.title]
        elif doing == "words":
            item.body += f"\nOur words {text}"
            self.words[number] = [f"Our words {text}"]
        elif doing == "tick":
            return self._tick(item, self.name(item))
        else:
            return False
        return True

    def _tick(self, item: Item, name: str = "") -> bool:
        boxes = re.findall(r"- \[ \] <!-- autofix:\w+[^\n]*", item.body)
        if not boxes:
            return False
        box = self.random.choice(boxes)
        found = re.search(r"\*\*(B-\d\d)\*\*", box)
        name = name or (found[1] if found else "")
        ask = re.findall(r"autofix:(\w+)", box)[0]
        item.body = item.body.replace(box, box.replace("[ ]", "[x]"), 1)
        if name:
            self.asked[name] += ask in ASKS
            if ask in ASKS:
                self.ignored.pop(name, None)
        else:
            # A row of what no report names: any of them may be meant.
            self.asked.update(dict.fromkeys(self.shop.versions, 1) if ask in ASKS else {})
        return True

    def _tick_dashboard(self) -> bool:
        page = self.page()
        return page is not None and self._tick(page)

    def _reopen(self) -> bool:
        tips, opened = self.state.tips(), {item.head for item in self.state.pulls()}
        for item in self.state.items.values():
            closed = item.head and item.state == "closed" and not item.merged
            if closed and item.head in tips and item.head not in opened and item.author == BOT:
                item.state = "open"
                self.closed.discard(item.number)
                self.reopened[self.name(item)] += 1
                self.ignored.pop(self.name(item), None)
                return True
        return False
