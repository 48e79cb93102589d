"""The write-ahead ledger: no noise is drawn before it is charged on disk.

A step is reserved, and the reservation is on stable storage, before its
noise is drawn. A crash may therefore lose steps, but never overspends: steps
that were reserved and perhaps drawn stay charged. Only a clean stop returns
steps.
The file is append-only (`chained_file`) and hash-chained (`chain`), private to
the run.
"""

import operator
import os
import pathlib
from collections.abc import Mapping
from typing import Any

from dpgan_tf.privacy import chained_file
from dpgan_tf.privacy import errors
from dpgan_tf.privacy import plain_files
from dpgan_tf.privacy.ledger import chain

_LARGEST = 2**30
"""Most bytes of a ledger: some millions of entries."""


def read(path: str | os.PathLike[str]) -> chain.Chain:
    """Read and verify a ledger without changing it.

    Args:
      path: the ledger's file.

    Returns:
      The verified chain.

    Raises:
      LedgerError: if it is missing or was altered.
      OSError: if it is not a plain file, or cannot be read.
    """
    return chain.parse(_read_bytes(pathlib.Path(path)), name=str(path))[0]


class Ledger:
    """A ledger that is open for appending.

    Hold `lock.lock(run_dir)` for as long as it is open.
    """

    def __init__(
        self, file: chained_file.ChainedFile, entries: chain.Chain
    ) -> None:
        """Use `Ledger.create` or `Ledger.open` instead."""
        self._file = file
        self._chain = entries
        self._has_begun = False

    @classmethod
    def create(
        cls, path: str | os.PathLike[str], *, header: Mapping[str, Any]
    ) -> "Ledger":
        """Start a ledger.

        Args:
          path: the new file; its folder must exist.
          header: parameters of mechanism, budget and run:
            accountant, config_hash, data_fingerprint,
            effective_noise_multiplier, expected_batch_size, max_steps,
            noise_multiplier, noise_sampler (of `header.NOISE_SAMPLERS`),
            noise_source ("os_entropy" or "seed"), num_examples, num_groups,
            sampling_probability, target_delta and target_epsilon, and
            summary_noise_multiplier if there is a summary. A 256-bit secret
            nonce is added: otherwise the published head would be an unsalted
            hash of private data.

        Returns:
          The ledger, on stable storage.

        Raises:
          LedgerError: if the file exists or the header cannot be used.
          OSError: if it cannot be written.
        """
        path = pathlib.Path(path)
        if os.path.lexists(path):
            raise errors.LedgerError(
                f"{path}: a ledger exists; resume that run or choose another "
                "run directory."
            )
        entries = chain.Chain(str(path))
        file = chained_file.ChainedFile.create(
            path, entries, nonce=os.urandom(32).hex(), parameters=dict(header)
        )
        return cls(file, entries)

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        config_hash: str,
        data_fingerprint: str | None = None,
    ) -> "Ledger":
        """Open a ledger of the same run to continue it.

        Args:
          path: the ledger's file.
          config_hash: hash of the run's configuration.
          data_fingerprint: fingerprint of the private records; None if they are
            not at hand.

        Returns:
          The ledger; an unfinished line from a crash is removed.

        Raises:
          LedgerError: if it is missing, was altered, or belongs to another run.
          OSError: if it cannot be written.
        """
        path = pathlib.Path(path)
        entries, size = chain.parse(_read_bytes(path), name=str(path))
        recorded = entries.header
        _require_same(
            path, "configuration", recorded["config_hash"], config_hash
        )
        if data_fingerprint is not None:
            _require_same(
                path,
                "data set, or to a version that splits it otherwise",
                recorded["data_fingerprint"],
                data_fingerprint,
            )
        file = chained_file.ChainedFile(path, entries, size)
        file.mend()
        return cls(file, entries)

    @property
    def header(self) -> dict[str, Any]:
        """The parameters given to `create`, a copy."""
        return self._chain.header

    @property
    def charged_steps(self) -> int:
        """The number of steps that may have been drawn."""
        return self._chain.charged_steps

    @property
    def head(self) -> str:
        """The hash of the last entry, to be kept in each checkpoint."""
        return self._chain.head

    @property
    def num_attempts(self) -> int:
        """The number of attempts that were begun."""
        return self._chain.num_attempts

    @property
    def has_summary(self) -> bool:
        """Whether the noise of the summary may have been drawn."""
        return self._chain.has_summary

    @property
    def num_kept(self) -> int | None:
        """The charged steps that the release learnt from, once there is one."""
        return self._chain.num_kept

    def contains(self, head: str) -> bool:
        """Return whether `head` was a head of this ledger.

        If the head kept in a checkpoint is not in the ledger, the ledger is
        older than the checkpoint or belongs to another run: do not resume.
        """
        return self._chain.contains(head)

    def begin_summary(self, key_commitment: str) -> None:
        """Enter the summary, before its noise is drawn; its price is charged.

        Args:
          key_commitment: commitment of the `keys.NoiseKey`.

        Raises:
          LedgerError: if there was one before, the header does not charge for
            one, or the key was used before.
          OSError: if it cannot be written; nothing may be drawn.
        """
        self._file.write("summary", key_commitment=key_commitment)

    def begin_attempt(self, key_commitment: str) -> None:
        """Begin to draw noise under a fresh key.

        Args:
          key_commitment: commitment of the `keys.NoiseKey`.

        Raises:
          LedgerError: if the key was used before.
          OSError: if it cannot be written.
        """
        self._file.write("attempt", key_commitment=key_commitment)
        self._has_begun = True

    def reserve(self, num_steps: int) -> range:
        """Charge steps, before their noise is drawn.

        Args:
          num_steps: number of steps, at least 1.

        Returns:
          The numbers of the steps that may now be drawn.

        Raises:
          BudgetError: if fewer steps are left; nothing is reserved.
          LedgerError: if no attempt is open.
          OSError: if it cannot be written; nothing may be drawn.
        """
        self._require_begun()
        first, count = self.charged_steps, operator.index(num_steps)
        self._file.write("reserve", first_step=first, num_steps=count)
        return range(first, first + count)

    def settle(self, num_drawn: int) -> None:
        """Close the attempt and return the steps that it did not draw.

        Args:
          num_drawn: number of steps drawn from the attempt's last reservation.

        Raises:
          LedgerError: if more were drawn than reserved, or no attempt is open.
          OSError: if it cannot be written; all steps stay charged.
        """
        self._require_begun()
        drawn = operator.index(num_drawn)
        returned = self._chain.last_reservation - drawn
        self._file.write("settle", num_drawn=drawn, num_returned=returned)

    def record_release(self, num_kept: int) -> None:
        """Enter how many of the charged steps trained the released networks.

        The others were lost: charged, perhaps drawn, but not in a checkpoint
        at a crash. An entry that says the same is not repeated.

        Args:
          num_kept: number of steps that trained the released networks.

        Raises:
          LedgerError: if there are none, or more than were charged.
          OSError: if it cannot be written.
        """
        kept = operator.index(num_kept)
        if kept != self.num_kept:
            self._file.write("release", num_kept=kept)

    def _require_begun(self) -> None:
        # A crashed attempt's steps may have been drawn, under a lost key.
        if not self._has_begun:
            raise errors.LedgerError(
                f"{self._file.path}: steps outside an attempt of this process; "
                "begin one with a fresh key."
            )


def _require_same(
    path: pathlib.Path, what: str, recorded: str, given: str
) -> None:
    if recorded != given:
        raise errors.LedgerError(
            f"{path}: belongs to another {what} ({recorded[:12]}, not "
            f"{given[:12]}); choose another run directory."
        )


def _read_bytes(path: pathlib.Path) -> bytes:
    try:
        return plain_files.read(path, largest=_LARGEST)
    except FileNotFoundError as error:
        raise errors.LedgerError(
            f"{path}: no ledger; without it the spent budget is unknown: "
            "restore the file from a backup or start a new run."
        ) from error
