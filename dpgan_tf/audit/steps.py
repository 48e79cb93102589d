"""The steps of an audit, and what they show of each canary.

Divided by its deviation, and projected on a canary's direction, the noisy sum
of a step is

    z = s / sigma_eff + N(0, 1),   s = 1 if the canary is sampled, else 0.

An attacker who sees every step knows z. The best score of a canary that is
sampled with probability q is the sum over steps of the log-likelihood ratio

    log(1 - q + q exp(z / sigma_eff - 1 / (2 sigma_eff^2))).
"""

import math

import numpy as np
import tensorflow as tf

from dpgan_tf import progress
from dpgan_tf.audit import canaries as made
from dpgan_tf.audit import cases
from dpgan_tf.audit import keys as audit_keys
from dpgan_tf.audit import witness
from dpgan_tf.privacy import batches


def take(
    case: cases.Case, canaries: made.Canaries, keys: audit_keys.AuditKeys
) -> np.ndarray:
    """Take all steps of a case, and return the canaries' scores.

    Args:
      case: what is audited.
      canaries: m canaries.
      keys: keys of the audit.

    Returns:
      float64 [m]; NaN where a noisy sum was not a number.
    """
    model = witness.build(
        case.mechanism, canaries, engine=case.engine, kind=case.kind
    )
    num_steps = case.plan.num_steps
    model.permit.begin(keys.noise.as_integers())
    model.permit.allow(num_steps)
    size = {"most_records_per_unit": case.mechanism.most_records_per_unit}
    rounds = case.make_batches(
        canaries.records(**size),
        sampling_probability=case.mechanism.sampling_probability,
        chunk_size=batches.whole_units(case.chunk_size, **size),
        key=np.array(keys.sampling.as_integers(), np.int64),
        steps_per_round=case.steps_per_round,
        sampler=case.mechanism.noise_sampler,
        **size,
    )
    total = tf.Variable(tf.zeros([len(canaries)], tf.float64), trainable=False)

    @tf.function(input_signature=[rounds.element_spec[0]], autograph=False)
    def take_step(batch):
        total.assign_add(_score(case, _direction(model, batch)))

    num_rounds = num_steps // case.steps_per_round
    with progress.bar("audit", total=num_steps, unit="step") as bar:
        for batches_of_round in rounds.prefetch(2).take(num_rounds):
            for batch in batches_of_round:
                take_step(batch)
            bar.update(case.steps_per_round)
    return total.numpy()


def _direction(
    model: witness.Witness, batch: batches.PrivateBatch
) -> tf.Tensor:
    """Return each canary's coordinate z of a step's noisy sum, float64 [m]."""
    groups = model.make_groups(model.variable_bounds)
    means, _ = model.noisy_gradients(batch, groups)
    model.steps.assign_add(1)
    mechanism = model.mechanism
    bounds = tf.linalg.matvec(groups.membership, groups.clip_norms)
    # The gradient of a record x is -x, of one length in all variables.
    sums = [
        -tf.cast(mean[:, 0] / bound, tf.float64)
        for mean, bound in zip(means, tf.unstack(bounds), strict=True)
    ]
    unit = mechanism.expected_batch_size / mechanism.noise_multiplier
    return tf.add_n(sums) * unit / math.sqrt(len(sums))


def _score(case: cases.Case, z: tf.Tensor) -> tf.Tensor:
    """Return the log-likelihood ratios of a step, by the claim's numbers."""
    q = case.plan.sampling_probability
    shift = 1 / case.plan.effective_noise_multiplier
    ratio = z * shift - shift**2 / 2
    if q == 1:
        return ratio
    apart = math.log(q) - math.log1p(-q)
    return tf.nn.softplus(ratio + apart) + math.log1p(-q)
