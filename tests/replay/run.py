"""Record and replay every family on six neighbours: `make replay`.

Each case has a line. The exit status is 1 if one differs. What was run already
stays in build/replay until the code changes.
"""

import argparse
import concurrent.futures
import dataclasses
import hashlib
import json
import pathlib
import shutil
import sys

import tqdm

from tests.replay import cases
from tests.replay import data_sets
from tests.replay import families

_ROOT = pathlib.Path(__file__).parents[2]
_WORK = _ROOT / "build" / "replay"


def main() -> int:
    """Return 0 if no case differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--families", nargs="*", choices=list(families.ALL), default=None
    )
    parser.add_argument(
        "--roles", nargs="*", choices=list(data_sets.ROLES), default=None
    )
    parser.add_argument(
        "--one_each", action="store_true", help="one neighbour of each family"
    )
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    _forget_other_code(_WORK)
    wanted = _wanted(options)
    known = _known(_WORK)
    with tqdm.tqdm(total=len(wanted), unit="case") as bar:
        for family, role, result in _results(wanted, known, _WORK, options):
            bar.update()
            tqdm.tqdm.write(_line(family, role, result))
    return int(any(known[f"{f}/{r}"]["problem"] for f, r in wanted))


def _wanted(options: argparse.Namespace) -> list[tuple[str, str]]:
    roles = options.roles or list(data_sets.ROLES)
    names = options.families or list(families.ALL)
    if options.one_each:
        return [(name, roles[i % len(roles)]) for i, name in enumerate(names)]
    return [(name, role) for name in names for role in roles]


def _results(wanted, known, work, options):
    """Yield the cases with their results, first those that are known."""
    missing = []
    for family, role in wanted:
        if (found := known.get(f"{family}/{role}")) is None:
            missing.append((family, role))
        else:
            yield family, role, found
    with concurrent.futures.ThreadPoolExecutor(options.processes) as pool:
        running = {
            pool.submit(cases.run, family, role, work): (family, role)
            for family, role in missing
        }
        for done in concurrent.futures.as_completed(running):
            family, role = running[done]
            result = dataclasses.asdict(done.result())
            known[f"{family}/{role}"] = result
            with (work / "results.jsonl").open("a", encoding="utf-8") as file:
                print(json.dumps([f"{family}/{role}", result]), file=file)
            yield family, role, result


def _line(family: str, role: str, result: dict) -> str:
    moved = ", ".join(f"{k} {v:.3f}" for k, v in result["moved"].items())
    said = result["problem"] or "same bytes"
    return f"{family:18} lacks {role:8} {said}" + f"; moved {moved}" * bool(
        moved
    )


def _forget_other_code(work: pathlib.Path) -> None:
    """Remove what other code has left."""
    digest = hashlib.sha256()
    for folder in ("dpgan_tf", "tests"):
        for path in sorted((_ROOT / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    path = work / "code"
    if not path.exists() or path.read_text() != digest.hexdigest():
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        path.write_text(digest.hexdigest())


def _known(work: pathlib.Path) -> dict[str, dict]:
    path = work / "results.jsonl"
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(json.loads(line) for line in lines)


if __name__ == "__main__":
    sys.exit(main())
