"""A run of mutants kills, finds survivors, and never changes the tree."""

import pytest

from tests.mutants import __main__ as command
from tests.mutants import lists
from tests.mutants import overlay
from tests.mutants import trial

MODULE = "def double(x):\n    return 2 * x\n"
TESTS = """
from dpgan_tf import one

def test_two():
    assert one.double(1) == 2

def test_nothing():
    assert one.double(0) == 0
"""


@pytest.fixture
def root(tmp_path):
    """A repository of its own, in the form of a copy."""
    (tmp_path / "dpgan_tf").mkdir()
    for name in ("dpgan_tf/__init__.py", "pyproject.toml"):
        (tmp_path / name).touch()
    (tmp_path / "dpgan_tf" / "one.py").write_text(MODULE)
    (tmp_path / "test_one.py").write_text(TESTS)
    return tmp_path


def mutant(name="triple", new="3 * x", tests=("two",)):
    return lists.Mutant(
        name=name,
        file="one.py",
        old="2 * x",
        new=new,
        tests=tuple(f"test_one.py::test_{test}" for test in tests),
    )


def test_each_named_test_must_fail(root):
    made = mutant(tests=("two", "nothing"))
    assert command.survives(made, root=root, logs=root) == [
        "test_one.py::test_nothing"
    ]
    assert command.survives(mutant(), root=root, logs=root) == []
    assert (root / "dpgan_tf" / "one.py").read_text() == MODULE


def test_a_mutant_that_cannot_be_imported_is_not_killed(root):
    """It would fail all tests, and say nothing of them."""
    made = mutant(new="2 * x\nimport nothing_of_this_name")
    with pytest.raises(lists.ListError, match="pytest ended with status"):
        command.survives(made, root=root, logs=root)
    assert (root / "dpgan_tf" / "one.py").read_text() == MODULE


def test_tests_that_take_too_long_are_stopped(root):
    (root / "test_one.py").write_text(
        "import time\ndef test_two(): time.sleep(60)\n"
    )
    with pytest.raises(lists.ListError, match="more than 1 s"):
        trial.run(
            ("test_one.py::test_two",), root=root, log=root / "log", limit=1
        )


def test_tests_must_pass_without_a_mutant(root):
    command.require_passing([mutant()], root=root, logs=root)
    (root / "dpgan_tf" / "one.py").write_text(MODULE.replace("2", "3"))
    with pytest.raises(lists.ListError, match="failed without a mutant"):
        command.require_passing([mutant()], root=root, logs=root)


def test_a_skipped_test_is_none(root):
    (root / "test_one.py").write_text(
        "import pytest\ndef test_two(): pytest.skip()\n"
    )
    with pytest.raises(lists.ListError, match="skipped without a mutant"):
        command.require_passing([mutant()], root=root, logs=root)


def test_survivors_are_counted_and_the_killed_are_not_tried_again(
    root, monkeypatch, capsys
):
    kept = root / "kept"
    kept.mkdir()
    monkeypatch.setattr(command, "_KEPT", kept)
    both = [mutant(), mutant("four", new="2 * x + 0")]
    assert command.try_all(both, root=root, resume=False) == 1
    said = capsys.readouterr().out
    assert "killed" in said and "SURVIVES" in said and "four" in said
    tried = []
    monkeypatch.setattr(command, "require_passing", lambda *_, **__: None)
    monkeypatch.setattr(
        command, "survives", lambda one, **_: tried.append(one.name) or []
    )
    command.try_all(both, root=root, resume=True)
    assert tried == ["four"]
    (root / "dpgan_tf" / "other.py").touch()
    command.try_all(both, root=root, resume=True)
    assert tried == ["four", "triple", "four"]


def test_a_sample_follows_its_seed():
    many = [mutant(str(i)) for i in range(50)]

    def names(seed):
        drawn = command.chosen(many, only=[], sample=10, seed=seed)
        return [one.name for one in drawn]

    assert len(set(names("a"))) == 10
    assert names("a") == names("a") != names("b")
    assert names("a") == sorted(names("a"), key=int)
    only = command.chosen(many, only=["7", "3"], sample=0, seed="")
    assert [one.name for one in only] == ["3", "7"]
    with pytest.raises(lists.ListError, match="none: not in the list"):
        command.chosen(many, only=["none"], sample=0, seed="")


def test_a_list_that_does_not_fit_ends_with_status_2(monkeypatch, capsys):
    broken = mutant(tests=("none",))
    monkeypatch.setattr(lists, "read", lambda: [broken])
    assert command.main([]) == 2
    assert "triple: " in capsys.readouterr().err


def test_a_copy_has_the_code_and_a_change_lasts_as_long_as_it_should(tmp_path):
    root = overlay.make(tmp_path)
    made = lists.read()[0]
    path = root / made.path
    before = path.read_text()
    digest = overlay.digest(root)
    with overlay.applied(made, root):
        assert path.read_text() == lists.changed(made)
        assert overlay.digest(root) != digest
    assert path.read_text() == before
    assert overlay.digest(root) == digest
