"""The hash chain of the ledger: its entries, and which may follow which.

An entry is one line of canonical JSON that contains the previous line's hash
and its own, which is computed last:

    hash_i = SHA-256(canonical JSON of entry i without its hash)

No entry can be altered, dropped, inserted or moved without breaking every
hash after it. Cutting whole lines off the end leaves a valid chain; this is
detected by asking whether the chain still contains a head recorded elsewhere,
in the checkpoint or the release (`Chain.contains`).
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from dpgan_tf.privacy import errors
from dpgan_tf.privacy import untrusted_json
from dpgan_tf.privacy.ledger import header

FORMAT = "dpgan-ledger-1"

_GENESIS = "0" * 64
_FIELDS: Mapping[str, frozenset[str]] = {
    "header": frozenset({"format", "nonce", "parameters"}),
    "summary": frozenset({"key_commitment"}),
    "attempt": frozenset({"key_commitment"}),
    "reserve": frozenset({"first_step", "num_steps"}),
    "settle": frozenset({"num_drawn", "num_returned"}),
    "release": frozenset({"num_kept"}),
}
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


class Chain:
    """A verified chain of entries in memory, and the budget it has spent.

    Attributes:
      name: the file's name, for messages.
      num_entries: number of entries, including the header.
      num_attempts: number of attempts begun.
      charged_steps: number of steps reserved and not returned.
      has_summary: whether the noise of a summary may have been drawn.
      num_kept: number of charged steps that the release learnt from; None until
        there is a release of all that is charged.
      head: hash of the last entry, 64 hexadecimal digits.
    """

    def __init__(self, name: str) -> None:
        """Start an empty chain; the first entry must be a header."""
        self.name = name
        self.charged_steps = 0
        self.has_summary = False
        self.num_kept: int | None = None
        self._num_attempts = 0
        self._parameters: dict[str, Any] = {}
        self._hashes: list[str] = []
        self._key_commitments: set[str] = set()
        self._attempt_is_open = False
        self._last_reservation = 0

    @property
    def header(self) -> dict[str, Any]:
        """The parameters in the header, a copy."""
        return dict(self._parameters)

    @property
    def head(self) -> str:
        """The hash of the last entry."""
        return self._hashes[-1] if self._hashes else _GENESIS

    @property
    def num_entries(self) -> int:
        """The number of entries, including the header."""
        return len(self._hashes)

    @property
    def num_attempts(self) -> int:
        """The number of attempts that were begun."""
        return self._num_attempts

    @property
    def last_reservation(self) -> int:
        """The number of steps the open attempt reserved last."""
        return self._last_reservation

    def contains(self, head: str) -> bool:
        """Return whether `head` is, or once was, the head of this chain."""
        return head in self._hashes

    def seal(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Return the next entry, checked, without adding it.

        Args:
          kind: header, summary, attempt, reserve, settle or release.
          **fields: fields of that kind.

        Returns:
          An entry that `append` accepts.

        Raises:
          LedgerError: if it may not follow here.
          BudgetError: if it reserves more than the budget holds.
        """
        entry = {
            "index": self.num_entries,
            "kind": kind,
            "previous_hash": self.head,
            **fields,
        }
        entry["hash"] = _hash(entry)
        self._check(entry)
        return entry

    def append(self, entry: dict[str, Any]) -> None:
        """Add an entry.

        Args:
          entry: entry from `seal` or from a file.

        Raises:
          LedgerError: if it is altered or may not follow here.
          BudgetError: if it reserves more than the budget holds.
        """
        self._check(entry)
        self._hashes.append(entry["hash"])
        kind = entry["kind"]
        if kind == "header":
            self._parameters = dict(entry["parameters"])
        elif kind == "summary":
            self._key_commitments.add(entry["key_commitment"])
            self.has_summary = True
        elif kind == "attempt":
            self._key_commitments.add(entry["key_commitment"])
            self._num_attempts += 1
            self._attempt_is_open, self._last_reservation = True, 0
            self.num_kept = None
        elif kind == "reserve":
            self.charged_steps += entry["num_steps"]
            self._last_reservation = entry["num_steps"]
        elif kind == "settle":
            self.charged_steps -= entry["num_returned"]
            self._attempt_is_open = False
        else:
            self.num_kept = entry["num_kept"]
            self._attempt_is_open = False

    def _check(self, entry: dict[str, Any]) -> None:
        kind = entry.get("kind")
        known = isinstance(kind, str) and kind in _FIELDS
        self._require(
            known and set(entry) == _FIELDS[str(kind)] | _COMMON,
            "has unknown or missing fields",
        )
        unhashed = {k: v for k, v in entry.items() if k != "hash"}
        self._require(entry["hash"] == _hash(unhashed), "was altered")
        self._require(
            entry["index"] == self.num_entries
            and entry["previous_hash"] == self.head,
            "does not follow the entry before it",
        )
        self._require(
            (kind == "header") == (self.num_entries == 0),
            "is a header in the wrong place",
        )
        getattr(self, f"_check_{kind}")(entry)

    def _check_header(self, entry: dict[str, Any]) -> None:
        self._require(entry["format"] == FORMAT, f"is not of {FORMAT}")
        self._require(header.is_digest(entry["nonce"]), "has no 256-bit nonce")
        header.require_parameters(entry["parameters"], name=self.name)

    def _check_summary(self, entry: dict[str, Any]) -> None:
        self._require_fresh_key(entry)
        self._require(
            "summary_noise_multiplier" in self._parameters,
            "is a summary, which the header does not charge for",
        )
        self._require(not self.has_summary, "is a second summary")

    def _check_attempt(self, entry: dict[str, Any]) -> None:
        self._require_fresh_key(entry)

    def _require_fresh_key(self, entry: dict[str, Any]) -> None:
        commitment = entry["key_commitment"]
        self._require(
            header.is_digest(commitment),
            "has a key commitment that is not 64 hexadecimal digits",
        )
        self._require(
            commitment not in self._key_commitments,
            "uses a noise key a second time; draw a fresh key",
        )

    def _check_reserve(self, entry: dict[str, Any]) -> None:
        num_steps = entry["num_steps"]
        self._require(self._attempt_is_open, "reserves outside an attempt")
        self._require(
            header.is_count(num_steps) and num_steps >= 1,
            f"reserves num_steps={num_steps!r}; expected an integer >= 1",
        )
        self._require(
            header.is_count(entry["first_step"])
            and entry["first_step"] == self.charged_steps,
            "does not start at the first step that is free",
        )
        limit = self._parameters["max_steps"]
        if self.charged_steps + num_steps > limit:
            raise errors.BudgetError(
                f"{self.name}: num_steps={num_steps} on top of "
                f"{self.charged_steps} charged steps exceeds the budget of "
                f"max_steps={limit}; the run is finished."
            )

    def _check_settle(self, entry: dict[str, Any]) -> None:
        drawn, returned = entry["num_drawn"], entry["num_returned"]
        self._require(self._attempt_is_open, "settles outside an attempt")
        self._require(
            header.is_count(drawn) and drawn <= self._last_reservation,
            f"settles num_drawn={drawn!r}; expected an integer in "
            f"[0, {self._last_reservation}], the last reservation",
        )
        self._require(
            header.is_count(returned)
            and returned == self._last_reservation - drawn,
            "returns another number of steps than were not drawn",
        )

    def _check_release(self, entry: dict[str, Any]) -> None:
        kept = entry["num_kept"]
        self._require(
            header.is_count(kept) and 1 <= kept <= self.charged_steps,
            f"releases num_kept={kept!r}; expected an integer from 1 to "
            f"{self.charged_steps}, the charged steps",
        )

    def _require(self, holds: bool, problem: str) -> None:
        if not holds:
            raise errors.LedgerError(
                f"{self.name}: entry {self.num_entries + 1} {problem}."
            )


def parse(data: bytes, *, name: str) -> tuple[Chain, int]:
    """Read and verify a ledger.

    A last line without a line break is left by a crash during an append that
    never returned; nothing was drawn on it, so it does not count.

    Args:
      data: the file's content.
      name: the file's name, for messages.

    Returns:
      The chain, and the number of bytes that it takes up.

    Raises:
      LedgerError: if it was altered in any way or holds no header.
    """
    chain = Chain(name)
    size = data.rfind(b"\n") + 1
    for number, line in enumerate(data[:size].splitlines(True), start=1):
        try:
            entry = untrusted_json.parse(line, untrusted_json.OBJECT)
            exact = (canonical_json(entry) + "\n").encode() == line
        except ValueError:
            exact = False
        if not exact:
            raise errors.LedgerError(
                f"{name}: line {number} was altered; restore the file from a "
                "backup or start a new run."
            )
        try:
            chain.append(entry)
        except errors.OutdatedLedgerError:
            raise
        except errors.PrivacyError as error:
            raise errors.LedgerError(
                f"{error} Restore the file from a backup or start a new run."
            ) from error
    if not chain.num_entries:
        raise errors.LedgerError(
            f"{name}: no header; restore the file from a backup or start a "
            "new run."
        )
    return chain, size


def _hash(unhashed_entry: Mapping[str, Any]) -> str:
    text = canonical_json(unhashed_entry)
    return hashlib.sha256(text.encode()).hexdigest()
