"""What each operation does and answers; the rest of an answer is filled in from its schema."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.bot.server.description import Json, Operation
from tests.bot.server.state import BOT, Comment, Item, State

Answer = tuple[int, Json]
TOO_LONG = 65_536


class Routes:
    """The operations, on one state.

    Args:
        base: how the server is called: ``http://127.0.0.1:1234``.
        login: whose the token is.
    """

    def __init__(self, state: State, base: str, login: str) -> None:
        self.state = state
        self.base = f"{base}/api/v3"
        self.web = base
        self.login = login
        self.query: Mapping[str, str] = {}

    def answer(self, operation: Operation, query: Mapping[str, str], body: Json) -> Answer:
        """Carry out an operation."""
        self.query = query
        self.state.settle()
        arguments = operation.arguments
        repository = f"{arguments.get('owner')}/{arguments.get('repo')}"
        if "owner" in arguments and repository.lower() != self.state.name:
            return error(404, "Not Found")
        if self.state.archived and body is not None:
            return error(403, "Repository was archived so is read-only.")
        name = re.sub(r"\W", "_", operation.name)
        function: Callable[[Mapping[str, str], Json], Answer] | None = getattr(self, name, None)
        if function is None:
            return error(501, f"{operation.name} is not built")
        return function(arguments, body)

    def user(self, login: str) -> Json:
        """A user, in short."""
        url = f"{self.base}/users/{login}"
        links = (
            *("followers_url", "following_url", "gists_url", "starred_url", "subscriptions_url"),
            *("organizations_url", "repos_url", "events_url", "received_events_url"),
        )
        return {
            "login": login,
            "id": 1 + sum(login.encode()),
            "node_id": f"U_{login}",
            "avatar_url": f"{self.web}/avatar",
            "gravatar_id": "",
            "url": url,
            "html_url": f"{self.web}/{login}",
            **dict.fromkeys(links, url),
            "type": "Bot" if login.endswith("[bot]") else "User",
            "site_admin": False,
        }

    def users_get_authenticated(self, arguments: Mapping[str, str], body: Json) -> Answer:
        if self.login.startswith("github-actions"):
            return error(403, "Resource not accessible by integration")
        return 200, self.user(self.login)

    def repos_get(self, arguments: Mapping[str, str], body: Json) -> Answer:
        return 200, self._repository()

    def _repository(self) -> Json:
        owner, _, name = self.state.name.partition("/")
        return {
            "id": 7,
            "name": name,
            "full_name": self.state.name,
            "owner": self.user(owner),
            "default_branch": "main",
            "html_url": f"{self.web}/{self.state.name}",
            "clone_url": f"{self.web}/{self.state.name}.git",
            "archived": self.state.archived,
            "has_issues": self.state.has_issues,
            "allow_squash_merge": True,
            "url": f"{self.base}/repos/{self.state.name}",
        }

    # Pull requests.

    def pulls_list(self, arguments: Mapping[str, str], body: Json) -> Answer:
        state, head = self.query.get("state", "open"), self.query.get("head", "")
        owner = self.state.name.partition("/")[0]
        found = [
            item
            for item in self._items(state)
            if item.head and (not head or head == f"{owner}:{item.head}")
        ]
        return 200, [self.pull(item) for item in found]

    def _items(self, state: str) -> list[Item]:
        found = [item for item in self.state.items.values() if state in ("all", item.state)]
        found.sort(key=lambda item: item.number)
        return found if self.query.get("direction") == "asc" else found[::-1]

    def pulls_get(self, arguments: Mapping[str, str], body: Json) -> Answer:
        item = self.state.items.get(int(arguments["pull_number"]))
        return (200, self.pull(item)) if item and item.head else error(404, "Not Found")

    def pulls_create(self, arguments: Mapping[str, str], body: Json) -> Answer:
        state, head, base = self.state, body["head"], body["base"]
        tips = state.tips()
        if head not in tips or base not in tips:
            field = "head" if head not in tips else "base"
            return invalid({"resource": "PullRequest", "field": field, "code": "invalid"})
        if state.git("rev-list", "--count", f"{tips[base]}..{tips[head]}") == "0":
            return custom(f"No commits between {base} and {head}")
        if any(item.head == head for item in state.pulls()):
            owner = state.name.partition("/")[0]
            return custom(f"A pull request already exists for {owner}:{head}.")
        if len(body.get("body") or "") > TOO_LONG:
            return custom(f"body is too long (maximum is {TOO_LONG} characters)")
        item = Item(0, body["title"], body.get("body") or "", self.login, head=head, base=base)
        item.draft, item.tip = body.get("draft", False), tips[head]
        return 201, self.pull(state.new_item(item))

    def pulls_list_reviews(self, arguments: Mapping[str, str], body: Json) -> Answer:
        item = self.state.items[int(arguments["pull_number"])]
        url = f"{self.base}/pulls/{item.number}"
        links = {name: {"href": url} for name in ("html", "pull_request")}
        return 200, [
            {
                "id": place,
                "user": self.user(who),
                "state": "APPROVED",
                "body": "",
                "html_url": url,
                "pull_request_url": url,
                "_links": links,
                "commit_id": item.tip,
            }
            for place, who in enumerate(item.approvals, 1)
        ]

    def pulls_request_reviewers(self, arguments: Mapping[str, str], body: Json) -> Answer:
        known = self.state.permissions
        wanted = body.get("reviewers", [])
        if body.get("team_reviewers") or any(login not in known for login in wanted):
            return error(
                422,
                "Reviews may only be requested from collaborators. One or more of the users or "
                "teams you specified is not a collaborator of the acme/shop repository.",
            )
        item = self.state.items[int(arguments["pull_number"])]
        item.reviewers += wanted
        return 201, self.pull(item)

    def pull(self, item: Item) -> Json:
        """A pull request."""
        url = f"{self.base}/repos/{self.state.name}/pulls/{item.number}"
        links = (
            *("self", "html", "issue", "comments", "review_comments", "review_comment"),
            *("commits", "statuses"),
        )
        base_tip = self.state.tips().get(item.base, "0" * 40)
        return {
            "id": 100 + item.number,
            "node_id": f"PR_{item.number}",
            "number": item.number,
            "state": item.state,
            "title": item.title,
            "body": item.body,
            "draft": item.draft,
            "locked": item.locked,
            "user": self.user(item.author),
            "url": url,
            "html_url": f"{self.web}/{self.state.name}/pull/{item.number}",
            "head": self._side(item.head, item.tip, fork=item.fork),
            "base": self._side(item.base, base_tip, fork=False),
            "labels": [self.label(name) for name in item.labels],
            "merged": item.merged,
            "auto_merge": self._auto_merge(item),
            "merged_at": "2026-03-02T08:00:00Z" if item.merged else None,
            "_links": {name: {"href": url} for name in links},
        }

    def _auto_merge(self, item: Item) -> Json:
        if not item.auto_merge:
            return None
        words = {"commit_title": "", "commit_message": ""}
        return {"enabled_by": self.user(BOT), "merge_method": item.auto_merge.lower(), **words}

    def _side(self, ref: str, tip: str, *, fork: bool) -> Json:
        repository = self._repository()
        if fork:
            repository = {**repository, "full_name": "eve/shop", "fork": True}
        owner = self.state.name.partition("/")[0]
        user = self.user(owner)
        return {"label": f"{owner}:{ref}", "ref": ref, "sha": tip, "user": user, "repo": repository}

    # Issues.

    def issues_list_for_repo(self, arguments: Mapping[str, str], body: Json) -> Answer:
        wanted = set(filter(None, self.query.get("labels", "").split(",")))
        creator = self.query.get("creator")
        if not self.state.has_issues:
            return error(410, "Issues are disabled for this repo")
        if creator is not None and not self.state.finds_by_author:
            return 200, []
        found = [
            item
            for item in self._items(self.query.get("state", "open"))
            if wanted <= set(item.labels) and creator in (None, item.author)
        ]
        return 200, [self.issue(item) for item in found]

    def issues_create(self, arguments: Mapping[str, str], body: Json) -> Answer:
        if not self.state.has_issues:
            return error(410, "Issues are disabled for this repo")
        made = Item(0, body["title"], body.get("body") or "", self.login, body.get("labels") or [])
        return 201, self.issue(self.state.new_item(made))

    def issues_get(self, arguments: Mapping[str, str], body: Json) -> Answer:
        item = self.state.items.get(int(arguments["issue_number"]))
        return (200, self.issue(item)) if item else error(404, "Not Found")

    def issues_update(self, arguments: Mapping[str, str], body: Json) -> Answer:
        item = self.state.items[int(arguments["issue_number"])]
        if len(body.get("body") or "") > TOO_LONG:
            return custom(f"body is too long (maximum is {TOO_LONG} characters)")
        for name in ("title", "body", "state"):
            if name in body:
                setattr(item, name, body[name])
        return 200, self.issue(item)

    def issues_add_labels(self, arguments: Mapping[str, str], body: Json) -> Answer:
        item = self.state.items[int(arguments["issue_number"])]
        item.labels = sorted({*item.labels, *body["labels"]})
        return 200, [self.label(name) for name in item.labels]

    def issues_add_assignees(self, arguments: Mapping[str, str], body: Json) -> Answer:
        item = self.state.items[int(arguments["issue_number"])]
        # Whoever cannot be assigned is left out without a word.
        known = self.state.permissions
        item.assignees += [login for login in body["assignees"] if login in known]
        return 201, self.issue(item)

    def issue(self, item: Item) -> Json:
        """An issue, or a pull request as one."""
        path = "pull" if item.head else "issues"
        html = f"{self.web}/{self.state.name}/{path}/{item.number}"
        url = f"{self.base}/repos/{self.state.name}/issues/{item.number}"
        made = {
            "id": 500 + item.number,
            "node_id": f"I_{item.number}",
            "number": item.number,
            "state": item.state,
            "title": item.title,
            "body": item.body,
            "locked": item.locked,
            "state_reason": item.reason or None,
            "user": self.user(item.author),
            "url": url,
            "html_url": html,
            "labels": [self.label(name) for name in item.labels],
        }
        if item.head:
            merged = "2026-03-02T08:00:00Z" if item.merged else None
            links = dict.fromkeys(("url", "html_url", "diff_url", "patch_url"), html)
            made |= {"pull_request": {**links, "merged_at": merged}, "draft": item.draft}
        return made

    def label(self, name: str) -> Json:
        """A label."""
        return {
            "id": 1 + sum(name.encode()),
            "node_id": f"L_{name}",
            "url": f"{self.base}/repos/{self.state.name}/labels/{name}",
            "name": name,
            "description": "",
            "color": "ededed",
            "default": False,
        }

    # Comments and people.

    def issues_list_comments(self, arguments: Mapping[str, str], body: Json) -> Answer:
        number = int(arguments["issue_number"])
        found = [item for item in self.state.comments.values() if item.number == number]
        return 200, [self.comment(item) for item in found]

    def issues_create_comment(self, arguments: Mapping[str, str], body: Json) -> Answer:
        number = int(arguments["issue_number"])
        return 201, self.comment(self.state.new_comment(number, body["body"], self.login))

    def comment(self, item: Comment) -> Json:
        """A comment."""
        url = f"{self.base}/repos/{self.state.name}/issues/comments/{item.id}"
        return {
            "id": item.id,
            "node_id": f"C_{item.id}",
            "body": item.body,
            "user": self.user(item.author),
            "url": url,
            "html_url": url,
            "issue_url": f"{self.base}/repos/{self.state.name}/issues/{item.number}",
            "author_association": "NONE",
        }

    def repos_get_collaborator_permission_level(
        self, arguments: Mapping[str, str], body: Json
    ) -> Answer:
        login = arguments["username"]
        if login not in self.state.permissions:
            return error(404, f"{login} is not a user")
        permission = self.state.permissions[login]
        return 200, {"permission": permission, "role_name": permission, "user": self.user(login)}

    # Apps.

    def apps_get_authenticated(self, arguments: Mapping[str, str], body: Json) -> Answer:
        return 200, {"id": 5, "slug": "autofix", "name": "autofix", "owner": self.user("acme")}

    def apps_get_repo_installation(self, arguments: Mapping[str, str], body: Json) -> Answer:
        return 200, {"id": 77, "account": self.user("acme"), "app_id": 5, "target_type": "User"}

    def apps_create_installation_access_token(
        self, arguments: Mapping[str, str], body: Json
    ) -> Answer:
        return 201, {"token": "ghs_installation", "expires_at": "2026-03-02T09:00:00Z"}

    # GraphQL, whose answers no schema is at hand for.

    def _mutated(self, query: str, node: str) -> Json:
        """What REST cannot do; a refusal has status 200, too."""
        item = self.state.items[int(node.removeprefix("PR_"))]
        found = re.search(r"(\w+)\(input: \{pullRequestId: \$id(?:, mergeMethod: (\w+))?", query)
        assert found, query
        name, state = found[1], self.state
        can = state.has_drafts if name == "convertPullRequestToDraft" else state.has_auto_merge
        if not can:
            return {"data": {name: None}, "errors": [{"message": f"{name} is not supported"}]}
        if name == "convertPullRequestToDraft":
            item.draft = True
        else:
            item.auto_merge = found[2] or ""
        return {"data": {name: {"pullRequest": {"number": item.number}}}}

    def graphql(self, document: Json) -> Answer:
        """The queries that the bot asks."""
        query = document["query"]
        if query.startswith("mutation"):
            return 200, self._mutated(query, document["variables"]["id"])
        if not self.state.graphql:
            return 200, {"data": None, "errors": [{"message": "Field does not exist"}]}
        if "lastEditedAt" in query:
            item = self.state.items[document["variables"]["number"]]
            edited = "2026-03-02T08:00:00Z" if item.editor else None
            editor = {"login": item.editor} if item.editor else None
            issue = {"lastEditedAt": edited, "editor": editor}
            return 200, {"data": {"repository": {"issue": issue}}}
        found = {}
        for name, number in re.findall(r"(p\d+): pullRequest\(number: (\d+)\)", query):
            item = self.state.items[int(number)]
            nodes = [{"state": "APPROVED"} for _ in item.approvals]
            found[name] = {
                "isInMergeQueue": item.queued,
                "latestOpinionatedReviews": {"nodes": nodes},
            }
        return 200, {"data": {"repository": found}}


def error(status: int, message: str, errors: Sequence[Json] = ()) -> Answer:
    """An answer that says no."""
    document: dict[str, Json] = {
        "message": message,
        "documentation_url": "https://docs.github.com/rest",
        "status": str(status),
    }
    if errors:
        document["errors"] = list(errors)
    return status, document


def invalid(problem: Mapping[str, Any]) -> Answer:
    """A field that is wrong."""
    return error(422, "Validation Failed", [problem])


def custom(message: str) -> Answer:
    """A rule that is told in words."""
    return invalid({"resource": "PullRequest", "code": "custom", "message": message})


def dumped(document: Json) -> bytes:
    """As it is sent."""
    return json.dumps(document).encode()
