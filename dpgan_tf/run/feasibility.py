"""Refuse, before anything is charged, what could not be computed later."""

import math

from dpgan_tf import errors
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.parts import kinds
from dpgan_tf.config.parts import summaries
from dpgan_tf.data import records
from dpgan_tf.privacy.summary import class_moments

_MOST_PRODUCTS = 50_000_000
"""Most products in all classes' covariances, with a few copies of 400 MB."""

_MOST_SURROGATE_BYTES = 2 * 2**30

_MOST_FEATURE_BYTES = 8 * 2**30


def require_form_fits(recipe: recipes.Recipe, form: records.Form) -> None:
    """Refuse settings that examples of this form cannot have.

    Args:
      recipe: recipe of a private run.
      form: form of an example.

    Raises:
      ConfigError: naming the setting and what it may be.
    """
    summary = recipe.summary
    if summary is not None:
        _require_kind_fits(summary, form)
    if isinstance(summary, summaries.Chosen):
        _require_pairs(summary, form)
    require_declared_classes(recipe, form)
    num_classes = form.num_classes if recipe.networks.conditional else 1
    if isinstance(summary, summaries.ClassMoments) and recipe.has_surrogates:
        _require_moments_fit(summary, form, num_classes=num_classes)
    if isinstance(summary, summaries.ClassFeatures):
        _require_features_fit(
            summary,
            num_examples=recipe.data.num_private_examples
            * recipe.data.most_records_per_unit,
            num_classes=num_classes,
        )


def _require_kind_fits(summary: recipes.Summary, form: records.Form) -> None:
    """Refuse a summary for rows if examples are images, and vice versa."""
    if isinstance(summary, summaries.Rows) != form.is_table:
        raise errors.ConfigError(
            f"summary={kinds.kind_of('summary', summary)}; expected none, or "
            "marginals or pairs for rows of a table, class_moments or "
            "class_features for labelled images."
        )


def _require_pairs(summary: summaries.Chosen, form: records.Form) -> None:
    """Refuse to choose more pairs of columns than there are."""
    if not form.blocks:
        raise errors.ConfigError(
            "summary=chosen; expected pairs or marginals for a table without "
            "a schema."
        )
    every = math.comb(len(form.blocks), 2)
    if summary.num_pairs > every:
        raise errors.ConfigError(
            f"summary.num_pairs={summary.num_pairs}; expected at most {every}, "
            f"the pairs of {len(form.blocks)} columns, of which each code is "
            "one."
        )


def require_declared_classes(
    recipe: recipes.Recipe, form: records.Form
) -> None:
    """Refuse labels without a declared number of classes.

    The released generator and summary show the number of classes; a number
    counted from the labels would reveal single records.

    Args:
      recipe: a run's recipe.
      form: form of an example.

    Raises:
      ConfigError: naming the remedy.
    """
    if recipe.networks.conditional and not form.num_classes:
        raise errors.ConfigError(
            f"networks.conditional=true; {recipe.data.source} does not declare "
            "how many classes its labels are of, and they are never counted: "
            "declare it with --set data.num_classes=K, or in an .npz file as "
            "num_classes."
        )


def _require_moments_fit(
    summary: summaries.ClassMoments, form: records.Form, *, num_classes: int
) -> None:
    """Refuse a summary of classes that images of this form cannot have."""
    shortest = min(form.shape[:2])
    if summary.side > shortest:
        raise errors.ConfigError(
            f"summary.side={summary.side}; expected at most {shortest}, "
            "the side of an image."
        )
    if summary.num_surrogates < num_classes:
        raise errors.ConfigError(
            f"summary.num_surrogates={summary.num_surrogates}; expected at "
            f"least {num_classes}, one of each class."
        )
    num_bytes = summary.num_surrogates * math.prod(form.shape)
    if num_bytes > _MOST_SURROGATE_BYTES:
        raise errors.ConfigError(
            f"summary.num_surrogates={summary.num_surrogates}; images of "
            f"{num_bytes / 2**30:.1f} GiB; expected at most "
            f"{_MOST_SURROGATE_BYTES / 2**30:.0f} GiB."
        )
    num = class_moments.num_products(
        form.shape, side=summary.side, num_classes=num_classes
    )
    if num > _MOST_PRODUCTS:
        raise errors.ConfigError(
            f"summary.side={summary.side}; {num:,} products of "
            f"{num_classes} classes; expected at most {_MOST_PRODUCTS:,}: "
            "use a smaller side."
        )


def _require_features_fit(
    summary: summaries.ClassFeatures, *, num_examples: int, num_classes: int
) -> None:
    """Refuse a summary of features that is too large."""
    num_bytes = 4 * num_examples * summary.feature_directions
    if num_bytes > _MOST_FEATURE_BYTES:
        raise errors.ConfigError(
            f"summary.feature_directions={summary.feature_directions}; "
            f"features of {num_bytes / 2**30:.1f} GiB; expected at most "
            f"{_MOST_FEATURE_BYTES / 2**30:.0f} GiB."
        )
    num = num_classes * summary.feature_products**2
    if num > _MOST_PRODUCTS:
        raise errors.ConfigError(
            f"summary.feature_directions={summary.feature_directions}; "
            f"{num:,} products of {num_classes} classes; expected at most "
            f"{_MOST_PRODUCTS:,}."
        )
    if summary.fit_batch_size < 2 * num_classes:
        raise errors.ConfigError(
            f"summary.fit_batch_size={summary.fit_batch_size}; expected at "
            f"least {2 * num_classes}, two fakes of each class."
        )
