"""Images to be scored, with a classifier's view of them."""

import dataclasses
import functools

import numpy as np

from dpgan_tf import errors
from dpgan_tf.evaluation import classifier as classifier_lib


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ImageSet:
    """Images from one source.

    Attributes:
      title: name of the images, for messages.
      images: uint8 [n, height, width, channels].
      labels: int64 [n], or None.
      classifier: classifier that is applied once, at first use; None if the
        real images have no labels to train one.
      times: number of copies of each image in an epoch of training.
    """

    title: str
    images: np.ndarray = dataclasses.field(repr=False)
    labels: np.ndarray | None = dataclasses.field(default=None, repr=False)
    classifier: classifier_lib.ScoringClassifier | None = dataclasses.field(
        repr=False
    )
    times: int = 1

    def __post_init__(self) -> None:
        """Refuse images of a shape that the classifier does not take."""
        if self.classifier is None:
            return
        expected = self.classifier.image_shape
        if tuple(self.images.shape[1:]) != expected:
            raise errors.UserError(
                f"{self.title}: images of shape {self.images.shape[1:]}; the "
                f"classifier takes {expected}."
            )

    def __len__(self) -> int:
        """Return n."""
        return len(self.images)

    @property
    def features(self) -> np.ndarray:
        """Inputs of the classifier's last layer, float32 [n, num_features]."""
        return self._seen[0]

    @property
    def probabilities(self) -> np.ndarray:
        """Class probabilities p(y | x), float32 [n, num_classes]."""
        return self._seen[1]

    @property
    def classes(self) -> np.ndarray:
        """Labels, or the most probable classes if there are none: int64 [n]."""
        if self.labels is not None:
            return self.labels
        return self.probabilities.argmax(axis=1)

    def require(self, num: int, *, why: str) -> None:
        """Raise if there are too few images.

        Args:
          num: smallest number needed.
          why: purpose, for the message.

        Raises:
          UserError: naming the number of images.
        """
        if len(self) < num:
            raise errors.UserError(
                f"{self.title}: {len(self)} images; {why} needs at least {num}."
            )

    @functools.cached_property
    def _seen(self):
        if self.classifier is None:
            raise ValueError(f"{self.title}: there is no classifier.")
        return self.classifier.look_at(self.images)
