"""Runs that exist already, and a register: entered late, or settled early."""

import os

from dpgan_tf import progress
from dpgan_tf import run_files
from dpgan_tf.config import text as config_text
from dpgan_tf.data import split as splits
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.privacy.ledger import lock
from dpgan_tf.release import release
from dpgan_tf.run import data as run_data
from dpgan_tf.run import places as run_places
from dpgan_tf.run import reservations
from dpgan_tf.run.stages import run_ledger


def add(
    run_dir: str | os.PathLike[str], *, register: str | os.PathLike[str]
) -> None:
    """Enter a run that was begun without a register.

    Args:
      run_dir: the run's folder; its records must be where they were.
      register: path of the register.

    Raises:
      LedgerError: if the run's ledger or the register cannot be used.
      UserError: if there is no run, or its records are not there.
    """
    files = run_files.existing(run_dir)
    with lock.lock(files.root):
        header = ledgers.read(files.ledger).header
        recipe = config_text.read(files.config)
        places = run_places.find(files, recipe.data.source)
        with progress.waiting("reading the records"):
            data = run_data.load(
                recipe,
                data_dir=places.data_dir,
                dataset_path=places.dataset,
                public_path=run_places.find_public(
                    files, recipe.data.public_source
                ),
            )
        known = run_files.read_json(files.data, run_ledger.SALTED)
        salt = bytes.fromhex(known["fingerprint_salt"])
        found = splits.fingerprint(data.private, salt=salt)
        if found != header["data_fingerprint"]:
            raise privacy_errors.LedgerError(
                f"{files.ledger}: belongs to another data set than "
                f"{places.dataset}; put back the records of the run."
            )
        reservations.add(files, data.dataset, header, register=register)
        if release.is_complete(files):
            reservations.settle(files, register=register)


def settle(
    run_dir: str | os.PathLike[str], *, register: str | os.PathLike[str]
) -> None:
    """Give back what a run that will not go on did not spend.

    Args:
      run_dir: the run's folder.
      register: path of the register that it is charged to.

    Raises:
      LedgerError: if the run's ledger or the register cannot be used.
      UserError: if there is no run, or it is charged to no register.
    """
    files = run_files.existing(run_dir)
    with lock.lock(files.root):
        reservations.settle(files, register=register)
