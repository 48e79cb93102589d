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


class _Private:
    """Norms of a critic's gradients, by an engine that was chosen once."""

    def __init__(self, engine):
        self.critic, _ = tiny.parts()
        self._engine = engines.choose(engine, self.critic)

    def losses(self, rows):
        return self.critic(rows)[:, 0]

    def squared_norms(self, loss_fn):
        images = tf.constant(tiny.images(3))
        found = self._engine.differentiate(loss_fn, self.critic, images)
        return found[1].squared_norms()


@pytest.fixture(params=["ghost", "vectorized"])
def private(request):
    return _Private(request.param)


def test_no_engine_differentiates_a_rounded_loss(private):
    take = _graph(private.squared_norms)
    with pytest.raises(errors.PrivacyError, match="loss .* in bfloat16"):
        take(lambda rows: private.losses(_rounded(rows)))
    assert take(private.losses).shape[0] == 3


def test_no_engine_differentiates_a_critic_that_was_changed_later(private):
    private.critic.layers[1].dtype_policy = "mixed_bfloat16"
    with pytest.raises(errors.PrivacyError, match="critic layer .*bfloat16"):
        _graph(private.squared_norms)(private.losses)


def test_no_engine_works_once_tensorflow_may_round(private):
    option = {"auto_mixed_precision_onednn_bfloat16": True}
    tf.config.optimizer.set_experimental_options(option)
    try:
        with pytest.raises(errors.PrivacyError, match="optimizer option"):
            _graph(private.squared_norms)(private.losses)
    finally:
        option = {name: False for name in option}
        tf.config.optimizer.set_experimental_options(option)
