"""Changes of MNIST: another look, fewer or other records, wrong labels."""

import dataclasses
from collections.abc import Callable

import numpy as np
import scipy.ndimage

PLAIN = "plain"
NUM_FEW = 5_000
NUM_SOME_CLASSES = 3
MOST_FREQUENT = 10
"""Records of the most frequent class, over those of the rarest."""

SHARE_OF_WRONG_LABELS = 0.1
FURTHEST = 4
"""Largest shift in each direction, pixels."""

LARGEST_ANGLE = 30.0
"""Largest rotation either way, degrees."""


def as_they_are(
    array: np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    """Return images or labels unchanged.

    Args:
      array: images or labels.
      generator: source of random draws, not used.
    """
    del generator
    return array


def inverted(images: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Return dark digits on white.

    Args:
      images: uint8 [n, height, width, channels].
      generator: source of random draws, not used.
    """
    del generator
    return 255 - images


def on_grey(images: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Return digits of half the contrast on a grey ground.

    Args:
      images: uint8 [n, height, width, channels].
      generator: source of random draws, not used.
    """
    del generator
    return images // 2 + 64


def shifted(images: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Return each image moved by up to `FURTHEST` pixels, filled with black.

    Args:
      images: uint8 [n, height, width, channels].
      generator: source of the shifts.
    """
    num, height, width, _ = images.shape
    margin = (FURTHEST, FURTHEST)
    padded = np.pad(images, ((0, 0), margin, margin, (0, 0)))
    down, right = generator.integers(0, 2 * FURTHEST + 1, (2, num, 1))
    rows, columns = down + np.arange(height), right + np.arange(width)
    places = np.arange(num)[:, None, None]
    return padded[places, rows[:, :, None], columns[:, None, :]]


def rotated(images: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Return each image turned by up to `LARGEST_ANGLE`, filled with black.

    Args:
      images: uint8 [n, height, width, channels].
      generator: source of the angles.
    """
    angles = generator.uniform(-LARGEST_ANGLE, LARGEST_ANGLE, len(images))
    turned = [
        scipy.ndimage.rotate(image, angle, reshape=False, order=1)
        for image, angle in zip(images, angles, strict=True)
    ]
    return np.stack(turned)


def every(labels: np.ndarray) -> np.ndarray:
    """Return the places of all records.

    Args:
      labels: int64 [n].
    """
    return np.arange(len(labels))


def few(labels: np.ndarray) -> np.ndarray:
    """Return the places of the first `NUM_FEW` records.

    Args:
      labels: int64 [n].
    """
    return every(labels)[:NUM_FEW]


def first_classes(labels: np.ndarray) -> np.ndarray:
    """Return the places of the first `NUM_SOME_CLASSES` classes.

    Args:
      labels: int64 [n].
    """
    return np.flatnonzero(labels < NUM_SOME_CLASSES)


def unbalanced(labels: np.ndarray) -> np.ndarray:
    """Return the places of as many as there are of falling class shares.

    Shares fall geometrically, so that the first class has `MOST_FREQUENT` times
    the records of the last one.

    Args:
      labels: int64 [n].
    """
    there = np.bincount(labels)
    shares = np.geomspace(1, 1 / MOST_FREQUENT, len(there))
    wanted = np.round(shares * np.min(there / shares)).astype(int)
    places = [np.flatnonzero(labels == k)[:num] for k, num in enumerate(wanted)]
    return np.sort(np.concatenate(places))


def mislabelled(
    labels: np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    """Return labels of which a share is any other class, equally often.

    Args:
      labels: int64 [n].
      generator: source of the draws.
    """
    num_classes = labels.max() + 1
    num_wrong = round(SHARE_OF_WRONG_LABELS * len(labels))
    chosen = generator.permutation(len(labels))[:num_wrong]
    changed = labels.copy()
    changed[chosen] += generator.integers(1, num_classes, num_wrong)
    return changed % num_classes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Change:
    """What is done to MNIST.

    Attributes:
      title: name in the table.
      choose: function from labels [n] to the places of the records that are
        left.
      classes: the same for the images that are held apart, which keep their
        shares of the classes.
      look: change of images, held apart or not.
      relabel: change of the records' labels.
      num_classes: number of classes that are left.
      reference: name of the change that leaves as many records, unchanged.
    """

    title: str
    choose: Callable[[np.ndarray], np.ndarray] = every
    classes: Callable[[np.ndarray], np.ndarray] = every
    look: Callable[..., np.ndarray] = as_they_are
    relabel: Callable[..., np.ndarray] = as_they_are
    num_classes: int = 10
    reference: str = PLAIN


CHANGES = {
    PLAIN: Change(title="unchanged"),
    "inverted": Change(title="inverted", look=inverted),
    "grey": Change(title="half the contrast, on grey", look=on_grey),
    "shifted": Change(title="shifted by up to 4 pixels", look=shifted),
    "rotated": Change(title="rotated by up to 30 degrees", look=rotated),
    "unbalanced": Change(
        title="classes unbalanced 10:1",
        choose=unbalanced,
        reference="unbalanced",
    ),
    "few": Change(title="5,000 records", choose=few, reference="few"),
    "three": Change(
        title="3 classes",
        choose=first_classes,
        classes=first_classes,
        num_classes=NUM_SOME_CLASSES,
        reference="three",
    ),
    "noisy": Change(title="10% of labels wrong", relabel=mislabelled),
}
"""All changes by name."""
