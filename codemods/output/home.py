"""Where the project and the pages of its catalogue are to be found, as its package says."""

from __future__ import annotations

from importlib.metadata import metadata

_PACKAGE = "autofix-codemods"


def addresses() -> dict[str, str]:
    """The package's addresses by their labels, in small letters; none where it was given none."""
    listed = metadata(_PACKAGE).get_all("Project-URL") or []
    pairs = (item.partition(",") for item in listed)
    return {label.strip().lower(): address.strip() for label, _, address in pairs}


def home() -> str | None:
    """The address of the project; ``None`` where its package names none."""
    known = addresses()
    return known.get("homepage") or known.get("source") or known.get("documentation")


def page_of(codemod: str) -> str | None:
    """The address of a codemod's page; ``None`` where the package names no documentation."""
    documentation = addresses().get("documentation")
    return f"{documentation.rstrip('/')}/codemods/{codemod}/" if documentation else None


def given(name: str, address: str | None) -> dict[str, str]:
    """A member of an object of JSON; none where there is no address."""
    return {name: address} if address else {}
