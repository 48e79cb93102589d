"""No noise without permission, and keys that nobody can guess or reuse."""

import pytest
import tensorflow as tf

from dpgan_tf.privacy import draws
from dpgan_tf.privacy.ledger import keys


def test_a_new_permit_allows_nothing():
    with pytest.raises(tf.errors.InvalidArgumentError, match="ledger"):
        draws.Permit().next_step()


def test_steps_are_counted_and_end_where_the_permission_does():
    permit = draws.Permit()
    permit.begin((1, 2, 3, 4))
    permit.allow(2)
    step = tf.function(permit.next_step)
    assert [int(step()), int(step())] == [0, 1]
    assert permit.num_drawn == 2
    assert permit.num_left == 0
    with pytest.raises(tf.errors.InvalidArgumentError):
        step()
    assert permit.num_drawn == 2
    permit.allow(1)
    assert int(step()) == 2


def test_a_draw_that_was_not_allowed_yields_no_gradient():
    """XLA drops assertions, and this must hold there too."""
    permit = draws.Permit()
    permit.begin((1, 2, 3, 4))
    permit.allow(1)
    gradients = [tf.ones([2])]
    allowed = permit.gate(gradients, tf.constant(0, tf.int64))
    refused = permit.gate(gradients, tf.constant(1, tf.int64))
    assert allowed[0].numpy().tolist() == [1.0, 1.0]
    assert bool(tf.reduce_all(tf.math.is_nan(refused[0])))


def test_a_new_attempt_forgets_the_old_permission():
    permit = draws.Permit()
    permit.begin((1, 2, 3, 4))
    permit.allow(5)
    permit.begin((3, 4, 5, 6))
    assert permit.num_left == 0
    assert permit.key.numpy().tolist() == [3, 4, 5, 6]


def test_keys_from_entropy_differ():
    made = [keys.from_entropy() for _ in range(100)]
    assert len({key.secret for key in made}) == 100


def test_no_two_words_of_a_key_are_the_same():
    made = [
        word for _ in range(50) for word in keys.from_entropy().as_integers()
    ]
    assert len(set(made)) == 200


def test_seeded_keys_differ_by_seed_attempt_and_purpose():
    made = {
        keys.from_seed(seed, attempt=attempt, purpose=purpose).secret
        for seed in (0, 1)
        for attempt in (0, 1)
        for purpose in ("noise", "sampling")
    }
    assert len(made) == 8


def test_a_key_does_not_show_its_secret():
    key = keys.from_entropy()
    assert key.secret.hex() not in repr(key)
    assert repr(key.secret) not in repr(key)


def test_the_permit_holds_all_bits_of_the_key():
    key = keys.NoiseKey(bytes(range(250, 256)) + bytes(26))
    permit = draws.Permit()
    permit.begin(key.as_integers())
    assert permit.key.numpy().tobytes() == key.secret
