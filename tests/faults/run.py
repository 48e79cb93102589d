"""Run every fault of every command: `make faults`; goes on where it stopped.

It prints what is wrong as it is found, and a table at the end. The exit status
is 1 if anything is. What was tried already stays in build/faults until the
code changes.
"""

import argparse
import concurrent.futures
import dataclasses
import hashlib
import json
import multiprocessing
import os
import pathlib
import shutil
import sys
from collections.abc import Iterator

import tqdm

_ROOT = pathlib.Path(__file__).parents[2]
_RUNS_IN_A_PROCESS = 40
"""TensorFlow keeps some memory of each."""


def main() -> int:
    """Return 0 if every command gets over every fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--scenarios",
        nargs="*",
        choices=list(_scenario_names()),
        help="names of some; all by default",
    )
    parser.add_argument(
        "--every", type=int, default=1, help="try one fault of so many"
    )
    parser.add_argument("--work", default=_ROOT / "build" / "faults")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    options = parser.parse_args()
    names = options.scenarios or list(_scenario_names())
    work = pathlib.Path(options.work).resolve()
    with concurrent.futures.ThreadPoolExecutor(options.processes) as pool:
        table = list(
            pool.map(
                lambda i: _try_all(names[i], work / names[i], i, options.every),
                range(len(names)),
            )
        )
    print(_markdown(table))
    return int(any(row["wrong"] for row in table))


def _scenario_names():
    from tests.faults import scenarios

    return scenarios.ALL


def _try_all(
    name: str, work: pathlib.Path, position: int, every: int
) -> dict[str, object]:
    """Try the faults of one command that were not tried before."""
    plan = _plan(name, work)
    wanted = [
        {"scenario": name, "work": str(work), "case": case}
        for case in (*plan["crashes"], *plan["errors"])
    ][::every]
    results = work / "results.jsonl"
    known = dict(_read(results))
    missing = [task for task in wanted if _key(task) not in known]
    with (
        tqdm.tqdm(
            desc=name,
            total=len(wanted),
            initial=len(wanted) - len(missing),
            unit="fault",
            position=position,
        ) as bar,
        results.open("a", encoding="utf-8") as file,
    ):
        for task, wrong in _tried(missing):
            bar.update()
            known[_key(task)] = wrong
            print(json.dumps([_key(task), wrong]), file=file, flush=True)
            if wrong:
                tqdm.tqdm.write(f"{name}: {_key(task)}: {'; '.join(wrong)}")
    keys = [_key(task) for task in wanted]
    num_crashes = sum("folder" in task["case"] for task in wanted)
    return {
        "command": name,
        "operations": plan["num_operations"],
        "crashes": num_crashes,
        "errors": len(wanted) - num_crashes,
        "wrong": sum(bool(known[key]) for key in keys),
    }


def _tried(tasks: list[dict]) -> Iterator[tuple[dict, list[str]]]:
    """Yield each task with what is wrong after it, in order."""
    for first in range(0, len(tasks), _RUNS_IN_A_PROCESS):
        some = tasks[first : first + _RUNS_IN_A_PROCESS]
        with _process() as pool:
            yield from zip(some, pool.map(_try, some), strict=True)


def _process() -> concurrent.futures.ProcessPoolExecutor:
    # A command's faults are tried one after another: each of them needs the
    # folder, whose path some files hold.
    return concurrent.futures.ProcessPoolExecutor(
        1,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_quiet,
    )


def _plan(name: str, work: pathlib.Path) -> dict:
    """Return all faults of a command; anew if the code has changed."""
    path = work / "plan.json"
    code = _code()
    if path.exists():
        plan = json.loads(path.read_text(encoding="utf-8"))
        if plan["code"] == code:
            return plan
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    with _process() as pool:
        plan = pool.submit(_make_plan, name, work).result() | {"code": code}
    path.write_text(json.dumps(plan), encoding="utf-8")
    return plan


def _make_plan(name: str, work: pathlib.Path) -> dict:
    from tests.faults import cases
    from tests.faults import scenarios

    scenario = scenarios.ALL[name]
    cases.prepare(scenario, work)
    crashes, num_operations = cases.crashes(scenario, work)
    return {
        "num_operations": num_operations,
        "crashes": [dataclasses.asdict(crash) for crash in crashes],
        "errors": [
            dataclasses.asdict(fault)
            for fault in cases.errors_of(num_operations)
        ],
    }


def _try(task: dict) -> list[str]:
    """Return what is wrong after one fault; in another process."""
    from tests.faults import cases
    from tests.faults import disk
    from tests.faults import scenarios

    scenario = scenarios.ALL[task["scenario"]]
    work = pathlib.Path(task["work"])
    if "folder" in task["case"]:
        return cases.after_crash(scenario, work, cases.Crash(**task["case"]))
    return cases.after_error(scenario, work, disk.Fault(**task["case"]))


def _quiet() -> None:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["OMP_NUM_THREADS"] = "1"
    os.environ["TF_NUM_INTRAOP_THREADS"] = "1"


def _key(task: dict) -> str:
    case = task["case"]
    return case.get("name") or f"{os.strerror(case['code'])} at {case['at']}"


def _read(path: pathlib.Path) -> Iterator[tuple[str, list[str]]]:
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            yield tuple(json.loads(line))


def _code() -> str:
    digest = hashlib.sha256()
    for folder in ("dpgan_tf", "tests"):
        for path in sorted((_ROOT / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _markdown(table: list[dict]) -> str:
    names = list(table[0])
    rows = [names, ["---"] * len(names)]
    rows += [[str(row[name]) for name in names] for row in table]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


if __name__ == "__main__":
    sys.exit(main())
