import pytest
import tensorflow as tf

from dpgan_tf.models import patience


def steps_taken(*, score, accuracy, num_rounds, before=10_000):
    """Return after which rounds a generator step is due, and the average.

    `accuracy` is the average after so many critic steps before.
    """
    waiting = patience.Patience(0.5)
    waiting.accuracy_on_fakes.assign(accuracy)
    taken = [
        i
        for i in range(num_rounds)
        if waiting.is_over(
            tf.fill([4, 1], score),
            num_steps=1,
            steps=tf.constant(before + i + 1, tf.int64),
        )
    ]
    return taken, float(waiting.accuracy_on_fakes)


def test_a_good_critic_is_not_waited_for_at_the_start():
    taken, accuracy = steps_taken(
        score=-1.0, accuracy=0.0, num_rounds=3, before=0
    )
    assert taken == [0, 1, 2]
    assert accuracy == pytest.approx(1 - 0.99**3)


def test_a_generator_steps_while_the_critic_tells_fakes():
    taken, accuracy = steps_taken(score=-1.0, accuracy=0.5, num_rounds=3)
    assert taken == [0, 1, 2]
    assert accuracy == pytest.approx(1 - 0.5 * 0.99**3)


def test_a_generator_waits_for_the_critic_but_not_for_ever():
    most = patience.MOST_ROUNDS
    taken, accuracy = steps_taken(
        score=1.0, accuracy=0.5, num_rounds=2 * most + 2
    )
    assert taken == [most, 2 * most + 1]
    assert accuracy < 0.5


def test_rounds_of_more_critic_steps_weigh_more():
    waiting = patience.Patience(0.5)
    steps = tf.constant(10_000, tf.int64)
    waiting.is_over(tf.constant([[-1.0], [1.0]]), num_steps=3, steps=steps)
    assert float(waiting.accuracy_on_fakes) == pytest.approx(
        0.5 * (1 - 0.99**3)
    )
