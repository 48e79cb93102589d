"""The Inception score of dp-GAN, Eq. 4 (Salimans et al., 2016)."""

import numpy as np


def inception_score(
    probabilities: np.ndarray, *, num_splits: int = 10
) -> tuple[float, float]:
    """Compute exp(E_x KL(p(y | x) || p(y))) over splits (dp-GAN, Eq. 4).

    p(y) is the mean of p(y | x) in the same split. The score is between 1
    (the classifier answers the same for every image) and the number of classes
    (confident answers, evenly spread). It sees neither variety within a class
    nor whether the images look like digits at all. Splits are consecutive and
    differ in size by at most one.

    Args:
      probabilities: p(y | x), [n, num_classes]; rows sum to one. A
        probability of zero contributes 0 log 0 = 0.
      num_splits: number of parts scored separately.

    Returns:
      Mean and (population) standard deviation of the splits' scores.

    Raises:
      ValueError: if there are fewer rows than splits, or a row is not a
        distribution.
    """
    rows = np.asarray(probabilities, np.float64)
    if rows.ndim != 2 or not 0 < num_splits <= len(rows):
        raise ValueError(
            f"probabilities of shape {rows.shape} in num_splits={num_splits}; "
            "expected [n, num_classes] with n >= num_splits > 0."
        )
    # A softmax in float32 is off by about 1e-6; NaN fails the comparison.
    is_distribution = np.abs(rows.sum(axis=1) - 1) < 1e-4
    if not (is_distribution.all() and (rows >= 0).all()):
        raise ValueError("probabilities: expected rows >= 0 that sum to 1.")
    scores = [_score(split) for split in np.array_split(rows, num_splits)]
    return float(np.mean(scores)), float(np.std(scores))


def _score(conditional: np.ndarray) -> float:
    marginal = conditional.mean(axis=0, keepdims=True)
    ratio = np.divide(
        conditional,
        marginal,
        out=np.ones_like(conditional),
        where=conditional > 0,
    )
    divergence = (conditional * np.log(ratio)).sum(axis=1)
    return float(np.exp(divergence.mean()))
