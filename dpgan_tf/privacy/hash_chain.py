"""A hash chain: entries none of which can be altered, dropped or moved.

An entry is one line of canonical JSON that contains the previous line's hash
and its own, which is computed last:

    hash_i = SHA-256(canonical JSON of entry i without its hash)

No entry can be altered, dropped, inserted or moved without breaking every
hash after it. Cutting whole lines off the end leaves a valid chain; this is
detected by asking whether the chain still contains a head recorded elsewhere
(`HashChain.contains`). What entries mean is their chain's: see `ledger.chain`
and `register.entries`.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, ClassVar

from dpgan_tf.privacy import errors
from dpgan_tf.privacy import untrusted_json

_GENESIS = "0" * 64
_COMMON = frozenset({"hash", "index", "kind", "previous_hash"})


def canonical_json(value: Any) -> str:
    """Return the one JSON text of a value: sorted, compact, ASCII.

    Args:
      value: None, text, bool, int, finite float, list or dict of those.

    Returns:
      A text without line breaks.

    Raises:
      LedgerError: if the value has no such form.
    """
    try:
        return json.dumps(
            value, allow_nan=False, separators=(",", ":"), sort_keys=True
        )
    except (TypeError, ValueError) as error:
        raise errors.LedgerError(
            f"a ledger cannot hold {value!r}: {error}."
        ) from error


def hash_of(unhashed_entry: Mapping[str, Any]) -> str:
    """Return the hash of an entry, 64 hexadecimal digits.

    Args:
      unhashed_entry: the entry without its hash.
    """
    text = canonical_json(unhashed_entry)
    return hashlib.sha256(text.encode()).hexdigest()


def line_of(entry: Mapping[str, Any]) -> bytes:
    """Return an entry as a line of a file.

    Args:
      entry: the entry with its hash.
    """
    return (canonical_json(entry) + "\n").encode()


class HashChain:
    """A verified chain of entries in memory.

    A subclass says which kinds of entries there are. For each kind it has two
    methods: _check_KIND raises unless the entry may follow here, and
    _enter_KIND takes its effect.

    Attributes:
      FIELDS: fields of an entry by its kind; the first entry is a "header".
      FORMAT: the format that a header must name.
      REMEDY: advice about a file that was altered, for messages.
      name: the file's name, for messages.
    """

    FIELDS: ClassVar[Mapping[str, frozenset[str]]]
    FORMAT: ClassVar[str]
    REMEDY: ClassVar[str]

    def __init__(self, name: str) -> None:
        """Start an empty chain; the first entry must be a header."""
        self.name = name
        self._hashes: list[str] = []

    @property
    def head(self) -> str:
        """The hash of the last entry."""
        return self._hashes[-1] if self._hashes else _GENESIS

    @property
    def num_entries(self) -> int:
        """The number of entries, including the header."""
        return len(self._hashes)

    def contains(self, head: str) -> bool:
        """Return whether `head` is, or once was, the head of this chain."""
        return head in self._hashes

    def seal(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Return the next entry, checked, without adding it.

        Args:
          kind: one of the chain's kinds.
          **fields: fields of that kind.

        Returns:
          An entry that `append` accepts.

        Raises:
          LedgerError: if it may not follow here.
          BudgetError: if it spends more than the budget holds.
        """
        entry = {
            "index": self.num_entries,
            "kind": kind,
            "previous_hash": self.head,
            **fields,
        }
        entry["hash"] = hash_of(entry)
        self._check(entry)
        return entry

    def append(self, entry: dict[str, Any]) -> None:
        """Add an entry.

        Args:
          entry: entry from `seal` or from a file.

        Raises:
          LedgerError: if it is altered or may not follow here.
          BudgetError: if it spends more than the budget holds.
        """
        self._check(entry)
        self._hashes.append(entry["hash"])
        getattr(self, f"_enter_{entry['kind']}")(entry)

    def parse(self, data: bytes) -> int:
        """Read and verify a file, into an empty chain.

        A last line without a line break is left by a crash during an append
        that never returned; nothing was spent on it, so it does not count.

        Args:
          data: the file's content.

        Returns:
          The number of bytes that the chain takes up.

        Raises:
          LedgerError: if it was altered in any way or holds no header.
        """
        size = data.rfind(b"\n") + 1
        for number, line in enumerate(data[:size].splitlines(True), start=1):
            self._append_line(number, line)
        if not self.num_entries:
            raise errors.LedgerError(f"{self.name}: no header; {self.REMEDY}.")
        return size

    def _append_line(self, number: int, line: bytes) -> None:
        try:
            entry = untrusted_json.parse(line, untrusted_json.OBJECT)
            exact = line_of(entry) == line
        except ValueError:
            exact = False
        if not exact:
            raise errors.LedgerError(
                f"{self.name}: line {number} was altered; {self.REMEDY}."
            )
        try:
            self.append(entry)
        except errors.OutdatedLedgerError:
            raise
        except errors.PrivacyError as error:
            remedy = self.REMEDY[0].upper() + self.REMEDY[1:]
            raise errors.LedgerError(f"{error} {remedy}.") from error

    def _check(self, entry: dict[str, Any]) -> None:
        kind = entry.get("kind")
        known = isinstance(kind, str) and kind in self.FIELDS
        self._require(
            known and set(entry) == self.FIELDS[str(kind)] | _COMMON,
            "has unknown or missing fields",
        )
        unhashed = {k: v for k, v in entry.items() if k != "hash"}
        self._require(entry["hash"] == hash_of(unhashed), "was altered")
        self._require(
            entry["index"] == self.num_entries
            and entry["previous_hash"] == self.head,
            "does not follow the entry before it",
        )
        self._require(
            (kind == "header") == (self.num_entries == 0),
            "is a header in the wrong place",
        )
        if kind == "header":
            self._require(
                entry["format"] == self.FORMAT, f"is not of {self.FORMAT}"
            )
        getattr(self, f"_check_{kind}")(entry)

    def _require(self, holds: bool, problem: str) -> None:
        if not holds:
            raise errors.LedgerError(
                f"{self.name}: entry {self.num_entries + 1} {problem}."
            )
