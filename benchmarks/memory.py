"""Measures the peak memory of one form of a critic step."""

import pathlib
import re

from benchmarks import cases
from benchmarks import forms
from benchmarks import inputs

_CLEAR_REFS = pathlib.Path("/proc/self/clear_refs")
_STATUS = pathlib.Path("/proc/self/status")
_NUM_STEPS = 2


def measure(
    *, case: str, batch: int, form: str, chunk_size: int, limit_s: float
) -> dict[str, object]:
    """Take two steps and return the peak memory.

    The peak is Linux' VmHWM; ru_maxrss would also count the memory of the
    parent process at the start. Run this in a separate process.

    Args:
      case: one of `cases.CASES`.
      batch: number of records.
      form: one of `cases.FORMS`.
      chunk_size: largest number of records in a chunk, for private forms.
      limit_s: largest time of a vectorized step in seconds.

    Returns:
      In MiB: `before`, with the libraries, the model and the records loaded;
      `peak`; and `needed`, the difference. Or `left_out`: why nothing was
      measured.
    """
    chosen = cases.CASES[case]
    why = chosen.left_out(form, batch, limit_s=limit_s)
    if why:
        return {"left_out": why}
    given = inputs.draw(chosen, batch)
    step = forms.build(form, chosen, given, chunk_size=chunk_size)
    before = held_mib("VmRSS")
    for _ in range(_NUM_STEPS):
        step()
    peak = held_mib("VmHWM")
    return {"needed": peak - before, "before": before, "peak": peak}


def held_mib(field: str) -> float:
    """Return a field of this process's status in MiB.

    Args:
      field: "VmRSS" for the current memory, "VmHWM" for the peak so far.
    """
    found = re.search(rf"^{field}:\s+(\d+) kB$", _STATUS.read_text(), re.M)
    return int(found[1]) / 1024


def forget_peak() -> None:
    """Let the peak memory of this process begin anew (proc(5), clear_refs)."""
    _CLEAR_REFS.write_text("5")
