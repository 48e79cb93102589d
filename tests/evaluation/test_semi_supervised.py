"""Which labels are taken, and in what batches they are learnt."""

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data import records
from dpgan_tf.evaluation import classifier as classifiers
from dpgan_tf.evaluation import semi_supervised
from dpgan_tf.release import sampling


def _public(num, labels):
    images = np.arange(num, dtype=np.uint8).reshape(num, 1, 1, 1)
    return records.PublicRecords(images, labels, records.PIXELS, 0)


def test_classes_are_as_even_as_the_records_allow():
    public = _public(12, np.repeat([0, 1, 2], [8, 3, 1]))
    found = semi_supervised.first_of_public(public, 6, seed=0)
    # One of each, one of the two that have more, and one of either.
    assert np.bincount(found.labels).tolist() in ([3, 2, 1], [2, 3, 1])
    rows = found.images.ravel()
    np.testing.assert_array_equal(public.labels[rows], found.labels)


@pytest.mark.parametrize(
    ("labels", "found"), [(np.array([0, 1]), "have 2"), (None, "no labels")]
)
def test_labels_that_are_not_there_are_refused(labels, found):
    with pytest.raises(errors.UserError, match=found):
        semi_supervised.first_of_public(_public(2, labels), 3, seed=0)


@pytest.mark.parametrize(
    "values", [{"final_share": 1.0}, {"num_steps": 0}, {"batch_size": 0}]
)
def test_what_no_batch_can_be_made_of_is_refused(values):
    (name,) = values
    with pytest.raises(ValueError, match=f"{name}="):
        semi_supervised.Setting(**values)


def test_a_pass_sees_each_labelled_image_once():
    labelled = semi_supervised.Labelled(
        images=np.arange(6, dtype=np.uint8).reshape(6, 1, 1, 1),
        labels=np.arange(6),
    )
    batches = semi_supervised._endless(labelled, 4, seed=0)
    seen = np.concatenate([next(batches)[1].numpy() for _ in range(6)])
    for one_pass in seen.reshape(4, 6):
        assert sorted(one_pass) == list(range(6))


def test_c2_sees_an_image_and_its_code():
    model = semi_supervised.build_c2(
        (28, 28, 1), code_size=5, num_classes=3, seed=0
    )
    image, code = np.zeros([1, 28, 28, 1], "f4"), np.zeros([1, 5], "f4")
    first = model([image, code]).numpy()
    assert first.shape == (1, 3)
    assert np.abs(model([image, code + 1]).numpy() - first).max() > 0


def test_labels_are_public_ones_and_even_over_the_classes(labelled):
    from dpgan_tf.run import data as run_data

    data = run_data.load(labelled.recipe, data_dir=labelled.folder)
    labelled = semi_supervised.first_of_public(data.public, 20, seed=3)
    public = {image.tobytes() for image in data.public.examples}
    private = {image.tobytes() for image in data.private.examples}
    chosen = {image.tobytes() for image in labelled.images}
    assert chosen <= public and not chosen & private
    counts = np.bincount(labelled.labels, minlength=10)
    possible = np.bincount(data.public.labels, minlength=10)
    assert counts.sum() == 20
    assert (counts >= np.minimum(possible, 2) - 1).all()
    more = len(data.public) + 1
    with pytest.raises(errors.UserError, match=f"{more} public labels"):
        semi_supervised.first_of_public(data.public, more, seed=0)


def test_the_share_of_samples_grows_from_a_third_to_two_thirds():
    setting = semi_supervised.Setting(final_share=0.2, num_steps=300)
    shares = [setting.share(step) for step in (0, 99, 150, 200, 299)]
    np.testing.assert_allclose(shares, [0, 0, 0.1, 0.2, 0.2], atol=1e-9)


def test_samples_meet_the_codes_they_were_made_from(labelled):
    generator = sampling.load_generator(
        sampling.generator_directory(labelled.files.release)
    )
    batches = semi_supervised._samples_with_codes(generator, 50, seed=5)
    for _ in range(4):
        images, codes = next(batches)
        assert codes.shape == (50, generator.latent_dim + 10)
        again = generator.generate(
            {
                "latent": codes[:, : generator.latent_dim],
                "label": np.argmax(codes[:, generator.latent_dim :], axis=1),
            }
        )
        np.testing.assert_allclose(images, again, atol=1e-5)


@pytest.mark.slow
def test_semi_supervised_training_learns_from_good_samples():
    """A generator of clean images: C1 gets them right from four labels."""
    rng = np.random.default_rng(0)

    def images(num):
        labels = np.arange(num) % 2
        made = rng.integers(0, 60, [num, 28, 28, 1], np.uint8)
        made[labels == 1, 8:20] += 150
        return semi_supervised.Labelled(
            images=made, labels=labels.astype(np.int64)
        )

    class Generator:
        latent_dim, num_classes = 3, 0

        def block_inputs(self, seed, block):
            return {"latent": rng.normal(size=[128, 3]).astype(np.float32)}

        def generate(self, inputs):
            return classifiers.records.scale(images(128).images)

    setting = semi_supervised.Setting(num_steps=60, batch_size=16)
    accuracy = semi_supervised.train(
        Generator(), images(4), images(100), setting, seed=0
    )
    assert accuracy > 0.95
