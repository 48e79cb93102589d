"""The data of a run: split, described, and refused if they do not fit."""

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.privacy.summary import pixel_range
from dpgan_tf.run import data as run_data
from tests import tiny_run
from tests.data.tables import examples


def test_data_is_split_and_described(tmp_path):
    recipe = tiny_run.recipe(tmp_path)
    data = run_data.load(recipe, data_dir=tmp_path)
    assert len(data.public) + len(data.private) == tiny_run.NUM_RECORDS
    assert data.description["example_shape"] == [28, 28, 1]
    assert data.description["num_public"] == len(data.public)


def test_every_record_may_be_private(tmp_path):
    recipe = tiny_run.recipe(
        tmp_path,
        data__public_fraction=0.0,
        clipping="fixed",
        warm_start__num_steps=0,
        data__num_private_examples=300,
    )
    data = run_data.load(recipe, data_dir=tmp_path)
    assert data.public is None
    assert len(data.private) == tiny_run.NUM_RECORDS


@pytest.mark.parametrize(
    "changes", [{}, {"networks.conditional": True, "summary": "class_features"}]
)
def test_too_few_public_records_are_an_error_of_the_setting(tmp_path, changes):
    recipe = tiny_run.recipe(tmp_path, clipping__batch_size=10_000, **changes)
    with pytest.raises(errors.ConfigError, match="clipping.batch_size=10000"):
        run_data.load(recipe, data_dir=tmp_path)


def test_a_bound_that_is_fixed_needs_no_public_batch(tmp_path):
    recipe = tiny_run.recipe(
        tmp_path,
        clipping="fixed",
        warm_start__num_steps=0,
    )
    assert 1 < len(run_data.load(recipe, data_dir=tmp_path).public) < 50


def test_a_fraction_that_leaves_nobody_is_an_error_of_the_setting(tmp_path):
    recipe = tiny_run.recipe(tmp_path, data__public_fraction=1e-6)
    with pytest.raises(errors.ConfigError, match="leaves the public"):
        run_data.load(recipe, data_dir=tmp_path)


def test_a_declared_size_of_other_data_is_refused(tmp_path):
    recipe = tiny_run.recipe(tmp_path, data__num_private_examples=600)
    with pytest.raises(
        errors.ConfigError, match="data.num_private_examples=600"
    ):
        run_data.load(recipe, data_dir=tmp_path)


@pytest.mark.parametrize("declared", [259, 315])
def test_a_declared_size_may_be_rounded(tmp_path, declared):
    """By 10% of it: 284 records are there."""
    recipe = tiny_run.recipe(tmp_path, data__num_private_examples=declared)
    assert len(run_data.load(recipe, data_dir=tmp_path).private) == 284


@pytest.mark.parametrize("declared", [258, 316])
def test_a_declared_size_that_is_further_off_is_refused(tmp_path, declared):
    recipe = tiny_run.recipe(tmp_path, data__num_private_examples=declared)
    with pytest.raises(errors.ConfigError, match="has 284 records"):
        run_data.load(recipe, data_dir=tmp_path)


def test_images_of_another_size_are_an_error_of_the_data(tmp_path):
    tiny_run.write_records(tmp_path, shape=(300, 6, 14))
    recipe = tiny_run.recipe(tmp_path)
    with pytest.raises(errors.DatasetError, match="6 x 14.*--size=N"):
        run_data.load(recipe, data_dir=tmp_path)


def test_doubtful_pixels_are_said_once_and_never_written(tmp_path, capsys):
    path = tmp_path / "zeros_and_ones.npz"
    rng = np.random.default_rng(0)
    labels = np.arange(tiny_run.NUM_RECORDS) % 10
    images = rng.integers(0, 2, [tiny_run.NUM_RECORDS, 28, 28], np.uint8)
    np.savez(path, x_train=images, y_train=labels)
    recipe = tiny_run.recipe(tmp_path, data__source=str(path))
    for _ in range(2):
        data = run_data.load(recipe, data_dir=tmp_path)
    assert capsys.readouterr().err.count("pixels from 0 to 1") == 1
    assert "from 0 to 1" not in str(data.description)


def test_rows_beyond_learnt_bounds_must_not_decide_the_recipe(tmp_path):
    age = {"name": "age", "type": "integer", "least": 0, "most": 9}
    text = examples.text(age, learnt={"noise_multiplier": 3})
    with pytest.raises(errors.ConfigError, match="--outside=clip"):
        run_data.load_dataset(
            tiny_run.recipe(
                tmp_path, data__schema=text, data__source=str(tmp_path / "none")
            ),
            data_dir=tmp_path,
        )


def test_private_records_are_seen_in_a_range_of_pixels(tmp_path):
    data = run_data.load(tiny_run.recipe(tmp_path), data_dir=tmp_path)
    grey = pixel_range.PixelRange(ends=np.array([0.25, 0.75]))
    seen = data.seen_in(grey)
    assert seen.pixels is grey and seen.public is data.public
    np.testing.assert_array_equal(
        seen.private.examples[:5], grey.stretched(data.private.examples)[:5]
    )
    same = data.seen_in(pixel_range.WHOLE)
    assert same.private.examples is data.private.examples
