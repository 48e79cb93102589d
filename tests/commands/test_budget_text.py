"""A register in words."""

import math

import pytest

from dpgan_tf.commands import budget_text
from dpgan_tf.privacy.register import policy as policies
from dpgan_tf.privacy.register import register as registers
from dpgan_tf.privacy.register import room as rooms
from tests.privacy.register import examples


@pytest.fixture
def path(tmp_path):
    return examples.create(tmp_path / "all.budget")


def said(path, **room):
    values = {"spent": 1.0, "left": 0.5, "noise_factor": 1.5, "repeats": 1}
    chain = registers.read(path)
    return budget_text.text(chain, rooms.Room(**values | room))


def test_the_rule_of_choice_and_the_unit_are_said(path, tmp_path):
    assert "One record is the unit" in said(path)
    assert "however runs are chosen (Renyi order" in said(path)
    usual = policies.Policy(epsilon=2.0, delta=1e-5, most_records_per_unit=4)
    examples.create(tmp_path / "other", usual)
    text = said(tmp_path / "other")
    assert "Up to 4 records are the unit" in text
    assert "if no run was chosen by what earlier runs showed" in text


def test_what_is_left_is_said(path):
    assert "Left: 1 more run exactly like" in said(path)
    assert "1.50 times its noise and epsilon 0.5 alone" in said(path)
    assert "Left: 3 more runs exactly" in said(path, repeats=3)
    nothing = said(path, left=0.0, noise_factor=None, repeats=0)
    assert "Left: nothing for a run like the last one" in nothing
    empty = said(path, left=2.0, noise_factor=None, repeats=None)
    assert "Left: all of it" in empty


def test_each_run_has_a_line_in_its_column(path):
    assert "No run is charged so far" in said(path)
    examples.reserve(path, 1, examples.plan(60))
    examples.reserve(path, 2, examples.plan(7, summary=30.0))
    lines = said(path).split("\n\n")[1].splitlines()
    assert [line.split()[2] for line in lines] == ["steps", "60", "7"]
    assert [line.split()[5] for line in lines] == ["summary", "-", "30"]
    assert all(line.split()[-1] == "reserved" for line in lines[1:])


def test_what_has_no_price_is_null_for_programs(path):
    with registers.opened(path) as book:
        book.enter(examples.name(1), examples.plan(1, s=1e-6))
    room = rooms.Room(spent=math.inf, left=0.0, repeats=0)
    found = budget_text.report(registers.read(path), room)
    assert found["spent"] is None
    assert found["runs"][0]["epsilon_alone"] is None
