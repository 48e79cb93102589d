import numpy as np

from dpgan_tf.data.tables import row_names


def _rows(num=2_000, seed=0):
    return np.random.default_rng(seed).integers(0, 4, (num, 3), dtype=np.uint8)


def test_names_do_not_follow_from_how_rows_are_divided():
    rows = _rows()
    whole = row_names.of_content([rows])
    parts = row_names.of_content([rows[:7], rows[7:8], rows[8:]])
    np.testing.assert_array_equal(whole, parts)
    assert len(np.unique(whole)) == len(rows)


def test_a_row_more_is_a_name_more_and_moves_no_other():
    rows = _rows()
    before = set(row_names.of_content([rows]).tolist())
    for place in (0, 1_000, 2_000):
        more = np.insert(rows, place, rows[5], axis=0)
        after = set(row_names.of_content([more]).tolist())
        assert before < after and len(after) == len(before) + 1


def test_a_row_made_to_look_like_another_does_not_move_it():
    """By a hash that can be inverted one could make such a row."""
    first, second, other = (np.uint64(n) for n in (5, 77, 1_234_567))
    chained = row_names.mixed(first, np.uint64(0)) ^ second
    made = chained ^ row_names.mixed(other, np.uint64(0))
    row, colliding = (
        np.array([pair], np.uint64).view(np.uint8)
        for pair in ((first, second), (other, made))
    )
    alone = row_names.of_content([row])
    beside = row_names.of_content([np.concatenate([colliding, row])])
    assert alone[0] == beside[1] != beside[0]


def test_other_bytes_are_other_names():
    rows = np.unique(_rows(), axis=0)
    wide = np.pad(rows, [(0, 0), (0, 9)])
    assert len(np.unique(row_names.of_content([wide]))) == len(wide)
    swapped = row_names.of_content([rows[:, ::-1]])
    assert set(swapped) == set(row_names.of_content([rows]))


def test_one_in_twenty_is_held_out():
    names = row_names.of_content([_rows(40_000)])
    share = row_names.are_held_out(names, share=0.05).mean()
    assert abs(share - 0.05) < 5 * (0.05 * 0.95 / 40_000) ** 0.5
    assert not row_names.are_held_out(names, share=0.0).any()
    assert row_names.are_held_out(names, share=1.0).all()


def test_the_hash_is_splitmix64():
    # The first numbers of the seed 0, as the authors' code gives them.
    steps = np.arange(3, dtype=np.uint64)
    assert row_names.mixed(np.zeros(3, np.uint64), steps).tolist() == [
        0xE220A8397B1DCDAF,
        0x6E789E6AA1B965F4,
        0x06C45D188009454F,
    ]
