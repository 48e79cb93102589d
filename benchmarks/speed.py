"""Measures the milliseconds of one critic step in every form."""

import contextlib
from collections.abc import Mapping, Sequence

from benchmarks import cases
from benchmarks import forms
from benchmarks import inputs
from benchmarks import timing
from benchmarks.peers import client


def measure(
    *,
    case: str,
    batch: int,
    chunk_size: int,
    limit_s: float,
    rounds: Mapping[str, float],
    peers: Sequence[str] = (),
    peers_python: str = "",
) -> dict[str, object]:
    """Time all forms of one critic and batch size in one run.

    Args:
      case: one of `cases.CASES`.
      batch: number of records.
      chunk_size: largest number of records in a chunk, for private forms.
      limit_s: largest time of a vectorized step in seconds.
      rounds: fields of `timing.Rounds`.
      peers: libraries of `client.MODULES` to measure as well.
      peers_python: interpreter of their environment.

    Returns:
      Result of `timing.summarize`, and in `left_out` why forms are missing.
    """
    chosen = cases.CASES[case]
    left_out = _left_out(chosen, batch, limit_s)
    wanted = [form for form in cases.FORMS if form not in left_out]
    steps = _own_steps(chosen, batch, wanted, chunk_size=chunk_size)
    with contextlib.ExitStack() as stack:
        for name in peers:
            module = client.MODULES[name]
            peer = stack.enter_context(
                client.running(name, python=peers_python, module=module)
            )
            steps |= _peer_steps(peer, name, case, batch, chunk_size)
        times = timing.interleave(steps, timing.Rounds(**rounds))
    summary = timing.summarize(times, references=cases.PLAIN_FORMS)
    return summary | {"left_out": left_out}


def _left_out(case: cases.Case, batch: int, limit_s: float) -> dict[str, str]:
    """Return the forms that are left out, and why."""
    reasons = {
        form: case.left_out(form, batch, limit_s=limit_s)
        for form in cases.FORMS
    }
    return {form: why for form, why in reasons.items() if why}


def _own_steps(
    case: cases.Case, batch: int, wanted: Sequence[str], *, chunk_size: int
) -> dict[str, timing.Step]:
    """Build our forms with the same weights and records."""
    given = inputs.draw(case, batch)
    return {
        form: timing.timed(
            forms.build(form, case, given, chunk_size=chunk_size)
        )
        for form in wanted
    }


def _peer_steps(
    peer: client.Peer, name: str, case: str, batch: int, chunk_size: int
) -> dict[str, timing.Step]:
    wanted = {"case": case, "batch": batch, "chunk_size": chunk_size}
    return {
        f"{name}_{form}": peer.step(wanted | {"form": form})
        for form in client.FORMS
    }
