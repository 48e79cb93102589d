"""A run's place in a register of one budget: reserved first, settled at last.

Locks are taken in one order: the run's folder, and then the register, for as
long as it takes to price and to write.
"""

import os
import pathlib
from collections.abc import Mapping
from typing import Any

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf import run_files
from dpgan_tf.data import datasets
from dpgan_tf.data import records
from dpgan_tf.data import split as splits
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.register import entries as register_entries
from dpgan_tf.privacy.register import register as registers
from dpgan_tf.run import reservation_memory as memories


def find(
    files: run_files.RunFiles, register: str | os.PathLike[str] | None
) -> pathlib.Path | None:
    """Return the register that a run is or shall be charged to.

    Args:
      files: the run's files, which need not exist.
      register: path of the register, if the user gives it.

    Returns:
      Its path; None if the run is charged to none.

    Raises:
      UserError: if the run was begun without a register.
    """
    kept = memories.read(files)
    if kept is None and register is not None and _has_begun(files):
        raise errors.UserError(
            f"{files.root}: was begun without --budget; enter it first: "
            f"`budget {os.fspath(register)} --add={files.root}`."
        )
    found = register or (kept and kept.register)
    return None if found is None else pathlib.Path(os.path.realpath(found))


def require_room(
    files: run_files.RunFiles,
    plan: plans.NoisePlan,
    *,
    register: str | os.PathLike[str] | None,
) -> None:
    """Refuse a new run that exceeds a register, before it has a folder.

    Args:
      files: the run's files, which need not exist.
      plan: all that the run may release.
      register: path of the register, if the user gives it.

    Raises:
      BudgetError: if all runs together would spend more than is allowed.
      LedgerError: if the register is missing or was altered.
      UserError: if the run was begun without a register.
    """
    path = find(files, register)
    if path is not None and not files.config.exists():
        registers.require_room(registers.read(path), plan)


def reserve(
    files: run_files.RunFiles,
    dataset: datasets.Dataset,
    header: Mapping[str, Any],
    *,
    register: str | os.PathLike[str] | None,
) -> pathlib.Path | None:
    """Reserve a run's whole plan, or find its reservation.

    Args:
      files: the run's files; its folder is locked.
      dataset: the run's records.
      header: parameters of the run's ledger, which may not exist yet.
      register: path of the register, if the user gives it.

    Returns:
      Path of the register; None if the run is charged to none.

    Raises:
      BudgetError: if all runs together would spend more than is allowed.
      LedgerError: if the register is missing, was altered or rolled back, or is
        another run's or about other records.
      UserError: if the run was begun without a register.
    """
    path = find(files, register)
    if path is None:
        return None
    plan = _plan(header)
    with registers.opened(path) as book:
        known, fingerprint = _checked(files, book, dataset, header)
        if known.run in book.entries.runs:
            _require_same(book.entries, known.run, plan)
        else:
            _require_unspent(files, book.entries)
            registers.require_room(book.entries, plan)
            # A run that stops here is continued with the register, too.
            memories.write(files, known)
            book.add_records(fingerprint)
            book.reserve(known.run, plan)
        _remember(files, book.entries, known.run)
    return path


def add(
    files: run_files.RunFiles,
    dataset: datasets.Dataset,
    header: Mapping[str, Any],
    *,
    register: str | os.PathLike[str],
) -> None:
    """Enter a run that was begun without a register, with its whole plan.

    It is entered even if the policy is exceeded thereby: it is spent already.

    Args:
      files: the run's files; its folder is locked.
      dataset: the run's records.
      header: parameters of the run's ledger.
      register: path of the register.

    Raises:
      LedgerError: if the register is missing or was altered, or is about other
        records.
      UserError: if the run is charged to another register.
    """
    plan = _plan(header)
    with registers.opened(register) as book:
        known, fingerprint = _checked(files, book, dataset, header)
        if known.run not in book.entries.runs:
            book.add_records(fingerprint)
            book.enter(known.run, plan)
        _remember(files, book.entries, known.run)


def settle(
    files: run_files.RunFiles,
    *,
    register: str | os.PathLike[str] | None = None,
) -> None:
    """Give back what a run that will not go on did not spend.

    Args:
      files: the run's files; its folder is locked.
      register: path of the register; by default the one it was begun with.

    Raises:
      LedgerError: if the register is missing, was altered or rolled back, or
        the run's ledger cannot be used.
      UserError: if the run is charged to no register.
    """
    kept = memories.read(files)
    if kept is None or kept.head is None:
        raise errors.UserError(f"{files.root}: is charged to no register.")
    with registers.opened(register or kept.register) as book:
        memories.require_not_older(files, book.entries, kept)
        if book.entries.runs[kept.run].settled is None:
            book.settle(kept.run, files.ledger)


def settle_if_possible(files: run_files.RunFiles) -> None:
    """Settle a finished run, if it is charged to a register.

    A failure is said, and the run stays charged as a whole.

    Args:
      files: the run's files; its folder is locked.
    """
    if not files.reservation.exists():
        return
    try:
        settle(files)
    except (privacy_errors.PrivacyError, OSError) as error:
        progress.note(
            "the register keeps the whole reservation "
            f"({errors.first_line(error)})"
        )


def fingerprint_of(dataset: datasets.Dataset, *, salt: bytes) -> str:
    """Return the fingerprint of all training records, without labels.

    A run's split into public and private records does not change it.

    Args:
      dataset: the records.
      salt: the register's secret salt.
    """
    examples = dataset.training_part[0]
    whole = records.PrivateRecords(examples, None, dataset.scale, 0)
    return splits.fingerprint(whole, salt=salt)


def _has_begun(files: run_files.RunFiles) -> bool:
    return files.ledger.exists() or files.has_checkpoints


def _plan(header: Mapping[str, Any]) -> plans.NoisePlan:
    """Return all that a run may release."""
    if header["noise_source"] == "seed":
        raise errors.UserError(
            "budget.noise_seed: noise that follows from a seed protects "
            "nobody, whatever the register says; leave it out."
        )
    return plans.of_parameters(header, num_steps=header["max_steps"])


def _checked(
    files: run_files.RunFiles,
    book: registers.Register,
    dataset: datasets.Dataset,
    header: Mapping[str, Any],
) -> tuple[memories.Memory, str]:
    """Return what the run remembers, and its records' fingerprint."""
    entries = book.entries
    known = memories.read(files) or memories.Memory(
        entries.name, memories.identity(files), None
    )
    memories.require_not_older(files, entries, known)
    fingerprint = fingerprint_of(dataset, salt=entries.salt)
    per_unit = header.get("most_records_per_unit", 1)
    book.require_records(fingerprint, per_unit=per_unit)
    return known, fingerprint


def _remember(
    files: run_files.RunFiles, entries: register_entries.Entries, run: str
) -> None:
    memories.write(files, memories.Memory(entries.name, run, entries.head))


def _require_unspent(
    files: run_files.RunFiles, entries: register_entries.Entries
) -> None:
    if _has_begun(files):
        raise privacy_errors.LedgerError(
            f"{entries.name}: has no reservation of {files.root}, which has "
            "spent already; restore the newest register, or enter the run: "
            f"`budget {entries.name} --add={files.root}`."
        )


def _require_same(
    entries: register_entries.Entries, name: str, plan: plans.NoisePlan
) -> None:
    """Refuse to spend more than a run's reservation."""
    run = entries.runs[name]
    if run.reserved != plan:
        raise privacy_errors.LedgerError(
            f"{entries.name}: the run has reserved another plan; use the "
            "version and the settings that began it."
        )
    if run.charged != plan:
        raise privacy_errors.LedgerError(
            f"{entries.name}: the run was settled, and what it had not spent "
            "was given back; begin a new run."
        )
