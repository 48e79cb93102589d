"""The black box: what the released samples alone show of planted records.

A whole run, from records to a release, on made images. Canaries are images of
random pixels, unlike anything else; a coin puts each into the data or leaves it
out. The attacker has the release's samples, and looks how near the nearest one
is to a canary (as of Chen, Yu, Zhang, Fritz 2020; the critic is not released).
Such attacks see far less than the claim allows: that they find nothing is what
one expects, and shows nothing.
"""

import dataclasses
import pathlib
import tempfile

import numpy as np
from scipy import stats
from sklearn.metrics import pairwise

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.audit import keys as audit_keys
from dpgan_tf.audit.bounds import free
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.release import handle
from dpgan_tf.run import training

NUM_CANARIES = 200
MEANING = (
    "Near 50% is expected: samples show far less than the noisy sums, and less "
    "than the claim allows."
)

_NUM_OTHERS = 400
_NUM_SAMPLES = 2_000
_SIDE = 28
_WHITE = 255
_DELTA = 1e-4
_SETTINGS = {
    "data.public_fraction": 0.0,
    "networks.critic_width": 4,
    "networks.generator_width": 4,
    "networks.latent_dim": 8,
    "steps.generator_batch_size": 32,
    "steps.expected_batch_size": 64,
    "steps.chunk_size": 32,
    "steps.num_steps": 120,
    "steps.checkpoint_every": 120,
    "scoring.every": 0,
    "budget.target_delta": _DELTA,
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class BlackBox:
    """What samples show of planted records.

    Attributes:
      epsilon: epsilon of the run's budget.
      num_in: number of canaries in the data.
      num_out: number of canaries that are not.
      num_samples: number of samples.
      told_apart: probability that a canary in the data is nearer to a sample
        than one that is not; .5 is guessing.
      epsilon_at_least: lower bound of epsilon, without assumption.
    """

    epsilon: float
    num_in: int
    num_out: int
    num_samples: int
    told_apart: float
    epsilon_at_least: float

    @property
    def text(self) -> str:
        """What was found, for a terminal."""
        return (
            f"Black box: of two planted images, one in the data and one not, "
            f"the nearest of {self.num_samples} samples points to the right "
            f"one in {self.told_apart:.0%} of the cases; epsilon is at least "
            f"{self.epsilon_at_least:.3g}. {MEANING}"
        )


def make(*, epsilon: float, error: float, seed: int | None = None) -> BlackBox:
    """Train a small run with planted images, and attack its samples.

    Args:
      epsilon: epsilon of its budget.
      error: probability that the lower bound is wrong.
      seed: seed of the images, the coins and the run's draws; None takes the
        operating system's entropy.
    """
    generator = audit_keys.make(seed).coins
    is_in = generator.integers(0, 2, NUM_CANARIES).astype(bool)
    shape = (NUM_CANARIES, _SIDE, _SIDE)
    canaries = (_WHITE * generator.integers(0, 2, shape)).astype(np.uint8)
    images = np.concatenate([_others(generator), canaries[is_in]])
    samples = _samples(images, epsilon=epsilon, seed=seed)
    scores = -nearest(canaries, samples)
    return BlackBox(
        epsilon=epsilon,
        num_in=int(is_in.sum()),
        num_out=int((~is_in).sum()),
        num_samples=len(samples),
        told_apart=told_apart(scores, is_in),
        epsilon_at_least=free.epsilon(scores, is_in, delta=_DELTA, error=error),
    )


def nearest(canaries: np.ndarray, samples: np.ndarray) -> np.ndarray:
    """Return how far each canary's nearest sample is, over a white pixel.

    Args:
      canaries: uint8 [m, ...].
      samples: uint8 [n, ...].

    Returns:
      float64 [m], root mean squares over the pixels.
    """
    rows = [
        images.reshape(len(images), -1) / _WHITE
        for images in (canaries, samples)
    ]
    distances = pairwise.euclidean_distances(*rows).min(axis=1)
    return distances / np.sqrt(rows[0].shape[1])


def told_apart(scores: np.ndarray, is_in: np.ndarray) -> float:
    """Return the probability that a score inside is above one outside.

    Args:
      scores: [m].
      is_in: bool [m].
    """
    there, gone = scores[is_in], scores[~is_in]
    above = stats.mannwhitneyu(there, gone).statistic
    return float(above / (len(there) * len(gone)))


def _others(generator: np.random.Generator) -> np.ndarray:
    """Return images of one bright bar each, uint8 [n, 28, 28]."""
    images = np.zeros([_NUM_OTHERS, _SIDE, _SIDE], np.uint8)
    for image, first in zip(
        images, generator.integers(4, 20, _NUM_OTHERS), strict=True
    ):
        image[4:24, first : first + 4] = _WHITE
    return images


def _samples(
    images: np.ndarray, *, epsilon: float, seed: int | None
) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        np.savez(place / "records.npz", images=images)
        files = training.train(
            _recipe(place, len(images), epsilon=epsilon, seed=seed),
            run_dir=place / "run",
            data_dir=place,
            with_scores=False,
        )
        return _sampled(files)


def _sampled(files: run_files.RunFiles) -> np.ndarray:
    return handle.load(files.root).sample(_NUM_SAMPLES)


def _recipe(
    folder: pathlib.Path, num: int, *, epsilon: float, seed: int | None
) -> recipes.Recipe:
    """Return the recipe of the run.

    Raises:
      UserError: if epsilon is too small for a run of so few records.
    """
    try:
        return recipes.change(
            presets.get("mnist_basic"),
            _SETTINGS
            | {
                "data.source": str(folder / "records.npz"),
                "data.num_private_examples": num,
                "budget.target_epsilon": epsilon,
                "budget.noise_seed": seed,
            },
        )
    except errors.ConfigError as error:
        raise errors.UserError(
            f"--epsilon={epsilon:g}: too small for the black box ({error}); "
            "leave it out with --noblack_box."
        ) from error
