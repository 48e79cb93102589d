"""A range of pixels: what a record moves, what is found, what is stretched."""

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.privacy.summary import pixel_range
from dpgan_tf.privacy.summary import summary

KEY = tf.constant([3, 4, 5, 6], tf.int64)
STATISTIC = pixel_range.EndStatistic()
GREY = pixel_range.PixelRange(ends=np.array([0.25, 0.75]))


def plain(num=40, *, shape=(8, 8, 1)):
    """Return images each of which has black and white."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, [num, *shape], dtype=np.uint8)
    images[:, 0], images[:, 1] = 0, 255
    return images


def grey(num=40, **options):
    return plain(num, **options) // 2 + 64


def floats(images):
    return images.astype(np.float32) / np.float32(127.5) - 1


def released(images, *, sigma=1e-9, num=1):
    mechanism = summary.SummaryMechanism([sigma], num_examples=num)
    return mechanism.privatize(STATISTIC, images, clip_norm=1.0, key=KEY)


def taken(images, *, sigma=1e-9, num=None):
    mechanism = summary.SummaryMechanism(
        [sigma], num_examples=num or len(images)
    )
    return pixel_range.take(mechanism, images, key=KEY).ends.tolist()


@pytest.mark.parametrize("images", [plain(), grey(), floats(grey())])
def test_one_record_moves_the_sum_by_the_bound(images):
    whole = released(images)
    for i in range(len(images)):
        moved = whole - released(np.delete(images, i, axis=0))
        assert np.linalg.norm(moved) == pytest.approx(1, abs=1e-6)


def test_norms_are_those_of_what_is_summed():
    ends = STATISTIC.prepared(plain())
    alone = [
        np.linalg.norm(STATISTIC.weighted_sum(ends[i : i + 1], np.ones(1)))
        for i in range(len(ends))
    ]
    np.testing.assert_allclose(STATISTIC.norms(ends), alone, rtol=1e-12)


def test_weights_are_those_of_the_records():
    ends = STATISTIC.prepared(plain(2))
    total = STATISTIC.weighted_sum(ends, np.array([0.25, 0.5]))
    assert np.linalg.norm(total) == pytest.approx(0.75)


def test_ends_leave_out_one_pixel_in_five_hundred():
    image = np.full([1, 20, 50, 1], 100, np.uint8)
    image[0, 0, :4, 0] = [0, 1, 2, 3]
    image[0, 1, :4, 0] = [255, 254, 253, 252]
    ends = STATISTIC.prepared(image)
    np.testing.assert_allclose(ends, [[2 / 255, 253 / 255]])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_record_without_ends_adds_nothing(value):
    images = floats(grey())
    images[2] = value
    np.testing.assert_array_equal(
        released(images), released(np.delete(images, 2, axis=0))
    )


def test_bytes_and_floats_have_the_same_range():
    images = grey(60, shape=(6, 5, 3))
    np.testing.assert_array_equal(released(images), released(floats(images)))


def test_grey_records_have_a_range_and_plain_ones_have_all():
    assert taken(grey()) == [0.25, 0.75]
    assert taken(plain()) == [0.0, 1.0]
    assert taken(plain() // 2) == [0.0, 0.5]


def test_a_white_record_among_grey_ones_changes_nothing():
    images = grey(200)
    images[7] = 255
    assert taken(images) == [0.25, 0.75]


def test_records_of_nearly_all_pixels_have_all():
    """From .0625 to .96875: a stretch would only round them."""
    images = np.clip(plain(), 16, 246)
    assert taken(images) == [0.0, 1.0]


def test_noise_that_hides_the_ends_leaves_all_pixels():
    """By hand: 3 sqrt(2) sigma sqrt(32) / n at most .1."""
    most = 0.1 * 1000 / (3 * 8)
    assert taken(grey(1000), sigma=0.99 * most) == [0.25, 0.75]
    assert taken(grey(1000), sigma=1.01 * most) == [0.0, 1.0]


def test_without_records_there_is_no_range():
    assert taken(grey()[:0], num=1000, sigma=3.0) == [0.0, 1.0]


def noisy_ends(ends, *, deviation, num):
    """Return ranges of records with the same ends, with noise of their own."""
    rng = np.random.default_rng(5)
    shares = np.zeros([2, pixel_range.NUM_BINS])
    shares[[0, 1], ends] = 1
    return [
        pixel_range._range_of(
            shares + deviation * rng.normal(size=shares.shape),
            deviation=deviation,
        ).ends
        for _ in range(num)
    ]


def test_noise_alone_begins_no_range():
    """One case in 370 may, at each end; none ends within the records."""
    found = np.array(noisy_ends([8, 23], deviation=0.1 / 18, num=2000))
    assert (found[:, 0] <= 0.25).all() and (found[:, 1] >= 0.75).all()
    wrong = (found != [0.25, 0.75]).mean(axis=0)
    assert (wrong < 2 / 370).all()


@pytest.mark.parametrize("share", [0.005, 0.02])
def test_a_share_of_the_records_too_small_to_tell_is_cut(share):
    shares = np.zeros([2, pixel_range.NUM_BINS])
    shares[:, [8, 23]] = [[1 - share, 0], [0, 1]]
    shares[0, 3] = share
    for deviation, is_told in [(0.0, share > 0.01), (0.005, False)]:
        low, _ = pixel_range._range_of(shares, deviation=deviation).ends
        assert low == (3 / 32 if is_told else 0.25)


def test_the_range_follows_from_what_was_released(monkeypatch):
    """Replay the release of grey records on plain ones."""
    mechanism = summary.SummaryMechanism([0.5], num_examples=200)
    release = mechanism.privatize(STATISTIC, grey(200), clip_norm=1.0, key=KEY)
    monkeypatch.setattr(
        summary.SummaryMechanism, "privatize", lambda *_, **__: release
    )
    assert taken(plain(100), sigma=0.5, num=200) == [0.25, 0.75]


def test_it_is_one_release():
    mechanism = summary.SummaryMechanism([1.0, 1.0], num_examples=40)
    pixel_range.take(mechanism, grey(), key=KEY)
    assert mechanism.num_released == 1


def test_pixels_are_stretched_and_cut():
    """By hand: 2 (x - 63.75), rounded."""
    images = np.array([0, 63, 64, 65, 127, 191, 192, 255], np.uint8)
    images = images.reshape(1, 2, 4, 1)
    expected = [0, 0, 0, 2, 126, 254, 255, 255]
    found = GREY.stretched(images)
    assert (found.shape, found.ndim, found.dtype) == (images.shape, 4, np.uint8)
    assert found[:].ravel().tolist() == expected
    of_floats = GREY.stretched(floats(images))[:]
    assert of_floats.dtype == np.uint8
    distance = of_floats.astype(int).ravel() - expected
    assert np.abs(distance).max() <= 1  # Rounding of floats.


def test_records_are_stretched_one_by_one_when_they_are_read():
    images = grey()
    whole = GREY.stretched(images)[:]
    for i in range(len(images)):
        alone = GREY.stretched(images[i : i + 1])
        np.testing.assert_array_equal(alone[0], whole[i])
    some = np.array([7, 3])
    np.testing.assert_array_equal(GREY.stretched(images)[some], whole[some])

    class Unread:
        shape, ndim, dtype = (2, 4, 4, 1), 4, np.dtype(np.uint8)

        def __len__(self):
            return 2

    assert len(GREY.stretched(Unread())) == 2


def test_nan_becomes_black():
    images = floats(grey(1))
    images[0, 0, 0, 0] = np.nan
    assert GREY.stretched(images)[0, 0, 0, 0] == 0


def test_samples_are_brought_back():
    images = np.linspace(-1, 1, 256, dtype=np.float32)
    found = GREY.restored(tf.constant(images)).numpy()
    np.testing.assert_allclose(found, 0.5 * images, atol=1e-6)
    dark = pixel_range.PixelRange(ends=np.array([0.0, 0.5]))
    np.testing.assert_allclose(
        dark.restored(tf.constant([-1.0, 1.0])), [-1, 0], atol=1e-6
    )


def test_what_was_stretched_and_restored_is_nearly_what_it_was():
    images = grey()
    seen = GREY.stretched(images)[:].astype(np.float32) / 127.5 - 1
    again = GREY.restored(tf.constant(seen)).numpy()
    assert np.abs(again - floats(images)).max() <= 1.01 / 255


def test_all_pixels_change_nothing():
    images, samples = plain(), tf.constant([-0.5])
    assert pixel_range.WHOLE.is_whole and not GREY.is_whole
    assert pixel_range.WHOLE.stretched(images) is images
    assert pixel_range.WHOLE.restored(samples) is samples


@pytest.mark.parametrize(
    "ends", [[0.5, 0.5], [0.6, 0.5], [-0.1, 1], [0, 1.1], [0.1], [np.nan, 1]]
)
def test_what_is_no_range_is_refused(ends):
    with pytest.raises(ValueError, match="no range of pixels"):
        pixel_range.PixelRange(ends=np.array(ends))
