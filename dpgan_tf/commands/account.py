r"""Compute a run's epsilon, noise or steps from the other two.

Give two of --noise_multiplier, --num_steps and --target_epsilon; the third is
computed so that epsilon stays within the target. --noise_multiplier is sigma
of one group; k groups together have the effective noise multiplier
sigma / sqrt(k). Both accountants are always shown; --accountant selects the
one that solves ("pld" takes some seconds). "Noise over signal" compares the
noise with the longest possible mean gradient: it shows whether training can
learn anything.

Examples:
  What do 3120 steps cost?
    python -m dpgan_tf account --num_examples=49000 --batch_size=256 \
        --noise_multiplier=1.086 --num_groups=5 --num_steps=3120 --delta=1e-5
  How much noise do these steps need for epsilon 4?
    python -m dpgan_tf account --num_examples=49000 --batch_size=256 \
        --target_epsilon=4 --num_groups=5 --num_steps=3120 --delta=1e-5
  How many steps are allowed?
    python -m dpgan_tf account --num_examples=49000 --batch_size=256 \
        --target_epsilon=4 --noise_multiplier=1.6 --num_groups=5 --delta=1e-5
  What do 20 epochs cost, in which each record is drawn 20 times on average?
    python -m dpgan_tf account --num_examples=60000 --batch_size=500 \
        --noise_multiplier=1.1 --epochs=20 --delta=1e-5
  What do 20 records of one person cost, and what can a test detect of one?
    python -m dpgan_tf account --num_examples=49000 --batch_size=256 \
        --noise_multiplier=4 --num_steps=3120 --delta=1e-5 \
        --records_per_unit=20 --picture=trade_off.png
  What do the iterations of Table 7 of the dp-GAN paper cost?
    python -m dpgan_tf account --table7
  What does the noise of Equation 21 of the PPGAN paper cost?
    python -m dpgan_tf account --ppgan_eq21
"""

import pathlib
import sys
from typing import Any

from absl import flags

from dpgan_tf import errors
from dpgan_tf.claim import pricing
from dpgan_tf.commands import account_checks
from dpgan_tf.commands import account_text
from dpgan_tf.commands import results
from dpgan_tf.config import aliases
from dpgan_tf.papers import paper_prices
from dpgan_tf.privacy import durable
from dpgan_tf.privacy.accounting import plans

_TRAINING = results.Next(
    ["train", "mnist", "--epsilon=4"], "or your own records: train --help"
)
_BESIDE = ("summary_noise_multiplier", "records_per_unit")
_SOLVED = ("noise_multiplier", "num_steps", "target_epsilon")
_REQUIRED = ("num_examples", "batch_size", "delta")
_MOST_EPOCHS = 1e6


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags of this command.

    Args:
      flag_values: the object to define them in.
    """
    integer, real = flags.DEFINE_integer, flags.DEFINE_float
    numbers = (
        (integer, "num_examples", None, "Number n of private records."),
        (real, "batch_size", None, "Expected size m of a Poisson batch."),
        (real, "noise_multiplier", None, "Noise multiplier sigma of a group."),
        (integer, "num_groups", 1, "Number k of groups, clipped separately."),
        (integer, "num_steps", None, "Number T of critic steps."),
        (
            real,
            "epochs",
            None,
            "Number of times that a record is drawn, on average, instead of "
            "--num_steps.",
        ),
        (real, "delta", None, "Delta of the claim, below 1 / n."),
        (real, "target_epsilon", None, "Epsilon that may be spent."),
        (
            real,
            "summary_noise_multiplier",
            None,
            "Noise multiplier of a summary, taken once over all records.",
        ),
        (
            integer,
            "records_per_unit",
            1,
            "Most records of one person; their price together is shown, too.",
        ),
    )
    for define, name, default, text in numbers:
        define(name, default, text, flag_values=flag_values)
    flags.DEFINE_enum(
        "accountant",
        "rdp",
        plans.ACCOUNTANTS,
        "Accountant that solves for noise or steps.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "picture",
        None,
        "Where to draw what a test can detect: FILE.png.",
        flag_values=flag_values,
    )
    switches = (
        ("json", "Print the result as JSON."),
        ("legacy", "Also print epsilon by the paper's unsound accounting."),
        ("table7", "Price the eight settings of dp-GAN's Table 7."),
        ("ppgan_eq21", "Price the noise of PPGAN's Equation 21."),
    )
    for name, text in switches:
        flags.DEFINE_bool(name, False, text, flag_values=flag_values)


def run(flag_values: flags.FlagValues) -> None:
    """Print the result.

    Args:
      flag_values: the parsed flags.

    Raises:
      UserError: if a flag is missing, out of range or in conflict.
    """
    if flag_values.table7:
        _require_alone("table7", flag_values)
        report = paper_prices.table_7()
        text = account_text.of_table_7
    elif flag_values.ppgan_eq21:
        _require_alone("ppgan_eq21", flag_values)
        report = paper_prices.ppgan_eq21()
        text = account_text.of_ppgan
    else:
        _require_paper_knows(flag_values)
        values = _values(flag_values)
        picture = _picture(flag_values)
        report = _report(values)
        if picture is not None:
            _draw(report, picture)
        if flag_values.legacy:
            report["legacy"] = paper_prices.legacy(report)
        text = account_text.of_run
    print(pricing.to_json(report) if flag_values.json else text(report))
    if not flag_values.json:
        print(f"\n{results.commands([_TRAINING])}", file=sys.stderr)


def _require_paper_knows(flag_values: flags.FlagValues) -> None:
    for name in _BESIDE:
        if flag_values.legacy and flag_values[name].present:
            raise errors.UserError(
                "--legacy: the paper's accounting has no summary and no units; "
                f"leave out --{name}."
            )


def _require_alone(asked: str, flag_values: flags.FlagValues) -> None:
    others = ("num_groups", "accountant", "legacy", "table7", "ppgan_eq21")
    others += ("epochs", "picture", *_BESIDE)
    for name in (*_REQUIRED, *_SOLVED, *others):
        if name != asked and flag_values[name].present:
            raise errors.UserError(
                f"--{name}: has no effect with --{asked}, which uses the "
                "paper's settings; leave it out."
            )


def _values(flag_values: flags.FlagValues) -> dict[str, Any]:
    names = (*_REQUIRED, *_SOLVED, "num_groups", "accountant")
    names += _BESIDE
    values = {name: flag_values[name].value for name in names}
    for name in _REQUIRED:
        if values[name] is None:
            raise errors.UserError(
                f"--{name}: missing; see the examples of `account --help`."
            )
    if flag_values.epochs is not None:
        values["num_steps"] = _num_steps(flag_values.epochs, values)
    given = [name for name in _SOLVED if values[name] is not None]
    if len(given) != 2:
        raise errors.UserError(
            f"--{', --'.join(_SOLVED)}: give exactly two of them, the third "
            f"is computed; found {len(given)}."
        )
    account_checks.require_possible(values)
    return values


def _num_steps(epochs: float, values: dict[str, Any]) -> int:
    if values["num_steps"] is not None:
        raise errors.UserError(
            "--epochs, --num_steps: say the same; give one of them."
        )
    if not 0 < epochs < _MOST_EPOCHS:
        raise errors.UserError(
            f"--epochs={epochs}; expected > 0 and below {_MOST_EPOCHS:g}."
        )
    n, m = values["num_examples"], values["batch_size"]
    account_checks.require_possible(values)
    return aliases.num_steps(epochs, num_examples=n, batch_size=m)


def _report(values: dict[str, Any]) -> dict[str, Any]:
    """Return the price of a run, solving for the missing number."""
    sigma, num_steps, target = (values.pop(name) for name in _SOLVED)
    num_records = values.pop("records_per_unit")
    run = pricing.Run(**values)
    if num_steps is None:
        num_steps = run.most_steps(
            noise_multiplier=sigma, target_epsilon=target
        )
    if num_steps == 0:
        other = " or --accountant=pld," if run.accountant == "rdp" else ""
        raise errors.UserError(
            f"--target_epsilon={target}: allows no step with "
            f"--noise_multiplier={sigma}; give more noise,{other} or a larger "
            "target."
        )
    if sigma is None:
        sigma = run.least_noise(num_steps=num_steps, target_epsilon=target)
    solved = {"noise_multiplier": sigma, "num_steps": num_steps}
    report = pricing.price(run, **solved, target_epsilon=target)
    if num_records > 1:
        report["group"] = pricing.of_group(
            run, **solved, num_records=num_records
        )
    return report


def _picture(flag_values: flags.FlagValues) -> pathlib.Path | None:
    if flag_values.picture is None:
        return None
    path = pathlib.Path(flag_values.picture)
    if path.suffix != ".png" or not path.parent.is_dir():
        raise errors.UserError(
            f"--picture={errors.printable(path)}: expected FILE.png in a "
            "folder that exists."
        )
    return path


def _draw(report: dict[str, Any], path: pathlib.Path) -> None:
    """Write the trade-off of a run as a picture."""
    from dpgan_tf.report import trade_off

    png = trade_off.picture(
        pricing.plan_of(report),
        epsilon=min(report["epsilon"].values()),
        delta=report["delta"],
    )
    durable.create(path, png)
