"""Changes do what their names say, and nothing else."""

import numpy as np
import pytest

from benchmarks.unseen import changes


def generator():
    return np.random.default_rng(0)


def pictures(num=20):
    rng = np.random.default_rng(1)
    return rng.integers(0, 256, (num, 28, 28, 1), dtype=np.uint8)


@pytest.mark.parametrize("name", changes.CHANGES)
def test_a_look_keeps_shape_and_type_and_can_be_repeated(name):
    look = changes.CHANGES[name].look
    before = pictures()
    first, second = look(before, generator()), look(before, generator())
    assert first.shape == before.shape and first.dtype == np.uint8
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(before, pictures())


def test_inverted_pictures_are_white_where_they_were_black():
    image = np.array([[[[0], [255], [1]]]], np.uint8)
    assert changes.inverted(image, generator()).tolist() == [
        [[[255], [0], [254]]]
    ]


def test_on_grey_the_whole_range_is_half_and_nothing_is_cut():
    levels = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    found = changes.on_grey(levels, generator()).ravel()
    np.testing.assert_array_equal(found, 64 + np.arange(256) // 2)


def test_a_shift_moves_a_point_by_at_most_four_pixels_in_all_directions():
    images = np.zeros((400, 28, 28, 1), np.uint8)
    images[:, 14, 10] = 200
    found = changes.shifted(images, generator())
    place, down, right, _ = np.nonzero(found)
    np.testing.assert_array_equal(place, np.arange(400))
    assert set(down - 14) == set(right - 10) == set(range(-4, 5))
    assert (found[found > 0] == 200).all()


def test_what_a_shift_uncovers_is_black():
    found = changes.shifted(np.full((400, 28, 28, 1), 9, np.uint8), generator())
    counts = (found > 0).sum(axis=(1, 2, 3))
    assert counts.min() == 24 * 24 and counts.max() == 28 * 28


def test_a_rotation_turns_by_up_to_thirty_degrees_either_way():
    images = np.zeros((300, 29, 29, 1), np.uint8)
    images[:, 12:17, 24:29] = 255
    found = changes.rotated(images, generator()).astype(float)[..., 0]
    rows, columns = np.mgrid[:29, :29] - 14
    mass = found.sum(axis=(1, 2))
    angles = np.degrees(
        np.arctan2(
            (found * rows).sum(axis=(1, 2)) / mass,
            (found * columns).sum(axis=(1, 2)) / mass,
        )
    )
    assert np.abs(angles).max() <= 31
    assert angles.min() < -27 and angles.max() > 27


def test_class_shares_fall_from_ten_to_one_by_equal_ratios():
    labels = np.random.default_rng(0).integers(0, 10, 50_000)
    chosen = changes.unbalanced(labels)
    counts = np.bincount(labels[chosen])
    assert counts[0] == np.bincount(labels)[0]
    assert counts[0] / counts[-1] == pytest.approx(10, rel=0.01)
    ratios = counts[1:] / counts[:-1]
    np.testing.assert_allclose(ratios, 10 ** (-1 / 9), rtol=0.01)
    assert len(set(chosen)) == len(chosen)


def test_few_records_are_the_first_ones_and_three_classes_all_of_theirs():
    labels = np.arange(6_000) % 10
    np.testing.assert_array_equal(changes.few(labels), np.arange(5_000))
    chosen = labels[changes.first_classes(labels)]
    assert np.bincount(chosen).tolist() == [600, 600, 600]


def test_a_tenth_of_labels_are_any_of_the_other_classes():
    labels = np.arange(90_000) % 10
    found = changes.mislabelled(labels, generator())
    is_wrong = found != labels
    assert is_wrong.sum() == 9_000
    moved = (found - labels)[is_wrong] % 10
    np.testing.assert_allclose(np.bincount(moved)[1:], 1_000, rtol=0.1)


def test_each_change_is_compared_with_as_many_unchanged_records():
    labels = np.random.default_rng(0).integers(0, 10, 9_000)
    for change in changes.CHANGES.values():
        other = changes.CHANGES[change.reference]
        assert other.look is other.relabel is changes.as_they_are
        assert other.num_classes == change.num_classes
        np.testing.assert_array_equal(
            other.choose(labels), change.choose(labels)
        )
