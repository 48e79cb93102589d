r"""Try a recipe on pictures that it was not tuned for.

Training images of MNIST are changed: 50,000 are records, fewer where the change
says so, and 10,000 are held apart, changed likewise, to score on. Its test
images are not used. The table shows what samples teach a CNN, beside what the
recipe that was tuned for MNIST reaches on as many unchanged records, and what
real images teach. A recipe sees public facts alone; that it does not know the
name of a data set is tested in tests/run/test_auto.py.

A row needs its own run and, once for several rows, the one to compare with.
After a stop the same command goes on: finished cells and unfinished runs stay
in --folder. --list says how far each is.

Examples:
  python -m benchmarks.unseen
  python -m benchmarks.unseen --list
  python -m benchmarks.unseen --cells=inverted,grey
  python -m benchmarks.unseen --cells=plain,few --recipe=mnist_surrogate
  python -m benchmarks.unseen --cells=plain,inverted --recipe=quick \
      --reference=quick --num_samples=10000 --folder=build/unseen_quick
"""

import shlex
import sys
from collections.abc import Sequence

from benchmarks import command_line
from benchmarks import flag_values
from benchmarks.unseen import cells
from benchmarks.unseen import options
from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf import quiet
from dpgan_tf import run_files


def main(argv: Sequence[str] | None = None) -> int:
    """Compute all unfinished cells, and print the table.

    Args:
      argv: flags; None takes them from the command line.

    Returns:
      0; 1 if a cell failed; 2 for bad flags; 130 after Ctrl-C.
    """
    return command_line.exit_status("unseen", _run, argv)


def _run(arguments: list[str]) -> int:
    if command_line.asks_for_help(arguments):
        print(flag_values.help_text(__doc__, options.define()))
        return command_line.EXIT_OK
    command = shlex.join(["python", "-m", "benchmarks.unseen", *arguments])
    chosen = options.parse(arguments, command=command)
    if chosen.is_list:
        for cell in chosen.cells:
            print(f"{chosen.bench.state(cell):9} {cell.name}")
        return command_line.EXIT_OK
    failures = _finish_all(chosen)
    table = quiet.import_module("benchmarks.unseen.table")
    text = table.markdown(chosen.bench, chosen.rows, reference=chosen.reference)
    print(text)
    if chosen.record is not None:
        _record(chosen, text)
    for failure in failures:
        print(f"unseen: failed: {failure}", file=sys.stderr)
    return command_line.EXIT_FAILED if failures else command_line.EXIT_OK


def _finish_all(chosen: options.Chosen) -> list[str]:
    """Compute unfinished cells, and return what failed and why."""
    bench, failures = chosen.bench, []
    waiting = [cell for cell in chosen.cells if bench.find(cell) is None]
    num_done = len(chosen.cells) - len(waiting)
    with progress.bar(
        "unseen data", total=len(chosen.cells), unit="cell", initial=num_done
    ) as bar:
        for cell in waiting:
            bar.set_postfix_str(cell.name)
            try:
                _finish(bench, cell)
            except errors.UserError as error:
                failures.append(f"{cell.name}: {errors.first_line(error)}")
            bar.update()
    return failures


def _finish(bench: cells.Bench, cell: cells.Cell) -> None:
    work = quiet.import_module("benchmarks.unseen.work")
    work.finish(bench, cell)


def _record(chosen: options.Chosen, text: str) -> None:
    """Write the table and its finished cells where results are kept."""
    chosen.record.mkdir(parents=True, exist_ok=True)
    for cell in chosen.cells:
        found = chosen.bench.find(cell)
        if found is not None:
            run_files.write_json(chosen.record / f"{cell.name}.json", found)
    first = chosen.rows[0]
    path = chosen.record / f"{first.recipe}_{first.epsilon:g}.md"
    path.write_text(f"# Unseen data\n\n{text}", encoding="utf-8")
    print(f"Written to {path}")


if __name__ == "__main__":
    sys.exit(main())
