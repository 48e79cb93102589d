"""Prices of runs as text for a terminal."""

import math
from typing import Any

from dpgan_tf.claim import plain_words
from dpgan_tf.claim import pricing
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.run import noise_levels


def of_run(report: dict[str, Any]) -> str:
    """Return the price of a run.

    Args:
      report: the result of `pricing.price`.
    """
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
    text += ["", "Risk of one record, by PLD:", *_risk(report["risk"])]
    text += _group_lines(report)
    if "legacy" in report:
        text += ["", report["legacy"]["warning"]]
    text += ["", "Assumptions:"]
    return "\n".join([*text, *(f"- {item}" for item in report["assumptions"])])


def _risk(risk: dict[str, Any]) -> list[str]:
    said = [f"{name:<29}{text}" for name, text in plain_words.numbers(risk)]
    if risk["bound_by"] != "pld":
        said.append("(PLD has none: from one epsilon and delta by RDP alone)")
    return said


def _group_lines(report: dict[str, Any]) -> list[str]:
    """Return the price of several records of one person, if asked."""
    group = report.get("group")
    if group is None:
        return []
    name = f"epsilon of {group['records_per_unit']} records, PLD"
    return [
        "",
        f"{name:<29}{_priced(group['epsilon'])}",
        f"{'epsilon of them, RDP':<29}not available: RDP has no price for them",
        f"Risk of {group['records_per_unit']} records together, by PLD:",
        *_risk(group["risk"]),
    ]


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


def of_table_7(report: dict[str, Any]) -> str:
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


def of_ppgan(report: dict[str, Any]) -> str:
    """Return the cost of PPGAN's Equation 21.

    Args:
      report: the result of `paper_prices.ppgan_eq21`.
    """
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
