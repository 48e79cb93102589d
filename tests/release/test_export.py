import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from dpgan_tf import errors
from dpgan_tf.release import export
from dpgan_tf.release import sampling
from tests import tiny_generator

_FRESH_PROCESS = """
import sys
import numpy as np
import tensorflow as tf
release = tf.saved_model.load(sys.argv[1])
latent = tf.constant(np.load(sys.argv[2]))
images = release.signatures["serving_default"](latent=latent)["images"]
sample = release.signatures["sample"]
asked = {"num": tf.constant(5), "seed": tf.constant(7, tf.int64)}
drawn = sample(**asked)["images"]
varied = release.signatures["sample_varied"]
at_1 = varied(**asked, variety=tf.constant(1.0))["images"]
np.testing.assert_array_equal(at_1, drawn)
more = varied(**asked, variety=tf.constant(1.5))["images"]
assert np.abs(more - drawn).max() > 0
np.savez(sys.argv[3], images=images, drawn=drawn)
assert not any(name.split(".")[0] == "dpgan_tf" for name in sys.modules)
"""


@pytest.fixture(scope="module")
def generator():
    return tiny_generator.build()


@pytest.fixture(scope="module")
def directory(generator, tmp_path_factory):
    path = tmp_path_factory.mktemp("release") / "generator" / "1"
    export.export_generator(
        generator, path, latent_dim=tiny_generator.LATENT_DIM
    )
    return path


@pytest.fixture(scope="module")
def loaded(directory):
    return tf.saved_model.load(str(directory))


def _sample(loaded, num, seed):
    return loaded.signatures["sample"](
        num=tf.constant(num), seed=tf.constant(seed, tf.int64)
    )["images"].numpy()


def test_a_fresh_process_needs_tensorflow_alone(
    generator, directory, loaded, tmp_path
):
    latent = np.random.default_rng(1).normal(
        size=[6, tiny_generator.LATENT_DIM]
    )
    np.save(tmp_path / "latent.npy", latent.astype(np.float32))
    result = tmp_path / "result.npz"
    subprocess.run(
        [
            sys.executable,
            "-c",
            _FRESH_PROCESS,
            str(directory),
            str(tmp_path / "latent.npy"),
            str(result),
        ],
        check=True,
        cwd=tmp_path,
        capture_output=True,
    )
    with np.load(result) as arrays:
        expected = generator(latent.astype(np.float32), training=False)
        np.testing.assert_allclose(arrays["images"], expected, atol=1e-6)
        np.testing.assert_array_equal(arrays["drawn"], _sample(loaded, 5, 7))


def test_batch_normalisation_uses_its_averages(generator, loaded):
    # With batch statistics an image would depend on its neighbours.
    latent = tf.random.stateless_normal([4, 3], [1, 2])
    serve = loaded.signatures["serving_default"]
    together = serve(latent=latent)["images"]
    alone = serve(latent=latent[:1])["images"]
    np.testing.assert_allclose(together[:1], alone, atol=1e-6)
    by_batch = generator(latent, training=True)
    assert np.abs(together - by_batch).max() > 0.01


def test_a_seed_gives_the_same_images_and_another_seed_others(loaded):
    first = _sample(loaded, 20, 1)
    assert first.shape == (20, 4, 4, 1)
    assert first.min() >= -1 and first.max() <= 1
    np.testing.assert_array_equal(first, _sample(loaded, 20, 1))
    other = _sample(loaded, 20, 2)
    assert not (first == other).all(axis=(1, 2, 3)).any()


@pytest.mark.parametrize("num", [0, 1, 127, 128, 129, 300])
def test_fewer_samples_are_the_first_of_more(loaded, num):
    few = _sample(loaded, num, 3)
    assert few.shape == (num, 4, 4, 1)
    np.testing.assert_array_equal(few, _sample(loaded, 400, 3)[:num])


def test_nothing_but_the_weights_of_the_generator_is_inside(
    generator, directory
):
    files = {
        str(path.relative_to(directory))
        for path in directory.rglob("*")
        if path.is_file()
    }
    assert files == {
        "fingerprint.pb",
        "saved_model.pb",
        "variables/variables.data-00000-of-00001",
        "variables/variables.index",
    }
    stored = dict(
        tf.train.list_variables(str(directory / "variables" / "variables"))
    )
    stored.pop("_CHECKPOINTABLE_OBJECT_GRAPH")
    # Three numbers: of classes, of the first of them, and the largest
    # count, here all 0; no shares of classes, and no blocks of columns.
    assert sorted(map(tuple, stored.values())) == sorted(
        [(), (), (), (0,), (0,)]
        + [tuple(weight.shape) for weight in generator.weights]
    )
    assert sampling.load_generator(directory).num_classes == 0


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    directory = tmp_path_factory.mktemp("labelled") / "1"
    export.export_generator(
        tiny_generator.build_labelled(),
        directory,
        latent_dim=tiny_generator.LATENT_DIM,
        num_classes=4,
    )
    return directory


def test_a_guide_says_what_images_look_like(tmp_path):
    """By their shade, whatever they were made for; in both signatures."""
    latent, label = keras.Input((3,)), keras.Input((), dtype="int64")
    shade = keras.ops.tanh(
        latent[:, :1] + 0 * keras.ops.cast(label, "float32")[:, None]
    )
    images = layers.Reshape((4, 4, 1))(keras.ops.tile(shade, [1, 16]))
    directory = tmp_path / "generator"
    export.export_generator(
        keras.Model([latent, label], images),
        directory,
        latent_dim=3,
        num_classes=2,
        guide=lambda images: tf.stack(
            [-images[:, 0, 0, 0], images[:, 0, 0, 0]], axis=1
        ),
    )
    streamed = sampling.load_generator(directory).all_samples(200, 3)
    looks = (streamed.examples[:, 0, 0, 0] > 0).astype(int)
    np.testing.assert_array_equal(streamed.labels, looks)
    assert 50 < streamed.labels.sum() < 150
    loaded = tf.saved_model.load(str(directory))
    drawn = loaded.signatures["sample"](
        num=tf.constant(200), seed=tf.constant(3, tf.int64)
    )
    np.testing.assert_array_equal(drawn["labels"], streamed.labels)
    np.testing.assert_array_equal(drawn["images"], streamed.examples)
    served = loaded.signatures["serving_default"](
        latent=tf.constant([[2.0, 0, 0], [-2.0, 0, 0]]),
        label=tf.zeros([2], tf.int64),
    )
    np.testing.assert_array_equal(served["labels"], [1, 0])


def test_whoever_serves_it_chooses_the_labels(labelled):
    serve = tf.saved_model.load(str(labelled)).signatures["serving_default"]
    images = serve(
        latent=tf.zeros([2, 3]), label=tf.constant([3, 0], tf.int64)
    )["images"]
    np.testing.assert_allclose(images[:, 0, 0, 0], [0.75, -0.75], atol=1e-6)


def test_no_path_of_this_machine_is_inside(directory):
    for path in directory.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert str(pathlib.Path.home()).encode() not in content
            assert str(directory.parent).encode() not in content
            assert str(pathlib.Path(__file__).parent).encode() not in content
            assert b".py" not in content


def test_an_earlier_generator_is_replaced(tmp_path):
    target = tmp_path / "generator" / "1"
    for seed in (0, 1):
        export.export_generator(
            tiny_generator.build(seed), target, latent_dim=3
        )
    latent = tf.ones([1, 3])
    images = tf.saved_model.load(str(target)).signatures["serving_default"](
        latent=latent
    )["images"]
    np.testing.assert_allclose(
        images, tiny_generator.build(1)(latent, training=False), atol=1e-6
    )
    assert [path.name for path in target.parent.iterdir()] == ["1"]


def test_another_folder_is_not_replaced(generator, tmp_path):
    (tmp_path / "precious").write_text("data")
    with pytest.raises(errors.UserError, match="not a generator"):
        export.export_generator(generator, tmp_path, latent_dim=3)
    assert (tmp_path / "precious").read_text() == "data"


def test_a_failed_export_leaves_nothing(generator, tmp_path, monkeypatch):
    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tf.saved_model, "save", fail)
    with pytest.raises(OSError, match="No space"):
        export.export_generator(generator, tmp_path / "1", latent_dim=3)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_command_line_of_tensorflow_serves_it(directory, loaded, tmp_path):
    cli = pathlib.Path(sys.executable).with_name("saved_model_cli")
    np.save(tmp_path / "num.npy", np.int32(5))
    np.save(tmp_path / "seed.npy", np.int64(7))
    inputs = ";".join(
        f"{name}={tmp_path}/{name}.npy" for name in ("num", "seed")
    )
    subprocess.run(
        [
            *(cli, "run", "--dir", directory, "--tag_set", "serve"),
            *("--signature_def", "sample", "--inputs", inputs),
            *("--outdir", tmp_path),
        ],
        check=True,
        capture_output=True,
    )
    np.testing.assert_allclose(
        np.load(tmp_path / "images.npy"), _sample(loaded, 5, 7), atol=1e-6
    )


@pytest.fixture(scope="module")
def from_7(tmp_path_factory):
    """Return a generator of four classes with the labels 7 to 10."""
    path = tmp_path_factory.mktemp("from_7") / "1"
    export.export_generator(
        tiny_generator.build_labelled(),
        path,
        latent_dim=tiny_generator.LATENT_DIM,
        num_classes=4,
        first_label=7,
    )
    return path


SHADES = np.array([-0.75, -0.25, 0.25, 0.75], np.float32)


def test_labels_go_in_with_the_numbers_of_their_owner(from_7):
    serve = tf.saved_model.load(str(from_7)).signatures["serving_default"]
    latent = tf.zeros([4, tiny_generator.LATENT_DIM])
    label = tf.constant([10, 7, 8, 9], tf.int64)
    images = serve(latent=latent, label=label)["images"].numpy()
    np.testing.assert_allclose(images[:, 0, 0, 0], SHADES[[3, 0, 1, 2]])


def test_labels_come_out_with_the_numbers_of_their_owner(from_7):
    sample = tf.saved_model.load(str(from_7)).signatures["sample"]
    made = sample(num=tf.constant(130), seed=tf.constant(0, tf.int64))
    labels = made["labels"].numpy()
    assert set(labels) == {7, 8, 9, 10}
    np.testing.assert_allclose(
        made["images"].numpy()[:, 0, 0, 0], SHADES[labels - 7]
    )


def test_a_keras_layer_serves_it(directory, from_7):
    """`TFSMLayer` gives one value by its place, and others by their names."""
    latent = tf.zeros([2, tiny_generator.LATENT_DIM])
    layer = keras.layers.TFSMLayer(str(directory), call_endpoint="generate")
    assert layer(latent)["images"].shape[0] == 2
    labelled = keras.layers.TFSMLayer(str(from_7), call_endpoint="generate")
    label = tf.constant([10, 7], tf.int64)
    images = labelled(latent, label=label)["images"].numpy()
    np.testing.assert_allclose(images[:, 0, 0, 0], SHADES[[3, 0]])
    samples = keras.layers.TFSMLayer(str(from_7), call_endpoint="sample")
    made = samples(tf.constant(5), seed=tf.constant(0, tf.int64))
    assert made["labels"].shape == (5,)


def test_samples_have_the_shares_of_the_classes(tmp_path):
    """The signature and this package make the same ones."""
    export.export_generator(
        tiny_generator.build_labelled(),
        tmp_path / "1",
        latent_dim=tiny_generator.LATENT_DIM,
        num_classes=4,
        first_label=7,
        class_shares=np.array([0.1, 0.0, 0.6, 0.3]),
    )
    sample = tf.saved_model.load(str(tmp_path / "1")).signatures["sample"]
    made = sample(num=tf.constant(200), seed=tf.constant(0, tf.int64))
    labels = made["labels"].numpy()
    counts = np.bincount(labels - 7, minlength=4)
    np.testing.assert_allclose(counts, [20, 0, 120, 60], atol=2)
    again = sampling.load_generator(tmp_path / "1").all_samples(200, 0)
    np.testing.assert_array_equal(labels, again.labels)
    np.testing.assert_allclose(made["images"], again.examples, atol=1e-6)


def test_labels_that_a_guide_sees_have_the_numbers_of_their_owner(tmp_path):
    def guide(images):
        shade = images[:, 0, 0, :1]
        return -tf.square(shade - SHADES[::-1])

    export.export_generator(
        tiny_generator.build_labelled(),
        tmp_path / "1",
        latent_dim=tiny_generator.LATENT_DIM,
        num_classes=4,
        first_label=7,
        guide=guide,
    )
    loaded = tf.saved_model.load(str(tmp_path / "1"))
    latent = tf.zeros([2, tiny_generator.LATENT_DIM])
    label = tf.constant([7, 10], tf.int64)
    made = loaded.signatures["serving_default"](latent=latent, label=label)
    assert made["labels"].numpy().tolist() == [10, 7]
    drawn = loaded.signatures["sample"](
        num=tf.constant(4), seed=tf.constant(0, tf.int64)
    )
    assert drawn["labels"].numpy().tolist() == [10, 9, 8, 7]
