"""A summary of a table: marginals of its columns, and of chosen pairs."""

import dataclasses
import math
from typing import Self

import keras
import numpy as np

from dpgan_tf import run_files
from dpgan_tf.config import recipe as recipes
from dpgan_tf.models import marginal_matching
from dpgan_tf.models import moment_matching
from dpgan_tf.models import row_networks
from dpgan_tf.privacy.summary import pair_marginals
from dpgan_tf.privacy.summary import row_moments
from dpgan_tf.run import assembly
from dpgan_tf.run.summary import fit
from dpgan_tf.run.summary import marginal_targets
from dpgan_tf.run.summary import protocol
from dpgan_tf.run.summary import schemas

_FIRST_STEPS = 600
"""Generator steps before the first choice."""

_NUM_LATENTS = 16_384
"""Latents whose rows stand for the generator where pairs are chosen."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ChosenSummary(protocol.Summary):
    """Marginals of the columns of a schema, and of pairs of them.

    Attributes:
      marginals: what was measured.
    """

    PARTS = {"marginals": marginal_targets.Marginals}
    marginals: marginal_targets.Marginals

    def __post_init__(self) -> None:
        """Refuse marginals of another schema."""
        self.marginals.tables(schemas.blocks_of(self.recipe))

    @classmethod
    def take(cls, recipe: recipes.Recipe, source: protocol.Source) -> Self:
        """As `protocol.Summary.take`: choose, measure, fit, and again."""
        rounds = _Rounds(recipe, source)
        rounds.measure_columns()
        while rounds.num_left:
            rounds.fit()
            rounds.measure_pairs()
        return cls(recipe=recipe, marginals=rounds.found)

    def fit(self, files: run_files.RunFiles, generator: keras.Model) -> None:
        """Fit the generator to all that was measured."""

        def make():
            blocks = schemas.blocks_of(self.recipe)
            model = marginal_matching.MarginalMatching(generator)
            model.follow(*marginal_targets.target(self.marginals, blocks))
            self.calibrate(generator)
            part = self.recipe.summary
            fit.take_steps(
                self.recipe,
                model,
                num_steps=part.fit_steps,
                batch_size=part.fit_batch_size,
                rate=keras.optimizers.schedules.CosineDecay(
                    part.fit_learning_rate, max(1, part.fit_steps)
                ),
            )
            self.calibrate(generator)

        fit.once(files, generator, make)

    def calibrate(self, generator: keras.Model) -> None:
        """Give the generator's rows the means of the summary."""
        blocks = schemas.blocks_of(self.recipe)
        moment_matching.calibrate(
            generator,
            marginal_targets.means(self.marginals, blocks),
            seed=assembly.initial_seed(self.recipe),
            blocks=blocks,
        )


class _Rounds:
    """Rounds of choices and measurements, and the generator between them."""

    def __init__(self, recipe: recipes.Recipe, source: protocol.Source) -> None:
        self._recipe = recipe
        self._source = source
        self._blocks = schemas.blocks_of(recipe)
        self._chosen: list[tuple[int, int]] = []
        self._values: list[np.ndarray] = []
        self._means = np.zeros([sum(self._blocks)])
        keras.utils.set_random_seed(assembly.initial_seed(recipe))
        self._model = marginal_matching.MarginalMatching(
            row_networks.build_table_generator(
                sum(self._blocks),
                latent_dim=recipe.networks.latent_dim,
                width=recipe.networks.generator_width,
                blocks=self._blocks,
            )
        )
        self._fit = fit.Rounds(
            recipe,
            self._model,
            batch_size=recipe.summary.fit_batch_size,
            rate=recipe.summary.fit_learning_rate,
            num_steps=_FIRST_STEPS
            + math.ceil(self.num_left / recipe.summary.pairs_per_round)
            * recipe.summary.round_steps,
            title="pairs of columns: choose, measure, fit",
        )

    @property
    def num_left(self) -> int:
        """Number of pairs that are still to be measured."""
        return self._recipe.summary.num_pairs - len(self._chosen)

    @property
    def found(self) -> marginal_targets.Marginals:
        """All that was measured so far."""
        mechanism, clip_norm = self._source.mechanism, _row_norm(self._blocks)
        return marginal_targets.Marginals(
            means=self._means,
            pairs=np.array(self._chosen, np.float64).reshape(-1, 2),
            values=np.concatenate([np.zeros(0), *self._values]),
            deviations=np.array(
                [
                    mechanism.deviation(0, clip_norm=clip_norm),
                    mechanism.deviation(2, clip_norm=pair_marginals.CLIP_NORM),
                ]
            ),
        )

    def measure_columns(self) -> None:
        """Release the means of all columns."""
        self._means = self._source.mechanism.privatize(
            row_moments.RowStatistic(1),
            self._source.private.examples,
            clip_norm=_row_norm(self._blocks),
            key=self._source.key,
        )

    def fit(self) -> None:
        """Fit the generator to all that was measured so far."""
        self._model.follow(*marginal_targets.target(self.found, self._blocks))
        self._fit.take_steps(
            self._recipe.summary.round_steps if self._chosen else _FIRST_STEPS
        )

    def measure_pairs(self) -> None:
        """Release the pairs of a round, each after it was chosen."""
        products = self._model.products(
            num=_NUM_LATENTS, seed=assembly.initial_seed(self._recipe)
        )
        of_round = self._recipe.summary.pairs_per_round
        for _ in range(min(of_round, self.num_left)):
            pair = self._choose(products)
            self._values.append(
                self._source.mechanism.privatize(
                    pair_marginals.marginal(self._blocks, pair),
                    self._source.private.examples,
                    clip_norm=pair_marginals.CLIP_NORM,
                    key=self._source.key,
                )
            )
            self._chosen.append(pair)

    def _choose(self, products: np.ndarray) -> tuple[int, int]:
        """Return a pair at which the generator is far off."""
        left = marginal_targets.candidates(self._blocks, self._chosen)
        num = self._recipe.data.num_private_examples
        noise = num * self.found.deviations[1] * math.sqrt(2 / math.pi)
        size = marginal_targets.size(self.found, self._blocks)
        sizes = [self._blocks[a] * self._blocks[b] for a, b in left]
        number = self._source.mechanism.choose(
            pair_marginals.Candidates(
                blocks=self._blocks,
                pairs=left,
                expected=num * size * products,
                penalties=noise * np.array(sizes),
            ),
            self._source.private.examples,
            key=self._source.key,
        )
        return left[number]


def _row_norm(blocks: tuple[int, ...]) -> float:
    """Return the norm of a row that has a 1 in each block."""
    return math.sqrt(len(blocks))
