"""What a private training run costs, in Python and without TensorFlow.

    python examples/pricing.py --num_examples=60000 --batch_size=512

Three questions: how much noise a number of steps needs, how many steps a noise
allows, and what is left after some of them.
"""

import argparse

from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import calibration
from dpgan_tf.privacy.accounting import noise_multipliers


def noise_for_steps(
    num_steps: int, *, epsilon: float, delta: float, q: float, num_groups: int
) -> float:
    """Return sigma of one group, so that the steps cost at most epsilon.

    One record touches all k groups, so that sigma / sqrt(k) is what counts.

    Args:
      num_steps: T, noisy critic steps.
      epsilon: the budget.
      delta: below 1 / n.
      q: the chance of a record to be in a step's Poisson sample, m / n.
      num_groups: k.
    """
    effective = calibration.calibrate_noise_multiplier(
        target_epsilon=epsilon,
        target_delta=delta,
        sampling_probability=q,
        num_steps=num_steps,
        accountant="rdp",
    )
    return noise_multipliers.per_group(effective, num_groups)


def steps_for_noise(
    effective: float, *, epsilon: float, delta: float, q: float
) -> int:
    """Return the number of steps that a noise allows.

    Args:
      effective: sigma / sqrt(k).
      epsilon: the budget.
      delta: below 1 / n.
      q: as above.
    """
    return calibration.max_steps(
        target_epsilon=epsilon,
        target_delta=delta,
        sampling_probability=q,
        effective_noise_multiplier=effective,
        accountant="rdp",
    )


def spent_after(
    num_steps: int, *, effective: float, delta: float, q: float, accountant: str
) -> float:
    """Return the epsilon of a number of steps.

    Args:
      num_steps: T.
      effective: sigma / sqrt(k).
      delta: below 1 / n.
      q: as above.
      accountant: "rdp", or "pld", which is tighter.
    """
    curve = accounting.EpsilonCurve(
        sampling_probability=q,
        effective_noise_multiplier=effective,
        delta=delta,
        accountant=accountant,
    )
    return curve.epsilon_after(num_steps)


def main() -> None:
    """Answer the three questions for the numbers of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--num_examples", type=int, default=58_800)
    parser.add_argument("--batch_size", type=int, default=512)
    parser.add_argument("--num_groups", type=int, default=5)
    parser.add_argument("--num_steps", type=int, default=5_000)
    parser.add_argument("--epsilon", type=float, default=4.0)
    parser.add_argument("--delta", type=float, default=1e-5)
    flags = parser.parse_args()
    known = {"delta": flags.delta, "q": flags.batch_size / flags.num_examples}

    sigma = noise_for_steps(
        flags.num_steps,
        epsilon=flags.epsilon,
        num_groups=flags.num_groups,
        **known,
    )
    effective = noise_multipliers.effective(sigma, flags.num_groups)
    print(f"{flags.num_steps} steps at epsilon {flags.epsilon:g}:")
    print(f"  sigma {sigma:.3f} in each group, {effective:.3f} together")

    for times in (1.0, 1.5, 2.0):
        allowed = steps_for_noise(
            times * effective, epsilon=flags.epsilon, **known
        )
        print(f"  {times:g} times that noise: {allowed} steps")

    for accountant in accounting.ACCOUNTANTS:
        half = spent_after(
            flags.num_steps // 2,
            effective=effective,
            accountant=accountant,
            **known,
        )
        print(f"  epsilon after half of the steps, {accountant}: {half:.3f}")


if __name__ == "__main__":
    main()
