"""Networks and groups are what their configuration names."""

import keras
import pytest

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.run import assembly

SMALL = {"networks.critic_width": 2, "networks.generator_width": 2}
BASE = recipes.change(presets.get("mnist_quick"), SMALL)
ROWS = records.Form((12,), largest=1)


@pytest.mark.parametrize("form", [records.DIGITS, ROWS])
def test_the_shapes_that_price_a_critic_are_those_that_are_built(form):
    recipe = recipes.change(BASE, {"networks.conditional": False})
    critic, generator = assembly.build_networks(recipe, form)
    built = [tuple(v.shape) for v in critic.trainable_variables]
    assert [tuple(s) for s in assembly.critic_shapes(recipe, form)] == built
    assert generator.output_shape == (None, *form.shape)


def test_networks_without_labels_have_no_classes():
    plain = recipes.change(BASE, {"networks.conditional": False})
    assert assembly.num_classes(plain, records.DIGITS) == 0
    assert assembly.own_architecture(plain, "critic") is None


def test_more_groups_than_variables_are_refused():
    recipe = recipes.change(
        BASE, {"grouping": "clustered", "grouping.num_groups": 9}
    )
    with pytest.raises(errors.ConfigError):
        assembly.make_groups(recipe, [(3, 3), (3,)])


def test_arithmetic_that_was_changed_is_reset():
    keras.config.set_image_data_format("channels_first")
    assembly.prepare_arithmetic()
    assert keras.config.image_data_format() == "channels_last"
    assert keras.config.floatx() == "float32"


def test_a_card_names_widths_and_no_recipe_that_it_does_not_know():
    recipe = recipes.change(BASE, {"name": "mine"})
    facts = dict(assembly.training_facts(recipe))
    assert facts["name"] == "other"
    assert facts["networks.critic_width"] == "2"
