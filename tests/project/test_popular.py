"""Which trees are kept when a scan lets go of the others."""

from __future__ import annotations

from codemods.project.popular import ALWAYS, MORE, OFTEN, Popular


def test_what_was_parsed_once_goes() -> None:
    assert Popular().after({"a.py": 10, "b.py": 20}) == []


def test_what_is_parsed_again_stays_while_there_is_room() -> None:
    popular = Popular()
    popular.after({"a.py": ALWAYS - 5, "b.py": 10, "c.py": 5})
    assert popular.after({"a.py": ALWAYS - 5, "b.py": 10, "c.py": 5}) == ["a.py", "c.py"]


def test_the_most_work_goes_first() -> None:
    popular = Popular()
    for _ in range(3):
        popular.after({"small.py": 300})
    popular.after({"large.py": ALWAYS - 100})
    found = popular.after({"small.py": 300, "large.py": ALWAYS - 100})
    assert found == ["large.py"]


def test_there_is_more_room_where_all_is_parsed_anew() -> None:
    popular = Popular()
    large = {"a.py": MORE // 2, "b.py": MORE // 2}
    for _ in range(OFTEN // MORE):
        assert popular.after(large) == []
    assert popular.after(large) == ["a.py", "b.py"]
