"""CelebA and LSUN from prepared copies, made here in their form."""

import numpy as np
import pytest
import tensorflow_datasets as tfds

from dpgan_tf import __main__ as main
from dpgan_tf import errors
from dpgan_tf.data import sources
from dpgan_tf.data.known import paper_pictures
from dpgan_tf.data.pictures import store as picture_store
from dpgan_tf.data.pictures import units as picture_units

NUM = 12


def store(builder, images, data_dir, **more):
    """Store images in the form of a builder of TFDS, which has no copy."""
    config = builder.builder_config
    features = builder.info.features
    tfds.dataset_builders.store_as_tfds_dataset(
        name=builder.name,
        config=config.name if config else None,
        version=str(builder.version),
        features=features,
        split_datasets={
            "train": [
                (i, {"image": image} | {k: v[i] for k, v in more.items()})
                for i, image in enumerate(images)
            ]
        },
        data_dir=data_dir,
        disable_shuffling=True,
    )


def write_celeb_a(data_dir):
    builder = tfds.builder("celeb_a", data_dir=data_dir)
    features = builder.info.features
    attributes = dict.fromkeys(features["attributes"], False)
    landmarks = dict.fromkeys(features["landmarks"], 0)
    store(
        builder,
        [np.full((218, 178, 3), 20 * i, np.uint8) for i in range(NUM)],
        data_dir,
        attributes=[attributes | {"Male": i % 3 == 0} for i in range(NUM)],
        landmarks=[landmarks] * NUM,
        identity=[{"Identity_No": 7}] * NUM,
    )


def write_scene(data_dir, scene, colour):
    store(
        tfds.builder(f"lsun/{scene}", data_dir=data_dir),
        [np.full((70, 80, 3), colour, np.uint8)] * 4,
        data_dir,
        id=["a", "b", "c", "d"],
    )


def build(name, data_dir, **options):
    source = paper_pictures.open_prepared(name, data_dir=data_dir, **options)
    stored = paper_pictures.stored_name(name)
    picture_store.build(
        source,
        data_dir / stored,
        picture_units.Plan(
            size=paper_pictures.SETS[name].size,
            channels=3,
            test_fraction=0.0,
            seed=0,
        ),
        skip_unusable=False,
        num_processes=1,
    )
    return sources.load(stored, data_dir=data_dir)


@pytest.fixture(scope="module")
def celeb_a(tmp_path_factory):
    data_dir = tmp_path_factory.mktemp("data")
    write_celeb_a(data_dir)
    return data_dir


def test_celeb_a_becomes_the_size_of_the_paper(celeb_a):
    dataset = build("celeb_a", celeb_a, attribute="Male")
    assert dataset.form.shape == (48, 48, 3)
    assert dataset.num_classes == 2
    images = np.asarray(dataset.train_images)
    shades = np.rint(images[:, 24, 24, 0] / 20).astype(int)
    assert sorted(shades) == list(range(NUM))
    np.testing.assert_array_equal(dataset.train_labels, shades % 3 == 0)


def test_another_label_is_not_silently_that_of_before(tmp_path, capsys):
    write_celeb_a(tmp_path)
    command = ["prepare-data", "--dataset=celeb_a", f"--data_dir={tmp_path}"]
    assert main.main([*command, "--processes=1"]) == 0
    assert main.main(command) == 0
    assert main.main([*command, "--label=Male"]) == 2
    assert (
        "classes: [], and now ['not_Male', 'Male']" in capsys.readouterr().err
    )


def test_an_attribute_that_is_not_there_is_named(celeb_a):
    with pytest.raises(errors.DatasetError, match="--label=Tall.*Male,.*Smil"):
        paper_pictures.open_prepared(
            "celeb_a", data_dir=celeb_a, attribute="Tall"
        )


def test_scenes_of_lsun_are_classes(tmp_path):
    scenes = ("bedroom", "kitchen", "bridge", "living_room", "tower")
    for i, scene in enumerate(scenes):
        write_scene(tmp_path, scene, 50 * i)
    dataset = build("lsun_l", tmp_path)
    assert dataset.form.shape == (64, 64, 3)
    assert dataset.num_classes == 5
    shades = np.rint(np.asarray(dataset.train_images)[:, 9, 9, 0] / 50)
    np.testing.assert_array_equal(dataset.train_labels, shades)
    np.testing.assert_array_equal(np.bincount(dataset.train_labels), [4] * 5)


@pytest.mark.parametrize("name", list(paper_pictures.SETS))
def test_a_missing_copy_says_how_to_get_one(name, tmp_path):
    with pytest.raises(errors.DatasetError, match="tfds build .*--dataset=fo"):
        paper_pictures.open_prepared(name, data_dir=tmp_path)


def test_units_have_ten_thousand_records_at_most(monkeypatch, celeb_a):
    monkeypatch.setattr(paper_pictures, "_UNIT_SIZE", 5)
    source = paper_pictures.open_prepared("celeb_a", data_dir=celeb_a)
    assert source.sizes == [5, 5, 2]
    names = [
        item.name
        for i in range(source.num_units)
        for item in source.pictures_of(i)
    ]
    root = f"{celeb_a}/celeb_a, record"
    assert names == [f"{root} {i}" for i in range(NUM)]


def test_what_is_held_out_does_not_depend_on_the_current_folder(
    celeb_a, monkeypatch, tmp_path
):
    plan = picture_units.Plan(size=48, channels=3, test_fraction=0.5, seed=1)
    source = paper_pictures.open_prepared("celeb_a", data_dir=celeb_a)

    def held_out():
        return [
            picture_units.is_held_out(item, source, plan)
            for item in source.pictures_of(0)
        ]

    here = held_out()
    (tmp_path / "far" / "away").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "far" / "away")
    assert held_out() == here
    assert 0 < sum(here) < NUM
