"""The private summary of a run: charged, taken once, and kept."""

import dataclasses
import io
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf import run_files
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.parts import summaries
from dpgan_tf.data import npz
from dpgan_tf.data import records
from dpgan_tf.privacy import durable
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy.ledger import keys
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.privacy.summary import row_moments
from dpgan_tf.privacy.summary import summary
from dpgan_tf.run import budgets
from dpgan_tf.run.summary import class_summary

Summary = row_moments.Moments | class_summary.ClassSummary

_SEPARATOR = "."
"""Between a part and its field, in the file of a summary."""

_NUM_DIMS = {
    "mean": 1,
    "pairs": 2,
    "moments.means": 2,
    "moments.factors": 3,
    "projection.center": 1,
    "projection.directions": 2,
    "features.means": 2,
    "features.products": 3,
    "guide.kernel": 2,
    "guide.bias": 1,
}
"""Of the arrays in that file."""


def take(
    recipe: recipes.Recipe,
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
      recipe: bounds of the statistics.
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
    _require_not_lost(files, ledger)
    key = _key(recipe)
    ledger.begin_summary(key.commitment)
    progress.note("private summary of all records")
    mechanism = summary.SummaryMechanism(
        budget.summary_noise_multipliers,
        num_examples=recipe.data.num_private_examples,
    )
    taken = _release(
        recipe,
        mechanism,
        private,
        public,
        tf.constant(key.as_integers(), tf.int64),
    )
    _write(files, taken)
    return taken


def _require_not_lost(
    files: run_files.RunFiles, ledger: ledgers.Ledger
) -> None:
    """Refuse to draw the noise of a summary a second time."""
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
            "directory from one backup, if nobody saw what came after it, or "
            "start a new one: their epsilons add up."
        )


def _key(recipe: recipes.Recipe) -> keys.NoiseKey:
    if recipe.budget.noise_seed is None:
        return keys.from_entropy()
    return keys.from_seed(
        recipe.budget.noise_seed, attempt=0, purpose="summary"
    )


def _release(
    recipe: recipes.Recipe,
    mechanism: summary.SummaryMechanism,
    private: records.PrivateRecords,
    public: records.PublicRecords | None,
    key: tf.Tensor,
) -> Summary:
    if isinstance(recipe.summary, summaries.ClassMoments):
        return class_summary.take(recipe, mechanism, private, public, key)
    return row_moments.take(
        mechanism,
        private.examples,
        largest=private.scale.largest,
        row_clip_norm=recipe.summary.row_clip_norm,
        pair_clip_norm=getattr(recipe.summary, "pair_clip_norm", None),
        key=key,
    )


def read(files: run_files.RunFiles) -> Summary:
    """Return the summary that was taken.

    Args:
      files: of the run.

    Raises:
      UserError: if it is not there, or damaged.
    """
    if not files.summary.is_file():
        raise errors.UserError(
            f"{files.summary}: missing; restore the summary from a backup."
        )
    try:
        return _assembled(npz.read_arrays(files.summary, keys=None))
    except (errors.DatasetError, KeyError, TypeError, ValueError) as error:
        raise errors.UserError(
            f"{files.summary}: is damaged ({errors.first_line(error)}); "
            "restore it from a backup."
        ) from error


def _require_right(name: str, array: np.ndarray) -> None:
    if array.ndim != _NUM_DIMS[name]:
        raise ValueError(f"{name} has shape {list(array.shape)}")
    if array.dtype != np.float64 or not np.isfinite(array).all():
        raise ValueError(f"{name} has no finite numbers of float64")


def _assembled(found: Mapping[str, np.ndarray]) -> Summary:
    """Return the summary of the arrays of its file.

    Raises:
      KeyError, TypeError, ValueError: if they are not those of a summary.
    """
    parts: dict[str, dict[str, np.ndarray]] = {}
    for name, array in found.items():
        _require_right(name, array)
        part, _, field = name.rpartition(_SEPARATOR)
        parts.setdefault(part, {})[field] = array
    if list(parts) == [""]:
        return row_moments.Moments(**{"pairs": None} | parts[""])
    if not parts:
        raise ValueError("it is empty")
    kinds = class_summary.PARTS
    return class_summary.ClassSummary(
        **{name: kinds[name](**fields) for name, fields in parts.items()}
    )


def _write(files: run_files.RunFiles, taken: Summary) -> None:
    fields = dataclasses.asdict(taken)
    if isinstance(taken, class_summary.ClassSummary):
        fields = {
            f"{part}{_SEPARATOR}{name}": array
            for part, arrays in fields.items()
            if arrays is not None
            for name, array in arrays.items()
        }
    content = io.BytesIO()
    np.savez(content, **{k: v for k, v in fields.items() if v is not None})
    durable.create(files.summary, content.getvalue(), mode=0o600)
