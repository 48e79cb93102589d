"""The list of mutants fits the code; a run of them is `make mutants`."""

import dataclasses

import pytest

from tests.mutants import lists

MUTANTS = lists.read()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_changes_one_place_and_names_tests_that_exist(mutant):
    lists.changed(mutant)
    lists.require_tests(mutant)


def test_what_a_claim_rests_on_has_a_hundred_mutants():
    assert len(MUTANTS) >= 100
    assert sum(mutant.critical for mutant in MUTANTS) >= 50


@pytest.fixture
def root(tmp_path):
    """A repository of one module and two tests."""
    (tmp_path / "dpgan_tf").mkdir()
    (tmp_path / "dpgan_tf" / "one.py").write_text("x = 1\ny = 1\nz = 2\n")
    (tmp_path / "test_one.py").write_text("def test_a(): 1\ndef test_b(): 2\n")
    return tmp_path


def mutant(**changes):
    settings = {
        "name": "more",
        "file": "one.py",
        "old": "z = 2",
        "new": "z = 3",
        "tests": ("test_one.py::test_a", "test_one.py::test_b[1]"),
    }
    return lists.Mutant(**settings | changes)


def test_the_place_is_changed_and_nothing_else(root):
    assert lists.changed(mutant(), root) == "x = 1\ny = 1\nz = 3\n"
    assert (root / "dpgan_tf" / "one.py").read_text().endswith("z = 2\n")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"old": "= 1"}, "2 times"),
        ({"old": "w = 1"}, "0 times"),
        ({"file": "none.py"}, "0 times"),
        ({"new": "z = ("}, "never closed"),
        ({"new": "z  =  2"}, "says the same"),
        ({"new": "z = lambda: x + w"}, "nothing is called w"),
    ],
)
def test_a_text_that_does_not_fit_is_named(root, changes, said):
    with pytest.raises(lists.ListError, match=said):
        lists.changed(mutant(**changes), root)


@pytest.mark.parametrize(
    "changes",
    [
        {"tests": ()},
        {"tests": ("test_one.py::test_c",)},
        {"tests": ("test_two.py::test_a",)},
        {"tests": ("test_one.py",)},
        {"tests": ("test_one.py::test_a",), "critical": True},
        {"tests": ("test_one.py::test_a",) * 2, "critical": True},
    ],
)
def test_tests_that_are_gone_or_too_few_are_named(root, changes):
    lists.require_tests(dataclasses.replace(mutant(), critical=True), root)
    with pytest.raises(lists.ListError, match="more: "):
        lists.require_tests(mutant(**changes), root)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[mutant]]\nname = 1\n", "tests"),
        ("[[mutants]]\n", "mutant"),
        ("[[mutant", "list.toml"),
        ("[[mutant]]\ntests = []\nwrong = 1\n", "wrong"),
    ],
)
def test_a_list_in_another_form_is_named(tmp_path, text, said):
    (tmp_path / "list.toml").write_text(text)
    with pytest.raises(lists.ListError, match=said):
        lists.read(tmp_path)


def test_a_name_that_stands_twice_is_refused(tmp_path):
    entry = '[[mutant]]\nname="a"\nfile="f"\nold="o"\nnew="n"\ntests=[]\n'
    (tmp_path / "one.toml").write_text(entry)
    assert [m.name for m in lists.read(tmp_path)] == ["a"]
    (tmp_path / "two.toml").write_text(entry)
    with pytest.raises(lists.ListError, match="a: named more than once"):
        lists.read(tmp_path)
