"""A release in Python: its claim, its samples, its check."""

import sys
import types

import numpy as np
import pytest

import dpgan_tf
from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.claim import claim as claims
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.release import export
from dpgan_tf.release import handle
from dpgan_tf.release import sampling
from tests import tiny_generator
from tests import tiny_table
from tests.claim import releases


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Return a run whose release verifies; its generator is of no use."""
    root = tmp_path_factory.mktemp("run")
    releases.make_run(root)
    return root


@pytest.fixture
def make(tmp_path):
    """Return a function that makes a release with a tiny generator."""

    def made(model, *, columns=(), classes=(), **settings):
        run_files.write_json(
            tmp_path / claims.FILE_NAME,
            {
                "statement": "as it is",
                "epsilon": 1.5,
                "delta": 1e-5,
                "epsilon_by_accountant": {},
                "num_steps": 1,
                "num_steps_kept": 1,
                "num_steps_lost": 0,
                "num_groups": 1,
                "sampling_probability": 0.1,
                "effective_noise_multiplier": 1.0,
            },
        )
        if columns:
            (tmp_path / "columns.txt").write_text("\n".join(columns) + "\n")
        if classes:
            (tmp_path / "classes.txt").write_text("\n".join(classes) + "\n")
        folder = sampling.generator_directory(tmp_path)
        export.export_generator(
            model, folder, latent_dim=tiny_generator.LATENT_DIM, **settings
        )
        return dpgan_tf.load(tmp_path)

    return made


def test_a_claim_is_read_by_its_words_and_by_its_fields(run):
    release = dpgan_tf.load(run / "release")
    claim = release.claim
    assert claim.epsilon == claim["epsilon"] > 0
    assert claim.delta == claim["delta"] < 1
    assert "differentially private" in claim.statement
    assert set(claim) == set(dict(claim)) and len(claim) == len(dict(claim))
    assert f"epsilon={claim.epsilon}" in repr(claim)


def test_a_run_leads_to_its_release(run):
    assert dpgan_tf.load(run).path == run / "release"
    assert dpgan_tf.load(str(run / "release")).path == run / "release"


def test_a_release_shows_what_it_is(run):
    release = dpgan_tf.load(run)
    assert "Release(" in repr(release) and "epsilon=" in repr(release)
    assert release.claim.statement[:40] in release._repr_html_()


def test_a_release_verifies_until_a_file_is_changed(tmp_path):
    releases.make_run(tmp_path)
    release = dpgan_tf.load(tmp_path)
    assert release.verify() is True
    with open(tmp_path / "release" / "samples.png", "ab") as file:
        file.write(b"x")
    with pytest.raises(privacy_errors.PrivacyError, match="samples.png"):
        release.verify()


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_folder_without_a_release_is_refused_with_a_remedy(tmp_path, name):
    with pytest.raises(errors.UserError, match="holds no release"):
        dpgan_tf.load(tmp_path / name)


def test_images_are_bytes_and_the_same_for_a_seed(make):
    release = make(tiny_generator.build())
    images = release.sample(5, seed=3)
    assert images.shape == (5, 4, 4, 1) and images.dtype == np.uint8
    np.testing.assert_array_equal(release.sample(7, seed=3)[:5], images)
    assert (release.sample(5, seed=4) != images).any()
    assert release.num_classes == 0


def test_labels_come_beside_their_images(make):
    release = make(
        tiny_generator.build_labelled(), num_classes=4, classes="wxyz"
    )
    assert release.class_names == ("w", "x", "y", "z")
    images, labels = release.sample(8)
    shades = np.rint(np.array([-0.75, -0.25, 0.25, 0.75]) * 127.5 + 127.5)
    np.testing.assert_allclose(images[:, 0, 0, 0], shades[labels], atol=1)
    assert release.num_classes == 4


def test_rows_come_with_the_names_of_their_columns(make, monkeypatch):
    release = make(
        tiny_generator.build_rows(), largest_count=3, columns=("a", "b")
    )
    monkeypatch.setitem(sys.modules, "pandas", None)
    rows = release.sample(6)
    assert isinstance(rows, handle.Rows) and rows.columns == ("a", "b")
    assert len(rows) == 6 and rows.values.dtype == np.uint8
    np.testing.assert_array_equal(np.asarray(rows), [[3, 0]] * 6)
    assert np.asarray(rows, float).dtype == float

    pandas = types.ModuleType("pandas")
    pandas.DataFrame = lambda values, columns: ("frame", values, columns)
    monkeypatch.setitem(sys.modules, "pandas", pandas)
    kind, values, columns = release.sample(6)
    assert (kind, columns) == ("frame", ["a", "b"])
    np.testing.assert_array_equal(values, rows.values)


def test_variety_is_an_argument_of_images(make):
    release = make(tiny_generator.build())
    plain = release.sample(5, seed=3)
    np.testing.assert_array_equal(release.sample(5, seed=3, variety=1), plain)
    varied = release.sample(5, seed=3, variety=1.5)
    assert (varied != plain).any()
    for wrong in (0, float("nan"), "1.5", 5):
        with pytest.raises(errors.UserError, match=f"variety={wrong}; expect"):
            release.sample(5, variety=wrong)


def test_variety_of_rows_is_refused(make):
    rows = make(tiny_generator.build_rows(), largest_count=3, columns="ab")
    assert len(rows.sample(2, variety=1)) == 2
    typed = dpgan_tf.load(tiny_table.release())
    for release, more in ((rows, {}), (typed, {}), (typed, {"where": "age=3"})):
        with pytest.raises(errors.UserError, match="variety=2: is a knob of "):
            release.sample(2, variety=2, **more)


@pytest.mark.parametrize(("num", "seed"), [(0, 0), (-1, 0), (1, -1)])
def test_numbers_that_make_no_sense_are_refused(make, num, seed):
    with pytest.raises(errors.UserError, match=f"num={num}, seed={seed}"):
        make(tiny_generator.build()).sample(num, seed=seed)


def test_typed_columns_come_as_a_frame_or_as_arrays(monkeypatch):
    release = dpgan_tf.load(tiny_table.release())
    assert release.columns == tiny_table.SCHEMA.names
    assert release.schema == tiny_table.SCHEMA
    pandas = pytest.importorskip("pandas")
    frame = release.sample(20, seed=3)
    assert isinstance(frame, pandas.DataFrame) and len(frame) == 20
    assert tuple(frame.columns) == tiny_table.SCHEMA.names
    monkeypatch.setitem(sys.modules, "pandas", None)
    arrays = release.sample(20, seed=3)
    np.testing.assert_array_equal(arrays["age"], frame["age"])


def test_rows_of_a_group_can_be_asked_for():
    release = dpgan_tf.load(tiny_table.release())
    frame = release.sample(40, seed=3, where="died=yes,age=20..")
    assert len(frame) == 40
    assert frame["died"].all() and (frame["age"] >= 20).all()
    with pytest.raises(errors.UserError, match="no column sex; there are "):
        release.sample(40, where="sex=F")


def test_a_condition_of_images_is_refused(make):
    with pytest.raises(errors.UserError, match="where=a=1: .* no typed colum"):
        make(tiny_generator.build()).sample(3, where="a=1")
