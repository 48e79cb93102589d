"""The register: no run begins before its whole plan is charged on disk.

A run's plan is reserved, and the reservation is on stable storage, before
anything of the run is spent. A run that crashes, is lost or is deleted stays
charged; only the run's own ledger can say that it spent less. The file is
append-only (`chained_file`) and hash-chained (`entries`), and as secret as the
records' folder: it has a salted hash of the records.
"""

import contextlib
import datetime
import os
import pathlib
import secrets
from collections.abc import Iterator

from dpgan_tf.privacy import chained_file
from dpgan_tf.privacy import errors
from dpgan_tf.privacy import plain_files
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.privacy.ledger import lock
from dpgan_tf.privacy.register import entries as register_entries
from dpgan_tf.privacy.register import policy as policies

_LARGEST = 2**26
_PATIENCE = 30.0
"""Seconds to wait for another run that is being priced."""


def read(path: str | os.PathLike[str]) -> register_entries.Entries:
    """Read and verify a register without changing it.

    Args:
      path: the register's file.

    Returns:
      The verified chain.

    Raises:
      LedgerError: if it is missing or was altered.
      OSError: if it is not a plain file, or cannot be read.
    """
    return _parsed(pathlib.Path(path))[0]


def create(
    path: str | os.PathLike[str], policy: policies.Policy
) -> register_entries.Entries:
    """Write a register without runs.

    Args:
      path: the new file; its folder must exist.
      policy: what all runs may spend together.

    Returns:
      The chain.

    Raises:
      LedgerError: if the file exists.
      OSError: if it cannot be written.
    """
    path = pathlib.Path(os.path.realpath(path))
    with _locked(path):
        if os.path.lexists(path):
            raise errors.LedgerError(
                f"{path}: exists; choose another name, or use it as it is."
            )
        chain = register_entries.Entries(str(path))
        chained_file.ChainedFile.create(
            path,
            chain,
            policy=policy.parameters,
            salt=secrets.token_bytes(32).hex(),
        )
    return chain


@contextlib.contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator["Register"]:
    """Open a register to write into it, as the only process.

    Args:
      path: the register's file.

    Yields:
      The register; an unfinished line from a crash is removed.

    Raises:
      LedgerError: if it is missing, was altered, or stays locked.
      OSError: if it cannot be written.
    """
    path = pathlib.Path(os.path.realpath(path))
    _require_there(path)
    with _locked(path):
        chain, size = _parsed(path)
        file = chained_file.ChainedFile(path, chain, size)
        file.mend()
        yield Register(file, chain)


def require_room(
    chain: register_entries.Entries, plan: plans.NoisePlan
) -> None:
    """Refuse a run that would exceed the policy.

    Args:
      chain: the register's chain.
      plan: all that the run may release.

    Raises:
      BudgetError: if all runs together would spend more than is allowed.
    """
    policy = chain.policy
    total = policy.spent([*chain.charged, plan])
    if not total <= policy.epsilon:
        raise errors.BudgetError(
            f"{chain.name}: with this run all runs on these records cost "
            f"epsilon {total:.4g} at delta {policy.delta:g}, the policy allows "
            f"{policy.epsilon:g}, and {policy.spent(chain.charged):.4g} is "
            "spent: give the run a smaller epsilon (`budget FILE` says what "
            "fits)."
        )


class Register:
    """A register that is open for writing; see `opened`.

    Attributes:
      entries: the verified chain, with all that was written so far.
    """

    def __init__(
        self,
        file: chained_file.ChainedFile,
        entries: register_entries.Entries,
    ) -> None:
        """Use `opened` instead."""
        self.entries = entries
        self._file = file

    def require_records(self, fingerprint: str, *, per_unit: int) -> None:
        """Refuse other records or units than the policy is about.

        Args:
          fingerprint: fingerprint of a run's records under the register's salt.
          per_unit: most records of a unit in the run; 1 if it is a record.

        Raises:
          LedgerError: naming what is different.
        """
        name, unit = self.entries.name, self.entries.policy
        if per_unit != unit.most_records_per_unit:
            raise errors.LedgerError(
                f"{name}: its policy is about units of at most "
                f"{unit.most_records_per_unit} record(s), and the run's have "
                f"{per_unit}: set data.most_records_per_unit, or use another "
                "register."
            )
        known = self.entries.fingerprints
        if known and fingerprint not in known:
            raise errors.LedgerError(
                f"{name}: is about other records; use theirs, or, if these are "
                f"the same in another form, say so: `budget {name} "
                "--data=DATA`."
            )

    def add_records(self, fingerprint: str) -> None:
        """Enter the records, or another form of them, once.

        Args:
          fingerprint: their fingerprint under the register's salt.

        Raises:
          OSError: if it cannot be written.
        """
        if fingerprint not in self.entries.fingerprints:
            self._file.write("data", data_fingerprint=fingerprint)

    def reserve(self, run: str, plan: plans.NoisePlan) -> None:
        """Charge a run's whole plan, before anything of it is spent.

        Args:
          run: the run's identity, which has no reservation.
          plan: all that the run may release.

        Raises:
          BudgetError: if all runs together would spend more than is allowed.
          LedgerError: if the run has a reservation.
          OSError: if it cannot be written; nothing may be spent.
        """
        require_room(self.entries, plan)
        self.enter(run, plan)

    def enter(self, run: str, plan: plans.NoisePlan) -> None:
        """Charge a run that has begun already, whatever the policy allows.

        Args:
          run: the run's identity, which has no reservation.
          plan: all that the run may release, or has released.

        Raises:
          LedgerError: if the run has a reservation.
          OSError: if it cannot be written.
        """
        today = datetime.datetime.now(datetime.UTC).date()
        self._file.write(
            "reserve",
            run=run,
            date=today.isoformat(),
            plan=register_entries.plan_fields(plan),
        )

    def settle(self, run: str, ledger: str | os.PathLike[str]) -> None:
        """Give back what a run that has ended did not spend.

        Args:
          run: the run's identity, which has an open reservation.
          ledger: the file of the run's own ledger, which is verified.

        Raises:
          LedgerError: if the ledger was altered or is another run's, or there
            is no open reservation.
          OSError: if it cannot be written; all stays charged.
        """
        chain = ledgers.read(ledger)
        reserved = self.entries.runs[run].reserved
        header = chain.header
        plan = plans.of_parameters(header, num_steps=header["max_steps"])
        if plan != reserved:
            raise errors.LedgerError(
                f"{ledger}: has another plan than the run's reservation in "
                f"{self.entries.name}; it stays charged as it is there."
            )
        self._file.write(
            "settle",
            run=run,
            num_steps=chain.charged_steps,
            has_summary=chain.has_summary,
        )


@contextlib.contextmanager
def _locked(path: pathlib.Path) -> Iterator[None]:
    busy = (
        f"{path}: another process uses this register; wait for it, then run "
        "the same command again."
    )
    lock_file = path.with_name(f".{path.name}.lock")
    with lock.hold(lock_file, busy=busy, patience=_PATIENCE):
        yield


def _parsed(path: pathlib.Path) -> tuple[register_entries.Entries, int]:
    _require_there(path)
    chain = register_entries.Entries(str(path))
    return chain, chain.parse(plain_files.read(path, largest=_LARGEST))


def _require_there(path: pathlib.Path) -> None:
    if not path.exists():
        raise errors.LedgerError(
            f"{path}: no register of a budget; if there was one, restore it, "
            "since without it nobody knows what was spent; say where it is "
            f"with --budget=FILE, or make one with `budget {path} --create "
            "--epsilon=EPSILON --delta=DELTA`."
        )
