import numpy as np

from dpgan_tf.audit import canaries


def toss(num=1_000, num_spoiled=200, seed=0):
    return canaries.toss(
        num,
        num_spoiled=num_spoiled,
        generator=np.random.default_rng(seed),
    )


def test_coins_are_fair_and_the_last_canaries_are_spoiled():
    made = toss()
    assert len(made) == 1_200
    assert 500 < made.is_in.sum() < 700
    assert made.is_spoiled.sum() == 200 and made.is_spoiled[-200:].all()
    assert 60 < (made.is_in & made.is_spoiled).sum() < 140


def test_only_canaries_that_are_in_become_records_with_a_column_each():
    made = toss(20, 4)
    rows = made.records().examples
    assert rows.shape == (len(made.numbers), 24)
    np.testing.assert_array_equal(rows.sum(axis=0), made.is_in)
    np.testing.assert_array_equal(rows.argmax(axis=1), made.numbers)
    assert rows.max() == 1 == made.records().scale.divisor


def test_coins_are_not_shown():
    assert repr(toss(9, 1)) == "Canaries()"
