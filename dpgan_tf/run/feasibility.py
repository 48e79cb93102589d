"""Refuses, before anything is charged, what could not be computed after it."""

import math

from dpgan_tf import errors
from dpgan_tf.config import settings as configs
from dpgan_tf.data import records
from dpgan_tf.privacy.summary import class_moments
from dpgan_tf.privacy.summary import scattering

_MOST_PRODUCTS = 50_000_000
"""Of all classes' covariances, of which there are a few copies of 400 MB."""

_MOST_SURROGATE_BYTES = 2 * 2**30

_MOST_FEATURE_BYTES = 8 * 2**30

_MOST_FEATURES = 6_000
"""Of an image, whose principal directions take a minute to find."""


def require_form_fits(config: configs.Config, form: records.Form) -> None:
    """Refuse settings that examples of this form cannot have.

    Args:
      config: of a private run.
      form: what an example looks like.

    Raises:
      ConfigError: naming the setting and what it may be.
    """
    _require_shift_fits(config, form)
    if config.summary != "none":
        _require_kind_fits(config, form)
    require_declared_classes(config, form)
    if config.has_surrogates:
        _require_moments_fit(config, form)
    if config.has_features:
        _require_features_fit(config, form)


def _require_kind_fits(config: configs.Config, form: records.Form) -> None:
    """Refuse a summary of rows for images, and of images for rows."""
    if (config.summary in configs.ROW_SUMMARIES) != form.is_table:
        raise errors.ConfigError(
            f"summary={config.summary}; expected none, or marginals or pairs "
            "for rows of a table, class_moments or class_features for labelled "
            "images."
        )


def require_declared_classes(
    config: configs.Config, form: records.Form
) -> None:
    """Refuse labels of classes whose number nobody declared.

    The released generator and summary have as many classes as there are; a
    number that came from the labels would tell of single records.

    Args:
      config: of a run.
      form: what an example looks like.

    Raises:
      ConfigError: naming the remedy.
    """
    if config.conditional and not form.num_classes:
        raise errors.ConfigError(
            f"conditional=true; {config.dataset} does not declare how many "
            "classes its labels are of, and they are never counted: say it "
            "with --set num_classes=K, or in an .npz file as num_classes."
        )


def _require_shift_fits(config: configs.Config, form: records.Form) -> None:
    """Refuse shifts by more than half an image."""
    if not config.largest_shift:
        return
    most = 0 if form.is_table else min(form.shape[:2]) // 2
    if config.largest_shift > most:
        raise errors.ConfigError(
            f"largest_shift={config.largest_shift}; expected at most {most}: "
            "half a side of an image, 0 for rows of a table."
        )


def _require_moments_fit(config: configs.Config, form: records.Form) -> None:
    """Refuse a summary of classes that images of this form cannot have."""
    shortest = min(form.shape[:2])
    if config.summary_side > shortest:
        raise errors.ConfigError(
            f"summary_side={config.summary_side}; expected at most {shortest}, "
            "the side of an image."
        )
    if config.num_surrogates < form.num_classes:
        raise errors.ConfigError(
            f"num_surrogates={config.num_surrogates}; expected at least "
            f"{form.num_classes}, one of each class."
        )
    num_bytes = config.num_surrogates * math.prod(form.shape)
    if num_bytes > _MOST_SURROGATE_BYTES:
        raise errors.ConfigError(
            f"num_surrogates={config.num_surrogates}; images of "
            f"{num_bytes / 2**30:.1f} GiB; expected at most "
            f"{_MOST_SURROGATE_BYTES / 2**30:.0f} GiB."
        )
    num = class_moments.num_products(
        form.shape, side=config.summary_side, num_classes=form.num_classes
    )
    if num > _MOST_PRODUCTS:
        raise errors.ConfigError(
            f"summary_side={config.summary_side}; {num:,} products of "
            f"{form.num_classes} classes; expected at most {_MOST_PRODUCTS:,}: "
            "use a smaller side."
        )


def _require_features_fit(config: configs.Config, form: records.Form) -> None:
    """Refuse a summary of features that is too large."""
    height, width, channels = form.shape
    num = scattering.num_features((height, width, channels))
    if num > _MOST_FEATURES:
        raise errors.ConfigError(
            f"summary=class_features; images of {form.shape} have {num:,} "
            f"features, and {_MOST_FEATURES:,} is the most: use class_moments."
        )
    num_bytes = 4 * config.num_private_examples * config.feature_directions
    if num_bytes > _MOST_FEATURE_BYTES:
        raise errors.ConfigError(
            f"feature_directions={config.feature_directions}; features of "
            f"{num_bytes / 2**30:.1f} GiB; expected at most "
            f"{_MOST_FEATURE_BYTES / 2**30:.0f} GiB."
        )
    num = form.num_classes * config.feature_products**2
    if num > _MOST_PRODUCTS:
        raise errors.ConfigError(
            f"feature_products={config.feature_products}; {num:,} products of "
            f"{form.num_classes} classes; expected at most {_MOST_PRODUCTS:,}."
        )
    if config.summary_batch_size < 2 * form.num_classes:
        raise errors.ConfigError(
            f"summary_batch_size={config.summary_batch_size}; expected at "
            f"least {2 * form.num_classes}, two fakes of each class."
        )
