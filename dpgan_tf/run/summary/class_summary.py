"""A summary of labelled images: moments of classes, features, and a guide."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import tensorflow as tf

from dpgan_tf import progress
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.privacy.summary import class_features
from dpgan_tf.privacy.summary import class_moments
from dpgan_tf.privacy.summary import classifier
from dpgan_tf.privacy.summary import projection as projections
from dpgan_tf.privacy.summary import scattering
from dpgan_tf.privacy.summary import summary
from dpgan_tf.run import assembly
from dpgan_tf.run.summary import surrogates

_MOST_PUBLIC_FEATURES = 10_000
"""Of surrogates, and of public records, that features are reduced by."""

_AT_A_TIME = 500
"""Images whose features are in memory before they are reduced."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ClassSummary:
    """A summary of labelled images; it has the last three parts or none.

    Attributes:
      moments: of the classes, unless public records stand for surrogates.
      projection: of scattering features.
      features: their moments in each class.
      guide: a classifier of scattering features.
    """

    moments: class_moments.ClassMoments | None = None
    projection: projections.Projection | None = None
    features: class_features.ClassFeatures | None = None
    guide: classifier.Linear | None = None


PARTS = {
    "moments": class_moments.ClassMoments,
    "projection": projections.Projection,
    "features": class_features.ClassFeatures,
    "guide": classifier.Linear,
}
"""Of a summary, by their names."""


def take(
    recipe: recipes.Recipe,
    mechanism: summary.SummaryMechanism,
    private: records.PrivateRecords,
    public: records.PublicRecords | None,
    key: tf.Tensor,
) -> ClassSummary:
    """Release a summary of labelled images.

    Args:
      recipe: bounds of the statistics.
      mechanism: with noise for as many releases as the summary has.
      private: all private records.
      public: records that suggest directions of features; None to let records
        drawn from moments of the classes do that.
      key: int64 [2], secret.
    """
    moments = None
    if public is None:
        moments = _release_of_moments(recipe, mechanism, private, key)
        if not recipe.has_features:
            return ClassSummary(moments=moments)
        public = surrogates.draw(
            moments,
            form=_form(private),
            num=min(_MOST_PUBLIC_FEATURES, recipe.summary.num_surrogates),
            seed=assembly.initial_seed(recipe),
        )
    projection = _projection(recipe, public)
    labelled = summary.Labelled(
        _projected(private.examples, projection), private.labels
    )
    features = class_features.take(
        mechanism,
        labelled,
        num_classes=private.num_classes,
        num_products=min(recipe.summary.feature_products, projection.size),
        clip_norm=recipe.summary.feature_clip_norm,
        key=key,
    )
    guide = _release_of_guide(
        recipe, mechanism, labelled, projection, private.num_classes, key
    )
    return ClassSummary(
        moments=moments, projection=projection, features=features, guide=guide
    )


def _release_of_moments(
    recipe: recipes.Recipe,
    mechanism: summary.SummaryMechanism,
    private: records.PrivateRecords,
    key: tf.Tensor,
) -> class_moments.ClassMoments:
    return class_moments.take(
        mechanism,
        summary.Labelled(private.examples, private.labels),
        num_classes=private.num_classes,
        side=recipe.summary.side,
        image_clip_norm=recipe.summary.row_clip_norm,
        scatter_clip_norm=recipe.summary.pair_clip_norm,
        key=key,
    )


def _release_of_guide(
    recipe: recipes.Recipe,
    mechanism: summary.SummaryMechanism,
    labelled: summary.Labelled,
    projection: projections.Projection,
    num_classes: int,
    key: tf.Tensor,
) -> classifier.Linear:
    with progress.bar(
        "private classifier", total=recipe.summary.guide_steps, unit="step"
    ) as bar:
        return classifier.train(
            mechanism,
            labelled,
            projection,
            num_classes=num_classes,
            num_steps=recipe.summary.guide_steps,
            clip_norm=recipe.summary.guide_clip_norm,
            learning_rate=recipe.summary.guide_learning_rate,
            key=key,
            after_step=lambda: bar.update(1),
        )


def _form(private: records.PrivateRecords) -> records.Form:
    """Return what an example looks like, by its public shape."""
    return records.Form(
        tuple(private.examples.shape[1:]), num_classes=private.num_classes
    )


def _projection(
    recipe: recipes.Recipe, public: records.PublicRecords
) -> projections.Projection:
    """Return directions that features of public records suggest, or surrogates.

    Args:
      recipe: how many.
      public: records, of which no more than some are looked at.
    """
    # From all of them alike: many sets are sorted by class.
    num = min(_MOST_PUBLIC_FEATURES, len(public))
    seen = public.examples[np.linspace(0, len(public) - 1, num, dtype=int)]
    rows = list(_features(seen, "features that suggest directions"))
    progress.note("directions of the features")
    return projections.project(
        np.concatenate(rows), num_directions=recipe.summary.feature_directions
    )


def _projected(examples, projection: projections.Projection) -> np.ndarray:
    """Return features of images along the directions, float32 [n, r]."""
    rows = np.empty([len(examples), projection.size], np.float32)
    done = 0
    for some in _features(examples, "features"):
        rows[done : done + len(some)] = projection.rows(some)
        done += len(some)
    return rows


def _features(examples, title: str) -> Iterator[np.ndarray]:
    """Yield scattering features of images in order, float64 [c, d].

    In float64, since a convolution may round otherwise beside other images:
    what is left of that, some 1e-15, is far below the noise.
    """
    transform = tf.function(scattering.transform, reduce_retracing=True)
    with progress.bar(title, total=len(examples), unit="image") as bar:
        for start in range(0, len(examples), _AT_A_TIME):
            images = examples[start : start + _AT_A_TIME]
            if images.dtype == np.uint8:
                pixels = images / records.MAX_PIXEL
            else:
                pixels = (images.astype(np.float64) + 1) / 2
            yield transform(tf.constant(pixels, tf.float64)).numpy()
            bar.update(len(images))


def blank(
    recipe: recipes.Recipe,
    form: records.Form,
    public: records.PublicRecords | None,
) -> ClassSummary:
    """Return what other machines hear of the chief's summary, all zeros.

    Args:
      recipe: of the run.
      form: of an image.
      public: records, if there are any, as for `take`.
    """
    moments = None
    num_seen = recipe.summary.num_surrogates if public is None else len(public)
    if public is None:
        size = class_moments.Reduction(form.shape, recipe.summary.side).size
        moments = class_moments.ClassMoments(
            means=np.zeros([form.num_classes, size]),
            factors=np.zeros([form.num_classes, size, size]),
        )
        if not recipe.has_features:
            return ClassSummary(moments=moments)
    num = scattering.num_features(form.shape)
    size = min(
        recipe.summary.feature_directions, num_seen, _MOST_PUBLIC_FEATURES, num
    )
    leading = min(recipe.summary.feature_products, size)
    return ClassSummary(
        moments=moments,
        projection=projections.Projection(
            center=np.zeros(num), directions=np.zeros([num, size])
        ),
        features=class_features.ClassFeatures(
            means=np.zeros([form.num_classes, size]),
            products=np.zeros([form.num_classes, leading, leading]),
        ),
        guide=classifier.Linear(
            kernel=np.zeros([num, form.num_classes]),
            bias=np.zeros([form.num_classes]),
        ),
    )


def shared(
    taken: ClassSummary,
    from_chief: Callable[[Sequence[np.ndarray]], Sequence[np.ndarray]],
) -> ClassSummary:
    """Return the chief's summary, on every machine.

    Args:
      taken: the summary, or a blank one.
      from_chief: from values of this machine to the chief's.
    """
    heard = {}
    for name in PARTS:
        part = getattr(taken, name)
        if part is not None:
            fields = vars(part)
            values = from_chief(list(fields.values()))
            heard[name] = type(part)(**dict(zip(fields, values, strict=True)))
    return ClassSummary(**heard)
