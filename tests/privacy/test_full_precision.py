"""Losses of private records are float32 throughout."""

import pytest
import tensorflow as tf

from dpgan_tf.privacy import engines
from dpgan_tf.privacy import errors
from dpgan_tf.privacy import full_precision
from tests.models import tiny

RECORDS = tf.ones([3, 2])


def _traced(loss_fn, records=RECORDS):
    return _graph(full_precision.required(loss_fn))(records)


def _graph(function):
    return tf.function(function, autograph=False)


def _rounded(records):
    return tf.cast(tf.cast(records, tf.bfloat16), tf.float32)


def test_a_loss_of_float32_and_float64_is_left_as_it_is():
    def loss_fn(records):
        wide = tf.cast(records, tf.float64)
        return tf.cast(tf.reduce_sum(wide, axis=1), tf.float32)

    assert _traced(loss_fn).numpy().tolist() == [2, 2, 2]
    eager = full_precision.required(loss_fn)(RECORDS)
    assert eager.numpy().tolist() == [2, 2, 2]


@pytest.mark.parametrize("dtype", [tf.bfloat16, tf.float16])
def test_fewer_bits_are_refused_wherever_they_are(dtype):
    def loss_fn(records):
        return tf.reduce_sum(tf.cast(tf.cast(records, dtype), tf.float32), 1)

    with pytest.raises(errors.PrivacyError, match=f"{dtype.name} .*Cast"):
        _traced(loss_fn)
    with pytest.raises(errors.PrivacyError, match=rf"{dtype.name} \(records"):
        _traced(lambda records: records[:, 0], tf.cast(RECORDS, dtype))


def test_what_came_before_the_loss_may_be_rounded():
    """Fakes are public, whatever made them."""

    @tf.function
    def step(records):
        fakes = _rounded(records)
        checked = full_precision.required(lambda r: r[:, 0] - fakes[:, 0])
        return checked(records)

    assert step(RECORDS).numpy().tolist() == [0, 0, 0]


@pytest.mark.parametrize("name", ["ghost", "vectorized"])
def test_both_engines_refuse_a_rounded_loss_and_a_critic_changed_later(name):
    critic, _ = tiny.parts()
    engine = engines.choose(name, critic)
    images = tf.constant(tiny.images(3))

    def squared_norms(loss_fn):
        _, gradients = engine.differentiate(loss_fn, critic, images)
        return gradients.squared_norms()

    def exact(rows):
        return critic(rows)[:, 0]

    with pytest.raises(errors.PrivacyError, match="computes in bfloat16"):
        _graph(squared_norms)(lambda rows: exact(_rounded(rows)))
    assert _graph(squared_norms)(exact).shape[0] == 3
    critic.layers[1].dtype_policy = "mixed_bfloat16"
    with pytest.raises(errors.PrivacyError, match="computes in bfloat16"):
        _graph(squared_norms)(exact)
