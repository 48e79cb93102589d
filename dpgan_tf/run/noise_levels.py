"""Limits on the noise: its length over that of the longest mean gradient.

It is the noise in the mean of all noisy gradients of a run. The paper's own
MNIST setting has .13, the presets have .006 to .06.
"""

POOR, HOPELESS = 0.15, 10.0


def judge(length: float) -> str:
    """Return the prospects: "poor" or "hopeless", empty if they are good.

    Args:
      length: length of the noise of all steps together.
    """
    if length > HOPELESS:
        return "hopeless"
    return "poor" if length > POOR else ""
