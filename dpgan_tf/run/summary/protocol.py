"""What a run's summary gives to the stages after it: here, nothing.

Every kind of summary is a class of its own. Its parts are private already:
whatever follows from them is post-processing, and costs no more privacy.
"""

import dataclasses
from collections.abc import Mapping
from typing import ClassVar, Self

import keras
import numpy as np
import tensorflow as tf

from dpgan_tf import run_files
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.models import summary_loss
from dpgan_tf.privacy.summary import classifier
from dpgan_tf.privacy.summary import pixel_range
from dpgan_tf.privacy.summary import summary
from dpgan_tf.run import team as teams


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Source:
    """What a summary is released from.

    Attributes:
      mechanism: draws as many releases as are charged for the summary.
      private: all private records.
      public: public records, if there are any.
      key: int64 [4], secret and fresh.
    """

    mechanism: summary.SummaryMechanism
    private: records.PrivateRecords
    public: records.PublicRecords | None
    key: tf.Tensor


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Summary:
    """No summary: nothing to take, and nothing to give.

    Attributes:
      PARTS: classes of the kind's parts, which are attributes of these names;
        a part is a dataclass of float64 arrays.
      guide: classifier that tells the labels of released samples, if any.
      class_shares: float64 [k], shares of the classes in released samples; None
        for equal ones.
      pixels: range of pixels in which records are seen.
      recipe: the run's recipe.
    """

    PARTS: ClassVar[Mapping[str, type]] = {}
    guide: ClassVar[classifier.Linear | None] = None
    class_shares: ClassVar[np.ndarray | None] = None
    pixels: ClassVar[pixel_range.PixelRange] = pixel_range.WHOLE
    recipe: recipes.Recipe

    @classmethod
    def take(cls, recipe: recipes.Recipe, source: Source) -> Self:
        """Release a summary of this kind.

        Args:
          recipe: bounds of the statistics.
          source: what the summary is released from, once.
        """
        raise NotImplementedError

    def surrogates(
        self, form: records.Form, team: teams.Team
    ) -> records.PublicRecords | None:
        """Return records that stand for public ones, if there are any.

        Args:
          form: what an example looks like.
          team: the run's machines, all of which return the same records.
        """
        return None

    def fit(self, files: run_files.RunFiles, generator: keras.Model) -> None:
        """Fit the generator before the first private step, once per run.

        Args:
          files: the run's files, which keep the fitted weights.
          generator: changed in place.
        """

    def loss(self) -> summary_loss.SummaryLoss | None:
        """Return what the generator follows in private steps, if anything."""
        return None

    def calibrate(self, generator: keras.Model) -> None:
        """Give the generator's records the means of the summary.

        Args:
          generator: changed in place.
        """
