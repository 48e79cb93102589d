"""Parses the flags of `python -m benchmarks.run`."""

import dataclasses
import pathlib
from collections.abc import Sequence

from absl import flags

from benchmarks import cases
from benchmarks import flag_values
from benchmarks import machine
from benchmarks import plan
from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import wanted as asked

_POSITIVE = (
    *("chunk_size", "limit_s", "most_rounds", "seconds"),
    *("epsilon", "repeats"),
)
_FULL_ONLY = (
    *flag_values.LISTS,
    *("peers_python", "data_dir", "most_rounds", "seconds"),
    *("data", "epsilon", "repeats", "scores"),
)
_WARM_UP_ROUNDS, _LEAST_ROUNDS = 2, 5


@dataclasses.dataclass(frozen=True, kw_only=True)
class Chosen:
    """The parsed flags.

    Attributes:
      is_quick: whether to measure three cells instead of all.
      out: file of the results.
      threads: number of cores to use.
      plan: what to measure.
    """

    is_quick: bool
    out: str
    threads: int
    plan: plan.Options


def parse(arguments: Sequence[str]) -> Chosen:
    """Return the parsed flags.

    Args:
      arguments: arguments of the command line.

    Raises:
      UserError: for an invalid value.
      flags.Error: for an unknown flag or a value of the wrong type.
    """
    values = flag_values.define()
    left_over = values(["benchmarks", *arguments])[1:]
    if left_over:
        raise errors.UserError(
            f"unexpected argument {left_over[0]!r}; flags are --name=value."
        )
    is_full = values.full or values["kinds"].present
    if values.quick == is_full:
        raise errors.UserError(
            "give one of --quick, --full and --kinds; see --help."
        )
    _require_effect(values)
    for name in _POSITIVE:
        value = values[name].value
        if not value > 0:
            raise errors.UserError(f"--{name}={value}; expected > 0.")
    mode = "quick" if values.quick else "full"
    return Chosen(
        is_quick=values.quick,
        out=values.out or f"benchmarks/results/{mode}.json",
        threads=values.threads,
        plan=_plan(values),
    )


def _require_effect(values: flags.FlagValues) -> None:
    """Refuse flags without effect."""
    for name in _FULL_ONLY:
        if values.quick and values[name].present:
            raise errors.UserError(
                f"--{name}: has no effect with --quick; leave it out."
            )
    asks_for_peers = values["kinds"].present and "check" in values.kinds
    if asks_for_peers and not values.peers_python:
        raise errors.UserError("--kinds=check: needs --peers_python.")


def _that_step_at_once() -> list[str]:
    """Return the presets without a summary, which can step at once."""
    return [
        name for name in presets.names() if presets.get(name).summary is None
    ]


def _plan(values: flags.FlagValues) -> plan.Options:
    all_cases = tuple(cases.CASES)
    return plan.Options(
        kinds=_known("kinds", values.kinds, plan.KINDS),
        case_names=_known("cases", values.cases, all_cases),
        batches=_numbers("batches", values),
        presets=_known("presets", values.presets, _that_step_at_once()),
        chunk_size=values.chunk_size,
        limit_s=values.limit_s,
        rounds={
            "warm_up": _WARM_UP_ROUNDS,
            "least": min(_LEAST_ROUNDS, values.most_rounds),
            "most": values.most_rounds,
            "seconds": values.seconds,
        },
        data_dir=values.data_dir,
        whole=_whole(values),
        curves={
            "num_records": _numbers("num_records", values),
            "side": _numbers("sides", values),
            "num_classes": _numbers("classes", values),
        },
        peers_cases=_known("peers_cases", values.peers_cases, all_cases),
        peers_python=values.peers_python,
    )


def _whole(values: flags.FlagValues) -> plan.Whole:
    return plan.Whole(
        data=values.data,
        recipes=_known("recipes", values.recipes, asked.names()),
        epsilon=values.epsilon,
        repeats=values.repeats,
        packages={name: _commit(name) for name in values.packages},
        scores=values.scores,
        settings=dict(_setting(text) for text in values.settings),
    )


def _setting(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise errors.UserError(f"--settings: {text!r}; expected KEY=VALUE.")
    return key, value


def _commit(package: str) -> str:
    """Return a checkout's commit, which its results are kept with."""
    if not (pathlib.Path(package) / "dpgan_tf").is_dir():
        raise errors.UserError(
            f"--packages={package}: has no folder dpgan_tf; name the root of a "
            "checkout."
        )
    return machine.commit(package)


def _known(name: str, texts: list[str], known: Sequence[str]) -> list[str]:
    for text in texts:
        if text not in known:
            raise errors.UserError(
                f"--{name}: unknown {text!r}; choose from {', '.join(known)}."
            )
    return texts


def _numbers(name: str, values: flags.FlagValues) -> list[int]:
    return [_positive(name, text) for text in values[name].value]


def _positive(name: str, text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise errors.UserError(f"--{name}: {text!r}; expected a number > 0.")
    return int(text)
