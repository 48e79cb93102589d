"""Fuzz every parser: changed files must be read, or refused in one line.

    python -m tests.fuzz --num=100000

A parser may raise errors that a user can mend and errors of privacy, nothing
else; no input may take 5 seconds of CPU or 2 GiB of memory. Equal seeds give
equal inputs. What was done is kept in build/fuzz, and the same command goes on
there. Inputs that are findings are written to tests/fuzz/found, where the tests
find them. The exit status is 1 if there is a finding.
"""

import argparse
import json
import os
import pathlib
import selectors
import subprocess
import sys
import tempfile
import time

from dpgan_tf import progress
from tests.fuzz import cases
from tests.fuzz import worker

_MOST_SECONDS = 120
"""What an input may take by the clock, once TensorFlow is there."""

_KILLED = "kills the process, or takes too long"


class State:
    """A file that records what was done.

    Attributes:
      done: inputs of each case.
      findings: numbers of inputs, by case and by what is wrong.
    """

    def __init__(self, path: pathlib.Path):
        """Read the file if it is there."""
        self._path = path
        self.done: dict[str, int] = {}
        self.findings: dict[str, dict[str, list[int]]] = {}
        if path.exists():
            kept = json.loads(path.read_text())
            self.done, self.findings = kept["done"], kept["findings"]

    def add(self, name: str, number: int, problem: str) -> None:
        """Keep a finding."""
        of_case = self.findings.setdefault(name, {})
        of_case.setdefault(problem, []).append(number)

    def write(self) -> None:
        """Write the file."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_suffix(".new")
        content = {"done": self.done, "findings": self.findings}
        unfinished.write_text(json.dumps(content, indent=1))
        unfinished.replace(self._path)


def run_case(name, *, seed, num, state, bar) -> None:
    """Run the inputs of a case that were not run before."""
    while state.done.get(name, 0) < num:
        first = state.done.get(name, 0)
        last = _run_process(name, seed, first, num, state, bar)
        if last < num:  # The process died of that input, or was stopped.
            state.add(name, last, _KILLED)
            last += 1
            bar.update()
        state.done[name] = last
        state.write()


def _run_process(name, seed, first, num, state, bar) -> int:
    """Return the number of the input that was run last, or `num`."""
    command = [sys.executable, "-m", "tests.fuzz.worker", name]
    process = subprocess.Popen(
        [*command, *map(str, (seed, first, num))],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    last, shown = first, time.monotonic()
    try:
        for line in _lines(process):
            if line.startswith(b"{"):
                found = json.loads(line)
                state.add(name, found["number"], found["problem"])
                continue
            bar.update(int(line) - last)
            last = int(line)
            state.done[name] = last
            if time.monotonic() > shown + 5:
                state.write()
                shown = time.monotonic()
    finally:
        process.kill()
        process.wait()
    return last


def _lines(process):
    """Yield lines until there are no more, or one is too long in coming."""
    selector = selectors.DefaultSelector()
    selector.register(process.stdout, selectors.EVENT_READ)
    left = b""
    while selector.select(_MOST_SECONDS):
        new = os.read(process.stdout.fileno(), 2**16)
        if not new:
            return
        *lines, left = (left + new).split(b"\n")
        yield from lines


def keep_killers(name: str, state: State, *, seed: int) -> None:
    """Keep inputs that a process could not keep itself."""
    numbers = state.findings.get(name, {}).get(_KILLED, [])
    if not numbers:
        return
    with tempfile.TemporaryDirectory() as folder:
        case = worker.find_case(name, pathlib.Path(folder))
        for number in numbers[: worker.MOST_KEPT]:
            path, content = worker.input_of(
                case, name, seed=seed, number=number
            )
            worker.keep(case, name, path, content)


def table(state: State) -> str:
    """Return what was found, as Markdown."""
    lines = ["| case | inputs | findings |", "|---|---:|---:|"]
    for name, done in state.done.items():
        found = state.findings.get(name, {})
        num = sum(map(len, found.values()))
        lines.append(f"| {name} | {done:,} | {num:,} |")
    for name, found in state.findings.items():
        for problem, numbers in found.items():
            lines.append(f"\n{name}, input {numbers[0]}: {problem}")
    return "\n".join(lines)


def main() -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--num", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--cases",
        nargs="*",
        default=list(cases.CASES),
        choices=list(cases.CASES),
    )
    parser.add_argument("--state", default="build/fuzz", type=pathlib.Path)
    given = parser.parse_args()
    nums = {
        name: max(min(1, given.num), round(given.num * cases.CASES[name][1]))
        for name in given.cases
    }
    state = State(given.state / f"{given.seed}-{given.num}.json")
    with progress.bar(
        "fuzz",
        total=sum(nums.values()),
        unit="input",
        initial=sum(state.done.get(name, 0) for name in nums),
    ) as bar:
        for name, num in nums.items():
            bar.set_postfix_str(name)
            run_case(name, seed=given.seed, num=num, state=state, bar=bar)
    for name in nums:
        keep_killers(name, state, seed=given.seed)
    print(table(state))
    return 1 if state.findings else 0


if __name__ == "__main__":
    sys.exit(main())
