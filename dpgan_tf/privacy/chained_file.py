"""A file that holds a hash chain, and grows by one durable entry at a time."""

import os
import pathlib
from typing import Any

from dpgan_tf.privacy import durable
from dpgan_tf.privacy import errors
from dpgan_tf.privacy import hash_chain


class ChainedFile:
    """A chain that is written to a file before it counts.

    Only one process may have it open: hold a lock for as long.

    Attributes:
      path: the file.
      entries: the chain, in memory.
    """

    def __init__(
        self, path: pathlib.Path, entries: hash_chain.HashChain, size: int
    ) -> None:
        """Go on with a file.

        Args:
          path: the file.
          entries: its chain, parsed.
          size: number of bytes that the chain takes up.
        """
        self.path = path
        self.entries = entries
        self._size = size
        self._is_broken = False

    @classmethod
    def create(
        cls, path: pathlib.Path, entries: hash_chain.HashChain, **header: Any
    ) -> "ChainedFile":
        """Start a file, which does not exist.

        Args:
          path: the new file; its folder must exist.
          entries: an empty chain, which gets the header.
          **header: fields of the header.

        Returns:
          The file, on stable storage.

        Raises:
          LedgerError: if the header cannot be used.
          OSError: if it cannot be written.
        """
        entry = entries.seal("header", format=entries.FORMAT, **header)
        line = hash_chain.line_of(entry)
        durable.create(path, line, mode=0o600)
        entries.append(entry)
        return cls(path, entries, len(line))

    def write(self, kind: str, **fields: Any) -> None:
        """Append an entry, to the file first.

        Args:
          kind: one of the chain's kinds.
          **fields: fields of that kind.

        Raises:
          LedgerError: if it may not follow here, or the file was changed.
          BudgetError: if it spends more than the budget holds.
          OSError: if it cannot be written; it does not count then.
        """
        entry = self.entries.seal(kind, **fields)
        line = hash_chain.line_of(entry)
        self._append_durably(line)
        self._size += len(line)
        self.entries.append(entry)
        self._is_broken = False

    def mend(self) -> None:
        """Remove an unfinished line, which a crash has left.

        Raises:
          OSError: if that fails.
        """
        if os.stat(self.path).st_size > self._size:
            durable.truncate(self.path, self._size)

    def _append_durably(self, line: bytes) -> None:
        if self._is_broken:
            raise errors.LedgerError(
                f"{self.path}: an earlier write was cut short; mend the disk, "
                "if that is why, and resume the run."
            )
        with open(self.path, "r+b", buffering=0) as file:
            self._require_untouched(os.fstat(file.fileno()).st_size)
            file.seek(self._size)
            # An interrupt may come at any line from here until the entry is in
            # the chain: nothing may be written after a partial line.
            self._is_broken = True
            try:
                durable.write_all(file.fileno(), line)
                os.fsync(file.fileno())
            except OSError:
                self._undo(file.fileno())
                raise

    def _undo(self, descriptor: int) -> None:
        """Cut off a failed append's bytes, or refuse all further appends."""
        try:
            os.ftruncate(descriptor, self._size)
            os.fsync(descriptor)
        except OSError:
            return
        self._is_broken = False

    def _require_untouched(self, size: int) -> None:
        if size != self._size:
            raise errors.LedgerError(
                f"{self.path}: changed while in use, {size} bytes instead of "
                f"{self._size}; stop the other process and resume the run."
            )
