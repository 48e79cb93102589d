"""The generate score of PPGAN (Eq. 22), over a stated population.

    GS(P) = | IS(P) - mean IS | / (max IS - min IS)

The paper does not say over what the mean and the extremes are taken. Here they
are taken over the models of one comparison. The score is not monotone: the
worst model may have the same score as the best, so the Inception score must be
shown as well.
"""

from collections.abc import Mapping

from dpgan_tf import errors


def generate_scores(
    inception_scores: Mapping[str, float],
) -> dict[str, float]:
    """Return the generate score of each model.

    Args:
      inception_scores: Inception scores of the population, by name.

    Returns:
      Scores in [0, 1] by name.

    Raises:
      UserError: if there are fewer than two different scores.
    """
    values = list(inception_scores.values())
    if len(set(values)) < 2:
        raise errors.UserError(
            f"generate score of {len(values)} model(s): expected at least two "
            "that differ in their Inception score."
        )
    mean = sum(values) / len(values)
    spread = max(values) - min(values)
    return {
        name: abs(value - mean) / spread
        for name, value in inception_scores.items()
    }
