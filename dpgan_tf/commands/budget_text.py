"""A register for a person and for a program: policy, runs, what is left."""

import math
from typing import Any

from dpgan_tf import errors
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.register import entries as register_entries
from dpgan_tf.privacy.register import policy as policies
from dpgan_tf.privacy.register import room as rooms

_HEADINGS = ("run", "date", "steps", "q", "noise", "summary", "epsilon", "")
_SHOWN_DIGITS = 12


def report(chain: register_entries.Entries, room: rooms.Room) -> dict[str, Any]:
    """Return a register as JSON values; what has no price is null.

    Args:
      chain: the register's chain.
      room: what still fits.
    """
    return {
        "register": chain.name,
        "policy": chain.policy.parameters,
        "runs": [_run(run, chain.policy) for run in chain.runs.values()],
        "spent": _finite(room.spent),
        "left": room.left,
        "noise_factor": room.noise_factor,
        "repeats": room.repeats,
    }


def text(chain: register_entries.Entries, room: rooms.Room) -> str:
    """Return a register as text.

    Args:
      chain: the register's chain.
      room: what still fits.
    """
    policy = chain.policy
    parts = [
        f"{errors.printable(chain.name)}: epsilon {policy.epsilon:g} at delta "
        f"{policy.delta:g} for all runs on these records.\n{_terms(policy)}",
        _table(chain),
        _room(policy, room),
    ]
    return "\n\n".join(filter(None, parts))


def _terms(policy: policies.Policy) -> str:
    unit = policy.most_records_per_unit
    about = "One record is" if unit == 1 else f"Up to {unit} records are"
    if policy.order is None:
        choice = (
            "The total holds if no run was chosen by what earlier runs showed."
        )
    else:
        choice = (
            "The total holds however runs are chosen (Renyi order "
            f"{policy.order:g})."
        )
    return f"{about} the unit. {choice}"


def _run(run: register_entries.Run, policy: policies.Policy) -> dict[str, Any]:
    return {
        "run": run.run,
        "date": run.date,
        "plan": register_entries.plan_fields(run.charged),
        "epsilon_alone": _finite(policy.spent([run.charged])),
        "settled": run.settled is not None,
    }


def _table(chain: register_entries.Entries) -> str:
    """Return a line for each run; empty if there are none."""
    rows = [_row(run, chain.policy) for run in chain.runs.values()]
    if not rows:
        return "No run is charged so far."
    widths = [
        max(map(len, column)) for column in zip(_HEADINGS, *rows, strict=True)
    ]
    return "\n".join(
        "  ".join(
            f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in (_HEADINGS, *rows)
    )


def _row(run: register_entries.Run, policy: policies.Policy) -> list[str]:
    plan: plans.NoisePlan = run.charged
    summary = plan.summary_noise_multiplier
    return [
        run.run[:_SHOWN_DIGITS],
        run.date,
        str(plan.num_steps),
        f"{plan.sampling_probability:.3g}",
        f"{plan.effective_noise_multiplier:.4g}",
        "-" if summary is None else f"{summary:.4g}",
        f"{policy.spent([plan]):.4g}",
        "reserved" if run.settled is None else "ended",
    ]


def _room(policy: policies.Policy, room: rooms.Room) -> str:
    spent = (
        f"Spent by all of them together: epsilon {room.spent:.4g} of "
        f"{policy.epsilon:g}."
    )
    if room.repeats is None:
        return f"{spent}\nLeft: all of it."
    if room.noise_factor is None:
        return f"{spent}\nLeft: nothing for a run like the last one."
    runs = "run" if room.repeats == 1 else "runs"
    return (
        f"{spent}\nLeft: {room.repeats} more {runs} exactly like the last one; "
        f"or one with its batches and steps, {room.noise_factor:.2f} times its "
        f"noise and epsilon {room.left:.3g} alone."
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
