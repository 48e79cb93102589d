"""The cells of a scale can be trained on."""

import os

import pytest

from benchmarks import scale
from dpgan_tf.data import records
from dpgan_tf.run import budgets


@pytest.mark.parametrize(("side", "square"), [(28, 4), (48, 6), (64, 8)])
def test_pictures_have_about_seven_squares_along_a_side(side, square):
    assert scale._square(side) == square


@pytest.mark.parametrize("num_records", [10_000, 10_000_000])
def test_the_expected_batch_is_the_same_for_all_numbers_of_records(
    tmp_path, num_records
):
    recipe = scale._recipe(tmp_path, num_records, 10, 256, 8)
    form = records.Form((28, 28, 1), num_classes=10)
    mechanism = budgets.build_budget(recipe, form).mechanism
    assert mechanism.sampling_probability == pytest.approx(256 / num_records)


@pytest.mark.slow
def test_a_small_scale_is_measured_and_leaves_nothing(tmp_path):
    found = scale.measure(
        num_records=2_000,
        side=28,
        num_classes=2,
        batch=16,
        width=2,
        data_dir=str(tmp_path),
        rounds={"warm_up": 1, "least": 2, "most": 2, "seconds": 0},
    )
    assert found["num_rounds"] == 2
    assert 0 < found["draw_ms"]
    assert 0 < found["step_ms"]
    assert found["peak"] > 100
    assert os.listdir(tmp_path) == []
