"""The ledger of a run: begun, or opened if it is this run's; and its keys."""

import dataclasses
import re
from collections.abc import Mapping

from dpgan_tf import run_files
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.data import split as splits
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy import untrusted_json
from dpgan_tf.privacy.ledger import header as headers
from dpgan_tf.privacy.ledger import keys
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.run import budgets
from dpgan_tf.run import team as teams

SALTED = untrusted_json.record(
    {
        "fingerprint_salt": untrusted_json.of(
            "hexadecimal digits",
            lambda value: (
                type(value) is str
                and re.fullmatch(r"([0-9a-f]{2}){1,64}", value)
            ),
        )
    },
    others=untrusted_json.ANY,
)
"""The file with the salt under which a run's records are fingerprinted."""


def open_or_begin(
    recipe: recipes.Recipe,
    files: run_files.RunFiles,
    budget: budgets.Budget,
    private: records.PrivateRecords,
) -> ledgers.Ledger:
    """Begin the run's ledger, or open it if it belongs to this run.

    Args:
      recipe: recipe, whose hash is in the ledger.
      files: the run's files.
      budget: the run's budget.
      private: records, whose salted fingerprint is in the ledger.

    Returns:
      The ledger.

    Raises:
      LedgerError: if it is missing although there is a checkpoint, altered, or
        belongs to another configuration or data set.
    """
    description = run_files.read_json(files.data, SALTED)
    fingerprint = splits.fingerprint(
        private, salt=bytes.fromhex(description["fingerprint_salt"])
    )
    header = budgets.ledger_header(recipe, budget) | {
        "data_fingerprint": fingerprint
    }
    if not (files.ledger.exists() or files.has_checkpoints):
        return ledgers.Ledger.create(files.ledger, header=header)
    ledger = ledgers.Ledger.open(
        files.ledger,
        config_hash=recipe.digest(),
        data_fingerprint=fingerprint,
    )
    _require_same_mechanism(files, ledger, header)
    return ledger


def _require_same_mechanism(
    files: run_files.RunFiles,
    ledger: ledgers.Ledger,
    header: Mapping[str, object],
) -> None:
    """Refuse to draw with other numbers than those that are charged."""
    if ledger.header["noise_sampler"] == headers.PHILOX:
        header = {**header, "noise_sampler": headers.PHILOX}
    for name, value in header.items():
        if ledger.header.get(name) != value:
            raise privacy_errors.LedgerError(
                f"{files.ledger}: was begun with {name}="
                f"{ledger.header.get(name)}, and this version makes it "
                f"{value}; use the version that began the run."
            )


def with_sampler(
    budget: budgets.Budget, team: teams.Team, ledger: ledgers.Ledger | None
) -> budgets.Budget:
    """Return the budget with the noise sampler that the run was begun with.

    Args:
      budget: budget of a new run.
      team: the machines; the chief tells the others.
      ledger: the run's ledger; None on another machine than the chief.
    """
    name = (ledger.header if ledger else budget.mechanism.parameters)[
        "noise_sampler"
    ]
    (number,) = team.from_chief([headers.NOISE_SAMPLERS.index(name)])
    mechanism = dataclasses.replace(
        budget.mechanism, noise_sampler=headers.NOISE_SAMPLERS[int(number)]
    )
    return dataclasses.replace(budget, mechanism=mechanism)


def draw_keys(
    recipe: recipes.Recipe, ledger: ledgers.Ledger
) -> tuple[keys.NoiseKey, keys.NoiseKey]:
    """Return keys of noise and sampling that no earlier attempt has used.

    Args:
      recipe: recipe that says whether they follow from a seed.
      ledger: the run's ledger, before the attempt begins.
    """
    if recipe.budget.noise_seed is None:
        return keys.from_entropy(), keys.from_entropy()
    noise, sampling = (
        keys.from_seed(
            recipe.budget.noise_seed,
            attempt=ledger.num_attempts,
            purpose=purpose,
        )
        for purpose in ("noise", "sampling")
    )
    return noise, sampling
