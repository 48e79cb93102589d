"""Try what a claim rests on: each mutant must fail the tests named for it.

    python -m tests.mutants                            all of them
    python -m tests.mutants --only=noise-halved        some
    python -m tests.mutants --sample=10 --seed=COMMIT  ten by chance

Nothing in the working tree is changed: mutants live in a temporary copy. What
was killed is kept in build/mutants; with --resume it is not tried again while
the code is the same. The exit status is 1 if a mutant survives, and 2 if the
list does not fit the code or the tests fail without a mutant.
"""

import argparse
import json
import pathlib
import random
import sys
import tempfile
import time

import tqdm

from tests.mutants import lists
from tests.mutants import overlay
from tests.mutants import trial

_KEPT = lists.ROOT / "build" / "mutants"
_LIMIT = 900
"""Seconds for the tests of one mutant."""


def chosen(
    mutants: list[lists.Mutant], *, only: list[str], sample: int, seed: str
) -> list[lists.Mutant]:
    """Return some of the mutants, in their order.

    Args:
      mutants: all of them.
      only: names of those to try; empty for all.
      sample: number of those to draw; 0 for all.
      seed: seed of that draw.

    Raises:
      ListError: for a name that is not in the list.
    """
    if unknown := set(only) - {mutant.name for mutant in mutants}:
        raise lists.ListError(f"{', '.join(sorted(unknown))}: not in the list.")
    kept = [m for m in mutants if not only or m.name in only]
    if sample:
        drawn = random.Random(seed).sample(kept, min(sample, len(kept)))
        kept = [mutant for mutant in kept if mutant in drawn]
    return kept


def require_passing(mutants, *, root, logs) -> None:
    """Refuse to begin if a named test fails, or is skipped, by itself."""
    tests = tuple(dict.fromkeys(t for m in mutants for t in m.tests))
    found = trial.run(
        tests, root=root, log=logs / "unchanged.log", limit=len(tests) * _LIMIT
    )
    for test in tests:
        if found.get(test) != "passed":
            raise lists.ListError(
                f"{test}: {found.get(test, 'not run')} without a mutant; see "
                f"{logs / 'unchanged.log'}."
            )


def survives(mutant: lists.Mutant, *, root, logs) -> list[str]:
    """Return the named tests that do not fail under a mutant."""
    with overlay.applied(mutant, root):
        found = trial.run(
            mutant.tests,
            root=root,
            log=logs / f"{mutant.name}.log",
            limit=_LIMIT,
        )
    return [test for test in mutant.tests if found.get(test) != "failed"]


class Kept:
    """A file of the mutants that were killed, for one state of the code."""

    def __init__(self, path: pathlib.Path, digest: str, *, resume: bool):
        """Read the file, if it is there and of this state."""
        self._path, self._digest = path, digest
        self.killed: list[str] = []
        if resume and path.exists():
            found = json.loads(path.read_text())
            if found["digest"] == digest:
                self.killed = found["killed"]

    def add(self, mutant: lists.Mutant) -> None:
        """Note a mutant that was killed."""
        self.killed.append(repr(mutant))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        content = {"digest": self._digest, "killed": self.killed}
        self._path.write_text(json.dumps(content, indent=1))


def try_all(mutants, *, root: pathlib.Path, resume: bool) -> int:
    """Try mutants, and return how many survive.

    Args:
      mutants: those to try.
      root: a copy of the repository.
      resume: whether to leave out what was killed before.
    """
    kept = Kept(_KEPT / "killed.json", overlay.digest(root), resume=resume)
    left = [m for m in mutants if repr(m) not in kept.killed]
    if left:
        require_passing(left, root=root, logs=_KEPT)
    num_surviving = 0
    with tqdm.tqdm(left, desc="mutants", unit="", disable=None) as bar:
        for mutant in bar:
            start = time.monotonic()
            missed = survives(mutant, root=root, logs=_KEPT)
            seconds = f"{time.monotonic() - start:5.1f} s"
            if missed:
                num_surviving += 1
                tqdm.tqdm.write(
                    f"SURVIVES {seconds}  {mutant.name}: {', '.join(missed)}"
                )
            else:
                kept.add(mutant)
                tqdm.tqdm.write(f"killed   {seconds}  {mutant.name}")
    return num_surviving


def main(arguments: list[str] | None = None) -> int:
    """Try the mutants that the flags name, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME")
    parser.add_argument("--sample", type=int, default=0, metavar="N")
    parser.add_argument("--seed", default="0", metavar="TEXT")
    parser.add_argument("--resume", action="store_true")
    flags = parser.parse_args(arguments)
    start = time.monotonic()
    _KEPT.mkdir(parents=True, exist_ok=True)
    try:
        mutants = lists.read()
        for mutant in mutants:
            lists.changed(mutant)
            lists.require_tests(mutant)
        mutants = chosen(
            mutants, only=flags.only, sample=flags.sample, seed=flags.seed
        )
        trial.import_libraries()
        with tempfile.TemporaryDirectory(prefix="dpgan_mutants_") as folder:
            root = overlay.make(pathlib.Path(folder))
            num = try_all(mutants, root=root, resume=flags.resume)
    except lists.ListError as error:
        print(error, file=sys.stderr)
        return 2
    print(
        f"{len(mutants)} mutants in {time.monotonic() - start:.0f} s; "
        f"{num} survive."
    )
    return int(num > 0)


if __name__ == "__main__":
    sys.exit(main())
