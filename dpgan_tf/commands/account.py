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
  What do the iterations of Table 7 of the dp-GAN paper cost?
    python -m dpgan_tf account --table7
  What does the noise of Equation 21 of the PPGAN paper cost?
    python -m dpgan_tf account --ppgan_eq21
"""

import math
from typing import Any

from absl import flags

from dpgan_tf import errors
from dpgan_tf.claim import pricing
from dpgan_tf.papers import paper_prices
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.run import noise_levels

_BESIDE = ("summary_noise_multiplier",)
_SOLVED = ("noise_multiplier", "num_steps", "target_epsilon")
_REQUIRED = ("num_examples", "batch_size", "delta")
_AT_MOST = {
    "num_examples": 10**15,
    "num_groups": 10**6,
    "noise_multiplier": 1e6,
    "summary_noise_multiplier": 1e6,
    "target_epsilon": 1e6,
}
"""Larger than any run needs, and within the accountants' range."""


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
        (real, "delta", None, "Delta of the claim, below 1 / n."),
        (real, "target_epsilon", None, "Epsilon that may be spent."),
        (
            real,
            "summary_noise_multiplier",
            None,
            "Noise multiplier of a summary, taken once over all records.",
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
        text = table_7_text
    elif flag_values.ppgan_eq21:
        _require_alone("ppgan_eq21", flag_values)
        report = paper_prices.ppgan_eq21()
        text = _ppgan_text
    else:
        _require_paper_knows(flag_values)
        report = _report(_values(flag_values))
        if flag_values.legacy:
            report["legacy"] = paper_prices.legacy(report)
        text = _text
    print(pricing.to_json(report) if flag_values.json else text(report))


def _require_paper_knows(flag_values: flags.FlagValues) -> None:
    for name in _BESIDE:
        if flag_values.legacy and flag_values[name].present:
            raise errors.UserError(
                "--legacy: the paper's accounting has no summary; leave out "
                f"--{name}."
            )


def _require_alone(asked: str, flag_values: flags.FlagValues) -> None:
    others = ("num_groups", "accountant", "legacy", "table7", "ppgan_eq21")
    others += _BESIDE
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
    given = [name for name in _SOLVED if values[name] is not None]
    if len(given) != 2:
        raise errors.UserError(
            f"--{', --'.join(_SOLVED)}: give exactly two of them, the third "
            f"is computed; found {len(given)}."
        )
    _require_possible(values)
    return values


def _report(values: dict[str, Any]) -> dict[str, Any]:
    """Return the price of a run, solving for the missing number."""
    sigma, num_steps, target = (values.pop(name) for name in _SOLVED)
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
    return pricing.price(
        run,
        noise_multiplier=sigma,
        num_steps=num_steps,
        target_epsilon=target,
    )


def _require_possible(values: dict[str, Any]) -> None:
    for name, most in _AT_MOST.items():
        value = values[name]
        if value is not None and value > most:
            shown = errors.printable(value, largest=40)
            raise errors.UserError(
                f"--{name}={shown}; expected at most {most:g}."
            )
    n, groups, steps = (
        values["num_examples"],
        values["num_groups"],
        values["num_steps"],
    )
    _require("num_examples", n, n >= 1, ">= 1")
    _require("num_groups", groups, groups >= 1, ">= 1")
    _require(
        "batch_size",
        values["batch_size"],
        0 < values["batch_size"] <= n,
        f"> 0 and at most --num_examples={n}, so that the sampling "
        "probability is at most 1",
    )
    _require(
        "delta",
        values["delta"],
        0 < values["delta"] < 1 / n,
        f"> 0 and below 1 / num_examples = {1 / n:.3g}; a larger delta would "
        "allow publishing records at random",
    )
    for name in (
        *("noise_multiplier", "target_epsilon"),
        "summary_noise_multiplier",
    ):
        value = values[name]
        holds = value is None or 0 < value < math.inf
        _require(name, value, holds, "> 0 and finite")
    _require(
        "num_steps",
        steps,
        steps is None or 1 <= steps <= plans.MAX_STEPS,
        f"between 1 and {plans.MAX_STEPS}",
    )


def _require(name: str, value: Any, holds: bool, expected: str) -> None:
    if not holds:
        raise errors.UserError(f"--{name}={value}; expected {expected}.")


def _text(report: dict[str, Any]) -> str:
    epsilon = report["epsilon"]
    lines = [
        ("examples", f"{report['num_examples']}"),
        ("expected batch size", f"{report['batch_size']:g}"),
        ("sampling probability", f"{report['sampling_probability']:.8g}"),
        ("groups", f"{report['num_groups']}"),
        ("noise multiplier, per group", f"{report['noise_multiplier']:.6f}"),
        (
            "noise multiplier, effective",
            f"{report['effective_noise_multiplier']:.6f}",
        ),
        *_summary_line(report),
        ("critic steps", f"{report['num_steps']}{_limit(report)}"),
        ("epochs", f"{report['epochs']:.2f}"),
        ("delta", f"{report['delta']!r}"),
        ("epsilon, RDP accountant", _priced(epsilon["rdp"])),
        ("epsilon, PLD accountant", _priced(epsilon["pld"])),
        ("noise over signal, a step", f"{report['noise_of_a_step']:.3g}"),
        ("noise over signal, all steps", _noise(report["noise_of_all_steps"])),
    ]
    if report["target_epsilon"] is not None:
        solver = report["accountant"].upper()
        target = f"{report['target_epsilon']!r}, solved with {solver}"
        lines.append(("target epsilon", target))
    if "legacy" in report:
        wrong = f"{report['legacy']['epsilon']:.6f}  <- UNSOUND, not a claim"
        lines.append(("epsilon, paper's accounting", wrong))
    text = [f"{name:<29}{value}" for name, value in lines]
    if "legacy" in report:
        text += ["", report["legacy"]["warning"]]
    text += ["", "Assumptions:"]
    return "\n".join([*text, *(f"- {item}" for item in report["assumptions"])])


def _priced(epsilon: float) -> str:
    if math.isinf(epsilon):
        return "none known: delta is too small for it, or the noise"
    if epsilon <= 0:  # Too small for the accountant to resolve.
        return "< 0.000001"
    return f"{pricing.round_up(epsilon):.6f}"


def _noise(length: float) -> str:
    """Return the noise over signal of all steps, and what it means."""
    return "; ".join(
        filter(None, (f"{length:.3g}", noise_levels.judge(length)))
    )


def _summary_line(report: dict[str, Any]) -> list[tuple[str, str]]:
    value = report["summary_noise_multiplier"]
    if value is None:
        return []
    return [("noise multiplier, summary", f"{value:.6f}")]


def _limit(report: dict[str, Any]) -> str:
    at_limit = report["num_steps"] == plans.MAX_STEPS
    return " (the largest number priced)" if at_limit else ""


def table_7_text(report: dict[str, Any]) -> str:
    """Return Table 7 as text for a terminal.

    Args:
      report: the result of `paper_prices.table_7`.
    """
    lines = [
        "Table 7 of dp-GAN (2018). " + report["warning"],
        "",
        "                  claimed   iterations        critic   true epsilon",
        "dataset   groups  epsilon   paper  legacy      steps     RDP     PLD",
    ]
    for row in report["rows"]:
        true = row["true_epsilon"]
        lines.append(
            f"{row['dataset']:<10}{row['num_groups']:>6}"
            f"{row['claimed_epsilon']:>9g}{row['paper_iterations']:>8}"
            f"{row['legacy_iterations']:>8}{row['critic_steps']:>11}"
            f"{true['rdp']:>8.1f}{true['pld']:>8.1f}"
        )
    return "\n".join(lines)


def _ppgan_text(report: dict[str, Any]) -> str:
    setting = report["setting"]
    lines = [
        "Equation 21 of PPGAN (2019). " + report["warning"],
        "",
        f"MNIST, n = {setting['num_examples']:,}, "
        f"m = {setting['batch_size']}, "
        f"n_d = {setting['num_critic_steps']}, delta = {setting['delta']:g}. "
        "Every record's",
        "gradient is clipped to C and the sum gets noise of sigma C; the paper",
        "does less than that.",
        "",
        "claimed   sigma by     outer     critic        epsilon  sigma that",
        "epsilon   Eq. 21  iterations      steps         by RDP    it needs",
    ]
    for row in report["rows"]:
        for cost in row["costs"]:
            lines.append(
                f"{row['claimed_epsilon']:>7g}{row['sigma']:>9.6f}"
                f"{cost['iterations']:>12,}{cost['critic_steps']:>11,}"
                f"{cost['epsilon']:>15.4g}{cost['needed_sigma']:>12.4f}"
            )
    lines += [
        "",
        f"The paper takes {setting['num_iterations']:,} outer iterations, "
        "which cost even more.",
    ]
    return "\n".join(lines)
