"""Runs inputs of one case in a process of its own, which may die of one.

What is printed tells the parent process where it is: a line with a number
before each input, and a line of JSON for each finding.
"""

import collections
import contextlib
import json
import os
import pathlib
import random
import resource
import signal
import sys
import tempfile
import traceback
import zlib
from collections.abc import Iterator

from dpgan_tf import errors
from dpgan_tf.privacy import errors as privacy_errors
from tests.fuzz import cases

TYPED = (errors.UserError, privacy_errors.PrivacyError)
"""Errors that a parser may raise."""

CPU_SECONDS = 5
"""Most processor time for an input."""

MEMORY_BYTES = 2**31
"""Most memory for reading an input, in addition to that of the libraries."""


FOUND = pathlib.Path(__file__).parent / "found"
"""Folder of inputs that were findings."""

MOST_KEPT = 3
"""Most inputs of one finding."""


class TooSlowError(BaseException):
    """An input that takes too long; no parser may catch it."""


def keep(
    case: cases.Case, name: str, path: pathlib.Path, content: bytes
) -> None:
    """Write an input that is a finding, for the tests.

    Args:
      case: a case from `find_case`.
      name: the case's name.
      path: the file.
      content: the content that was put there.
    """
    place = case.files.index(path)
    digest = zlib.crc32(content)
    target = FOUND / name / f"{place:02}_{digest:08x}_{path.name}"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def place_of(found: pathlib.Path) -> int:
    """Return which file of a case an input is for.

    Args:
      found: a file from `keep`.
    """
    return int(found.name.partition("_")[0])


def find_case(name: str, folder: pathlib.Path) -> cases.Case:
    """Return a case that was made in a folder.

    Args:
      name: a name in `cases.CASES`.
      folder: an empty folder.
    """
    make, _ = cases.CASES[name]
    return make(folder)


def input_of(
    case: cases.Case, name: str, *, seed: int, number: int
) -> tuple[pathlib.Path, bytes]:
    """Return one input: a file of the case, and what to put there.

    Args:
      case: a case from `find_case`.
      name: the case's name.
      seed: seed of all inputs.
      number: number of this input.
    """
    return case.input(random.Random(f"{seed} {name} {number}"))


def problem_of(
    case: cases.Case, path: pathlib.Path, content: bytes
) -> str | None:
    """Return what is wrong with how an input is read, None if nothing is.

    Args:
      case: a case from `find_case`.
      path: one of its files.
      content: the content to put there.
    """
    try:
        with _cpu_limited():
            case.run(path, content)
    except TYPED as error:
        if not str(error).strip():
            return f"{type(error).__name__} without a message"
    except TooSlowError as error:
        return f"takes more than {CPU_SECONDS} s {_place(error)}"
    except BaseException as error:
        kind = f"{type(error).__module__}.{type(error).__name__}"
        return f"{kind} {_place(error)}: {errors.first_line(error)[:100]}"
    return None


@contextlib.contextmanager
def _cpu_limited() -> Iterator[None]:
    def stop(*_):
        raise TooSlowError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _place(error: BaseException) -> str:
    """Return the innermost line of this program that an error passed."""
    ours = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if "/dpgan_tf/" in frame.filename
    ]
    if not ours:
        return "outside of the program"
    module = ours[-1].filename.rpartition("/dpgan_tf/")[2]
    return f"in {module}, {ours[-1].name}"


def _limit_memory() -> None:
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[0])
    limit = pages * os.sysconf("SC_PAGE_SIZE") + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def main(name: str, seed: int, first: int, end: int) -> None:
    """Run some inputs of a case.

    Args:
      name: the case's name.
      seed: seed of all inputs.
      first: number of the first input.
      end: number after the last.
    """
    told = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    seen: collections.Counter[str] = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        case = find_case(name, pathlib.Path(folder))
        for path, content in zip(case.files, case.contents, strict=True):
            case.run(path, content)
        _limit_memory()
        for number in range(first, end):
            print(number, file=told)
            path, content = input_of(case, name, seed=seed, number=number)
            if problem := problem_of(case, path, content):
                found = {"number": number, "problem": problem}
                print(json.dumps(found), file=told)
                seen[problem] += 1
                if seen[problem] <= MOST_KEPT:
                    keep(case, name, path, content)
        print(end, file=told)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
