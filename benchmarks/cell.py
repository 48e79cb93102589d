"""Measures one cell in its own process: python -m benchmarks.cell JSON.

A cell is {"kind": KIND, "settings": {...}}; the settings are the arguments of
the kind's function. The last line of the output is its result as JSON.
"""

import json
import logging
import os
import sys
from collections.abc import Sequence

from dpgan_tf import errors
from dpgan_tf import quiet

FUNCTIONS = {
    "check": ("benchmarks.check", "compare"),
    "speed": ("benchmarks.speed", "measure"),
    "memory": ("benchmarks.memory", "measure"),
    "iteration": ("benchmarks.iteration", "measure"),
    "profile": ("benchmarks.profile", "measure"),
    "run": ("benchmarks.whole_run", "measure"),
    "scale": ("benchmarks.scale", "measure"),
    "workers": ("benchmarks.scale", "measure_workers"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print the result.

    Args:
      argv: one JSON object; None takes it from the command line.

    Returns:
      The exit status.
    """
    (text,) = sys.argv[1:] if argv is None else argv
    cell = json.loads(text)
    os.environ["KERAS_BACKEND"] = "tensorflow"
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    module, function = FUNCTIONS[cell["kind"]]
    measure = getattr(quiet.import_module(module), function)
    try:
        result = measure(**cell["settings"])
    except errors.UserError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
