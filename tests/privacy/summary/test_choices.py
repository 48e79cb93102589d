"""A choice of the summary's mechanism: one of its releases, charged once."""

import dataclasses
import itertools

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.privacy import errors
from dpgan_tf.privacy import keystream
from dpgan_tf.privacy.ledger import header
from dpgan_tf.privacy.summary import exponential
from dpgan_tf.privacy.summary import pair_marginals
from dpgan_tf.privacy.summary import row_moments
from dpgan_tf.privacy.summary import summary

KEY = tf.constant([3, 4, 5, 6], tf.int64)


@dataclasses.dataclass(frozen=True)
class Columns:
    """Candidates: columns, by their counts."""

    statistic = row_moments.RowStatistic(1)

    def scores(self, total):
        return total


class Broken(Columns):
    def scores(self, total):
        return total * np.nan


def rows(num=40, *, columns=4):
    rng = np.random.default_rng(0)
    found = np.zeros([num, columns], np.uint8)
    found[np.arange(num), rng.integers(0, columns, num)] = 1
    return found


def made(multipliers, **settings):
    return summary.SummaryMechanism(multipliers, num_examples=10, **settings)


def sum_of(mechanism, some):
    return mechanism.privatize(
        row_moments.RowStatistic(1), some, clip_norm=1.0, key=KEY
    )


def seen(monkeypatch):
    """Record what the exponential mechanism is asked."""
    asked = []
    plain = exponential.choose

    def choose(scores, *, noise_multiplier, words):
        words = list(itertools.islice(words, 50_000))
        asked.append((scores, noise_multiplier, words))
        return plain(
            scores, noise_multiplier=noise_multiplier, words=iter(words)
        )

    monkeypatch.setattr(exponential, "choose", choose)
    return asked


def test_a_quiet_choice_is_the_largest_count():
    some = rows()
    chosen = made([1e-9]).choose(Columns(), some, key=KEY)
    assert chosen == np.argmax(some.sum(axis=0))


def test_a_choice_is_a_release_and_all_are_counted():
    mechanism = made([1.0, 2.0, 3.0])
    mechanism.choose(Columns(), rows(), key=KEY)
    sum_of(mechanism, rows())
    mechanism.choose(Columns(), rows(), key=KEY)
    for again in (
        lambda: mechanism.choose(Columns(), rows(), key=KEY),
        lambda: sum_of(mechanism, rows()),
    ):
        with pytest.raises(errors.BudgetError, match="all 3 releases"):
            again()


def test_each_choice_has_the_multiplier_of_its_number(monkeypatch):
    asked = seen(monkeypatch)
    mechanism = made([1.0, 2.0, 5.0])
    mechanism.choose(Columns(), rows(), key=KEY)
    sum_of(mechanism, rows())
    mechanism.choose(Columns(), rows(), key=KEY)
    assert [multiplier for _, multiplier, _ in asked] == [1.0, 5.0]


@pytest.mark.parametrize("sampler", header.NOISE_SAMPLERS)
def test_no_two_releases_share_a_random_word(sampler, monkeypatch):
    """Of choices, and of the noise of sums with the same key."""
    asked, drawn = seen(monkeypatch), []
    plain = keystream.bits

    def bits(shape, *, step, **settings):
        drawn.append(int(step))
        return plain(shape, step=step, **settings)

    monkeypatch.setattr(keystream, "bits", bits)
    mechanism = made([1.0] * 4, noise_sampler=sampler)
    for _ in range(2):
        mechanism.choose(Columns(), rows(), key=KEY)
    first, second = (set(words) for *_, words in asked)
    assert len(first) == len(second) == 50_000
    assert not first & second
    noise = plain(
        [2, 100], sampler=sampler, key=KEY, step=tf.constant(2, tf.int64)
    )
    sum_of(mechanism, rows())
    assert not (first | second) & set(noise.numpy().ravel().tolist())
    # The steps of one release are apart from those of all others.
    assert len({*drawn}) == len(drawn)
    assert {step % 2**32 for step in drawn} <= {0, 1, 2}


def test_words_are_those_of_the_key_and_the_sampler(monkeypatch):
    found = {}
    for sampler in header.NOISE_SAMPLERS:
        for last in (6, 7):
            key = tf.constant([3, last, 5, last], tf.int64)
            words = made([1.0], noise_sampler=sampler)._words(0, key)
            found[sampler, last] = tuple(itertools.islice(words, 3))
            again = made([1.0], noise_sampler=sampler)._words(0, key)
            assert found[sampler, last] == tuple(itertools.islice(again, 3))
    assert len(set(found.values())) == len(found)


def test_words_never_end():
    words = made([1.0])._words(0, KEY)
    many = list(itertools.islice(words, 3 * summary._NUM_WORDS + 1))
    assert len(set(many)) == len(many)
    assert max(many) < 2**64


def test_further_words_are_of_steps_of_no_other_release(monkeypatch):
    drawn = []

    def bits(shape, *, step, **settings):
        drawn.append(int(step))
        return tf.zeros(shape, tf.uint64)

    monkeypatch.setattr(keystream, "bits", bits)
    words = made([1.0] * 3)._words(2, KEY)
    list(itertools.islice(words, 2 * summary._NUM_WORDS + 1))
    assert drawn == [2, 2 + 2**32, 2 + 2**33]


def test_a_late_choice_is_as_noisy_as_is_charged():
    """Quiet before: a choice of two counts, 3 and 0, is then nearly even."""
    some = np.zeros([3, 2], np.uint8)
    some[:, 0] = 1
    found = []
    for i in range(200):
        mechanism = made([1e-9, 1e3])
        key = tf.constant([1, i, 0, 0], tf.int64)
        assert mechanism.choose(Columns(), some, key=key) == 0
        found.append(mechanism.choose(Columns(), some, key=key))
    assert 70 < sum(found) < 130


def test_a_failure_spends_the_release():
    """Scores without a number, and rows without a unit."""
    mechanism = made([1.0, 1.0])
    with pytest.raises(errors.PrivacyError, match="are finite"):
        mechanism.choose(Broken(), rows(), key=KEY)
    mechanism.choose(Columns(), rows(), key=KEY)
    with pytest.raises(errors.BudgetError):
        mechanism.choose(Columns(), rows(), key=KEY)
    persons = made([1.0], units=np.zeros(3, np.int64))
    with pytest.raises(errors.PrivacyError, match="40 records with 3 units"):
        persons.choose(Columns(), rows(), key=KEY)
    with pytest.raises(errors.BudgetError):
        persons.choose(Columns(), rows(), key=KEY)


def test_scores_see_sums_whose_rows_are_clipped_to_one(monkeypatch):
    asked = seen(monkeypatch)
    some = np.concatenate([rows(3), np.full([1, 4], 200, np.uint8)])
    made([1.0]).choose(Columns(), some, key=KEY)
    without = some[:3].sum(axis=0)
    np.testing.assert_allclose(asked[0][0] - without, 0.5, atol=1e-5)


def test_no_row_moves_what_a_choice_sees_by_more_than_one(monkeypatch):
    """Of a row with every cell of each block, and of one with counts."""
    asked = seen(monkeypatch)
    candidates = pair_marginals.Candidates(
        blocks=(2, 3),
        pairs=[(0, 1)],
        expected=np.zeros([5, 5]),
        penalties=np.zeros(1),
    )
    some = np.concatenate(
        [np.eye(5, dtype=np.uint8), np.full([1, 5], 1), np.full([1, 5], 9)]
    ).astype(np.uint8)
    for i in (None, 5, 6):
        left = some if i is None else np.delete(some, i, axis=0)
        made([1.0]).choose(candidates, left, key=KEY)
    [whole], *others = (scores for scores, *_ in asked)
    for [other] in others:
        assert 0.5 < whole - other <= 1


def test_a_person_counts_once_in_scores(monkeypatch):
    asked = seen(monkeypatch)
    some, units = rows(12), np.repeat([0, 1], 6)
    made([1.0], units=units).choose(Columns(), some, key=KEY)
    means = some[:6].mean(axis=0) + some[6:].mean(axis=0)
    np.testing.assert_allclose(asked[0][0], means, atol=1e-5)


def test_seeded_choices_are_the_same_again_and_others_are_not():
    """Philox, as of runs with a seed: ten choices of fifty."""
    some = rows(100, columns=50)

    def chosen(last):
        key = tf.constant([1, last, 0, 0], tf.int64)
        mechanism = made([30.0] * 10, noise_sampler=header.PHILOX)
        return [mechanism.choose(Columns(), some, key=key) for _ in range(10)]

    assert chosen(2) == chosen(2)
    assert chosen(2) != chosen(3)
    assert len(set(chosen(2))) > 3
