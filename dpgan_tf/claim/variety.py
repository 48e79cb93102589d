"""The knob of image generators at sampling time: `variety` scales latents.

The truncation trick (Brock, Donahue, Simonyan 2019) with both directions:
below 1 images are more typical, above 1 more varied.
"""

import numbers
from typing import Any

from dpgan_tf import errors
from dpgan_tf.config.parts import learning

SIGNATURE = "sample_varied"
"""The signature of a released generator that takes `variety`."""


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
