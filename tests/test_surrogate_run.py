"""Whole runs without a public record: of a summary, and of nothing at all."""

import dataclasses
import json
import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf import assembly
from dpgan_tf import budgets
from dpgan_tf import claim_check
from dpgan_tf import class_summary
from dpgan_tf import errors
from dpgan_tf import private_summary
from dpgan_tf import private_training
from dpgan_tf import run_data
from dpgan_tf import run_files
from dpgan_tf import run_release
from dpgan_tf import sampling
from dpgan_tf import summary_fit
from dpgan_tf import training
from dpgan_tf import warm_start
from dpgan_tf.data import records
from dpgan_tf.data import surrogates
from dpgan_tf.models import guide as guides
from dpgan_tf.privacy import class_moments
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy import scattering
from tests import tiny_run

_SETTINGS = {
    "public_fraction": 0.0,
    "num_private_examples": 300,
    "conditional": True,
    "critic_loss": "decoupled",
    "objective": "bce",
    "grouping": "single",
    "summary": "class_moments",
    "summary_share": 0.5,
    "summary_side": 7,
    "num_surrogates": 40,
    "target_epsilon": 8.0,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("surrogates")
    tiny_run.write_labelled_records(folder)
    return folder


@pytest.fixture(scope="module")
def config(folder):
    return tiny_run.config(folder, **_SETTINGS)


@pytest.fixture(scope="module")
def finished(folder, config):
    return training.train(config, run_dir=folder / "run", data_dir=folder)


def test_the_claim_holds_and_counts_the_summary(config, finished):
    findings = claim_check.check_run(finished.root)
    assert findings and all(f.ok for f in findings), findings
    header = budgets.ledger_header(config, budgets.build_budget(config))
    assert header["summary_noise_multiplier"] > 0
    without = dataclasses.replace(
        config, summary="none", clipping="fixed", warm_start_steps=0
    )
    assert (
        header["effective_noise_multiplier"]
        > budgets.build_budget(without).mechanism.effective_noise_multiplier
    )


def test_the_same_summary_gives_the_same_records(config, finished):
    taken = private_summary.read(finished)
    assert taken.guide is None
    first, second = (
        surrogates.draw(taken.moments, form=records.DIGITS, num=40, seed=3)
        for _ in range(2)
    )
    np.testing.assert_array_equal(first.examples, second.examples)
    assert first.examples.dtype == np.uint8 and len(first) == 40
    np.testing.assert_array_equal(np.bincount(first.labels), [4] * 10)


def test_surrogates_look_like_their_classes():
    """Gaussians of known moments, 7 x 7 pixels, drawn at 28 x 28."""
    means = np.linspace(0.2, 0.8, 2)[:, None] * np.ones([2, 49])
    factors = np.zeros([2, 49, 49])
    factors[:, :, 0] = 0.05
    drawn = surrogates.draw(
        class_moments.ClassMoments(means=means, factors=factors),
        form=records.Form((28, 28, 1), num_classes=2),
        num=4_001,
        seed=0,
    )
    assert len(drawn) == 4_001
    for label, mean in enumerate((0.2, 0.8)):
        mine = drawn.examples[drawn.labels == label] / 255
        assert mine.mean() == pytest.approx(mean, abs=0.01)
        assert mine.mean(axis=(1, 2, 3)).std() == pytest.approx(0.05, rel=0.1)


def test_private_records_are_not_among_the_public_ones(
    folder, config, finished
):
    data = run_data.load(config, data_dir=folder)
    assert data.public is None
    drawn = surrogates.draw(
        private_summary.read(finished).moments,
        form=records.DIGITS,
        num=config.num_surrogates,
        seed=0,
    )
    distances = np.abs(
        drawn.examples[:, None].astype(float) - data.private.examples[None]
    ).mean(axis=(2, 3, 4))
    assert distances.min() > 1


def test_an_interrupted_run_draws_the_same_records_again(
    folder, config, tmp_path, monkeypatch
):
    seen = []
    train = warm_start.train

    def watch(config, files, form, public, *args, **kwargs):
        seen.append(public.examples)
        if len(seen) == 1:
            raise KeyboardInterrupt
        return train(config, files, form, public, *args, **kwargs)

    monkeypatch.setattr(warm_start, "train", watch)
    places = {"run_dir": tmp_path / "run", "data_dir": folder}
    with pytest.raises(KeyboardInterrupt):
        training.train(config, **places)
    taken = private_summary.read(run_files.RunFiles(tmp_path / "run"))
    files = training.train(config, **places)
    np.testing.assert_array_equal(*seen)
    again = private_summary.read(files)
    np.testing.assert_array_equal(taken.moments.factors, again.moments.factors)
    assert all(f.ok for f in claim_check.check_run(files.root))


@pytest.mark.parametrize("clipping", ["fixed", "quantile"])
def test_nothing_public_at_all(folder, tmp_path, clipping):
    config = tiny_run.config(
        folder,
        **_SETTINGS
        | {
            "summary": "none",
            "clipping": clipping,
            "clip_norm": 0.5,
            "warm_start_steps": 0,
            "critic_accuracy": 0.6,
            "largest_shift": 1,
            "draws_per_record": 2,
            "generator_ema_correction": True,
            "generator_ema_decay": 0.9,
            "latent_scale": 1.5,
        },
    )
    files = training.train(config, run_dir=tmp_path / "run", data_dir=folder)
    assert all(f.ok for f in claim_check.check_run(files.root))
    claim = json.loads((files.release / "privacy.json").read_text())
    _require_scaled_latents(files, config)
    assert ("quantile_share" in claim) == (clipping == "quantile")
    said = "fractions of unclipped records" in claim["statement"]
    assert said == (clipping == "quantile")


def _copy_of_warm_start(finished, run_dir):
    """Return a run that was stopped after its warm start."""
    shutil.copytree(finished.root, run_dir)
    files = run_files.RunFiles(run_dir)
    shutil.rmtree(files.checkpoints("private"))
    shutil.rmtree(files.release)
    return files


@pytest.mark.parametrize("kept", [0, 1])
def test_no_second_summary_beside_networks_of_the_first(
    folder, config, tmp_path, finished, kept
):
    """A ledger from before the summary, or none, cannot charge it again."""
    files = _copy_of_warm_start(finished, tmp_path / "run")
    header = files.ledger.read_text().splitlines(keepends=True)[:kept]
    files.ledger.unlink()
    if kept:
        files.ledger.write_text("".join(header))
    files.summary.unlink()
    with pytest.raises(privacy_errors.LedgerError, match="no ledger|is lost"):
        training.train(config, run_dir=files.root, data_dir=folder)
    assert not files.summary.exists()


def test_networks_of_another_summary_are_refused(
    folder, config, tmp_path, finished, monkeypatch
):
    """A ledger and its summary, beside a warm start of another run."""
    files = run_files.RunFiles(tmp_path / "run")

    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(warm_start, "train", stop)
        with pytest.raises(KeyboardInterrupt):
            training.train(config, run_dir=files.root, data_dir=folder)
    shutil.copytree(
        finished.checkpoints("warm_start"), files.checkpoints("warm_start")
    )
    with pytest.raises(privacy_errors.LedgerError, match="newer than"):
        training.train(config, run_dir=files.root, data_dir=folder)


def test_a_generator_that_was_fitted_to_another_summary_is_refused(
    folder, guided_config, guided, tmp_path, monkeypatch
):
    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    files = run_files.RunFiles(tmp_path / "run")
    with monkeypatch.context() as patched:
        patched.setattr(summary_fit, "fit_features", stop)
        with pytest.raises(KeyboardInterrupt):
            training.train(guided_config, run_dir=files.root, data_dir=folder)
    shutil.copytree(guided.checkpoints("summary"), files.checkpoints("summary"))
    with pytest.raises(privacy_errors.LedgerError, match="another summary"):
        training.train(guided_config, run_dir=files.root, data_dir=folder)


def _require_scaled_latents(files, config):
    """What is released or scored makes of z what a generator makes of 1.5 z."""
    keras.utils.set_random_seed(assembly.initial_seed(config))
    _, generator = assembly.build_networks(config, records.DIGITS)
    _require_scaled(files.warm_start_generator, generator)
    checkpoint = tf.train.load_checkpoint(
        tf.train.latest_checkpoint(files.checkpoints("private"))
    )
    for i, variable in enumerate(generator.variables):
        name = f"averaged_generator_{i}/.ATTRIBUTES/VARIABLE_VALUE"
        variable.assign(checkpoint.get_tensor(name))
    _require_scaled(sampling.generator_directory(files.release), generator)


def _require_scaled(directory, generator):
    exported = sampling.load_generator(directory)
    inputs = exported.block_inputs(0, 0)
    latent = inputs.pop("latent")
    np.testing.assert_allclose(
        exported.generate({"latent": latent} | inputs),
        generator([1.5 * latent, *inputs.values()], training=False),
        atol=1e-5,
    )


def test_waiting_needs_one_device(folder, config):
    from dpgan_tf import strategies

    waiting = dataclasses.replace(config, critic_accuracy=0.6)
    team = strategies.Team(tf.distribute.MirroredStrategy(["CPU:0"]))
    with pytest.raises(errors.UserError, match="critic_accuracy=0.6"):
        training.train(
            waiting, run_dir=folder / "team", data_dir=folder, team=team
        )
    with pytest.raises(errors.UserError, match="critic_accuracy=0.6"):
        training.follow(waiting, data_dir=folder, team=team)


def _pixels(num):
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, [num, 28, 28, 1]).astype(np.uint8)


class Follower:
    """Hears what a chief said, in the same order, types and shapes."""

    def __init__(self, said):
        self.said = list(said)

    def from_chief(self, values):
        sent = self.said.pop(0)
        assert [v.shape for v in values] == [v.shape for v in sent]
        assert [v.dtype for v in values] == [v.dtype for v in sent]
        return sent


class Chief:
    """Notes what it says."""

    def __init__(self):
        self.said = []

    def from_chief(self, values):
        self.said.append([np.asarray(value) for value in values])
        return self.said[-1]


def test_other_machines_draw_from_the_chiefs_summary(folder, config, finished):
    chiefs = private_summary.read(finished).moments
    follower = Follower([[chiefs.means, chiefs.factors]])

    data = run_data.load(config, data_dir=folder)
    blank = class_summary.blank(config, data.dataset.form, None)
    heard, taken = training._with_surrogates(config, data, follower, blank)
    assert taken.guide is None
    expected = surrogates.draw(
        chiefs,
        form=data.dataset.form,
        num=config.num_surrogates,
        seed=assembly.initial_seed(config),
    )
    np.testing.assert_array_equal(heard.public.examples, expected.examples)


@pytest.fixture(scope="module")
def guided_config(config):
    return dataclasses.replace(
        config,
        summary="class_features",
        num_surrogates=300,
        guide_steps=12,
        guide_share=0.4,
        feature_share=0.3,
        feature_directions=6,
        feature_products=3,
        summary_fit_steps=2,
        summary_batch_size=20,
    )


@pytest.fixture(scope="module")
def guided(folder, guided_config):
    return training.train(
        guided_config, run_dir=folder / "guided", data_dir=folder
    )


def test_a_guide_is_a_part_of_the_summary_that_is_charged(
    config, guided_config, guided
):
    assert all(f.ok for f in claim_check.check_run(guided.root))
    budget = budgets.build_budget(guided_config)
    of_parts = budget.summary_noise_multipliers
    assert len(of_parts) == 3 + guided_config.guide_steps
    header = budgets.ledger_header(guided_config, budget)
    without = budgets.ledger_header(config, budgets.build_budget(config))
    together = header["summary_noise_multiplier"]
    assert together == pytest.approx(without["summary_noise_multiplier"])
    assert together == pytest.approx(sum(s**-2 for s in of_parts) ** -0.5)
    of_guide = sum(s**-2 for s in of_parts[3:]) * together**2
    assert of_guide == pytest.approx(guided_config.guide_share)
    of_features = (together / of_parts[2]) ** 2
    assert of_features == pytest.approx(guided_config.feature_share)
    claim = json.loads((guided.release / "privacy.json").read_text())
    assert claim["summary_noise_multiplier"] == together


def test_public_records_take_the_part_of_surrogates(
    folder, guided_config, tmp_path
):
    config = dataclasses.replace(
        guided_config,
        public_fraction=0.1,
        num_private_examples=270,
        public_batch_size=8,
        warm_start_batch_size=8,
        summary_fit_steps=0,
    )
    data = run_data.load(config, data_dir=folder)
    files = training.train(config, run_dir=tmp_path / "run", data_dir=folder)
    assert all(f.ok for f in claim_check.check_run(files.root))
    taken = private_summary.read(files)
    assert taken.moments is None
    features = scattering.transform(tf.constant(data.public.examples / 255))
    np.testing.assert_allclose(
        taken.projection.center, features.numpy().mean(axis=0), rtol=1e-6
    )
    seen, _ = training._with_surrogates(config, data, Chief(), taken)
    assert seen.public is data.public
    blank = class_summary.blank(config, records.DIGITS, data.public)
    assert blank.moments is None
    for part in ("projection", "features", "guide"):
        for name, array in vars(getattr(taken, part)).items():
            assert getattr(getattr(blank, part), name).shape == array.shape


def test_no_more_than_some_public_records_are_looked_at(
    guided_config, monkeypatch
):
    monkeypatch.setattr(class_summary, "_MOST_PUBLIC_FEATURES", 12)
    public = records.PublicRecords(_pixels(30), np.arange(30) % 10)
    config = dataclasses.replace(guided_config, feature_directions=20)
    projection = class_summary._projection(config, public)
    features = scattering.transform(tf.constant(_pixels(30)[:12] / 255))
    np.testing.assert_allclose(
        projection.center, features.numpy().mean(axis=0), rtol=1e-6
    )
    blank = class_summary.blank(config, records.DIGITS, public)
    assert blank.projection.size == projection.size == 12


def test_networks_see_only_surrogates_that_their_guide_agrees_with(
    folder, guided_config, guided, monkeypatch
):
    """Here with two of three of each class."""

    def classes(self, images):
        labels = np.arange(len(images)) % 10
        disagree = np.arange(len(images)) // 10 % 3 == 0
        return np.where(disagree, (labels + 1) % 10, labels)

    monkeypatch.setattr(guides.Guide, "classes", classes)
    taken = private_summary.read(guided)
    data = run_data.load(guided_config, data_dir=folder)
    chief = Chief()
    kept, of_chief = training._with_surrogates(
        guided_config, data, chief, taken
    )
    drawn = surrogates.draw(
        taken.moments,
        form=records.DIGITS,
        num=guided_config.num_surrogates,
        seed=assembly.initial_seed(guided_config),
    )
    assert len(kept.public) == 200
    expected = np.flatnonzero(np.arange(300) // 10 % 3 > 0)
    np.testing.assert_array_equal(
        kept.public.examples, drawn.examples[expected]
    )
    np.testing.assert_array_equal(kept.public.labels, expected % 10)
    blank = class_summary.blank(guided_config, records.DIGITS, None)
    heard, of_follower = training._with_surrogates(
        guided_config, data, Follower(chief.said), blank
    )
    np.testing.assert_array_equal(heard.public.examples, kept.public.examples)
    for part in ("moments", "projection", "features", "guide"):
        ours = dataclasses.asdict(getattr(of_chief, part))
        theirs = dataclasses.asdict(getattr(of_follower, part))
        for name, array in ours.items():
            np.testing.assert_array_equal(array, theirs[name], err_msg=name)


def test_the_private_steps_follow_the_summary_and_the_guide_labels_samples(
    folder, guided_config, tmp_path, monkeypatch
):
    built = []
    build = assembly.build_dpgan

    def watch(*args, **kwargs):
        built.append(build(*args, **kwargs))
        return built[-1]

    monkeypatch.setattr(assembly, "build_dpgan", watch)
    files = training.train(
        guided_config, run_dir=tmp_path / "run", data_dir=folder
    )
    taken = private_summary.read(files)
    guide = guides.Guide(taken.guide)
    [model] = built
    beside = summary_fit.loss_of(
        taken,
        guide_weight=guided_config.guide_weight,
        feature_weight=guided_config.feature_weight,
    )
    some = tf.constant(records.scale(_pixels(20)))
    labels = tf.constant(np.arange(20) % 10)
    np.testing.assert_allclose(
        model._beside(some, labels), beside(some, labels), rtol=1e-5
    )
    directory = sampling.generator_directory(files.release)
    made = sampling.load_generator(directory).all_samples(100, 1)
    expected = tf.argmax(guide(tf.constant(made.examples)), axis=1)
    np.testing.assert_array_equal(made.labels, expected)
    run_release.write_again(guided_config, files)
    again = sampling.load_generator(directory).all_samples(100, 1)
    np.testing.assert_array_equal(made.labels, again.labels)


def test_a_guide_that_agrees_with_nothing_leaves_all_surrogates():
    """The summary is charged by then: the run must go on."""
    drawn = records.PublicRecords(
        np.zeros([20, 28, 28, 1], np.uint8), np.arange(20) % 10
    )
    first = drawn.labels < 5
    looks = np.where(first & (np.arange(20) < 10), drawn.labels, 9)
    kept = surrogates.keep(drawn, looks, least=10)
    np.testing.assert_array_equal(
        np.bincount(kept.labels), [1, 1, 1, 1, 1, 2, 2, 2, 2, 2]
    )
    assert len(surrogates.keep(drawn, looks, least=11)) == 20


class _Replayed:
    """A mechanism whose noisy sums are the same for every data set."""

    def __init__(self):
        self._rng = np.random.default_rng(6)

    def privatize(self, statistic, private, *, clip_norm, key):
        size = len(statistic.weighted_sum(private[:0], np.zeros(0)))
        return 0.1 + 0.01 * self._rng.normal(size=size)

    def deviation(self, number, *, clip_norm):
        return 1e-4


@pytest.mark.parametrize("has_public", [False, True])
def test_given_the_noisy_sums_neighbours_have_the_same_summary(
    folder, guided_config, has_public
):
    """Directions, counts and whatever else follow from them alone."""
    private = run_data.load(guided_config, data_dir=folder).private
    public = records.PublicRecords(_pixels(30), np.arange(30) % 10)
    public = public if has_public else None
    keep = np.flatnonzero(private.labels != 3)
    neighbour = records.PrivateRecords(
        255 - private.examples[keep], private.labels[keep]
    )
    first, second = (
        class_summary.take(
            guided_config,
            _Replayed(),
            some,
            public,
            tf.constant([1, 2], tf.int64),
        )
        for some in (private, neighbour)
    )
    assert (first.moments is None) == (second.moments is None) == has_public
    ours, theirs = dataclasses.asdict(first), dataclasses.asdict(second)
    for part in ("moments", "projection", "features", "guide"):
        for name, array in (ours[part] or {}).items():
            np.testing.assert_array_equal(
                array, theirs[part][name], err_msg=name
            )


def test_bytes_and_floats_have_the_same_features():
    pixels = np.random.default_rng(0).integers(0, 256, [3, 28, 28, 1])
    pixels = pixels.astype(np.uint8)
    both = [
        np.concatenate(list(class_summary._features(each, "test")))
        for each in (pixels, records.scale(pixels))
    ]
    np.testing.assert_allclose(*both, atol=1e-6)


def test_fakes_are_seen_as_the_summary_saw_records(guided):
    """With the same centre and directions."""
    taken = private_summary.read(guided)
    loss = summary_fit.loss_of(taken, guide_weight=0.0, feature_weight=1.0)
    pixels = _pixels(40)
    [rows] = class_summary._features(pixels, "test")
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


def test_what_was_taken_is_read_as_it_was(guided):
    taken = private_summary.read(guided)
    assert taken.features.means.shape == (10, 6)
    assert taken.features.products.shape == (10, 3, 3)
    assert taken.projection.directions.shape[1] == 6


def test_the_private_steps_begin_with_the_fitted_generator(
    folder, guided_config, tmp_path, monkeypatch
):
    """And an interrupted run fits it once."""
    begun = []

    def stop(config, files, budget, data, model, *args, **kwargs):
        begun.append(model.generator.get_weights())
        raise KeyboardInterrupt

    monkeypatch.setattr(private_training, "train", stop)
    places = {"run_dir": tmp_path / "run", "data_dir": folder}
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            training.train(guided_config, **places)
    files = run_files.RunFiles(tmp_path / "run")
    fitted = tf.train.load_checkpoint(
        tf.train.latest_checkpoint(files.checkpoints("summary"))
    )
    for i, (first, second) in enumerate(zip(*begun, strict=True)):
        np.testing.assert_array_equal(first, second)
        np.testing.assert_array_equal(
            first, fitted.get_tensor(f"w{i}/.ATTRIBUTES/VARIABLE_VALUE")
        )
