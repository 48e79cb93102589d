"""Settings of networks and summary, from public facts."""

import math

import pytest

from dpgan_tf.run import image_settings
from dpgan_tf.run import public_facts


def of(shape=(28, 28, 1), num=60_000, classes=10, **more):
    return public_facts.Facts(
        source="x", shape=shape, num_records=num, num_classes=classes, **more
    )


@pytest.mark.parametrize(
    ("shape", "classes", "side"),
    [
        ((28, 28, 1), 10, 28),
        ((64, 64, 1), 10, 28),
        ((32, 32, 3), 10, 16),
        ((8, 20, 1), 0, 8),
        ((128, 128, 3), 1_000, 9),
    ],
)
def test_reduced_pictures_are_as_large_as_memory_allows(shape, classes, side):
    """Worked by hand: side^2 c is at most 784, and k of its squares 80 M."""
    found = image_settings.moments(of(shape, classes=classes))
    assert found["summary.side"] == side
    size = side**2 * shape[2]
    assert max(1, classes) * size**2 / 2 <= 40_000_000
    assert found["summary.pair_clip_norm"] == pytest.approx(36 / 784 * size)


def test_surrogates_fit_the_memory_and_are_one_of_each_class_at_least():
    large = image_settings.moments(of((128, 128, 3), classes=10_000))
    assert large["summary.num_surrogates"] == 10_000
    some = image_settings.moments(of((128, 128, 3)))["summary.num_surrogates"]
    assert some * math.prod((128, 128, 3)) <= 400 * 2**20


def test_many_records_of_many_classes_have_features_at_half_the_signal():
    """.2 of 60,000 in ten classes, but not 4 of 1,400 in three."""
    assert image_settings.has_features(of(epsilon=0.2))
    assert not image_settings.has_features(of(epsilon=0.16))
    assert not image_settings.has_features(of(num=1_400, classes=3))
    assert image_settings.has_features(of(num=1_400, classes=2))


def test_features_are_for_records_that_stand_out_of_the_noise():
    assert image_settings.features(of(num=60_000))[
        "summary.guide_learning_rate"
    ]
    few = image_settings.features(of(num=1_000))
    assert few == {"summary": "class_moments"}
    beside = image_settings.features(of(num=1_000, public_source="y"))
    assert beside == {"summary": "none"}


def test_a_guide_tells_two_classes_apart_or_more():
    one = image_settings.features(of(classes=1))
    assert one["summary.guide_steps"] == 0
    assert "summary.guide_steps" not in image_settings.features(of(classes=2))


def test_a_guide_of_few_records_learns_slowly():
    assert image_settings.guide_rate(of(), 100.0) == 100
    assert image_settings.guide_rate(of(num=7_500), 100.0) == 50


@pytest.mark.parametrize("classes", [0, 10, 1_000])
def test_a_batch_has_two_of_each_class_in_each_half(classes):
    batch = image_settings.fit_batch(of(classes=classes), least=200)
    assert batch % 2 == 0 and batch // 2 >= 2 * classes


def test_directions_grow_with_the_records_and_end_with_memory():
    found = [
        image_settings.directions(of(num=num))
        for num in (1_000, 20_000, 60_000, 10**7, 10**8)
    ]
    assert found == [64, 800, 800, 104, 32]


def test_networks_narrow_as_pictures_grow():
    widths = [
        image_settings.networks(of((side, side, 1)))["networks.critic_width"]
        for side in (28, 64, 128)
    ]
    assert widths == [16, 8, 8]
    assert (
        image_settings.networks(of(classes=1))["networks.conditional"] is False
    )
