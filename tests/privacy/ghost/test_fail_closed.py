"""What the ghost engine cannot vouch for raises."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from dpgan_tf.models import networks
from dpgan_tf.privacy import errors
from dpgan_tf.privacy.ghost import engine as ghost
from tests.privacy.ghost import reference

SHAPE = (28, 28, 1)


class Leaking(keras.Model):
    """Uses a kernel once more, outside of its layer."""

    def __init__(self):
        super().__init__()
        self.score = layers.Dense(1, name="score")

    def build(self, shape):
        self.score.build(shape)

    def call(self, features):
        extra = keras.ops.sum(self.score.kernel**2)
        return self.score(features) + extra


def test_a_weight_that_is_used_outside_of_its_layer_is_named():
    critic = Leaking()
    critic.build((None, 5))
    with pytest.raises(errors.PrivacyError, match="score/kernel.*vectorized"):
        ghost.differentiate_unjudged(
            lambda x: critic(x)[:, 0], critic, tf.ones([3, 5])
        )


def test_rows_that_are_not_the_records_are_refused_while_tracing():
    critic = networks.build_critic(SHAPE, width=2)

    def twice(images):
        return critic(tf.concat([images, images], axis=0))[: len(images), 0]

    with pytest.raises(errors.PrivacyError, match="6 rows for 3 records"):
        ghost.differentiate(twice, critic, reference.records(3, SHAPE)[0])


def test_rows_that_are_not_the_records_fail_where_sizes_are_unknown():
    critic = networks.build_critic(SHAPE, width=2)

    @tf.function(input_signature=[tf.TensorSpec([None, *SHAPE])])
    def norms(images):
        def twice(images):
            scores = critic(tf.concat([images, images], axis=0))[:, 0]
            return scores[: tf.shape(images)[0]]

        return ghost.differentiate(twice, critic, images)[1].squared_norms()

    with pytest.raises(tf.errors.InvalidArgumentError):
        norms(reference.records(3, SHAPE)[0])


def test_layers_are_themselves_again_after_an_error():
    critic = networks.build_critic(SHAPE, width=2)
    images = reference.records(3, SHAPE)[0]
    before = critic(images).numpy()

    def fail(images):
        critic(images)
        raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError, match="out of memory"):
        ghost.differentiate(fail, critic, images)
    assert not any("call" in vars(layer) for layer in critic.layers)
    np.testing.assert_array_equal(critic(images), before)
