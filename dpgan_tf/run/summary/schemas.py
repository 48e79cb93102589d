"""What a recipe's schema says to a summary: its blocks, and what it cost."""

import functools

from dpgan_tf.config import recipe as recipes
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.data.tables import schema_text


def blocks_of(recipe: recipes.Recipe) -> tuple[int, ...]:
    """Return the blocks of a recipe's rows; none without a schema.

    Args:
      recipe: the run's recipe.
    """
    schema = _schema(recipe.data.schema)
    return schema.blocks if schema else ()


def learnt_noise_multiplier(recipe: recipes.Recipe) -> float | None:
    """Return the noise multiplier of what showed the schema's bounds, if any.

    Args:
      recipe: the run's recipe.
    """
    schema = _schema(recipe.data.schema)
    return schema.learnt_noise_multiplier if schema else None


@functools.lru_cache(maxsize=4)
def _schema(text: str) -> schemas.Schema | None:
    return schema_text.parse(text, source="data.schema") if text else None
