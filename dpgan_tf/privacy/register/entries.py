"""The hash chain of a register: a policy, and what runs have been charged.

Kinds of entries: a header with the policy; the fingerprint of the records, or
of another form of them; a run's whole plan, before anything of it is spent; and
what a run that ended has spent, if its own ledger says that it was less.
"""

import dataclasses
import re
from typing import Any

from dpgan_tf.privacy import errors
from dpgan_tf.privacy import hash_chain
from dpgan_tf.privacy import untrusted_json
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.register import policy as policies

_PLAN = untrusted_json.record(
    {
        "sampling_probability": untrusted_json.NUMBER,
        "effective_noise_multiplier": untrusted_json.NUMBER,
        "num_steps": untrusted_json.COUNT,
    },
    optional={"summary_noise_multiplier": untrusted_json.NUMBER},
)
_DATE = untrusted_json.of(
    "a date such as 2026-03-31",
    lambda value: (
        type(value) is str and re.fullmatch(r"\d{4}-\d\d-\d\d", value)
    ),
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Run:
    """What a run is charged.

    Attributes:
      run: identity of the run, 64 hexadecimal digits.
      date: day of its reservation.
      reserved: all that it may release.
      settled: all that it has released; None while it may go on.
    """

    run: str
    date: str
    reserved: plans.NoisePlan
    settled: plans.NoisePlan | None = None

    @property
    def charged(self) -> plans.NoisePlan:
        """The plan that counts."""
        return self.reserved if self.settled is None else self.settled


class Entries(hash_chain.HashChain):
    """A verified register in memory.

    Attributes:
      policy: what all runs may spend together.
      salt: secret bytes under which records are fingerprinted.
      fingerprints: fingerprints of the records, in each of their forms.
      runs: runs by their identity, in the order of their reservations.
    """

    FORMAT = "dpgan-budget-1"
    REMEDY = (
        "restore the file from a backup that has every run; without it nobody "
        "knows what was spent"
    )
    FIELDS = {
        "header": frozenset({"format", "policy", "salt"}),
        "data": frozenset({"data_fingerprint"}),
        "reserve": frozenset({"date", "plan", "run"}),
        "settle": frozenset({"has_summary", "num_steps", "run"}),
    }

    policy: policies.Policy
    salt: bytes

    def __init__(self, name: str) -> None:
        """Start an empty chain; the first entry must be a header."""
        super().__init__(name)
        self.fingerprints: set[str] = set()
        self.runs: dict[str, Run] = {}

    @property
    def charged(self) -> list[plans.NoisePlan]:
        """The plans of all runs."""
        return [run.charged for run in self.runs.values()]

    def _check_header(self, entry: dict[str, Any]) -> None:
        self._require_kind("salt", untrusted_json.DIGEST, entry["salt"])
        self._require_kind("policy", policies.KIND, entry["policy"])
        policies.of(entry["policy"])

    def _check_data(self, entry: dict[str, Any]) -> None:
        found = entry["data_fingerprint"]
        self._require_kind("data_fingerprint", untrusted_json.DIGEST, found)
        self._require(
            found not in self.fingerprints, "repeats the records' fingerprint"
        )

    def _check_reserve(self, entry: dict[str, Any]) -> None:
        self._require_kind("run", untrusted_json.DIGEST, entry["run"])
        self._require_kind("date", _DATE, entry["date"])
        self._require_kind("plan", _PLAN, entry["plan"])
        plans.NoisePlan(**entry["plan"])
        self._require(bool(self.fingerprints), "is a run on unknown records")
        self._require(
            entry["run"] not in self.runs, "reserves for a run a second time"
        )

    def _check_settle(self, entry: dict[str, Any]) -> None:
        self._require_kind("run", untrusted_json.DIGEST, entry["run"])
        run = self.runs.get(entry["run"])
        self._require(
            run is not None and run.settled is None,
            "settles a run that has no open reservation",
        )
        assert run is not None
        self._require_kind(
            "num_steps",
            untrusted_json.integer(0, run.reserved.num_steps),
            entry["num_steps"],
        )
        can_have = run.reserved.summary_noise_multiplier is not None
        self._require(
            entry["has_summary"] in (False, can_have)
            and type(entry["has_summary"]) is bool,
            "settles a summary that was not reserved",
        )

    def _require_kind(
        self, name: str, kind: untrusted_json.Kind, value: Any
    ) -> None:
        problem = kind.problem_of(value)
        self._require(not problem, f"has a wrong {name}: {problem}")

    def _enter_header(self, entry: dict[str, Any]) -> None:
        self.policy = policies.of(entry["policy"])
        self.salt = bytes.fromhex(entry["salt"])

    def _enter_data(self, entry: dict[str, Any]) -> None:
        self.fingerprints.add(entry["data_fingerprint"])

    def _enter_reserve(self, entry: dict[str, Any]) -> None:
        self.runs[entry["run"]] = Run(
            run=entry["run"],
            date=entry["date"],
            reserved=plans.NoisePlan(**entry["plan"]),
        )

    def _enter_settle(self, entry: dict[str, Any]) -> None:
        run = self.runs[entry["run"]]
        spent = run.reserved.after(entry["num_steps"])
        if not entry["has_summary"]:
            spent = dataclasses.replace(spent, summary_noise_multiplier=None)
        self.runs[run.run] = dataclasses.replace(run, settled=spent)


def plan_fields(plan: plans.NoisePlan) -> dict[str, Any]:
    """Return a plan as the field of a reservation.

    Args:
      plan: all that a run may release about one unit.

    Raises:
      LedgerError: if it is priced for several records of a unit.
    """
    fields = dataclasses.asdict(plan)
    if fields.pop("records_per_unit") != 1:
        raise errors.LedgerError(
            f"records_per_unit={plan.records_per_unit}; expected 1: a register "
            "charges plans of one unit."
        )
    return {name: value for name, value in fields.items() if value is not None}
