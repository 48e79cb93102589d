"""What a recipe's schema says to a summary: the blocks of its columns."""

import functools

from dpgan_tf.config import recipe as recipes
from dpgan_tf.data.tables import schema_text


def blocks_of(recipe: recipes.Recipe) -> tuple[int, ...]:
    """Return the blocks of a recipe's rows; none without a schema.

    Args:
      recipe: the run's recipe.
    """
    return _blocks(recipe.data.schema)


@functools.lru_cache(maxsize=4)
def _blocks(schema: str) -> tuple[int, ...]:
    if not schema:
        return ()
    return schema_text.parse(schema, source="data.schema").blocks
