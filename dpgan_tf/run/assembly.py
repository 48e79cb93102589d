"""Build networks and groups of a run from its configuration."""

from collections.abc import Sequence

import keras
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf.claim import card_words
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.parts import kinds
from dpgan_tf.config.parts import learning
from dpgan_tf.data import records
from dpgan_tf.models import architecture
from dpgan_tf.models import networks
from dpgan_tf.models import row_networks
from dpgan_tf.privacy import grouping
from dpgan_tf.run import feasibility


def build_networks(
    recipe: recipes.Recipe, form: records.Form
) -> tuple[keras.Model, keras.Model]:
    """Return a new critic and a new generator.

    Args:
      recipe: recipe with the widths and the latent length.
      form: form of an example.
    """
    generator = build_generator(recipe, form)
    return build_critic(recipe, form), generator


def build_generator(recipe: recipes.Recipe, form: records.Form) -> keras.Model:
    """Return a new generator.

    Args:
      recipe: recipe with the generator's width and the latent length.
      form: form of an example.
    """
    if text := own_architecture(recipe, "generator"):
        return architecture.build(text)
    sizes = {
        "latent_dim": recipe.networks.latent_dim,
        "width": recipe.networks.generator_width,
    }
    if form.is_table:
        return row_networks.build_table_generator(
            form.shape[0], blocks=form.blocks, **sizes
        )
    return networks.build_generator(
        form.shape,
        num_classes=num_classes(recipe, form),
        form=recipe.networks.generator,
        **sizes,
    )


def build_critic(recipe: recipes.Recipe, form: records.Form) -> keras.Model:
    """Return a new critic.

    Args:
      recipe: recipe with the critic's width.
      form: form of an example.
    """
    if text := own_architecture(recipe, "critic"):
        return architecture.build(text)
    if form.is_table:
        return row_networks.build_table_critic(
            form.shape[0], width=recipe.networks.critic_width
        )
    return networks.build_critic(
        form.shape,
        width=recipe.networks.critic_width,
        num_classes=num_classes(recipe, form),
    )


def critic_shapes(
    recipe: recipes.Recipe, form: records.Form
) -> list[tuple[int, ...]]:
    """Return the shapes of the variables of `build_critic`, to price a run.

    Args:
      recipe: recipe with the critic's width.
      form: form of an example.
    """
    if text := own_architecture(recipe, "critic"):
        return list(architecture.shapes(text))
    if form.is_table:
        return row_networks.table_critic_shapes(
            form.shape[0], width=recipe.networks.critic_width
        )
    return networks.critic_shapes(
        form.shape,
        width=recipe.networks.critic_width,
        num_classes=num_classes(recipe, form),
    )


def own_architecture(recipe: recipes.Recipe, network: str) -> str | None:
    """Return the architecture of a network of one's own, else None.

    Args:
      recipe: the run's recipe.
      network: "critic" or "generator".
    """
    if isinstance(recipe.networks, learning.OwnNetworks):
        return getattr(recipe.networks, f"{network}_architecture")
    return None


def make_groups(
    recipe: recipes.Recipe, shapes: Sequence[Sequence[int]]
) -> tuple[grouping.Grouping, int]:
    """Return the grouping of the critic's variables, and its number of groups.

    Args:
      recipe: recipe that names the grouping.
      shapes: shapes of the critic's variables.

    Raises:
      ConfigError: if there are more groups than the variables can have.
    """
    try:
        return grouping.build(
            kinds.kind_of("grouping", recipe.grouping),
            shapes,
            num_groups=getattr(recipe.grouping, "num_groups", 0),
        )
    except ValueError as error:
        raise errors.ConfigError(str(error)) from error


def num_classes(recipe: recipes.Recipe, form: records.Form) -> int:
    """Return both networks' number of classes; 0 if they see no labels.

    Args:
      recipe: recipe that says whether they see labels.
      form: form with the number of classes.

    Raises:
      ConfigError: if they see labels without a declared number of classes.
    """
    feasibility.require_declared_classes(recipe, form)
    return form.num_classes if recipe.networks.conditional else 0


def prepare_arithmetic() -> None:
    """Reset arithmetic that a user's own settings may have changed.

    Ten-bit products would exceed the clipping's rounding slack; networks are
    made for float32 and channels last.
    """
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")
    tf.config.experimental.enable_tensor_float_32_execution(False)


def training_facts(recipe: recipes.Recipe) -> list[tuple[str, str]]:
    """Return the public settings that a model card shows.

    Args:
      recipe: the run's recipe.

    Returns:
      (name, value) pairs.
    """
    facts = {
        key: card_words.shown(kinds.get(recipe, key))
        for key in card_words.SETTINGS
    }
    if recipe.name not in card_words.RECIPES:
        facts["name"] = card_words.OTHER_PRESET
    if recipe.data.public_source:
        facts["data.public_source"] = card_words.OTHER_SOURCE
    for network, key in card_words.WIDTHS.items():
        if own_architecture(recipe, network):
            facts[key] = card_words.OWN
    return list(facts.items())


def initial_seed(recipe: recipes.Recipe) -> int:
    """Return the seed of initial weights and public draws.

    It is the same for every precision: runs that differ in nothing else can be
    compared.

    Args:
      recipe: the run's recipe.
    """
    exact = recipes.change(recipe, {"networks.precision": "float32"})
    return int(exact.digest()[:15], 16) % 2**31
