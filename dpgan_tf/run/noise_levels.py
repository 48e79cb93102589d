"""How much noise is too much: lengths over that of the longest mean gradient.

They are of the mean of all noisy gradients of a run. The paper's own MNIST
setting has .13, the presets have .006 to .06.
"""

POOR, HOPELESS = 0.15, 10.0


def judge(length: float) -> str:
    """Return what may be hoped for: nothing, "poor" or "hopeless".

    Args:
      length: of the noise of all steps together.
    """
    if length > HOPELESS:
        return "hopeless"
    return "poor" if length > POOR else ""
