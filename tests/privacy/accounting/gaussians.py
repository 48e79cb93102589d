"""What a Gaussian mechanism costs exactly."""

import mpmath


def exact_delta(epsilon, s):
    """Return delta of one Gaussian (Balle, Wang 2018), to 40 digits."""
    with mpmath.workdps(40):
        s, epsilon = mpmath.mpf(s), mpmath.mpf(epsilon)
        return mpmath.ncdf(1 / (2 * s) - epsilon * s) - mpmath.exp(
            epsilon
        ) * mpmath.ncdf(-1 / (2 * s) - epsilon * s)
