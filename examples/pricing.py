"""What a private training run costs, in Python and without TensorFlow.

    python examples/pricing.py --num_examples=60000 --batch_size=512

Three questions: how much noise a number of steps needs, how many steps a noise
allows, and what is left after some of them.
"""

import argparse

from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import calibration
from dpgan_tf.privacy.accounting import noise_multipliers
from dpgan_tf.privacy.accounting import plans


def noise_for_steps(
    num_steps: int, target: plans.Target, *, q: float, num_groups: int
) -> float:
    """Return sigma of one group, so that the steps cost at most the target.

    One record touches all k groups, so that sigma / sqrt(k) is what counts.

    Args:
      num_steps: T, noisy critic steps.
      target: what may be spent.
      q: the chance of a record to be in a step's Poisson sample, m / n.
      num_groups: k.
    """
    effective = calibration.calibrate_noise_multiplier(
        target, sampling_probability=q, num_steps=num_steps
    )
    return noise_multipliers.per_group(effective, num_groups)


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
    target = plans.Target(
        epsilon=flags.epsilon, delta=flags.delta, accountant="rdp"
    )
    q = flags.batch_size / flags.num_examples

    sigma = noise_for_steps(
        flags.num_steps, target, q=q, num_groups=flags.num_groups
    )
    effective = noise_multipliers.effective(sigma, flags.num_groups)
    print(f"{flags.num_steps} steps at epsilon {flags.epsilon:g}:")
    print(f"  sigma {sigma:.3f} in each group, {effective:.3f} together")

    for times in (1.0, 1.5, 2.0):
        plan = plans.NoisePlan(
            sampling_probability=q,
            effective_noise_multiplier=times * effective,
            num_steps=flags.num_steps,
        )
        allowed = calibration.max_steps(plan, target)
        print(f"  {times:g} times that noise: {allowed} steps")

    half = plans.NoisePlan(
        sampling_probability=q,
        effective_noise_multiplier=effective,
        num_steps=flags.num_steps // 2,
    )
    for name in plans.ACCOUNTANTS:
        spent = accounting.epsilon(half, delta=flags.delta, accountant=name)
        print(f"  epsilon after half of the steps, {name}: {spent:.3f}")


if __name__ == "__main__":
    main()
