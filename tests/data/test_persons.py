"""Names of persons, and which of their records count."""

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data import persons


def identities(array):
    return persons.identities(
        array, num_records=len(array), source="own: units"
    )


@pytest.mark.parametrize(
    "array",
    [
        np.array(["ann", "bob", "ann", "eve"]),
        np.array(["ann", "bob", "ann", "eve"], object),
        np.array([7, -1, 7, 2**62]),
        np.array([7, 0, 7, 2**64 - 1], np.uint64),
        np.array([7, 0, 7, 9], object),
    ],
)
def test_whole_numbers_and_texts_name_persons(array):
    found = identities(array)
    assert found.dtype == np.uint64
    assert found[0] == found[2] and len(set(found.tolist())) == 3
    assert sorted(set(persons.numbered(found))) == [0, 1, 2]


@pytest.mark.parametrize(
    "array",
    [
        np.array(["ann", ""]),
        np.array(["ann", " "]),
        np.array(["ann", np.nan]),
        np.array(["ann", None], object),
        np.array([1, np.nan]),
        np.array([1, float("nan")], object),
        np.array([True, False]),
        np.array([1, True], object),
        np.array([1.0, 2.0]),
        np.array([b"a", b"b"]),
        np.array(["2020-01-01", "2020-01-02"], "datetime64[D]"),
    ],
)
def test_a_missing_name_is_refused_in_one_line(array):
    with pytest.raises(errors.DatasetError, match="own: units: ") as caught:
        identities(array)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("shape", [(3,), (4, 1), (4, 2), ()])
def test_names_of_another_shape_are_refused(shape):
    with pytest.raises(errors.DatasetError, match="one person for each record"):
        persons.identities(np.zeros(shape, int), num_records=4, source="units")


def some_persons(seed=0):
    rng = np.random.default_rng(seed)
    return identities(rng.integers(0, 20, 100))


def test_no_person_keeps_more_records_than_declared():
    units = some_persons()
    for most in (1, 2, 5, 99):
        kept = persons.kept(units, None, most=most, seed=0)
        assert (np.diff(kept) > 0).all()
        sizes = np.unique(units, return_counts=True)[1]
        found = np.unique(units[kept], return_counts=True)[1]
        np.testing.assert_array_equal(found, np.minimum(sizes, most))


@pytest.mark.parametrize("with_names", [True, False])
def test_another_person_moves_no_record(with_names):
    units = some_persons()
    names = 1000 + np.arange(len(units)) if with_names else None
    kept = persons.kept(units, names, most=2, seed=3)
    for person in np.unique(units)[:5]:
        left = np.flatnonzero(units != person)
        found = persons.kept(
            units[left],
            None if names is None else names[left],
            most=2,
            seed=3,
        )
        theirs = kept[units[kept] != person]
        np.testing.assert_array_equal(left[found], theirs)


def test_the_choice_follows_from_the_seed_and_not_from_the_order():
    units, names = some_persons(), np.arange(100)
    one = persons.kept(units, names, most=2, seed=0)
    assert set(one) != set(persons.kept(units, names, most=2, seed=1))
    turned = persons.kept(units[::-1], names[::-1], most=2, seed=0)
    assert set(names[::-1][turned]) == set(one)
    assert one.max() > 50  # Not the first ones alone.


def test_a_person_is_chosen_as_a_whole_by_the_own_name_alone():
    units = some_persons()
    chosen = persons.are_chosen(units, purpose="public 0", share=0.5)
    assert 0 < chosen.sum() < len(chosen)
    assert not set(units[chosen]) & set(units[~chosen])
    found = persons.are_chosen(units[10:], purpose="public 0", share=0.5)
    np.testing.assert_array_equal(found, chosen[10:])


def test_persons_and_their_number_of_records_are_declared_together():
    units = some_persons()
    persons.require_declared(units, most=2, source="own")
    persons.require_declared(None, most=1, source="own")
    with pytest.raises(errors.ConfigError, match="--records_per_person=L"):
        persons.require_declared(units, most=1, source="own")
    with pytest.raises(errors.ConfigError, match="does not say whose"):
        persons.require_declared(None, most=2, source="own")


def test_a_column_is_taken_out_of_a_table():
    values = [np.array([1, 2]), np.array(["a", "b"]), np.array([3, 4])]
    columns, others, names = persons.column(
        ["x", "who", "x"], values, "who", source="own"
    )
    assert columns == ("x", "x") and names.tolist() == ["a", "b"]
    assert [other.tolist() for other in others] == [[1, 2], [3, 4]]
    for wanted in ("x", "whom"):
        with pytest.raises(errors.DatasetError, match=f"columns {wanted}, "):
            persons.column(["x", "who", "x"], values, wanted, source="own")
