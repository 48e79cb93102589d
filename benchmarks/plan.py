"""The cells that a run measures, and their settings."""

import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks import cases

KINDS = (
    *("check", "speed", "memory", "iteration"),
    *("profile", "run", "scale", "workers"),
)
PEERS = ("torch", "jax")

_SMALL_BATCHES = {"mnist": 64, "mlp": 64, "celeba48": 16, "lsun64": 16}
_QUICK = ("mnist", "mlp", "celeba48")
_QUICK_ROUNDS = {"warm_up": 1, "least": 3, "most": 8, "seconds": 8.0}
_PEER_BATCHES = (64, 256)
_CHECK_BATCH = 16
_MEMORY_BATCH = 256
_LARGE_MEMORY_BATCH = 4096
_PROFILED = ("private_ghost", "two_pass_project")
_PROFILED_STEPS = 10
_SCALE = {
    "num_records": 10_000,
    "side": 28,
    "num_classes": 10,
    "batch": 256,
    "width": 8,
    "rounds": {"warm_up": 2, "least": 5, "most": 15, "seconds": 30.0},
}
"""The cell of a scale that each curve varies one setting of."""


@dataclasses.dataclass(frozen=True)
class Cell:
    """A measurement in its own process.

    Attributes:
      name: unique name within a run, beginning with one of `KINDS`.
      settings: arguments of the function that measures it.
    """

    name: str
    settings: dict[str, Any]

    @property
    def kind(self) -> str:
        """One of `KINDS`."""
        return self.name.split("/")[0]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Options:
    """What a run measures.

    Attributes:
      kinds: kinds of `KINDS`.
      case_names: names of critics.
      batches: batch sizes for speed.
      presets: presets for iterations.
      chunk_size: largest number of records in a chunk.
      limit_s: time of a step in seconds above which a form is left out.
      rounds: fields of `timing.Rounds`.
      data_dir: folder of prepared data sets.
      whole: what whole runs are measured on.
      curves: values by setting of `_SCALE`, for scales.
      peers_cases: critics that the peers are measured on.
      peers_python: interpreter of the peers; empty leaves them out.
    """

    kinds: Sequence[str]
    case_names: Sequence[str]
    batches: Sequence[int]
    presets: Sequence[str]
    chunk_size: int
    limit_s: float
    rounds: dict[str, float]
    data_dir: str
    whole: "Whole"
    curves: dict[str, Sequence[int]]
    peers_cases: Sequence[str]
    peers_python: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Whole:
    """Whole runs, which alternate between packages.

    Attributes:
      data: name or path of the data set.
      recipes: names of recipes.
      epsilon: epsilon of each budget.
      repeats: number of runs of each recipe, with seeds 0, 1, ....
      packages: folders that have dpgan_tf in them, with their commits.
      scores: whether runs also compute their scores.
      settings: texts by key, which change each recipe.
    """

    data: str
    recipes: Sequence[str]
    epsilon: float
    repeats: int
    packages: dict[str, str]
    scores: bool
    settings: dict[str, str]


def quick(options: Options) -> list[Cell]:
    """Return three cells that show whether a change made a step slower.

    Args:
      options: options; only the chunk size and the limit are used.
    """
    alone = dataclasses.replace(options, rounds=_QUICK_ROUNDS, peers_python="")
    return [_speed(alone, case, _SMALL_BATCHES[case]) for case in _QUICK]


def full(options: Options) -> list[Cell]:
    """Return all cells, in the order of the kinds.

    Args:
      options: what to measure.
    """
    makers = {
        "check": _checks,
        "speed": _speeds,
        "memory": _memories,
        "iteration": _iterations,
        "profile": _profiles,
        "run": _runs,
        "scale": _scales,
        "workers": _workers,
    }
    return [cell for kind in options.kinds for cell in makers[kind](options)]


def _checks(options: Options) -> Iterator[Cell]:
    if not options.peers_python:
        return
    for peer, case in itertools.product(PEERS, options.peers_cases):
        settings = {
            "peer": peer,
            "case": case,
            "batch": _CHECK_BATCH,
            "chunk_size": options.chunk_size,
            "peers_python": options.peers_python,
        }
        yield Cell(f"check/{peer}/{case}", settings)


def _speeds(options: Options) -> Iterator[Cell]:
    for case, batch in itertools.product(options.case_names, options.batches):
        yield _speed(options, case, batch)


def _speed(options: Options, case: str, batch: int) -> Cell:
    settings = {
        "case": case,
        "batch": batch,
        "chunk_size": options.chunk_size,
        "limit_s": options.limit_s,
        "rounds": options.rounds,
    }
    takes_part = case in options.peers_cases and batch in _PEER_BATCHES
    if options.peers_python and takes_part:
        settings |= {
            "peers": list(PEERS),
            "peers_python": options.peers_python,
        }
    return Cell(f"speed/{case}/{batch}", settings)


def _memories(options: Options) -> Iterator[Cell]:
    sizes = [(_MEMORY_BATCH, form) for form in cases.FORMS]
    sizes += [(_LARGE_MEMORY_BATCH, form) for form in cases.PRIVATE_FORMS]
    for case, (batch, form) in itertools.product(options.case_names, sizes):
        settings = {
            "case": case,
            "batch": batch,
            "form": form,
            "chunk_size": options.chunk_size,
            "limit_s": options.limit_s,
        }
        yield Cell(f"memory/{case}/{batch}/{form}", settings)


def _iterations(options: Options) -> Iterator[Cell]:
    for preset in options.presets:
        settings = {
            "preset": preset,
            "data_dir": options.data_dir,
            "rounds": options.rounds,
        }
        yield Cell(f"iteration/{preset}", settings)


def _profiles(options: Options) -> Iterator[Cell]:
    for case, form in itertools.product(options.case_names, _PROFILED):
        batch = _SMALL_BATCHES[case]
        settings = {
            "case": case,
            "batch": batch,
            "form": form,
            "chunk_size": options.chunk_size,
            "num_steps": _PROFILED_STEPS,
        }
        yield Cell(f"profile/{case}/{batch}/{form}", settings)


def _runs(options: Options) -> Iterator[Cell]:
    whole = options.whole
    for seed, recipe in itertools.product(range(whole.repeats), whole.recipes):
        for package, commit in whole.packages.items():
            settings = {
                "data": whole.data,
                "data_dir": options.data_dir,
                "recipe": recipe,
                "epsilon": whole.epsilon,
                "seed": seed,
                "scores": whole.scores,
                "changes": whole.settings,
                "package": package,
                "commit": commit,
            }
            yield Cell(f"run/{_name(whole, recipe, package)}/{seed}", settings)


def _name(whole: Whole, recipe: str, package: str) -> str:
    parts = [
        *(package.strip("/"), whole.data, recipe, f"{whole.epsilon:g}"),
        *(f"{key}={value}" for key, value in whole.settings.items()),
        *(["scored"] if whole.scores else []),
    ]
    return "/".join(part.replace("/", "_") for part in parts)


def _scales(options: Options) -> Iterator[Cell]:
    for setting, values in options.curves.items():
        for value in values:
            settings = _SCALE | {setting: value, "data_dir": options.data_dir}
            yield Cell(f"scale/{setting}/{value}", settings)


def _workers(options: Options) -> Iterator[Cell]:
    yield Cell("workers/mnist", {"data_dir": options.data_dir})
