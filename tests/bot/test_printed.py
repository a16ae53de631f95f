"""What the project's command printed stands in the body, and changes nothing by itself."""

from __future__ import annotations

from dataclasses import replace

from codemods.delivery.bot.body import LEFT_OUT, LONGEST, Setting, body
from codemods.delivery.bot.life import Decision, State
from codemods.delivery.bot.printed import printed, printed_in
from codemods.delivery.supervising import Ended
from codemods.delivery.verifying import Verification
from codemods.engine.outcomes import Fixed
from tests.bot.test_farewell import run
from tests.bot.world import Pull, World, branch_name

DECISION = Decision(State.OPEN, "current", "fixed, open")


def opened() -> tuple[World, Pull]:
    world = World(1, defects=1)
    for _ in range(2):
        run(world)
    (pull,) = world.pulls.values()
    return world, pull


def test_it_stands_in_the_body_and_acts_nowhere() -> None:
    _, pull = opened()
    block = printed_in(pull.body)
    assert "<details><summary>what verify printed last</summary>" in block
    # Neither ends the block of code, nor calls anybody.
    assert "\n````text\nline 0\n```\n@\u2060everyone\n````\n" in block


def test_another_output_is_nothing_to_write_for() -> None:
    world, pull = opened()
    before, body = len(world.writes), pull.body
    world.day = 3
    run(world)
    assert (world.writes[before:], pull.body) == ([], body)


def test_it_is_kept_when_the_rest_is_written_anew() -> None:
    world, pull = opened()
    before = printed_in(pull.body)
    (defect,) = world.defects.values()
    defect.found, world.day = "not-found", 3
    run(world)
    assert "no patch for today's code" in pull.body.replace("\\", "").lower()
    # Nothing is pushed, so nothing is checked, and no patch is shown.
    defect.found = "fixed"
    run(world)
    assert printed_in(pull.body) == before


def test_what_was_not_pushed_is_told_apart() -> None:
    world, pull = opened()
    before = printed_in(pull.body)
    (defect,) = world.defects.values()
    defect.version, defect.failing = 1, True
    run(world)
    assert printed_in(pull.body) == before
    assert pull.body.count("what verify printed last") == 2
    assert "with today's patch, which was not pushed" in pull.body
    writes = len(world.writes)
    world.day = 2
    run(world)
    assert world.writes[writes:] == []
    defect.failing = False
    run(world)
    assert pull.body.count("what verify printed last") == 1
    assert "line 2" in printed_in(pull.body)
    assert world.branches[branch_name(defect.key)]


def test_nothing_was_printed() -> None:
    assert printed(("", "  "), passed=True) == ""
    assert printed_in("no block of ours") == ""


def test_a_long_line_is_cut() -> None:
    assert len(printed(["x" * 10_000] * 20, passed=True)) < 5_000


def test_where_there_is_no_room_it_goes_first() -> None:
    world, _ = opened()
    (subject,) = world.subjects()
    setting = Setting("https://forge.example/acme/shop", "b1", printed="x" * LONGEST)
    text = body(subject, setting, DECISION)
    assert LEFT_OUT in text
    assert text == body(subject, replace(setting, printed=LEFT_OUT), DECISION)


def test_a_failure_is_told_in_the_same_words_each_time() -> None:
    told = {
        Verification("make test", Ended(2, seconds, ""), Ended(0, seconds, "")).ending
        for seconds in (1.0, 41.0)
    }
    assert told == {"make test: failed with status 2, and passes on the base"}


def test_another_patch_of_the_same_place_is_shown() -> None:
    world, _ = opened()
    (one,) = world.subjects()
    member = one.first
    assert one.patch is not None
    (file,) = one.patch.files
    other = replace(one.patch, files=(replace(file, after=b"```\n@everyone\n"),))
    outcome = replace(member.resolution, outcome=Fixed(other))
    for second, shown in ((member, False), (replace(member, resolution=outcome), True)):
        both = replace(one, members=(member, replace(second, selector="SECOND:B-7")))
        text = body(both, Setting("https://forge.example/acme/shop", "b1"), DECISION)
        assert ("asks for another patch" in text) is shown
        assert "@everyone" not in text
