"""What may stand in the tables of a model card, beside the claim's numbers.

A card whose tables hold anything else could contradict its claim; whoever
checks a release knows these names, and needs no TensorFlow for it.
"""

SETTINGS = tuple(
    (
        "preset public_fraction conditional critic_loss objective grouping "
        "clipping warm_start_steps num_critic_steps critic_accuracy "
        "draws_per_record largest_shift critic_width generator_width "
        "critic_learning_rate generator_learning_rate learning_rate_decay "
        "generator_ema_decay generator_ema_correction latent_scale summary "
        "guide_weight feature_weight"
    ).split()
)
"""Public settings of a run that its card shows."""

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
