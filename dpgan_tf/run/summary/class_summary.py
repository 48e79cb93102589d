"""A summary of images: moments of classes, of their features, and a guide.

Images whose labels the networks do not see are of one class.
"""

import dataclasses
from typing import Self

import keras
import numpy as np

from dpgan_tf import progress
from dpgan_tf import run_files
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.models import feature_matching
from dpgan_tf.models import guide as guides
from dpgan_tf.models import imitation
from dpgan_tf.models import summary_loss
from dpgan_tf.privacy.summary import class_features
from dpgan_tf.privacy.summary import class_moments
from dpgan_tf.privacy.summary import classifier
from dpgan_tf.privacy.summary import pixel_range
from dpgan_tf.privacy.summary import projection as projections
from dpgan_tf.privacy.summary import summary
from dpgan_tf.run import assembly
from dpgan_tf.run import team as teams
from dpgan_tf.run.summary import feature_rows
from dpgan_tf.run.summary import fit
from dpgan_tf.run.summary import protocol
from dpgan_tf.run.summary import surrogates

_EVEN = 0.25
"""Largest part by which an even class's share differs from the others'."""

_FIT_IMITATION_WEIGHT = 0.02
"""Weight of the distance from surrogates in a fit; ours, by trials."""

_FIT_GUIDE_WEIGHT = 0.01
"""Weight of the guide in a fit, where the features' distance has 1."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ClassSummary(protocol.Summary):
    """Moments of classes, or of features with a guide, or both.

    Attributes:
      pixels: range of pixels in which all else is seen; all of them where there
        are public records.
      moments: moments of the classes, None where there are public records.
      projection: directions of features; like what follows, None unless the
        recipe asks for it.
      features: the features' moments in each class.
      guide: a classifier of features.
    """

    PARTS = {
        "pixels": pixel_range.PixelRange,
        "moments": class_moments.ClassMoments,
        "projection": projections.Projection,
        "features": class_features.ClassFeatures,
        "guide": classifier.Linear,
    }
    pixels: pixel_range.PixelRange = dataclasses.field()  # No default.
    moments: class_moments.ClassMoments | None = None
    projection: projections.Projection | None = None
    features: class_features.ClassFeatures | None = None
    guide: classifier.Linear | None = None

    def __post_init__(self) -> None:
        """Refuse other parts than the recipe asks for."""
        found = [getattr(self, part) is not None for part in self.PARTS]
        wanted = self.recipe.has_surrogates, self.recipe.has_guide
        features = [self.recipe.has_features] * 2
        if found != [True, wanted[0], *features, wanted[1]]:
            raise ValueError("it has not the parts of this run's summary")

    @classmethod
    def take(cls, recipe: recipes.Recipe, source: protocol.Source) -> Self:
        """As `protocol.Summary.take`.

        Public records suggest directions of features. Where there are none, a
        range of pixels and moments of the classes come first, and records drawn
        from them do that.
        """
        public, pixels, moments = source.public, pixel_range.WHOLE, None
        if public is None:
            pixels = pixel_range.take(
                source.mechanism, source.private.examples, key=source.key
            )
        private = _by_class(recipe, source.private, pixels)
        if public is None:
            moments = _release_of_moments(recipe, source, private)
            if not recipe.has_features:
                return cls(recipe=recipe, pixels=pixels, moments=moments)
            public = surrogates.draw(
                moments,
                shape=source.private.examples.shape[1:],
                num=min(
                    feature_rows.MOST_PUBLIC, recipe.summary.num_surrogates
                ),
                seed=assembly.initial_seed(recipe),
            )
        projection = feature_rows.projection(recipe, public)
        labelled = summary.Labelled(
            feature_rows.projected(private.examples, projection), private.labels
        )
        features = class_features.take(
            source.mechanism,
            labelled,
            num_classes=_num_classes(recipe, source.private),
            num_products=min(recipe.summary.feature_products, projection.size),
            clip_norm=recipe.summary.feature_clip_norm,
            key=source.key,
        )
        return cls(
            recipe=recipe,
            pixels=pixels,
            moments=moments,
            projection=projection,
            features=features,
            guide=_release_of_guide(recipe, source, labelled, projection)
            if recipe.has_guide
            else None,
        )

    def surrogates(
        self, form: records.Form, team: teams.Team
    ) -> records.PublicRecords | None:
        """Return records of the moments, those that a guide agrees with."""
        if self.moments is None:
            return None
        drawn = surrogates.draw(
            self.moments,
            shape=form.shape,
            num=self.recipe.summary.num_surrogates,
            seed=assembly.initial_seed(self.recipe),
        )
        if not self.recipe.networks.conditional:
            return dataclasses.replace(drawn, labels=None, num_classes=0)
        if self.guide is None:
            return drawn
        seen = guides.Guide(self.guide).classes(drawn.examples)
        (classes,) = team.from_chief([seen])
        return surrogates.keep(drawn, classes, least=self.recipe.most_public)

    @property
    def class_shares(self) -> np.ndarray | None:
        """The shares of the classes if some are far from even, noise included.

        Classes that are about as frequent are taken as equally frequent.
        """
        if self.moments is None or not self.recipe.networks.conditional:
            return None
        shares = self.moments.shares
        uneven = np.abs(shares * len(shares) - 1).max() > _EVEN
        return shares if uneven else None

    def fit(self, files: run_files.RunFiles, generator: keras.Model) -> None:
        """Fit the generator: to surrogates, to features, a little to the guide.

        Args:
          files: the run's files, which keep the fitted weights.
          generator: changed in place.
        """
        part = self.recipe.summary
        imitates = self.moments is not None and part.imitation_steps > 0
        meets = self.features is not None and part.fit_steps > 0

        def make():
            model = self._imitation(generator) if imitates else None
            if model is not None:
                self._take_steps(
                    model,
                    title="imitation of surrogates",
                    num_steps=part.imitation_steps,
                    batch_size=imitation.BATCH_SIZE,
                    rate=imitation.LEARNING_RATE,
                )
            if meets:
                self._take_steps(
                    self._matching(generator, model),
                    title="fit to the summary",
                    num_steps=part.fit_steps,
                    batch_size=part.fit_batch_size,
                    rate=part.fit_learning_rate,
                )

        if imitates or meets:
            fit.once(files, generator, make)

    def _imitation(self, generator: keras.Model) -> imitation.Imitation:
        """Return what fits a generator to surrogates, latent by latent."""
        latent_dim = generator.inputs[0].shape[-1]
        return imitation.Imitation(
            generator,
            surrogates.law(self.moments, latent_dim=latent_dim),
            precision=self.recipe.networks.precision,
        )

    def _matching(
        self, generator: keras.Model, imitated: imitation.Imitation | None
    ) -> feature_matching.FeatureMatching:
        """Return what fits a generator to features, and a little to the guide.

        If it has imitated surrogates, it goes on with that, a little: what a
        latent stands for keeps samples from becoming alike.
        """
        weight = _FIT_IMITATION_WEIGHT
        return feature_matching.FeatureMatching(
            generator,
            loss=self._loss(guide=_FIT_GUIDE_WEIGHT, features=1.0),
            num_classes=len(self.features.means),
            of_latents=imitated
            and (lambda *of_fakes: weight * imitated.distance(*of_fakes)),
            precision=self.recipe.networks.precision,
        )

    def _take_steps(self, model, *, title, num_steps, batch_size, rate) -> None:
        """Take steps with a learning rate that falls to 0."""
        fit.take_steps(
            self.recipe,
            model,
            title=title,
            num_steps=num_steps,
            batch_size=batch_size,
            rate=keras.optimizers.schedules.CosineDecay(rate, num_steps),
        )

    def loss(self) -> summary_loss.SummaryLoss | None:
        """Return the loss of a private step's fakes, if there are features."""
        part = self.recipe.summary
        if self.features is None:
            return None
        return self._loss(guide=part.guide_weight, features=part.feature_weight)

    def _loss(self, *, guide, features) -> summary_loss.SummaryLoss:
        """Return what the summary asks of fakes, with weights of both parts."""
        return summary_loss.SummaryLoss(
            guide=self.guide and guides.Guide(self.guide),
            projection=self.projection,
            moments=self.features,
            guide_weight=guide,
            feature_weight=features,
        )


def _by_class(
    recipe: recipes.Recipe,
    private: records.PrivateRecords,
    pixels: pixel_range.PixelRange,
) -> summary.Labelled:
    """Return the records as networks see them, without labels with zeros."""
    labels = private.labels
    if not recipe.networks.conditional:
        labels = np.zeros(len(private), np.int64)
    return summary.Labelled(pixels.stretched(private.examples), labels)


def _num_classes(
    recipe: recipes.Recipe, private: records.PrivateRecords
) -> int:
    return private.num_classes if recipe.networks.conditional else 1


def _release_of_moments(
    recipe: recipes.Recipe, source: protocol.Source, private: summary.Labelled
) -> class_moments.ClassMoments:
    return class_moments.take(
        source.mechanism,
        private,
        num_classes=_num_classes(recipe, source.private),
        side=recipe.summary.side,
        scatter_clip_norm=recipe.summary.pair_clip_norm,
        key=source.key,
    )


def _release_of_guide(
    recipe: recipes.Recipe,
    source: protocol.Source,
    labelled: summary.Labelled,
    projection: projections.Projection,
) -> classifier.Linear:
    part = recipe.summary
    title, num = "private classifier", part.guide_steps
    with progress.bar(title, total=num, unit="step") as bar:
        return classifier.train(
            source.mechanism,
            labelled,
            projection,
            num_classes=source.private.num_classes,
            num_steps=num,
            clip_norm=part.guide_clip_norm,
            learning_rate=part.guide_learning_rate,
            key=source.key,
            after_step=lambda: bar.update(1),
        )
