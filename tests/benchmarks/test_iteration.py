"""Parts of an iteration, by hand and of a tiny trainer."""

import pytest

from benchmarks import iteration
from benchmarks import iteration_parts
from benchmarks import timing
from benchmarks import trainer
from dpgan_tf.run import data as run_data
from tests import tiny_run


def test_what_the_parts_leave_over_is_other():
    found = iteration.shares(
        {
            "whole": [100.0, 200.0],
            "critic gradients": [60.0, 80.0],
            "fakes": [10.0, 20.0],
            "noise": [20.0, 20.0],
            "generator step": [30.0, 60.0],
        }
    )
    assert found["critic gradients"]["ms"] == 35.0
    assert found["other"]["ms"] == 35.0
    assert found["other"]["ms_quartiles"] == [22.5, 47.5]
    assert found["whole"]["share"] == 1.0
    assert found["generator step"]["share"] == 0.3
    assert sum(part["ms"] for part in found.values()) == 2 * 150.0


@pytest.mark.slow
def test_a_tiny_trainer_comes_apart(tmp_path):
    recipe = tiny_run.recipe(
        tmp_path,
        steps__num_critic_steps=1,
        grouping="single",
        steps__engine="vectorized",
    )
    data = run_data.load(recipe, data_dir=tmp_path)
    rounds = timing.Rounds(warm_up=0, least=1, most=1)
    found = iteration.measure_config(recipe, data, rounds)
    assert "adaptive bounds" in found
    whole = found.pop("whole")["ms"]
    assert sum(part["ms"] for part in found.values()) == pytest.approx(whole)


def test_fixed_bounds_are_no_part(tmp_path):
    recipe = tiny_run.recipe(tmp_path, clipping="fixed")
    data = run_data.load(recipe, data_dir=tmp_path)
    model, batches = trainer.build(recipe, data)
    parts = iteration_parts.alone(model, batches, recipe)
    assert "adaptive bounds" not in parts
    assert parts["critic Adam"]() > 0
    assert model.steps.numpy() == 0
