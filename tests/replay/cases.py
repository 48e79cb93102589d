"""One case: a family's run on all records, and one on a neighbouring set."""

import dataclasses
import fcntl
import os
import pathlib
import shutil
import subprocess
import sys

from tests.replay import compare
from tests.replay import releases

EVERYONE = "everyone"
_ROOT = pathlib.Path(__file__).parents[2]
_MOST_SECONDS = 1_200
_THREADS = {
    "CUDA_VISIBLE_DEVICES": "-1",
    "OMP_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTRAOP_THREADS": "1",
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Result:
    """What came of a case.

    Attributes:
      problem: what is wrong, or an empty text.
      moved: for each mechanism, how far the sums were apart over what is
        declared.
    """

    problem: str = ""
    moved: dict[str, float] = dataclasses.field(default_factory=dict)


def run(family: str, role: str, work: pathlib.Path) -> Result:
    """Run a case; the family's run on all records is used again.

    Args:
      family: name of one of `families.ALL`.
      role: the record that the neighbour lacks, of `data_sets.ROLES`.
      work: folder for the runs of all families.
    """
    first, second = work / family / EVERYONE, work / family / role
    with _alone(work / family):
        problem = _run(family, EVERYONE, first)
    problem = problem or _run(family, role, second, given=first)
    if problem:
        return Result(problem=problem)
    found = [releases.read(_file(folder)) for folder in (first, second)]
    problem = compare.first_difference(first, second)
    if found[0].keys() != found[1].keys():
        return Result(problem=problem or "the runs have not the same releases")
    moved = compare.moves(second, *found)
    for mechanism, share in moved.items():
        if not share <= 1:
            problem = problem or f"{mechanism}: moves {share:.6f} of its bound"
    return Result(problem=problem, moved=moved)


def _alone(folder: pathlib.Path):
    """Return an open lock: one process makes a family's first run."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = open(folder / "lock", "w", encoding="utf-8")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def _file(folder: pathlib.Path) -> pathlib.Path:
    return folder.with_name(f"{folder.name}.npz")


def _run(
    family: str,
    role: str,
    folder: pathlib.Path,
    *,
    given: pathlib.Path | None = None,
) -> str:
    """Run a process unless it was run, and return what is wrong."""
    if _file(folder).exists():
        return ""
    shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, "-P", "-m", "tests.replay.program"]
    command += [family, role, str(folder)]
    if given is not None:
        command.append(str(_file(given)))
    ended = subprocess.run(
        command,
        env=os.environ | _THREADS | {"PYTHONPATH": str(_ROOT)},
        capture_output=True,
        text=True,
        timeout=_MOST_SECONDS,
        check=False,
    )
    if ended.returncode:
        log = folder.with_name(f"{folder.name}.log")
        log.write_text(ended.stderr, encoding="utf-8")
        said = [line for line in ended.stderr.splitlines() if "Error: " in line]
        why = said[-1].strip() if said else "no error said"
        return f"{role}: status {ended.returncode} ({why}; {log})"
    return ""
