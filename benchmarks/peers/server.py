"""The server of a peer: reads commands, answers line by line.

  {"warm": STEP}                    -> {"ready": true}; builds and takes it once
  STEP                              -> {"ms": 12.5}; takes it once more
  {"clipped_sum": STEP, "inputs": FILE, "outputs": FILE, "clip_norm": C}
                                    -> {"ready": true}

where STEP is {"case": "mnist", "batch": 64, "form": "private",
"chunk_size": 128}, and the files are .npz files. No TensorFlow in this file.
"""

import json
import os
import pathlib
import sys
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from benchmarks import cases
from benchmarks import inputs
from benchmarks import timing


class Library(Protocol):
    """The interface of a peer's module."""

    def build(
        self,
        form: str,
        case: cases.Case,
        given: inputs.Inputs,
        *,
        chunk_size: int,
    ) -> Callable[[], None]:
        """Return a step, "private" or "plain", that returns once done."""

    def clipped_sum(
        self,
        case: cases.Case,
        given: inputs.Inputs,
        *,
        clip_norm: float,
        chunk_size: int,
    ) -> list[np.ndarray]:
        """Return the sum of the records' clipped gradients."""


def serve(library: Library) -> None:
    """Answer commands until the input ends.

    Args:
      library: module that computes.
    """
    answers, sys.stdout = sys.stdout, sys.stderr
    steps: dict[str, timing.Step] = {}
    for line in sys.stdin:
        answer = _answer(library, json.loads(line), steps)
        print(json.dumps(answer), file=answers, flush=True)


def num_threads() -> int:
    """Return the number of threads of every library."""
    return len(os.sched_getaffinity(0))


def _answer(
    library: Library, command: dict[str, Any], steps: dict[str, timing.Step]
) -> dict[str, object]:
    if "clipped_sum" in command:
        _write_clipped_sum(library, command)
        return {"ready": True}
    wanted = command.get("warm", command)
    name = json.dumps(wanted, sort_keys=True)
    if "warm" not in command:
        return {"ms": steps[name]()}
    case = cases.CASES[wanted["case"]]
    step = library.build(
        wanted["form"],
        case,
        inputs.draw(case, wanted["batch"]),
        chunk_size=wanted["chunk_size"],
    )
    steps[name] = timing.timed(step)
    step()
    return {"ready": True}


def _write_clipped_sum(library: Library, command: dict[str, Any]) -> None:
    wanted = command["clipped_sum"]
    total = library.clipped_sum(
        cases.CASES[wanted["case"]],
        inputs.load(pathlib.Path(command["inputs"])),
        clip_norm=command["clip_norm"],
        chunk_size=wanted["chunk_size"],
    )
    np.savez(command["outputs"], *total)
