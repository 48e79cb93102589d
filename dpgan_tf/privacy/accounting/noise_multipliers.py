"""Noise multipliers of groups that are noised apart, and of all together.

One record moves all k groups, so their sums are one release, with sigma /
sqrt(k), and with sigma / sqrt(k + w) beside released counts at the share w.
"""

import math

from dpgan_tf.privacy import ranges


def effective(
    noise_multiplier: float, num_groups: int, quantile_share: float = 0.0
) -> float:
    """Return sigma / sqrt(k + w), the multiplier of one release of it all.

    Args:
      noise_multiplier: sigma of each group, noise over clip norm.
      num_groups: k, number of groups.
      quantile_share: w, what counts of clipped records cost beside, in groups;
        0 if none are released.

    Returns:
      The noise multiplier that is accounted.

    Raises:
      PrivacyError: if sigma is not positive, k is not a positive integer, or w
        is negative.
    """
    ranges.require_positive("noise_multiplier", noise_multiplier)
    total = _total_share(num_groups, quantile_share)
    return float(noise_multiplier) / math.sqrt(total)


def per_group(
    effective_noise_multiplier: float,
    num_groups: int,
    quantile_share: float = 0.0,
) -> float:
    """Return the sigma of each of k groups, from the effective multiplier.

    Args:
      effective_noise_multiplier: multiplier of the joint release.
      num_groups: k, number of groups.
      quantile_share: w, as for `effective`.

    Returns:
      The smallest sigma found whose `effective` multiplier is, after rounding,
      no less than the one given.

    Raises:
      PrivacyError: if a value is out of range, as for `effective`.
    """
    ranges.require_positive(
        "effective_noise_multiplier", effective_noise_multiplier
    )
    wanted = float(effective_noise_multiplier)
    total = _total_share(num_groups, quantile_share)
    sigma = wanted * math.sqrt(total)
    while sigma / math.sqrt(total) < wanted:
        sigma = math.nextafter(sigma, math.inf)
    return sigma


def _total_share(num_groups: int, quantile_share: float) -> float:
    """Return k + w."""
    ranges.require_count("num_groups", num_groups)
    ranges.require_not_negative("quantile_share", quantile_share)
    return int(num_groups) + float(quantile_share)
