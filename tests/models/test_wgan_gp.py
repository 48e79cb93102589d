"""The non-private base: its schedule, its average, its types."""

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.models import losses
from dpgan_tf.models import wgan_gp
from tests.models import tiny


def make(**settings):
    return tiny.compiled(
        wgan_gp.WGANGP(*tiny.parts(), **({"batch_size": 4} | settings))
    )


def weights(model):
    return [v.numpy() for v in model.trainable_variables]


def test_a_round_is_n_critic_steps_and_one_of_the_generator():
    model, by_hand, fewer = (make(num_critic_steps=3) for _ in range(3))
    rounds = [tiny.public_batch(seed=seed) for seed in range(3)]
    model.train_step(rounds)
    start = weights(by_hand.generator)
    for batch in rounds:
        by_hand.critic_step(batch)
        for a, b in zip(start, weights(by_hand.generator), strict=True):
            np.testing.assert_array_equal(a, b)
    by_hand.generator_step()
    assert int(model.steps) == int(by_hand.steps) == 3
    for batch in rounds[:2]:
        fewer.critic_step(batch)
    fewer.generator_step()
    first = tiny.state(make(num_critic_steps=3))
    whole, apart = tiny.state(model), tiny.state(by_hand)
    # A rounding may put a unit on the other side of a leaky ReLU's corner, and
    # Adam takes a small gradient for a large one: .03 once, 1e-8 else.
    moved_by = _distance(whole, first)
    assert _distance(whole, apart) < 0.1 * moved_by
    assert _distance(whole, tiny.state(fewer)) > 0.2 * moved_by
    moved = zip(start, weights(model.generator), strict=True)
    assert any(np.any(a != b) for a, b in moved)


def _distance(first, second):
    squares = [np.sum((a - b) ** 2) for a, b in zip(first, second, strict=True)]
    return np.sqrt(sum(squares))


@pytest.mark.parametrize("num", [0, 2, 4])
def test_a_round_of_another_length_is_refused(num):
    with pytest.raises(ValueError, match="num_critic_steps=3"):
        make(num_critic_steps=3).train_step([tiny.public_batch()] * num)


def test_the_critic_follows_the_gradient_of_the_mean_loss():
    model = make(num_critic_steps=100)
    batch = tiny.public_batch(5)
    fakes, mixes = model.draws.fakes(5, purpose=0)
    variables = [v.value for v in model.critic.trainable_variables]
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(
            losses.critic_loss(
                model.critic,
                batch.examples,
                fakes[:, None],
                mixes[:, None],
                penalty_weight=10.0,
            )
        )
    gradients = tape.gradient(loss, variables)
    before = weights(model.critic)
    model.critic_step(batch)
    for old, gradient, new in zip(
        before, gradients, weights(model.critic), strict=True
    ):
        np.testing.assert_allclose(
            new, old - 1e-2 * tf.convert_to_tensor(gradient), atol=1e-6
        )


@pytest.mark.parametrize(("decay", "num"), [(0.0, 2), (0.75, 0), (0.75, 1)])
def test_without_earlier_steps_or_decay_the_average_is_the_generator(
    decay, num
):
    model = make(num_critic_steps=1, generator_ema_decay=decay)
    for seed in range(num):
        model.train_step([tiny.public_batch(seed=seed)])
    for current, average in zip(
        model.generator.variables,
        model.averaged_generator.variables,
        strict=True,
    ):
        np.testing.assert_array_equal(average, current)


def test_the_average_forgets_where_it_began():
    """It is the weighted mean of the generators since, as Adam's moments."""
    decay, num = 0.75, 4
    model = make(num_critic_steps=1, generator_ema_decay=decay)
    seen = []
    for seed in range(num):
        model.train_step([tiny.public_batch(seed=seed)])
        seen.append(weights(model.generator))
    shares = decay ** np.arange(num)[::-1]
    shares /= shares.sum()
    for average, *values in zip(
        weights(model.averaged_generator), *seen, strict=True
    ):
        expected = np.tensordot(shares, np.stack(values), 1)
        np.testing.assert_allclose(average, expected, rtol=1e-4, atol=1e-6)


def test_private_records_are_refused():
    with pytest.raises(TypeError, match="PublicBatch"):
        make().critic_step(tiny.private_batch(tiny.images(3)))


def test_fit_trains_without_retracing():
    model = make(num_critic_steps=2)
    dataset = tf.data.Dataset.from_tensors((tiny.public_batch(),) * 2).repeat()
    model.fit(dataset, steps_per_epoch=5, verbose=0)
    assert int(model.steps) == 10
    assert model._critic_step.experimental_get_tracing_count() == 1
