"""`schema --private` needs its flags, takes no seed, and writes a schema."""

import csv

import pytest

from dpgan_tf import __main__ as main
from dpgan_tf.data.tables import schema_text
from tests.data.tables import examples

AGE = {"name": "age", "type": "integer", "least": 0, "most": 1_000, "bins": 5}


@pytest.fixture
def folder(tmp_path):
    with open(tmp_path / "t.csv", "w", newline="") as file:
        csv.writer(file).writerows([["age"], *([i % 90] for i in range(900))])
    (tmp_path / "limits.json").write_text(
        examples.text(AGE | {"bounds": "private"})
    )
    return tmp_path


def _arguments(folder, *more):
    limits = f"--schema={folder}/limits.json"
    return ["schema", f"{folder}/t.csv", "--private", limits, *more]


def test_a_schema_is_learnt_and_shown(folder, capsys):
    output = folder / "schema.json"
    asked = ("--epsilon=3", "--records=850", f"--output={output}")
    assert main.main(_arguments(folder, *asked)) == 0
    said = capsys.readouterr().err
    assert "with epsilon 3 at delta 1e-05" in said
    assert "their epsilons add up" in said
    schema = schema_text.read(output)
    assert schema.learnt_noise_multiplier > 1
    assert schema.columns[0].most < 300
    assert main.main(["schema", str(output)]) == 0
    assert "Bounds were learnt with noise mult" in capsys.readouterr().out
    assert main.main(_arguments(folder, *asked)) == 2
    assert "is not written over" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--epsilon=1"], "--private: needs --records"),
        (["--records=850"], "--private: needs --epsilon"),
        (["--epsilon=1", "--records=1"], "--records=1: expected 2 or more"),
        (["--epsilon=1", "--records=850", "--public"], "--private, --public"),
        (["--epsilon=1", "--records=850", "--seed=1"], "flag 'seed'"),
        (["--epsilon=0", "--records=850"], "expected > 0"),
        (["--epsilon=.01", "--records=850"], "use a larger --epsilon"),
        (["--epsilon=1", "--records=850", "--delta=2"], "delta"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(folder, more, said, capsys):
    assert main.main(_arguments(folder, *more)) == 2
    err = capsys.readouterr().err
    assert said in err and err.count("\n") == 1


@pytest.mark.parametrize(
    "flag", ["epsilon=1", "delta=.1", "records=9", "schema=a"]
)
def test_a_price_without_a_purchase_is_refused(folder, flag, capsys):
    assert main.main(["schema", f"{folder}/t.csv", f"--{flag}"]) == 2
    assert "give --private, too" in capsys.readouterr().err
