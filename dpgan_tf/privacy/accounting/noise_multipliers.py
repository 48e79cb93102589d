"""Noise multipliers of groups that are noised separately, and of all together.

One record moves all k groups, so their sums are one release, with sigma /
sqrt(k).
"""

import math

from dpgan_tf.privacy import ranges


def effective(noise_multiplier: float, num_groups: int) -> float:
    """Return sigma / sqrt(k), the multiplier of one release of all groups.

    Args:
      noise_multiplier: sigma of each group, noise over clip norm.
      num_groups: number k of groups.

    Returns:
      The noise multiplier that is accounted.

    Raises:
      PrivacyError: if sigma is not positive or k is not a positive integer.
    """
    ranges.require_positive("noise_multiplier", noise_multiplier)
    ranges.require_count("num_groups", num_groups)
    return float(noise_multiplier) / math.sqrt(num_groups)


def per_group(effective_noise_multiplier: float, num_groups: int) -> float:
    """Return the sigma of each of k groups, from the effective multiplier.

    Args:
      effective_noise_multiplier: multiplier of the joint release.
      num_groups: number k of groups.

    Returns:
      The smallest sigma found whose `effective` multiplier is, after rounding,
      no less than the one given.

    Raises:
      PrivacyError: if a value is out of range.
    """
    ranges.require_positive(
        "effective_noise_multiplier", effective_noise_multiplier
    )
    ranges.require_count("num_groups", num_groups)
    wanted = float(effective_noise_multiplier)
    sigma = wanted * math.sqrt(num_groups)
    while effective(sigma, num_groups) < wanted:
        sigma = math.nextafter(sigma, math.inf)
    return sigma
