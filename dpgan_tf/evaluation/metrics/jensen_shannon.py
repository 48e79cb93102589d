"""Jensen-Shannon score by a trained discriminator (dp-GAN, Eq. 5)."""

import keras
import numpy as np

from dpgan_tf.data import records
from dpgan_tf.evaluation import classifier as classifier_lib
from dpgan_tf.evaluation import metrics
from dpgan_tf.evaluation import training_loop

_NUM_EPOCHS = 5
_LEARNING_RATE = 1e-3
_HELD_OUT_SHARE = 0.2
_CERTAIN = 1e-6
_AT_ONCE = 1000


class _JensenShannon(metrics.Metric):
    """How easily a discriminator D' tells samples from real images.

    D' (the scoring classifier's network with two outputs) is trained on four
    fifths of the samples and as many real images, and applied to the other
    samples. Two scores follow from its answers d = p(real | x): `js_score`, the
    Jensen-Shannon divergence of Bernoulli(d) and Bernoulli(1/2) in base 2, as
    in the paper's numbers (0 is best, .3113 the maximum); and
    `js_score_printed`, half the symmetrised Kullback-Leibler divergence as
    Eq. 5 is printed, with the natural logarithm. It is bounded only because d
    is kept at least 1e-6 away from 0 and 1.
    """

    name = "jensen_shannon"
    order = 5
    is_default = False
    columns = {"js_score": "JS score", "js_score_printed": "Eq. 5 as printed"}
    larger_is_better = {"js_score": False, "js_score_printed": False}
    sentences = {
        "js_score": "How well a discriminator tells the images from real ones, "
        "from 0 to .3113.",
        "js_score_printed": "The same by the equation that the paper prints, "
        "which has no largest value.",
    }

    def run(self, samples, *, train, test, seed):
        """See `metrics.Metric.run`."""
        del test
        samples.require(10, why="a held-out part")
        num = min(len(samples), len(train))
        num_learnt = round((1 - _HELD_OUT_SHARE) * num)
        order = np.random.default_rng(seed).permutation(len(train))[:num_learnt]
        model = classifier_lib.build(
            train.images.shape[1:], num_classes=2, seed=seed
        )
        training_loop.fit(
            model,
            np.concatenate([train.images[order], samples.images[:num_learnt]]),
            np.repeat(np.array([1, 0]), num_learnt),
            title="discriminator of the JS score",
            num_epochs=_NUM_EPOCHS,
            learning_rate=_LEARNING_RATE,
            seed=seed,
        )
        real = _probability_of_real(model, samples.images[num_learnt:num])
        return {
            "js_score": float(jensen_shannon(real).mean()),
            "js_score_printed": float(half_symmetrised(real).mean()),
            "js_num_held_out": float(len(real)),
        }


def jensen_shannon(d: np.ndarray) -> np.ndarray:
    """Return the JS divergence of Bernoulli(d) and Bernoulli(1/2), base 2.

    Args:
      d: probabilities [n].

    Returns:
      [n], between 0 and 1.5 - .75 log2(3) = .3113.
    """
    d = np.asarray(d, np.float64)
    middle = (d + 0.5) / 2
    return (_kl(d, middle) + _kl(np.full_like(d, 0.5), middle)) / (
        2 * np.log(2)
    )


def half_symmetrised(d: np.ndarray) -> np.ndarray:
    """Return KL(B(d) || B(1/2)) / 2 + KL(B(1/2) || B(d)) / 2 (Eq. 5).

    Args:
      d: probabilities [n], clipped to at least 1e-6 from 0 and 1.

    Returns:
      [n], natural logarithm.
    """
    d = np.clip(np.asarray(d, np.float64), _CERTAIN, 1 - _CERTAIN)
    half = np.full_like(d, 0.5)
    return (_kl(d, half) + _kl(half, d)) / 2


def _kl(p, q):
    """Return KL(Bernoulli(p) || Bernoulli(q)), with 0 log 0 = 0."""

    def term(p, q):
        ratio = np.divide(p, q, out=np.ones_like(p), where=p > 0)
        return p * np.log(ratio)

    return term(p, q) + term(1 - p, 1 - q)


def _probability_of_real(model: keras.Model, images: np.ndarray) -> np.ndarray:
    logits = np.concatenate(
        [
            model.predict_on_batch(records.scale(images[i : i + _AT_ONCE]))
            for i in range(0, len(images), _AT_ONCE)
        ]
    )
    difference = (logits[:, 1] - logits[:, 0]).astype(np.float64)
    return 1 / (1 + np.exp(-difference))


METRIC = _JensenShannon()
