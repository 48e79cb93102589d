r"""Measure private and non-private critic steps, and whole runs.

All forms of a step alternate within one run, on the same random records and
with the same number of threads: what slows the machine slows all of them, and
ratios stay valid. The step without privacy is measured in several forms; the
private ones are compared with the fastest. Let nothing else compute meanwhile.

--quick shows in three minutes whether a change made a step slower. --full
takes hours; after a stop the same command continues, since finished cells stay
in the file of results.

--kinds alone is enough for a part of it. A whole run is timed stage by stage,
with the accuracy that its samples teach; --packages compares checkouts in
turns.

Examples:
  python -m benchmarks.run --quick
  python -m benchmarks.run --full
  python -m benchmarks.run --full --peers_python=.venv-peers/bin/python
  python -m benchmarks.run --full --kinds=speed --cases=mlp --batches=64,256 \
      --out=benchmarks/results/mlp.json
  python -m benchmarks.run --full --kinds=check \
      --peers_python=.venv-peers/bin/python --out=benchmarks/results/check.json
  python -m benchmarks.run --kinds=run --recipes=quick,auto --repeats=3
  python -m benchmarks.run --kinds=run --packages=.,../old --repeats=3
  python -m benchmarks.run --kinds=profile --cases=mnist,mlp,celeba48
  python -m benchmarks.run --kinds=scale,workers --num_records=10000,1000000
"""

import contextlib
import datetime
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence

from benchmarks import command_line
from benchmarks import flag_values
from benchmarks import machine
from benchmarks import options
from benchmarks import plan
from benchmarks import store as stores
from benchmarks import tables
from dpgan_tf import errors
from dpgan_tf import progress

_ROOT = pathlib.Path(__file__).parents[1]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure all unfinished cells, and print the tables.

    Args:
      argv: flags; None takes them from the command line.

    Returns:
      0; 1 if a cell failed; 2 for bad flags; 130 after Ctrl-C.
    """
    return command_line.exit_status("benchmarks", _run, argv)


def _run(arguments: list[str]) -> int:
    if command_line.asks_for_help(arguments):
        print(flag_values.help_text(__doc__, flag_values.define()))
        return command_line.EXIT_OK
    chosen = options.parse(arguments)
    cells = (plan.quick if chosen.is_quick else plan.full)(chosen.plan)
    if not cells:
        raise errors.UserError("nothing to measure; see --help.")
    machine.use_cores(chosen.threads)
    store = stores.Store(
        pathlib.Path(chosen.out),
        machine=machine.describe(peers_python=chosen.plan.peers_python),
        command=shlex.join(["python", "-m", "benchmarks.run", *arguments]),
        date=datetime.date.today().isoformat(),
    )
    failures = _measure_all(cells, store)
    print(tables.markdown(store.content))
    for failure in failures:
        print(f"benchmarks: failed: {failure}", file=sys.stderr)
    return command_line.EXIT_FAILED if failures else command_line.EXIT_OK


def _measure_all(cells: Sequence[plan.Cell], store: stores.Store) -> list[str]:
    """Measure unfinished cells, and return what failed and why."""
    failures = []
    waiting = [cell for cell in cells if not store.has(cell)]
    num_done = len(cells) - len(waiting)
    with progress.bar(
        "benchmarks", total=len(cells), unit="cell", initial=num_done
    ) as bar:
        for cell in waiting:
            bar.set_postfix_str(cell.name)
            done = _measure(cell)
            if done.returncode == command_line.EXIT_OK:
                store.add(cell, json.loads(done.stdout.splitlines()[-1]))
            else:
                failures.append(f"{cell.name}: {_reason(done)}")
            bar.update()
    return failures


def _measure(cell: plan.Cell) -> subprocess.CompletedProcess:
    text = json.dumps({"kind": cell.kind, "settings": cell.settings})
    with _package_first(cell.settings.get("package", _ROOT)) as path:
        return subprocess.run(
            # -P: the package that the path begins with, not this folder's.
            [sys.executable, "-P", "-m", "benchmarks.cell", text],
            env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )


@contextlib.contextmanager
def _package_first(checkout: str) -> Iterator[str]:
    """Give a path for imports: a checkout's package, these benchmarks."""
    with tempfile.TemporaryDirectory() as folder:
        package = pathlib.Path(checkout).resolve() / "dpgan_tf"
        pathlib.Path(folder, package.name).symlink_to(package)
        yield os.pathsep.join([folder, str(_ROOT)])


def _reason(done: subprocess.CompletedProcess) -> str:
    """Return the last lines of a cell's errors, perhaps with its peer's."""
    lines = done.stderr.strip().splitlines() or ["no message"]
    return f"status {done.returncode}, {' / '.join(lines[-2:])}"


if __name__ == "__main__":
    sys.exit(main())
