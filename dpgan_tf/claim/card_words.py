"""What may stand in the tables of a model card, beside the claim's numbers.

A card whose tables hold anything else could contradict its claim; whoever
checks a release knows these names, and needs no TensorFlow for it.
"""

SETTINGS = tuple(
    (
        "name data.public_fraction networks.conditional networks.critic_width "
        "networks.generator_width networks.ema_decay networks.latent_scale "
        "loss loss.objective loss.draws_per_record grouping clipping "
        "warm_start.num_steps summary summary.guide_weight "
        "summary.feature_weight steps.num_critic_steps "
        "steps.critic_learning_rate steps.generator_learning_rate"
    ).split()
)
"""Public settings of a run that its card shows."""

ABSENT = "-"
"""What a card shows for a setting that a part of this kind does not have."""

OTHER_PRESET = "other"
"""What a card calls a preset that this version does not have."""

SCORED = {
    "real_train": "real training part",
    "real_test": "real test part",
    "public_only": "public-only GAN",
    "non_private": "GAN without privacy",
    "warm_start": "before private training",
    "released": "released generator",
}
"""What is scored, in the order of tables, with its title."""

SCORES = (
    *("Inception score", "classes", "JS score", "Eq. 5 as printed"),
    *("FID-classifier", "precision", "recall", "diversity", "worst class"),
    *("CNN", "MLP", "logistic"),
    *("probability RMSE", "its correlation", "codes a row"),
    *("correlation error", "of dependent pairs", "their mean"),
    *("AUROC 1%", "AUROC 5%", "F1 1%", "F1 5%", "told apart"),
)
"""Titles of all scores."""


def shown(value: object) -> str:
    """Return how a card shows a setting.

    Args:
      value: its value, None if the part has no such setting.
    """
    return ABSENT if value is None else str(value)
