"""Settings and helpers for tests of runs with a summary."""

import numpy as np

SETTINGS = {
    "data.public_fraction": 0.0,
    "data.num_private_examples": 300,
    "networks.conditional": True,
    "loss": "decoupled",
    "loss.objective": "bce",
    "grouping": "single",
    "summary": "class_moments",
    "summary.share": 0.5,
    "summary.side": 7,
    "summary.num_surrogates": 40,
    "budget.target_epsilon": 2.0,
}
"""Settings of a run on surrogates from moments of classes."""

GUIDED = SETTINGS | {
    "summary": "class_features",
    "summary.num_surrogates": 300,
    "summary.guide_steps": 12,
    "summary.feature_directions": 24,
    "summary.fit_steps": 2,
    "summary.fit_batch_size": 20,
}
"""Settings of a run whose summary has moments, features and a guide."""


def pixels(num):
    """Return images of noise, uint8 [num, 28, 28, 1]."""
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, [num, 28, 28, 1]).astype(np.uint8)


class Follower:
    """Receives what a chief sent, in the same order, types and shapes."""

    def __init__(self, said):
        self.said = list(said)

    def from_chief(self, values):
        sent = self.said.pop(0)
        assert [v.shape for v in values] == [v.shape for v in sent]
        assert [v.dtype for v in values] == [v.dtype for v in sent]
        return sent


class Chief:
    """Records what it sends."""

    def __init__(self):
        self.said = []

    def from_chief(self, values):
        self.said.append([np.asarray(value) for value in values])
        return self.said[-1]
