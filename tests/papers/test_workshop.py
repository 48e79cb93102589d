"""Where rows are trained: recipes, folders and generators of theirs."""

import dataclasses
import pathlib

import pytest

from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.parts import kinds
from dpgan_tf.data import records
from dpgan_tf.papers import definitions
from dpgan_tf.papers import schema
from dpgan_tf.papers import workshop as workshops
from dpgan_tf.release import sampling
from dpgan_tf.run import baselines
from tests.papers import shops


def test_the_generator_of_a_row_is_the_release_or_that_without_privacy(
    labelled,
):
    of_release = sampling.generator_directory(labelled.files.release)
    expected = {
        schema.PRIVATE: of_release,
        schema.PUBLIC_ONLY: labelled.files.warm_start_generator,
        schema.NON_PRIVATE: labelled.files.warm_start_generator,
    }
    for kind, directory in expected.items():
        row = dataclasses.replace(shops.rows(labelled.recipe)[0], kind=kind)
        assert (
            workshops.directory_of_generator(row, labelled.files) == directory
        )


def test_seeds_are_runs_of_their_own(labelled, workshop):
    row = shops.rows(labelled.recipe)[0]
    assert workshop.recipe(row, 0).data.split_seed == 0
    assert workshop.recipe(row, 3) == recipes.change(
        row.recipe, {"data.split_seed": 3}
    )
    assert workshop.folder(row, 0) != workshop.folder(row, 3)


def test_rows_at_two_varieties_share_a_run_and_nothing_else(labelled, workshop):
    row = shops.rows(labelled.recipe)[1]
    varied = row.at(1.5)
    assert workshop.run_dir(varied, 3) == workshop.run_dir(row, 3)
    assert workshop.run_dir(row, 3) == workshop.folder(row, 3) / "run"
    assert workshop.folder(varied, 3) != workshop.folder(row, 3)
    assert varied.at(2.0).run == row.name


@dataclasses.dataclass(frozen=True)
class _Changed:
    """Makes the steps of a recipe few."""

    num_steps: int

    def __call__(self, recipe):
        return recipes.change(recipe, {"steps.num_steps": self.num_steps})


def test_a_quick_walk_is_of_the_recipe_that_was_made_small():
    row = definitions.TABLE_2.rows[0]
    shop = workshops.Workshop(
        runs_dir=pathlib.Path("runs"),
        data_dir=pathlib.Path("data"),
        command="make tiny",
        shrink=_Changed(4),
    )
    made = shop.recipe(row, 2)
    assert (made.steps.num_steps, made.data.split_seed) == (4, 2)
    assert shop.folder(row, 2) == pathlib.Path("runs/real/seed_2")


def test_a_setting_that_is_added_later_does_not_change_who_a_run_is():
    """What is at its default is no part of the identity."""
    recipe = presets.get("mnist")
    identity = workshops.identity(recipe)
    fields = dict(kinds.settings())
    for key, value in identity.items():
        assert key not in fields or value != fields[key].default
    changed = recipes.change(recipe, {"steps.num_steps": 76})
    assert workshops.identity(changed) == identity | {"steps.num_steps": 76}


@pytest.mark.parametrize(("steps", "most", "taken"), [(7, 10**9, 7), (7, 3, 3)])
def test_a_row_without_privacy_is_trained_no_longer_than_the_workshop_allows(
    steps, most, taken, tmp_path, monkeypatch
):
    asked = {}
    monkeypatch.setattr(
        baselines, "train", lambda recipe, **given: asked.update(given)
    )
    row = dataclasses.replace(
        definitions.TABLE_2.rows[1], num_generator_steps=steps
    )
    shop = workshops.Workshop(
        runs_dir=tmp_path,
        data_dir=tmp_path / "data",
        command="make tiny",
        baseline_steps=most,
    )
    workshops.train(shop, row, seed=1)
    assert asked == {
        "kind": "non_private",
        "num_generator_steps": taken,
        "run_dir": tmp_path / row.name / "seed_1" / "run",
        "data_dir": tmp_path / "data",
    }


def test_rows_of_blocks_all_have_the_same_norm():
    recipe = presets.get("dpgan_ehr")
    for blocks, expected in (
        ((3, 2, 2, 4), 2.0),
        ((3, 1, 1), recipe.summary.row_clip_norm),
        ((), recipe.summary.row_clip_norm),
    ):
        form = records.Form((12,), 1, blocks=blocks)
        assert workshops._row_clip_norm(recipe, form) == expected
