"""Plans, policies and registers for tests."""

from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.register import policy as policies
from dpgan_tf.privacy.register import register as registers

RECORDS = "d" * 64
"""Fingerprint of the records."""


def name(number):
    """Return the identity of a run."""
    return f"{number:064x}"


def plan(num_steps=100, *, q=0.01, s=2.0, summary=None):
    return plans.NoisePlan(
        sampling_probability=q,
        effective_noise_multiplier=s,
        num_steps=num_steps,
        summary_noise_multiplier=summary,
    )


def gaussian(s):
    """Return a plan whose exact price is known."""
    return plan(0, q=1.0, s=1.0, summary=s)


def policy(**changes):
    """Return a policy that is quickly priced: by one Renyi order."""
    return policies.adaptive(**{"epsilon": 2.0, "delta": 1e-5} | changes)


def create(path, chosen=None):
    """Write a register that knows its records."""
    registers.create(path, chosen or policy())
    with registers.opened(path) as book:
        book.add_records(RECORDS)
    return path


def reserve(path, number, chosen):
    with registers.opened(path) as book:
        book.reserve(name(number), chosen)
