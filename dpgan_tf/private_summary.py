"""The private summary of a run: charged, taken once, and kept."""

import dataclasses
import io
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import tensorflow as tf

from dpgan_tf import assembly
from dpgan_tf import budgets
from dpgan_tf import config as configs
from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf import run_files
from dpgan_tf.data import records
from dpgan_tf.data import surrogates
from dpgan_tf.privacy import class_features
from dpgan_tf.privacy import class_moments
from dpgan_tf.privacy import classifier
from dpgan_tf.privacy import durable
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy import keys
from dpgan_tf.privacy import ledger as ledgers
from dpgan_tf.privacy import moments as moments_lib
from dpgan_tf.privacy import projection as projections
from dpgan_tf.privacy import scattering
from dpgan_tf.privacy import summary

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


Summary = moments_lib.Moments | ClassSummary

_PARTS = {
    "moments": class_moments.ClassMoments,
    "projection": projections.Projection,
    "features": class_features.ClassFeatures,
    "guide": classifier.Linear,
}
_SEPARATOR = "."
"""Between a part and its field, in the file of a summary."""


def take(
    config: configs.Config,
    files: run_files.RunFiles,
    budget: budgets.Budget,
    private: records.PrivateRecords,
    public: records.PublicRecords | None,
    ledger: ledgers.Ledger,
) -> Summary | None:
    """Take the summary, or read it if it was taken before.

    It is entered into the ledger before its noise is drawn, and can be drawn
    once only: not beside networks that have learnt from another one.

    Args:
      config: bounds of the statistics.
      files: of the run.
      budget: noise of the summary.
      private: all private records.
      public: records that suggest directions of features, if there are any.
      ledger: of the run, open.

    Returns:
      The summary; None if the run has no summary.

    Raises:
      LedgerError: if it was charged and then lost, or never charged.
    """
    if not budget.summary_noise_multipliers:
        return None
    if ledger.has_summary and files.summary.exists():
        return read(files)
    found = None
    if ledger.has_summary:
        found = "was charged, and is lost"
    elif files.summary.exists():
        found = "is not in the ledger"
    elif files.has_checkpoints:
        found = "is lost, and networks have learnt from it"
    if found:
        raise privacy_errors.LedgerError(
            f"{files.summary}: the summary {found}; restore the whole run "
            "directory from one backup, or start a new one."
        )
    key = keys.from_entropy()
    if config.noise_seed is not None:
        key = keys.from_seed(config.noise_seed, attempt=0, purpose="summary")
    ledger.begin_summary(ledgers.key_commitment(key.secret))
    progress.note("private summary of all records")
    mechanism = summary.SummaryMechanism(
        budget.summary_noise_multipliers,
        num_examples=config.num_private_examples,
    )
    taken = _release(
        config,
        mechanism,
        private,
        public,
        tf.constant(key.as_integers(), tf.int64),
    )
    _write(files, taken)
    return taken


def _release(
    config: configs.Config,
    mechanism: summary.SummaryMechanism,
    private: records.PrivateRecords,
    public: records.PublicRecords | None,
    key: tf.Tensor,
) -> Summary:
    if config.summarizes_classes:
        return _release_of_classes(config, mechanism, private, public, key)
    has_pairs = config.summary == "pairs"
    return moments_lib.take(
        mechanism,
        private.examples,
        largest=private.scale.largest,
        row_clip_norm=config.summary_row_clip_norm,
        pair_clip_norm=config.summary_pair_clip_norm if has_pairs else None,
        key=key,
    )


def _release_of_classes(
    config: configs.Config,
    mechanism: summary.SummaryMechanism,
    private: records.PrivateRecords,
    public: records.PublicRecords | None,
    key: tf.Tensor,
) -> ClassSummary:
    form = records.Form(
        tuple(private.examples.shape[1:]), num_classes=private.num_classes
    )
    moments = None
    if public is None:
        moments = class_moments.take(
            mechanism,
            summary.Labelled(private.examples, private.labels),
            num_classes=private.num_classes,
            side=config.summary_side,
            image_clip_norm=config.summary_row_clip_norm,
            scatter_clip_norm=config.summary_pair_clip_norm,
            key=key,
        )
        if not config.has_features:
            return ClassSummary(moments=moments)
        public = surrogates.draw(
            moments,
            form=form,
            num=min(_MOST_PUBLIC_FEATURES, config.num_surrogates),
            seed=assembly.initial_seed(config),
        )
    projection = _projection(config, public)
    labelled = summary.Labelled(
        _projected(private.examples, projection), private.labels
    )
    features = class_features.take(
        mechanism,
        labelled,
        num_classes=private.num_classes,
        num_products=min(config.feature_products, projection.size),
        clip_norm=config.feature_clip_norm,
        key=key,
    )
    with progress.bar(
        "private classifier", total=config.guide_steps, unit="step"
    ) as bar:
        guide = classifier.train(
            mechanism,
            labelled,
            projection,
            num_classes=private.num_classes,
            num_steps=config.guide_steps,
            clip_norm=config.guide_clip_norm,
            learning_rate=config.guide_learning_rate,
            key=key,
            after_step=lambda: bar.update(1),
        )
    return ClassSummary(
        moments=moments, projection=projection, features=features, guide=guide
    )


def _projection(
    config: configs.Config, public: records.PublicRecords
) -> projections.Projection:
    """Return directions that features of public records suggest, or surrogates.

    Args:
      config: how many.
      public: records, of which no more than some are looked at.
    """
    seen = public.examples[np.arange(min(_MOST_PUBLIC_FEATURES, len(public)))]
    rows = list(_features(seen, "features that suggest directions"))
    return projections.project(
        np.concatenate(rows), num_directions=config.feature_directions
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


def read(files: run_files.RunFiles) -> Summary:
    """Return the summary that was taken.

    Args:
      files: of the run.

    Raises:
      UserError: if it is not there.
    """
    if not files.summary.is_file():
        raise errors.UserError(
            f"{files.summary}: missing; restore the summary from a backup."
        )
    with np.load(files.summary, allow_pickle=False) as arrays:
        found = dict(arrays)
    parts: dict[str, dict[str, np.ndarray]] = {}
    for name, array in found.items():
        part, _, field = name.rpartition(_SEPARATOR)
        parts.setdefault(part, {})[field] = array
    if "" in parts:
        return moments_lib.Moments(**{"pairs": None} | parts[""])
    return ClassSummary(
        **{name: _PARTS[name](**fields) for name, fields in parts.items()}
    )


def blank(
    config: configs.Config,
    form: records.Form,
    public: records.PublicRecords | None,
) -> ClassSummary:
    """Return what other machines hear of the chief's summary, all zeros.

    Args:
      config: of the run.
      form: of an image.
      public: records, if there are any, as for `take`.
    """
    moments = None
    num_seen = min(_MOST_PUBLIC_FEATURES, config.num_surrogates)
    if public is None:
        size = class_moments.Reduction(form.shape, config.summary_side).size
        moments = class_moments.ClassMoments(
            means=np.zeros([form.num_classes, size]),
            factors=np.zeros([form.num_classes, size, size]),
        )
        if not config.has_features:
            return ClassSummary(moments=moments)
    else:
        num_seen = min(_MOST_PUBLIC_FEATURES, len(public))
    num = scattering.num_features(form.shape)
    size = min(config.feature_directions, num_seen, num)
    leading = min(config.feature_products, size)
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
    for name in _PARTS:
        part = getattr(taken, name)
        if part is not None:
            fields = vars(part)
            values = from_chief(list(fields.values()))
            heard[name] = type(part)(**dict(zip(fields, values, strict=True)))
    return ClassSummary(**heard)


def _write(files: run_files.RunFiles, taken: Summary) -> None:
    fields = dataclasses.asdict(taken)
    if isinstance(taken, ClassSummary):
        fields = {
            f"{part}{_SEPARATOR}{name}": array
            for part, arrays in fields.items()
            if arrays is not None
            for name, array in arrays.items()
        }
    content = io.BytesIO()
    np.savez(content, **{k: v for k, v in fields.items() if v is not None})
    durable.create(files.summary, content.getvalue(), mode=0o600)
