"""Networks that do not fit the records are refused in one line."""

import keras
import pytest
from keras import layers

from dpgan_tf import errors
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.run import own_network_checks
from dpgan_tf.run import own_networks
from tests.run import test_own_networks as of_networks

UNFIT = {
    "critic's shape": (
        {"critic": lambda: of_networks.critic((9, 9, 1))},
        of_networks.FORM,
        r"critic takes examples of \(9, 9, 1\), .* has \(8, 8, 1\)",
    ),
    "generator's shape": (
        {"generator": lambda: of_networks.generator((8, 8, 3))},
        of_networks.FORM,
        r"generator makes examples of \(8, 8, 3\)",
    ),
    "images for rows": (
        {"critic": of_networks.critic},
        of_networks.TABLE,
        r"has \(12,\)",
    ),
    "range": (
        {"generator": lambda: of_networks.generator(end="linear")},
        of_networks.FORM,
        r"expected \[-1, 1\]: end it with tanh",
    ),
    "range of rows": (
        {"generator": lambda: of_networks.generator((12,))},
        of_networks.TABLE,
        r"expected \[0, 1\]: end it with sigmoid",
    ),
    "no number": (
        {
            "generator": lambda: keras.Sequential(
                [
                    keras.Input((4,)),
                    layers.Dense(64, activation="exponential"),
                    layers.UnitNormalization(),
                    layers.Reshape(of_networks.SHAPE),
                ]
            )
        },
        of_networks.FORM,
        "expected",
    ),
    "undeclared classes": (
        {"critic": lambda: of_networks.critic(num_classes=3)},
        records.Form(of_networks.SHAPE),
        "how many classes",
    ),
}


@pytest.mark.parametrize("name", UNFIT)
def test_networks_that_do_not_fit_are_refused_in_one_line(name):
    given, form, match = UNFIT[name]
    recipe = of_networks.put(**given)
    with pytest.raises(errors.UserError, match=match) as refusal:
        own_network_checks.require_fit(recipe, form)
    assert "\n" not in str(refusal.value)


def test_networks_for_rows_of_a_table_fit():
    rows = of_networks.put(
        critic=of_networks.critic((12,)),
        generator=of_networks.generator((12,), end="sigmoid"),
    )
    own_network_checks.require_fit(rows, of_networks.TABLE)


@pytest.mark.parametrize("end", ["dense", "activation"])
def test_a_summary_of_rows_needs_the_bias_that_it_sets(end):
    recipe = recipes.change(
        of_networks.BASE,
        {"summary": "marginals", "data.public_fraction": 0.0},
    )
    given = of_networks.generator((12,), end="sigmoid")
    if end == "dense":
        given = keras.Sequential(
            [keras.Input((5,)), layers.Dense(12, activation="sigmoid")]
        )
    recipe = own_networks.put_into(recipe, generator=given)
    if end == "dense":
        own_network_checks.require_fit(recipe, of_networks.TABLE)
        return
    with pytest.raises(errors.UserError, match="a summary of rows sets"):
        own_network_checks.require_fit(recipe, of_networks.TABLE)


@pytest.mark.parametrize(
    "end", [layers.LayerNormalization, layers.SpectralNormalization]
)
def test_a_generator_may_have_what_no_record_enters(end):
    inner = layers.Dense(6)
    layer = end(inner) if end is layers.SpectralNormalization else end()
    made = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(6, activation="gelu"),
            layer,
            layers.BatchNormalization(),
            layers.Dense(64, activation="tanh"),
            layers.Reshape(of_networks.SHAPE),
        ]
    )
    own_network_checks.require_fit(
        of_networks.put(generator=made), of_networks.FORM
    )


def test_a_generator_that_could_not_be_released_is_refused():
    latent = keras.Input((64,))
    hidden = keras.ops.tanh(keras.ops.sort(latent, axis=-1))
    made = keras.Model(latent, layers.Reshape(of_networks.SHAPE)(hidden))
    with pytest.raises(errors.UserError, match="could not be released"):
        own_network_checks.require_fit(
            of_networks.put(generator=made), of_networks.FORM
        )
