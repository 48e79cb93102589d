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


def test_a_person_has_one_record_or_several_all_alike():
    made = toss(40, 2)
    records = made.records(most_records_per_unit=3)
    owners = made.owners(most_records_per_unit=3)
    assert records.num_units == len(made.numbers)
    assert set(np.bincount(records.units)) == {1, 2, 3}
    np.testing.assert_array_equal(records.examples.argmax(axis=1), owners)
    np.testing.assert_array_equal(records.examples.sum(axis=1), 1)
    np.testing.assert_array_equal(made.numbers[records.units], owners)


def test_a_unit_of_many_records_is_played_by_four():
    made = toss(40, 0)
    units = made.records(most_records_per_unit=1_000).units
    assert np.bincount(units).max() == 4
