"""A summary of labelled images: nothing but its noisy sums decides it."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf import run_files
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.models import guide as guides
from dpgan_tf.models import rounded
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy.summary import pixel_range
from dpgan_tf.privacy.summary import summary
from dpgan_tf.run import assembly
from dpgan_tf.run import budgets
from dpgan_tf.run import data as run_data
from dpgan_tf.run import team as teams
from dpgan_tf.run.summary import class_summary
from dpgan_tf.run.summary import feature_rows
from dpgan_tf.run.summary import surrogates
from tests import summary_runs
from tests import tiny_run

PUBLIC = records.PublicRecords(summary_runs.pixels(30), np.arange(30) % 10)


@pytest.fixture(scope="module")
def recipe(folder):
    return tiny_run.recipe(folder, **summary_runs.GUIDED)


@pytest.fixture(scope="module")
def beside_public(recipe):
    """Where there are public records."""
    changes = {"data.public_fraction": 0.1, "steps.generator_batch_size": 4}
    return recipes.change(recipe, changes)


@pytest.fixture(scope="module")
def private(folder, recipe):
    return run_data.load(recipe, data_dir=folder).private


@pytest.fixture(scope="module")
def taken(recipe, private):
    source = summary_runs.source(private)
    return class_summary.ClassSummary.take(recipe, source)


@pytest.fixture(scope="module")
def unlabelled(recipe):
    """Where networks see no labels."""
    changes = {"networks.conditional": False, "summary.guide_steps": 0}
    return recipes.change(recipe, changes)


def test_images_without_labels_are_of_one_class(unlabelled, private):
    """Labels that the networks do not see change nothing."""
    blank = records.PrivateRecords(private.examples)
    first, second = (
        class_summary.ClassSummary.take(unlabelled, summary_runs.source(some))
        for some in (private, blank)
    )
    summary_runs.require_same(first, second)
    assert first.guide is None
    assert len(first.moments.means) == len(first.features.means) == 1
    drawn = first.surrogates(records.DIGITS, teams.ALONE)
    assert drawn.labels is None and len(drawn) == 300


@pytest.mark.parametrize(
    "shares,follows",
    [
        ([0.1] * 10, False),
        ([0.12, 0.08] + [0.1] * 8, False),
        ([0.55] + [0.05] * 9, True),
    ],
)
def test_samples_follow_shares_that_are_far_from_even(taken, shares, follows):
    moments = dataclasses.replace(taken.moments, shares=np.array(shares))
    found = dataclasses.replace(taken, moments=moments).class_shares
    assert (found is not None) == follows
    if follows:
        np.testing.assert_array_equal(found, shares)


def test_without_labels_every_image_counts(unlabelled, private):
    """Also where the data have labels that the networks do not see."""
    chosen = recipes.change(unlabelled, {"summary": "class_moments"})
    mechanism = summary.SummaryMechanism([1e-9] * 3, num_examples=300)
    source = dataclasses.replace(
        summary_runs.source(private), mechanism=mechanism
    )
    taken = class_summary.ClassSummary.take(chosen, source)
    seen = taken.pixels.stretched(private.examples)[:]
    assert taken.moments.means.mean() == pytest.approx(
        seen.mean() / 255, abs=1e-3
    )


def test_a_generator_without_labels_is_fitted(unlabelled, private, tmp_path):
    """To surrogates, and to features without a guide."""
    chosen = recipes.change(unlabelled, {"summary.imitation_steps": 2})
    taken = class_summary.ClassSummary.take(
        chosen, summary_runs.source(private)
    )
    files = run_files.RunFiles(tmp_path)
    files.summary.parent.mkdir(parents=True)
    files.summary.write_bytes(b"a summary")
    generator = assembly.build_generator(chosen, records.DIGITS)
    before = [weight.numpy() for weight in generator.trainable_variables]
    taken.fit(files, generator)
    for old, new in zip(before, generator.trainable_variables, strict=True):
        assert np.isfinite(new).all()
        assert (old != new.numpy()).any()
    images = tf.random.stateless_uniform([8, 28, 28, 1], [0, 0], -1, 1)
    assert np.isfinite(taken.loss()(images, None))


@pytest.mark.parametrize("has_public", [False, True])
def test_given_the_noisy_sums_neighbours_have_the_same_summary(
    recipe, beside_public, private, has_public
):
    """Directions, counts, guide and all else follow from them alone."""
    chosen = beside_public if has_public else recipe
    keep = np.flatnonzero(private.labels != 3)
    neighbour = records.PrivateRecords(
        255 - private.examples[keep],
        private.labels[keep],
        num_classes=private.num_classes,
    )
    first, second = (
        class_summary.ClassSummary.take(
            chosen, summary_runs.source(some, PUBLIC if has_public else None)
        )
        for some in (private, neighbour)
    )
    assert (first.moments is None) == has_public
    summary_runs.require_same(first, second)


class Grey(summary_runs.Replayed):
    """Its first release shows a range of pixels from .25 to .75.

    Attributes:
      seen: what the statistics of the others are of.
    """

    def __init__(self):
        super().__init__()
        self.seen = []

    def privatize(self, statistic, private, **settings):
        released = super().privatize(statistic, private, **settings)
        if self.num_released > 1:
            self.seen.append(private)
            return released
        assert isinstance(statistic, pixel_range.EndStatistic)
        shares = np.zeros([2, pixel_range.NUM_BINS])
        shares[[0, 1], [8, 23]] = 0.7
        return shares.ravel()


def _grey(recipe, private):
    mechanism = Grey()
    source = dataclasses.replace(
        summary_runs.source(private), mechanism=mechanism
    )
    return class_summary.ClassSummary.take(recipe, source), mechanism


def test_all_else_is_seen_in_the_range_that_was_released_first(recipe, private):
    taken, mechanism = _grey(recipe, private)
    np.testing.assert_array_equal(taken.pixels.ends, [0.25, 0.75])
    stretched = taken.pixels.stretched(private.examples)[:]
    means, scatters, features, *guide = mechanism.seen
    for seen in (means, scatters):
        np.testing.assert_array_equal(seen.examples[:], stretched)
        np.testing.assert_array_equal(seen.labels, private.labels)
    rows = feature_rows.projected(stretched, taken.projection)
    np.testing.assert_array_equal(features.examples, rows)
    for step in guide:
        np.testing.assert_array_equal(step.features, rows)


def test_no_record_changes_how_another_one_is_seen(recipe, private):
    """One more record, in white: the range is what was released, for all."""
    white = np.full_like(private.examples[:1], 255)
    neighbour = records.PrivateRecords(
        np.concatenate([private.examples, white]),
        np.append(private.labels, 0),
        num_classes=private.num_classes,
    )
    _, first = _grey(recipe, private)
    _, second = _grey(recipe, neighbour)
    for before, after in zip(first.seen[:2], second.seen[:2], strict=True):
        np.testing.assert_array_equal(
            before.examples[:], after.examples[: len(private)]
        )


def test_given_its_range_neighbours_have_the_same_summary(recipe, private):
    first, _ = _grey(recipe, private)
    neighbour = records.PrivateRecords(
        private.examples[1:] // 3,
        private.labels[1:],
        num_classes=private.num_classes,
    )
    second, _ = _grey(recipe, neighbour)
    summary_runs.require_same(first, second)


def test_beside_public_records_all_pixels_are_seen(beside_public, private):
    source = summary_runs.source(private, PUBLIC)
    taken = class_summary.ClassSummary.take(beside_public, source)
    assert taken.pixels.is_whole
    steps = beside_public.summary.guide_steps
    assert source.mechanism.num_released == 1 + steps


@pytest.mark.parametrize("kind", ["class_features", "class_moments"])
def test_a_summary_makes_the_releases_that_are_charged_and_no_other(
    recipe, private, kind
):
    """With the guide's steps, all by the mechanism that was priced."""
    chosen = recipes.change(recipe, {"summary": kind})
    multipliers = budgets.build_budget(chosen).summary_noise_multipliers
    mechanism = summary.SummaryMechanism(multipliers, num_examples=300)
    source = dataclasses.replace(
        summary_runs.source(private), mechanism=mechanism
    )
    class_summary.ClassSummary.take(chosen, source)
    guided = kind == "class_features"
    assert len(multipliers) == (16 if guided else 3)
    assert mechanism._num_released == len(multipliers)
    with pytest.raises(privacy_errors.BudgetError, match="were made"):
        class_summary.ClassSummary.take(chosen, source)


def test_parts_that_the_recipe_does_not_ask_for_are_refused(recipe, taken):
    for changes in ({"guide": None}, {"moments": None}):
        with pytest.raises(ValueError, match="parts of this run"):
            dataclasses.replace(taken, **changes)
    plain = recipes.change(recipe, {"summary": "class_moments"})
    with pytest.raises(ValueError, match="parts of this run"):
        dataclasses.replace(taken, recipe=plain)


def test_public_records_need_no_surrogates(beside_public, taken):
    public = dataclasses.replace(taken, recipe=beside_public, moments=None)
    assert public.surrogates(records.DIGITS, teams.ALONE) is None


def test_moments_alone_ask_nothing_of_a_generator(recipe, taken):
    plain = class_summary.ClassSummary(
        recipe=recipes.change(recipe, {"summary": "class_moments"}),
        pixels=taken.pixels,
        moments=taken.moments,
    )
    assert plain.loss() is None and plain.guide is None
    plain.fit(None, None)
    drawn = plain.surrogates(records.DIGITS, teams.ALONE)
    np.testing.assert_array_equal(drawn.examples, _drawn(plain).examples)


def test_fits_are_made_in_the_precision_of_the_run(recipe, taken):
    changed = recipes.change(recipe, {"networks.precision": "bfloat16"})
    for one, kind in (
        (taken, keras.Model),
        (dataclasses.replace(taken, recipe=changed), rounded.Rounded),
    ):
        generator = assembly.build_generator(one.recipe, records.DIGITS)
        imitated = one._imitation(generator)
        assert isinstance(imitated._make, kind)
        assert isinstance(one._matching(generator, imitated)._make, kind)


def _drawn(taken):
    return surrogates.draw(
        taken.moments,
        shape=(28, 28, 1),
        num=taken.recipe.summary.num_surrogates,
        seed=assembly.initial_seed(taken.recipe),
    )


def test_surrogates_are_those_that_the_guide_agrees_with(taken, monkeypatch):
    """Here two of three of each class, as the chief's guide says."""

    def classes(self, images):
        labels = np.arange(len(images)) % 10
        disagree = np.arange(len(images)) // 10 % 3 == 0
        return np.where(disagree, (labels + 1) % 10, labels)

    chief = summary_runs.Chief()
    with monkeypatch.context() as patched:
        patched.setattr(guides.Guide, "classes", classes)
        kept = taken.surrogates(records.DIGITS, chief)
    expected = np.flatnonzero(np.arange(300) // 10 % 3 > 0)
    np.testing.assert_array_equal(
        kept.examples, _drawn(taken).examples[expected]
    )
    np.testing.assert_array_equal(kept.labels, expected % 10)
    follower = summary_runs.Follower(chief.said)
    heard = taken.surrogates(records.DIGITS, follower)
    np.testing.assert_array_equal(heard.examples, kept.examples)


def test_fakes_are_seen_as_the_summary_saw_records(taken):
    """With the same centre and directions."""
    loss = taken._loss(guide=0.0, features=1.0)
    pixels = summary_runs.pixels(40)
    [rows] = feature_rows.features(pixels, "test", dtype=tf.float64)
    labels = tf.constant(np.arange(40) % 10)
    expected = loss.distance(
        tf.constant(taken.projection.rows(rows), tf.float32), labels
    )
    found = loss(tf.constant(records.scale(pixels)), labels)
    # Noise decides the moments, and the terms of the sum may cancel.
    largest = max(np.abs(part).max() for part in (loss._means, loss._products))
    np.testing.assert_allclose(
        found, expected, rtol=1e-3, atol=1e-3 * largest**2
    )
