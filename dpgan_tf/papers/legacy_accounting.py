"""UNSOUND: the papers' own accounting, only to reproduce and price it.

dp-GAN's authors charge k groups as k independently subsampled Gaussians,

    log delta(T) = min over lambda of  T k alpha(lambda) - lambda epsilon,
    alpha(lambda) = log E_{z ~ N(0, s^2)} [ (mix(z) / N(z; 0, s^2))^(lambda+1) ]

with integer orders lambda (Abadi et al. 2016, Eq. 3). But one record affects
all groups of a subsample at once: the true price is several times higher.
PPGAN's Equation 21 prices only one outer iteration, outside the range of its
theorem. No code that trains or releases may import this module.
"""

import dataclasses
import functools
import math

from dpgan_tf.privacy import errors

WARNING = (
    "UNSOUND: prices groups as independently subsampled, as the dp-GAN "
    "authors did; no privacy claim may rest on it."
)

PPGAN_WARNING = (
    "UNSOUND: Eq. 21 of PPGAN (2019) prices one outer iteration, outside the "
    "range of its theorem; no privacy claim may rest on it."
)

_MAX_ORDER = 32
_TEST_EVERY = 10


@dataclasses.dataclass(frozen=True, kw_only=True)
class Table7Row:
    """One of the eight settings of Table 7 of dp-GAN (2018).

    Attributes:
      dataset: name in the paper.
      noise_multiplier: noise multiplier sigma of each group.
      num_examples: number n of private records.
      batch_size: batch size m over all workers.
      num_terms: number k of accountant terms (groups) per critic step.
      target_epsilon: target epsilon_0.
      paper_iterations: generator iterations that the paper reports.
    """

    dataset: str
    noise_multiplier: float
    num_examples: int
    batch_size: int
    num_terms: int
    target_epsilon: float
    paper_iterations: int
    target_delta: float = 1e-5
    critic_steps_per_iteration: int = 4

    @property
    def sampling_probability(self) -> float:
        """Sampling probability q = m / n."""
        return self.batch_size / self.num_examples

    @property
    def critic_steps(self) -> int:
        """Number T of critic steps of the reported iterations."""
        return self.critic_steps_per_iteration * self.paper_iterations


def _paper_sigma(per_step_epsilon: float) -> float:
    """Return the Gaussian mechanism's sigma at delta 1e-4, as in their code."""
    return math.sqrt(2 * math.log(1.25 / 1e-4)) / per_step_epsilon


def _rows(
    dataset: str, sigma: float, n: int, m: int, target: float, terms: dict
) -> list[Table7Row]:
    return [
        Table7Row(
            dataset=dataset,
            noise_multiplier=sigma,
            num_examples=n,
            batch_size=m,
            num_terms=num_terms,
            target_epsilon=target,
            paper_iterations=iterations,
        )
        for num_terms, iterations in terms.items()
    ]


TABLE_7 = (
    *_rows("MNIST", _paper_sigma(4), 49_000, 256, 4, {7: 560, 5: 780}),
    *_rows("CelebA", _paper_sigma(8), 198_548, 192, 10, {7: 2910, 5: 4070}),
    *_rows(
        "LSUN-L", _paper_sigma(10), 2_450_000, 256, 10, {9: 15010, 7: 19300}
    ),
    *_rows(
        "LSUN-U", _paper_sigma(10), 2_973_042, 256, 10, {9: 24630, 7: 31670}
    ),
)


def iterations_exact(row: Table7Row) -> float:
    """Return the fractional iterations at which the legacy delta is spent.

    Args:
      row: a setting of Table 7.

    Returns:
      Generator iterations; log moments are linear in them.
    """
    return max(
        (order * row.target_epsilon + math.log(row.target_delta))
        / (row.critic_steps_per_iteration * row.num_terms * moment)
        for order, moment in _log_moments(
            row.sampling_probability, row.noise_multiplier
        )
    )


def iterations_reported(row: Table7Row) -> int:
    """Return the iterations at which the authors' code stops.

    Args:
      row: a setting of Table 7.

    Returns:
      The first multiple of 10 with the budget overspent: the authors' code
      tests the budget after every 10 iterations.
    """
    return _TEST_EVERY * math.ceil(iterations_exact(row) / _TEST_EVERY)


def legacy_epsilon(
    *,
    sampling_probability: float,
    noise_multiplier: float,
    num_groups: int,
    num_steps: int,
    delta: float,
) -> float:
    """Return the epsilon that the authors' accounting claims.

    Args:
      sampling_probability: sampling probability q.
      noise_multiplier: noise multiplier sigma of each group.
      num_groups: number k of accountant terms per step.
      num_steps: number T of critic steps.
      delta: delta in (0, 1).

    Returns:
      An epsilon that is NOT a valid claim for more than one group.

    Raises:
      PrivacyError: if a value is out of range.
    """
    valid = (
        0 < sampling_probability <= 1
        and 0 < noise_multiplier < math.inf
        and num_groups >= 1
        and num_steps >= 0
        and 0 < delta < 1
    )
    if not valid:
        raise errors.PrivacyError(
            f"sampling_probability={sampling_probability}, "
            f"noise_multiplier={noise_multiplier}, num_groups={num_groups}, "
            f"num_steps={num_steps}, delta={delta}; expected in (0, 1], > 0, "
            ">= 1, >= 0 and in (0, 1)."
        )
    return min(
        (num_steps * num_groups * moment - math.log(delta)) / order
        for order, moment in _log_moments(
            sampling_probability, noise_multiplier
        )
    )


def ppgan_noise_multiplier(
    *,
    sampling_probability: float,
    num_critic_steps: int,
    epsilon: float,
    delta: float,
) -> float:
    """Return sigma_n = 2 q sqrt(n_d log(1 / delta)) / epsilon (PPGAN Eq. 21).

    Args:
      sampling_probability: sampling probability q.
      num_critic_steps: number n_d of critic steps in one outer iteration.
      epsilon: epsilon that the paper claims for it.
      delta: delta in (0, 1).

    Returns:
      A noise multiplier that does NOT give this epsilon.
    """
    root = math.sqrt(num_critic_steps * math.log(1 / delta))
    return 2 * sampling_probability * root / epsilon


@functools.lru_cache(maxsize=64)
def _log_moments(q: float, sigma: float) -> tuple[tuple[int, float], ...]:
    return tuple(
        (order, _log_moment(q, sigma, order))
        for order in range(1, _MAX_ORDER + 1)
    )


def _log_moment(q: float, sigma: float, order: int) -> float:
    """Return alpha(lambda), by the binomial expansion of the mixture."""
    if q == 1:
        return order * (order + 1) / (2 * sigma**2)
    power = order + 1
    logs = [
        math.log(math.comb(power, i))
        + i * math.log(q)
        + (power - i) * math.log1p(-q)
        + i * (i - 1) / (2 * sigma**2)
        for i in range(power + 1)
    ]
    largest = max(logs)
    return largest + math.log(math.fsum(math.exp(x - largest) for x in logs))
