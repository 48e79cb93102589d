"""The hash chain of the ledger: its entries, and which may follow which.

`hash_chain` says how entries are chained. The head that was recorded elsewhere
is in the checkpoint or the release.
"""

from typing import Any

from dpgan_tf.privacy import errors
from dpgan_tf.privacy import hash_chain
from dpgan_tf.privacy.ledger import header

FORMAT = "dpgan-ledger-1"


class Chain(hash_chain.HashChain):
    """A verified chain of entries in memory, and the budget it has spent.

    Attributes:
      charged_steps: number of steps reserved and not returned.
      has_summary: whether the noise of a summary may have been drawn.
      num_kept: number of charged steps that the release learnt from; None until
        there is a release of all that is charged.
    """

    FORMAT = FORMAT
    REMEDY = "restore the file from a backup or start a new run"
    FIELDS = {
        "header": frozenset({"format", "nonce", "parameters"}),
        "summary": frozenset({"key_commitment"}),
        "attempt": frozenset({"key_commitment"}),
        "reserve": frozenset({"first_step", "num_steps"}),
        "settle": frozenset({"num_drawn", "num_returned"}),
        "release": frozenset({"num_kept"}),
    }

    def __init__(self, name: str) -> None:
        """Start an empty chain; the first entry must be a header."""
        super().__init__(name)
        self.charged_steps = 0
        self.has_summary = False
        self.num_kept: int | None = None
        self._num_attempts = 0
        self._parameters: dict[str, Any] = {}
        self._key_commitments: set[str] = set()
        self._attempt_is_open = False
        self._last_reservation = 0

    @property
    def header(self) -> dict[str, Any]:
        """The parameters in the header, a copy."""
        return dict(self._parameters)

    @property
    def num_attempts(self) -> int:
        """The number of attempts that were begun."""
        return self._num_attempts

    @property
    def last_reservation(self) -> int:
        """The number of steps the open attempt reserved last."""
        return self._last_reservation

    def _enter_header(self, entry: dict[str, Any]) -> None:
        self._parameters = dict(entry["parameters"])

    def _enter_summary(self, entry: dict[str, Any]) -> None:
        self._key_commitments.add(entry["key_commitment"])
        self.has_summary = True

    def _enter_attempt(self, entry: dict[str, Any]) -> None:
        self._key_commitments.add(entry["key_commitment"])
        self._num_attempts += 1
        self._attempt_is_open, self._last_reservation = True, 0
        self.num_kept = None

    def _enter_reserve(self, entry: dict[str, Any]) -> None:
        self.charged_steps += entry["num_steps"]
        self._last_reservation = entry["num_steps"]

    def _enter_settle(self, entry: dict[str, Any]) -> None:
        self.charged_steps -= entry["num_returned"]
        self._attempt_is_open = False

    def _enter_release(self, entry: dict[str, Any]) -> None:
        self.num_kept = entry["num_kept"]
        self._attempt_is_open = False

    def _check_header(self, entry: dict[str, Any]) -> None:
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


def parse(data: bytes, *, name: str) -> tuple[Chain, int]:
    """Read and verify a ledger.

    Args:
      data: the file's content.
      name: the file's name, for messages.

    Returns:
      The chain, and the number of bytes that it takes up.

    Raises:
      LedgerError: if it was altered in any way or holds no header.
    """
    chain = Chain(name)
    return chain, chain.parse(data)
