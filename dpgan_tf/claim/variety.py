"""The knob of image generators at sampling time: `variety` scales latents.

The truncation trick (Brock, Donahue, Simonyan 2019) with both directions:
below 1 images are more typical, above 1 more varied.
"""

import numbers
from collections.abc import Sequence
from typing import Any

from dpgan_tf import errors
from dpgan_tf.config.parts import learning
from dpgan_tf.privacy import untrusted_json

SIGNATURE = "sample_varied"
"""The signature of a released generator that takes `variety`."""

KIND = untrusted_json.of(
    f"a number > 0 and at most {learning.MOST_VARIETY}",
    lambda value: (
        type(value) in (int, float) and 0 < value <= learning.MOST_VARIETY
    ),
)
"""A variety's form in a file."""


_SETTING = "scoring.variety"
_EXAMPLE = 1.5
"""A value to show where a recipe names none."""


def best_of(facts: Sequence[tuple[str, str]]) -> float:
    """Return the variety that teaches best, from the settings of a card.

    Args:
      facts: (name, value) of a run's public settings.

    Returns:
      The value; 1 if they name no other one.
    """
    return float(dict(facts).get(_SETTING, 1))


def lines(best: float) -> str:
    """Return the lines of Python that draw varied images of a release.

    Args:
      best: the variety that teaches best.
    """
    return (
        f'varied = generator.signatures["{SIGNATURE}"]\n'
        "images = varied(\n"
        "    num=tf.constant(16),\n"
        "    seed=tf.constant(0, tf.int64),\n"
        f"    variety=tf.constant({_shown(best)}),\n"
        ')["images"]'
    )


def words(best: float) -> str:
    """Return what a model card says of the knob.

    Args:
      best: the variety that teaches best.
    """
    teaches = "Its recipe names no other value."
    if best != 1:
        teaches = (
            f"For teaching a classifier its recipe names variety {best:g} as "
            "the best."
        )
    return (
        "`variety` multiplies the latent vectors, and costs no privacy. At 1, "
        "as `sample` has it, images look best; above 1 they are more varied "
        f"and less typical. {teaches} It is the third input of "
        f"`{SIGNATURE}`, and an argument of `dpgan generate "
        f"--variety={_shown(best)}` and of "
        f"`dpgan_tf.load(FOLDER).sample(1000, variety={_shown(best)})`."
    )


def _shown(best: float) -> str:
    return str(float(_EXAMPLE if best == 1 else best))


def require(variety: Any, *, is_table: bool) -> None:
    """Refuse a variety that is out of range, or that rows do not have.

    Args:
      variety: the value to check.
      is_table: whether it is for rows of a table.

    Raises:
      UserError: naming the value and what is expected.
    """
    is_number = isinstance(variety, numbers.Real)
    if not is_number or not 0 < variety <= learning.MOST_VARIETY:
        raise errors.UserError(
            f"variety={errors.printable(str(variety))}; expected a number > 0 "
            f"and at most {learning.MOST_VARIETY}."
        )
    if is_table and variety != 1:
        raise errors.UserError(
            f"variety={variety:g}: is a knob of images, and this generator "
            "makes rows; leave it out."
        )
