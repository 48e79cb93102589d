import math
import random

import pytest

from dpgan_tf.privacy import errors
from dpgan_tf.privacy.accounting import noise_multipliers


def test_per_group_multiplier_inverts_on_the_safe_side():
    generator = random.Random(3)
    for _ in range(300):
        wanted, k = generator.uniform(0.3, 5), generator.randint(1, 12)
        sigma = noise_multipliers.per_group(wanted, k)
        effective = noise_multipliers.effective(sigma, k)
        assert wanted <= effective <= wanted * (1 + 1e-14)


@pytest.mark.parametrize("k", [0, -1, 1.5])
def test_impossible_numbers_of_groups_are_refused(k):
    with pytest.raises(errors.PrivacyError, match="num_groups="):
        noise_multipliers.effective(1.0, k)


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_impossible_multipliers_are_refused(value):
    for function in (noise_multipliers.effective, noise_multipliers.per_group):
        with pytest.raises(errors.PrivacyError, match="noise_multiplier="):
            function(value, 2)
