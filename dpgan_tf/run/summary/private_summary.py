"""The private summary of a run: charged, taken once, and kept."""

import io
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf import interrupts
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
from dpgan_tf.privacy.summary import summary
from dpgan_tf.run import budgets
from dpgan_tf.run import team as teams
from dpgan_tf.run.summary import chosen_summary
from dpgan_tf.run.summary import class_summary
from dpgan_tf.run.summary import protocol
from dpgan_tf.run.summary import row_summary

_KINDS: Mapping[type, type[protocol.Summary]] = {
    type(None): protocol.Summary,
    summaries.Marginals: row_summary.RowSummary,
    summaries.Pairs: row_summary.RowSummary,
    summaries.Chosen: chosen_summary.ChosenSummary,
    summaries.ClassMoments: class_summary.ClassSummary,
    summaries.ClassFeatures: class_summary.ClassSummary,
}
"""What makes the summary that a recipe's part asks for."""

_SEPARATOR = "."
"""Between a part and its field, in the names of a file's arrays."""

_NUM_DIMS = {
    "pixels.ends": 1,
    "moments.mean": 1,
    "moments.pairs": 2,
    "moments.means": 2,
    "moments.factors": 3,
    "moments.shares": 1,
    "projection.center": 1,
    "projection.directions": 2,
    "features.means": 2,
    "features.products": 3,
    "marginals.means": 1,
    "marginals.pairs": 2,
    "marginals.values": 1,
    "marginals.deviations": 1,
    "guide.kernel": 2,
    "guide.bias": 1,
}
"""Dimensions of the arrays in that file."""


def take(
    recipe: recipes.Recipe,
    files: run_files.RunFiles,
    budget: budgets.Budget,
    private: records.PrivateRecords,
    public: records.PublicRecords | None,
    ledger: ledgers.Ledger,
) -> protocol.Summary:
    """Take the summary, or read it if it was taken before.

    It is entered into the ledger before its noise is drawn, and can be drawn
    once only: not beside networks that have learnt from another one.

    Args:
      recipe: bounds of the statistics.
      files: the run's files.
      budget: noise of the summary.
      private: all private records.
      public: public records, if there are any.
      ledger: the run's ledger, open.

    Raises:
      LedgerError: if it was charged and then lost, or never charged.
    """
    if recipe.summary is None:
        return protocol.Summary(recipe=recipe)
    if ledger.has_summary and files.summary.exists():
        return read(recipe, files)
    _require_not_lost(files, ledger)
    key = _key(recipe)
    ledger.begin_summary(key.commitment)
    mechanism = summary.SummaryMechanism(
        budget.summary_noise_multipliers,
        num_examples=recipe.data.num_private_examples,
        noise_sampler=budget.mechanism.noise_sampler,
        units=private.units,
    )
    source = protocol.Source(
        mechanism=mechanism,
        private=private,
        public=public,
        key=tf.constant(key.as_integers(), tf.int64),
    )
    with (
        progress.waiting("private summary of all records"),
        interrupts.heeded(),
        interrupts.deferred(_say_that_it_waits),
    ):
        taken = _KINDS[type(recipe.summary)].take(recipe, source)
        _write(files, taken)
    return taken


def _say_that_it_waits() -> None:
    progress.note(
        "Stops when the private summary is saved: it is charged, and would be "
        "lost."
    )


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


def read(recipe: recipes.Recipe, files: run_files.RunFiles) -> protocol.Summary:
    """Return the summary that was taken.

    Args:
      recipe: names the kind of summary.
      files: the run's files.

    Raises:
      UserError: if it is not there, damaged, or of another version.
    """
    if recipe.summary is None:
        return protocol.Summary(recipe=recipe)
    if not files.summary.is_file():
        raise errors.UserError(
            f"{files.summary}: missing; restore the summary from a backup."
        )
    try:
        return _assembled(recipe, npz.read_arrays(files.summary, keys=None))
    except (errors.DatasetError, ValueError) as error:
        raise errors.UserError(
            f"{files.summary}: is damaged, or another version's "
            f"({errors.first_line(error)}); restore it from a backup, or go "
            "on with the version that began the run."
        ) from error


def shared(
    recipe: recipes.Recipe, taken: protocol.Summary | None, team: teams.Team
) -> protocol.Summary:
    """Return the chief's summary, on every machine.

    Args:
      recipe: names the kind of summary.
      taken: the chief's summary; None on another machine.
      team: the machines.
    """
    if team.size == 1 or recipe.summary is None:
        return taken or protocol.Summary(recipe=recipe)
    content = _to_bytes(taken) if taken else b""
    (size,) = team.from_chief([np.int64(len(content))])
    content = content.ljust(-(-int(size) // 8) * 8, b"\0")
    (words,) = team.from_chief([np.frombuffer(content, np.int64)])
    with np.load(io.BytesIO(words.tobytes()[:size])) as arrays:
        return _assembled(recipe, dict(arrays))


def _assembled(
    recipe: recipes.Recipe, arrays: Mapping[str, np.ndarray]
) -> protocol.Summary:
    """Return the summary of the arrays of its file.

    Raises:
      ValueError: if they are not those of such a summary.
    """
    kind = _KINDS[type(recipe.summary)]
    fields: dict[str, dict[str, np.ndarray]] = {}
    for name, array in arrays.items():
        part, _, field = name.partition(_SEPARATOR)
        if part not in kind.PARTS or array.ndim != _NUM_DIMS.get(name):
            raise ValueError(f"it has {name} of shape {list(array.shape)}")
        if array.dtype != np.float64 or not np.isfinite(array).all():
            raise ValueError(f"{name} has no finite numbers of float64")
        fields.setdefault(part, {})[field] = array
    try:
        parts = {
            name: kind.PARTS[name](**each) for name, each in fields.items()
        }
        return kind(recipe=recipe, **parts)
    except TypeError as error:  # The names above are known: one is missing.
        raise ValueError(f"it has only {', '.join(arrays)}") from error


def _to_bytes(taken: protocol.Summary) -> bytes:
    arrays = {
        f"{name}{_SEPARATOR}{field}": array
        for name in taken.PARTS
        if (part := getattr(taken, name)) is not None
        for field, array in vars(part).items()
        if array is not None
    }
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


def _write(files: run_files.RunFiles, taken: protocol.Summary) -> None:
    durable.create(files.summary, _to_bytes(taken), mode=0o600)
