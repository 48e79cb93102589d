"""Which numbers a claim can be made of."""

import math

import numpy as np
import pytest

from dpgan_tf.privacy import errors
from dpgan_tf.privacy import ranges

LEAST = math.nextafter(0, 1)
BELOW_ONE = math.nextafter(1, 0)
ABOVE_ONE = math.nextafter(1, 2)


def of_delta(name, value):
    del name
    ranges.require_delta(value)


@pytest.mark.parametrize(
    ("require", "value"),
    [
        (ranges.require_positive, LEAST),
        (ranges.require_positive, 1.7e308),
        (ranges.require_not_negative, 0.0),
        (ranges.require_not_negative, -0.0),
        (ranges.require_count, 1),
        (ranges.require_count, np.int64(3)),
        (ranges.require_probability, LEAST),
        (ranges.require_probability, 1),
        (of_delta, LEAST),
        (of_delta, BELOW_ONE),
    ],
)
def test_the_ends_of_a_range_are_as_they_are_written(require, value):
    require("x", value)


@pytest.mark.parametrize(
    ("require", "value", "message"),
    [
        (ranges.require_positive, 0.0, "x=0.0; expected > 0 and finite."),
        (ranges.require_positive, -0.0, "x=-0.0; expected > 0 and finite."),
        (ranges.require_positive, math.inf, "x=inf; expected > 0"),
        (ranges.require_positive, math.nan, "x=nan; expected > 0"),
        (ranges.require_not_negative, -LEAST, "x=-5e-324; expected >= 0"),
        (ranges.require_not_negative, math.inf, "x=inf; expected >= 0"),
        (ranges.require_not_negative, math.nan, "x=nan; expected >= 0"),
        (ranges.require_count, 0, "x=0; expected an integer >= 1."),
        (ranges.require_count, 2.0, "x=2.0; expected an integer >= 1."),
        (ranges.require_count, "3", "x='3'; expected an integer >= 1."),
        (ranges.require_count, math.nan, "x=nan; expected an integer"),
        (ranges.require_probability, 0.0, "x=0.0; expected in .0, 1.."),
        (ranges.require_probability, ABOVE_ONE, "x=1.0000000000000002; "),
        (ranges.require_probability, math.nan, "x=nan; expected in .0, 1.."),
        (of_delta, 0.0, "delta=0.0; expected in .0, 1.."),
        (of_delta, 1.0, "delta=1.0; expected in .0, 1.."),
        (of_delta, math.nan, "delta=nan; expected in .0, 1.."),
    ],
)
def test_a_number_beyond_its_range_is_refused_with_its_name(
    require, value, message
):
    with pytest.raises(errors.PrivacyError, match=f"^{message}"):
        require("x", value)
