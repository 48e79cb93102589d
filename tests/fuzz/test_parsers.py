"""A small fuzz of every parser, and every input that was a finding once."""

import json
import os
import pathlib
import random
import zipfile

import pytest

from dpgan_tf.privacy import untrusted_json
from tests.fuzz import __main__ as fuzz
from tests.fuzz import cases
from tests.fuzz import json_mutations
from tests.fuzz import mutations
from tests.fuzz import worker
from tests.fuzz import zip_mutations

_SEED = 0
_NUM = 2_000
_FOUND = sorted(path for path in worker.FOUND.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", cases.CASES)
def test_changed_files_are_read_or_refused_in_one_line(name, tmp_path):
    case = worker.find_case(name, tmp_path)
    case.read()  # As it is, it can be read, and more is tried than a refusal.
    for number in range(max(3, round(_NUM * cases.CASES[name][1]))):
        path, content = worker.input_of(case, name, seed=_SEED, number=number)
        problem = worker.problem_of(case, path, content)
        assert problem is None, f"input {number} of seed {_SEED}: {problem}"


@pytest.mark.parametrize("found", _FOUND, ids=lambda path: path.name)
def test_what_was_a_finding_once_is_none_any_more(found, tmp_path):
    name, content = found.parent.name, found.read_bytes()
    case = worker.find_case(name, tmp_path)
    path = case.files[worker.place_of(found)]
    assert found.name.endswith(path.name)
    assert worker.problem_of(case, path, content) is None


@pytest.mark.parametrize("name", ["claim", "npz", "picture", "mimic"])
def test_equal_seeds_give_equal_inputs(name, tmp_path):
    for folder in "ab":
        (tmp_path / folder).mkdir()
    first, second = (
        worker.find_case(name, tmp_path / folder) for folder in "ab"
    )
    first.__dict__["contents"] = second.contents  # Keys and salts are fresh.
    for number in range(20):
        inputs = [
            worker.input_of(case, name, seed=5, number=number)
            for case in (first, second)
        ]
        assert inputs[0][0].name == inputs[1][0].name
        assert inputs[0][1] == inputs[1][1]


class _Reader:
    """Stands in for the reader of a case."""

    def __init__(self, raised):
        self.raised = raised

    def __call__(self):
        raise self.raised


@pytest.mark.parametrize(
    "raised, word",
    [
        (TypeError("no"), "builtins.TypeError outside"),
        (MemoryError(), "MemoryError"),
        (RecursionError("deep"), "RecursionError"),
        (SystemExit(0), "SystemExit"),
        (worker.TYPED[0](""), "UserError without a message"),
        (worker.TYPED[0]("a: b."), None),
        (worker.TYPED[1]("a: b."), None),
    ],
)
def test_only_typed_errors_with_a_message_are_none(tmp_path, raised, word):
    path = tmp_path / "a"
    path.write_bytes(b"valid")
    case = cases.Case([path], _Reader(raised))
    problem = worker.problem_of(case, path, b"changed")
    assert problem is None if word is None else word in problem
    assert path.read_bytes() == b"valid"


def test_an_input_that_takes_too_long_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "CPU_SECONDS", 0.1)
    path = tmp_path / "a"
    path.write_bytes(b"")

    def read():
        while True:
            try:
                while True:
                    pass
            except Exception:
                pass

    case = cases.Case([path], read)
    assert "takes more than" in worker.problem_of(case, path, b"")


def test_the_mutations_reach_what_they_are_for():
    """Most stay JSON or zip files, or else only the first line is tried."""
    rng = random.Random(0)
    text = json.dumps({"a": [1, {"b": "c"}], "d": 2.5}).encode()
    words = ("twice", "deep", "NaN", "64 bits", "half a", "large for a float")
    seen, num_read = set(), 0
    for _ in range(600):
        try:
            untrusted_json.parse(json_mutations.mutate(text, rng, [text]))
            num_read += 1
        except untrusted_json.JsonError as error:
            seen |= {word for word in words if word in str(error)}
    assert seen == set(words) and num_read > 150


def test_zip_files_mostly_stay_zip_files(tmp_path):
    case = cases.npz(tmp_path)
    rng, num_zip = random.Random(0), 0
    for _ in range(100):
        changed = zip_mutations.mutate(case.contents[0], rng, case.contents)
        (tmp_path / "changed.zip").write_bytes(changed)
        num_zip += zipfile.is_zipfile(tmp_path / "changed.zip")
    assert num_zip > 50
    png = cases.picture(pathlib.Path(tmp_path)).contents[0]
    assert any(mutations.mutate_png(png, rng, [png]) != png for _ in range(9))


def test_a_finding_is_kept_for_the_tests(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(worker, "FOUND", tmp_path / "found")
    monkeypatch.setattr(worker, "_limit_memory", lambda: None)
    path = tmp_path / "a.json"

    def make(folder):
        path.write_text("{}")

        def read():
            if path.read_bytes() != b"{}":
                raise KeyError("a")

        return cases.Case([path], read)

    monkeypatch.setitem(cases.CASES, "odd", (make, 0.0))
    stdout = os.dup(1)
    try:
        worker.main("odd", 0, 0, 9)
    finally:
        os.dup2(stdout, 1)
    lines = capfd.readouterr().out.splitlines()
    assert [line for line in lines if line.isdecimal()] == list("0123456789")
    assert any("builtins.KeyError outside" in line for line in lines)
    kept = list((tmp_path / "found" / "odd").iterdir())
    assert 1 <= len(kept) <= worker.MOST_KEPT
    assert all(worker.place_of(one) == 0 for one in kept)


def test_a_state_goes_on_where_it_stopped(tmp_path):
    state = fuzz.State(tmp_path / "state.json")
    state.done["claim"] = 7
    state.add("claim", 3, "TypeError")
    state.add("claim", 5, "TypeError")
    state.write()
    again = fuzz.State(tmp_path / "state.json")
    assert again.done == {"claim": 7}
    assert again.findings == {"claim": {"TypeError": [3, 5]}}
    assert "| claim | 7 | 2 |" in fuzz.table(again)
