"""GitHub, github.com and Enterprise Server, as a :class:`~codemods.delivery.forge.protocol.Forge`.

Paths and fields are those of GitHub's OpenAPI description; the tests hold every request and answer
against it, and against the one of Enterprise Server.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from codemods.delivery.forge.client import PAGE, Client, number_of
from codemods.delivery.forge.documents import (
    issue_of,
    listed_pull,
    login_of,
    newly_closed,
    pull_of,
)
from codemods.delivery.forge.protocol import (
    LABEL,
    Comment,
    ForgeError,
    Issue,
    Mine,
    PullRequest,
    RepositoryFacts,
    Standing,
    Trouble,
)

WORKFLOW_ACCOUNT = "github-actions[bot]"
"""Whose pull requests those of a workflow's own token are; it may not ask who it is."""
_STANDING = """
query($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { %s }
}
"""
_STANDING_OF_ONE = """p%d: pullRequest(number: %d) {
  isInMergeQueue
  latestOpinionatedReviews(first: 100) { nodes { state } }
}"""
_EDITOR = """
query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    issue(number: $number) { lastEditedAt editor { login } }
  }
}
"""
_METHODS = {
    "allow_squash_merge": "SQUASH",
    "allow_merge_commit": "MERGE",
    "allow_rebase_merge": "REBASE",
}
"""How pull requests may be merged there; ours have one commit, so squashing goes first."""
AT_ONCE = 50
"""Pull requests in one GraphQL query."""


class GitHub:
    """One repository.

    Args:
        repository: ``owner/name``.
        login: whose the token is, where that is known already.
    """

    def __init__(self, client: Client, repository: str, login: str | None = None) -> None:
        self.client = client
        self._name = repository
        self._path = f"/repos/{repository}"
        self._login = login
        self._facts: RepositoryFacts | None = None
        self._merge_method = "MERGE"

    def account(self) -> str:
        if self._login is None:
            try:
                self._login = str(self.client.get("/user", "read the owner of the token")["login"])
            except ForgeError as error:
                if error.trouble is not Trouble.FORBIDDEN:
                    raise
                self._login = WORKFLOW_ACCOUNT
        return self._login

    def repository(self) -> RepositoryFacts:
        if self._facts is None:
            asked = f"read the repository {self._name}"
            try:
                found = self.client.get(self._path, asked)
            except ForgeError as error:
                if error.trouble is not Trouble.GONE:
                    raise
                text = (
                    f"{asked}: it does not exist, or the token may not see it: check --repository"
                )
                raise ForgeError(Trouble.MOVED, text) from None
            number_of(found, "id", asked)
            name = str(found["full_name"])
            if name.lower() != self._name.lower():
                raise ForgeError(
                    Trouble.MOVED,
                    f"the repository {self._name} is {name} now: set --repository {name}",
                )
            allowed = (method for key, method in _METHODS.items() if found.get(key) is True)
            self._merge_method = next(allowed, self._merge_method)
            self._facts = RepositoryFacts(
                name=name,
                default_branch=str(found["default_branch"]),
                url=str(found["html_url"]),
                clone_url=str(found["clone_url"]),
                archived=found.get("archived") is True,
                has_issues=found.get("has_issues") is not False,
            )
        return self._facts

    def mine(self) -> Mine:
        # `creator` finds issues and pull requests of all states in one list. Only open ones need
        # their branches; the list of all pull requests would be the whole history of the project.
        account = self.account()
        try:
            listed = self._opened_by(account)
        except ForgeError as error:
            if error.trouble is not Trouble.DISABLED:
                raise
            return self._mine_without_issues(account)
        heads = {}
        if any(item.get("pull_request") and item.get("state") == "open" for item in listed):
            opened = self.client.pages(
                f"{self._path}/pulls",
                "list the open pull requests",
                state="open",
                sort="created",
                direction="asc",
            )
            heads = {item["number"]: item for item in opened if login_of(item) == account}
        pulls, issues = [], []
        for item in sorted(listed, key=lambda item: int(item["number"])):
            if item.get("pull_request"):
                view = heads.get(item["number"])
                if view is None or self._is_here(view):
                    pulls.append(listed_pull(item, view))
            else:
                issues.append(issue_of(item))
        return Mine(tuple(pulls), tuple(issues))

    def _opened_by(self, account: str) -> list[Any]:
        """Issues and pull requests of an account, as the list of issues has them."""
        asked = "list the pull requests of autofix"
        found = self._issues(asked, creator=account)
        if found or not self._issues(asked, labels=LABEL):
            return found
        # Some clouds find nothing by an App's login (renovatebot/renovate#44730), and whoever
        # believes that opens a dashboard at each run. Our label says that there may be something.
        return [item for item in self._issues(asked) if login_of(item) == account]

    def _issues(self, asked: str, **wanted: str) -> list[Any]:
        path, order = f"{self._path}/issues", {"sort": "created", "direction": "asc"}
        return self.client.pages(path, asked, state="all", **order, **wanted)

    def _mine_without_issues(self, account: str) -> Mine:
        """Where issues are disabled and not even listed: from all pull requests."""
        listed = self.client.pages(
            f"{self._path}/pulls",
            "list the pull requests",
            state="all",
            sort="created",
            direction="asc",
        )
        found = [
            pull_of(item) for item in listed if login_of(item) == account and self._is_here(item)
        ]
        return Mine(
            tuple(item if item.open else replace(item, head="", tip="", base="") for item in found),
            (),
        )

    def _is_here(self, view: Mapping[str, Any]) -> bool:
        """Whether the head of a pull request lies in our repository and in no fork."""
        held = view["head"].get("repo")
        return held is not None and str(held["full_name"]).lower() == self._name.lower()

    def standing(self, numbers: Sequence[int]) -> dict[int, Standing]:
        found: dict[int, Standing] = {}
        for start in range(0, len(numbers), AT_ONCE):
            found |= self._standing(numbers[start : start + AT_ONCE])
        return found

    def _standing(self, numbers: Sequence[int]) -> dict[int, Standing]:
        owner, _, name = self._name.partition("/")
        parts = " ".join(_STANDING_OF_ONE % (number, number) for number in numbers)
        asked = "read the reviews"
        try:
            data = self.client.graphql(_STANDING % parts, {"owner": owner, "name": name}, asked)
            seen = data["repository"]
            return {
                number: Standing(
                    any(
                        item["state"] == "APPROVED"
                        for item in seen[f"p{number}"]["latestOpinionatedReviews"]["nodes"]
                    ),
                    seen[f"p{number}"]["isInMergeQueue"] is True,
                )
                for number in numbers
            }
        except (KeyError, TypeError, ForgeError) as error:
            if isinstance(error, ForgeError) and error.trouble.is_final:
                raise
            # A server without GraphQL, or with an older schema. A push into the merge queue is
            # refused there as well, by the branch's protection.
            return {number: self._reviewed(number) for number in numbers}

    def _reviewed(self, number: int) -> Standing:
        reviews = self.client.pages(f"{self._path}/pulls/{number}/reviews", "read the reviews")
        last: dict[str, str] = {}
        for item in reviews:
            if item["state"] != "COMMENTED":
                last[login_of(item)] = str(item["state"])
        return Standing("APPROVED" in last.values())

    def pull(self, number: int) -> PullRequest:
        asked = f"read pull request #{number}"
        found = self.client.get(f"{self._path}/pulls/{number}", asked)
        number_of(found, "number", asked)
        return pull_of(found)

    def _of_head(self, head: str) -> list[Any]:
        """All pull requests of a branch, open and closed."""
        owner, path = self._name.partition("/")[0], f"{self._path}/pulls"
        asked = "find the pull request"
        listed = self.client.pages(path, asked, head=f"{owner}:{head}", state="all")
        return [item for item in listed if item["head"]["ref"] == head]

    def closed_since(self, known: Collection[int]) -> tuple[PullRequest, ...]:
        # Closing counts as an update, so what was closed since a run began is among the newest.
        listed = self.client.get(
            f"{self._path}/pulls",
            "read recently closed pull requests",
            state="closed",
            sort="updated",
            direction="desc",
            per_page=PAGE,
        )
        found = newly_closed(listed, self.account(), known)
        return tuple(pull_of(item) for item in found if self._is_here(item))

    def create(
        self,
        head: str,
        base: str,
        title: str,
        body: str,
        *,
        draft: bool,
        known: Collection[int] = (),
    ) -> int | None:
        def look() -> Any:
            listed = self._of_head(head)
            opened = [item for item in listed if item["state"] == "open"]
            return next(iter(opened + newly_closed(listed, self.account(), known)), None)

        asked = f"open a pull request for {head}"
        wanted = {"head": head, "base": base, "title": title, "body": body, "draft": draft}
        try:
            made = self.client.write("POST", f"{self._path}/pulls", asked, wanted, look, ahead=True)
        except ForgeError as error:
            if error.trouble is not Trouble.REFUSED:
                raise
            if "already exists" in str(error):
                made = look()
            elif draft and "draft" in str(error).lower():
                # Not every plan of GitHub has drafts for private repositories.
                return self.create(head, base, title, body, draft=False, known=known)
            else:
                raise
            if made is None:
                raise
        number = number_of(made, "number", asked)
        return None if made.get("state") == "closed" else number

    def edit(self, number: int, *, title: str | None = None, body: str | None = None) -> None:
        wanted = {"title": title, "body": body}
        changes = {name: value for name, value in wanted.items() if value is not None}
        asked = f"edit #{number}"
        # The path for issues takes pull requests, too.
        done = self.client.write("PATCH", f"{self._path}/issues/{number}", asked, changes)
        number_of(done, "number", asked)

    def set_draft(self, number: int) -> None:
        asked = f"make #{number} a draft"
        held = self.client.get(f"{self._path}/pulls/{number}", asked)
        if held.get("draft") is True:
            return
        # REST cannot do it.
        query = (
            "mutation($id: ID!) { convertPullRequestToDraft(input: {pullRequestId: $id}) "
            "{ pullRequest { isDraft } } }"
        )
        self.client.graphql(query, {"id": held["node_id"]}, asked)

    def set_auto_merge(self, number: int, *, on: bool) -> None:
        asked = f"{'enable' if on else 'disable'} auto-merge of #{number}"
        held = self.client.get(f"{self._path}/pulls/{number}", asked)
        if (held.get("auto_merge") is not None) is on:
            return
        # REST cannot do it.
        name = "enablePullRequestAutoMerge" if on else "disablePullRequestAutoMerge"
        how = f", mergeMethod: {self._merge_method}" if on else ""
        query = (
            f"mutation($id: ID!) {{ {name}(input: {{pullRequestId: $id{how}}}) "
            "{ pullRequest { number } } }"
        )
        self.client.graphql(query, {"id": held["node_id"]}, asked)

    def comments(self, number: int) -> tuple[Comment, ...]:
        listed = self.client.pages(
            f"{self._path}/issues/{number}/comments", f"read the comments of #{number}"
        )
        return tuple(
            Comment(int(item["id"]), str(item.get("body") or ""), login_of(item)) for item in listed
        )

    def comment(self, number: int, body: str, mark: str) -> None:
        def look() -> Any:
            account = self.account()
            found = [
                item
                for item in self.comments(number)
                if mark in item.body and item.author == account
            ]
            return {"id": found[0].id} if found else None

        path, asked = f"{self._path}/issues/{number}/comments", f"comment on #{number}"
        made = self.client.write("POST", path, asked, {"body": body}, look, ahead=True)
        number_of(made, "id", asked)

    def react(self, comment: int, content: str) -> None:
        path = f"{self._path}/issues/comments/{comment}/reactions"
        self.client.write("POST", path, "answer a comment", {"content": content})

    def add_labels(self, number: int, labels: Sequence[str]) -> None:
        path = f"{self._path}/issues/{number}/labels"
        self.client.write("POST", path, f"label #{number}", {"labels": list(labels)})

    def request_reviewers(self, number: int, logins: Sequence[str], teams: Sequence[str]) -> None:
        path = f"{self._path}/pulls/{number}/requested_reviewers"
        wanted = {"reviewers": list(logins), "team_reviewers": list(teams)}
        self.client.write("POST", path, f"ask for reviews of #{number}", wanted)

    def add_assignees(self, number: int, logins: Sequence[str]) -> None:
        path = f"{self._path}/issues/{number}/assignees"
        self.client.write("POST", path, f"assign #{number}", {"assignees": list(logins)})

    def permission(self, login: str) -> str:
        path = f"{self._path}/collaborators/{quote(login, safe='')}/permission"
        try:
            return str(self.client.get(path, f"read the permissions of {login}")["permission"])
        except ForgeError as error:
            if error.trouble is not Trouble.GONE:
                raise
            return "none"

    def issue(self, number: int) -> Issue:
        asked = f"read issue #{number}"
        found = self.client.get(f"{self._path}/issues/{number}", asked)
        number_of(found, "number", asked)
        return issue_of(found)

    def editor(self, number: int) -> str | None:
        owner, _, name = self._name.partition("/")
        given = {"owner": owner, "name": name, "number": number}
        try:
            data = self.client.graphql(_EDITOR, given, f"read who edited #{number}")
            found = data["repository"]["issue"]
            if found["lastEditedAt"] is None:
                return ""
            return str(found["editor"]["login"])
        except (KeyError, TypeError, ForgeError) as error:
            if isinstance(error, ForgeError) and error.trouble.is_final:
                raise
            # An account that was deleted, or a server without GraphQL.
            return None

    def issues(self, *, labels: Sequence[str] = (), author: str | None = None) -> tuple[Issue, ...]:
        parameters = {"labels": ",".join(labels), "creator": author or ""}
        given = {name: value for name, value in parameters.items() if value}
        listed = self._issues("list the issues", **given)
        return tuple(issue_of(item) for item in listed if not item.get("pull_request"))

    def create_issue(self, title: str, body: str, labels: Sequence[str], mark: str) -> int:
        def look() -> Any:
            mine = self.issues(author=self.account())
            found = [item for item in mine if mark in item.body]
            return {"number": found[0].number} if found else None

        wanted = {"title": title, "body": body, "labels": list(labels)}
        path, asked = f"{self._path}/issues", "open an issue"
        return number_of(self.client.write("POST", path, asked, wanted, look), "number", asked)
