import numpy as np
import pytest

from dpgan_tf.audit import black_box


def test_the_nearest_sample_counts_in_white_pixels():
    canaries = np.array([[0, 0], [255, 255]], np.uint8)
    samples = np.array([[255, 0], [255, 255]], np.uint8)
    found = black_box.nearest(canaries, samples)
    np.testing.assert_allclose(found, [np.sqrt(0.5), 0])


def test_scores_are_told_apart_by_pairs_and_ties_count_half():
    scores = np.array([2.0, 1.0, 1.0, 0.0])
    is_in = np.array([True, True, False, False])
    assert black_box.told_apart(scores, is_in) == 3.5 / 4
    assert black_box.told_apart(-scores, is_in) == 0.5 / 4


def test_samples_that_are_copies_are_found(monkeypatch):
    """A generator that releases its records; only training is left out."""
    monkeypatch.setattr(black_box, "_samples", lambda images, **_: images)
    found = black_box.make(epsilon=1.0, error=0.05, seed=2)
    assert found.told_apart == 1
    assert found.epsilon_at_least > 2
    assert found.num_in + found.num_out == black_box.NUM_CANARIES


def test_the_text_says_what_to_expect(monkeypatch):
    monkeypatch.setattr(black_box, "_samples", lambda images, **_: images[:1])
    found = black_box.make(epsilon=1.0, error=0.05, seed=2)
    assert "Near 50% is expected" in found.text
    assert f"{found.told_apart:.0%}" in found.text


@pytest.mark.slow
def test_a_private_release_shows_nothing():
    found = black_box.make(epsilon=4.0, error=0.05, seed=3)
    assert 0.35 < found.told_apart < 0.65
    assert found.epsilon_at_least == 0
