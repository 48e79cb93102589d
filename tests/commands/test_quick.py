"""`quick` is `train` with the recipe that takes two minutes."""

import pytest

from dpgan_tf import __main__ as main
from dpgan_tf.commands import train


@pytest.fixture
def trained(monkeypatch):
    """Return what was asked of `train`."""
    seen = []

    def run(flag_values):
        names = ("data", "recipe", "epsilon", "run_dir", "data_dir", "json")
        seen.append({name: flag_values[name].value for name in names})

    monkeypatch.setattr(train, "run", run)
    return seen


def test_mnist_is_trained_on_at_epsilon_4(trained):
    assert main.main(["quick"]) == 0
    assert trained == [
        {
            "data": "mnist",
            "recipe": "quick",
            "epsilon": 4.0,
            "run_dir": "runs/quick",
            "data_dir": "data",
            "json": False,
        }
    ]


def test_what_is_given_is_passed_on(trained, tmp_path):
    arguments = ["--epsilon=1", f"--run_dir={tmp_path}/x", "--json"]
    assert main.main(["quick", *arguments, f"--data_dir={tmp_path}"]) == 0
    assert (
        trained[0]
        | {
            "epsilon": 1.0,
            "run_dir": f"{tmp_path}/x",
            "data_dir": str(tmp_path),
            "json": True,
        }
        == trained[0]
    )
