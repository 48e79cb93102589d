"""A summary of rows: means of columns and of pairs, which a generator meets."""

import dataclasses
from typing import Self

import keras

from dpgan_tf import run_files
from dpgan_tf.config import recipe as recipes
from dpgan_tf.models import moment_matching
from dpgan_tf.privacy.summary import row_moments
from dpgan_tf.run import assembly
from dpgan_tf.run.summary import fit
from dpgan_tf.run.summary import protocol
from dpgan_tf.run.summary import schemas


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class RowSummary(protocol.Summary):
    """Moments of the rows of a table.

    Attributes:
      moments: means of columns, and of pairs if the recipe asks for them.
    """

    PARTS = {"moments": row_moments.Moments}
    moments: row_moments.Moments

    @classmethod
    def take(cls, recipe: recipes.Recipe, source: protocol.Source) -> Self:
        """As `protocol.Summary.take`."""
        moments = row_moments.take(
            source.mechanism,
            source.private.examples,
            largest=source.private.scale.largest,
            row_clip_norm=recipe.summary.row_clip_norm,
            pair_clip_norm=getattr(recipe.summary, "pair_clip_norm", None),
            key=source.key,
        )
        return cls(recipe=recipe, moments=moments)

    def fit(self, files: run_files.RunFiles, generator: keras.Model) -> None:
        """Fit the generator to the means, and to pairs if there are any."""

        def make():
            self.calibrate(generator)
            if self.moments.pairs is None or not self.recipe.summary.fit_steps:
                return
            model = moment_matching.MomentMatching(
                generator,
                mean=self.moments.mean,
                scale=self.moments.scale,
                pairs=self.moments.pairs,
                blocks=schemas.blocks_of(self.recipe),
            )
            part = self.recipe.summary
            fit.take_steps(
                self.recipe,
                model,
                num_steps=part.fit_steps,
                batch_size=part.fit_batch_size,
                rate=keras.optimizers.schedules.CosineDecay(
                    part.fit_learning_rate, part.fit_steps
                ),
            )
            self.calibrate(generator)

        fit.once(files, generator, make)

    def calibrate(self, generator: keras.Model) -> None:
        """Give the generator's rows the means of the summary."""
        seed = assembly.initial_seed(self.recipe)
        moment_matching.calibrate(
            generator,
            self.moments.mean,
            seed=seed,
            blocks=schemas.blocks_of(self.recipe),
        )
