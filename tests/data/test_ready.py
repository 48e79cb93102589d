"""What a user calls DATA is prepared on the way, once."""

import numpy as np
import pytest
from PIL import Image

from dpgan_tf import errors
from dpgan_tf.data import ready
from dpgan_tf.data import registry
from dpgan_tf.data import sources


@pytest.fixture
def portraits(tmp_path):
    """Make a folder with pictures of two classes."""
    rng = np.random.default_rng(0)
    for number in range(24):
        folder = tmp_path / "portraits" / ("a" if number % 2 else "b")
        folder.mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 256, (20, 30, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return tmp_path / "portraits"


def test_a_folder_of_pictures_is_prepared_once(portraits, tmp_path):
    made = ready.make(str(portraits), data_dir=tmp_path / "data", size=8)
    assert made.dataset == str(tmp_path / "data" / "portraits_8")
    assert "prepared to 8 x 8 pixels" in made.report[0]
    found = sources.load(made.dataset, data_dir=tmp_path / "data")
    assert found.form.shape == (8, 8, 3) and found.num_classes == 2

    (portraits / "a" / "1.png").write_bytes(b"no picture any more")
    again = ready.make(str(portraits), data_dir=tmp_path / "data", size=8)
    assert again.dataset == made.dataset
    assert "prepared earlier" in again.report[0]


def test_pictures_of_another_folder_of_that_name_are_not_used(
    portraits, tmp_path
):
    ready.make(str(portraits), data_dir=tmp_path / "data", size=8)
    other = tmp_path / "other" / "portraits"
    other.parent.mkdir()
    (tmp_path / "portraits").rename(other)
    ready.make(str(other), data_dir=tmp_path / "data", size=8)
    portraits.mkdir()
    (portraits / "c.png").write_bytes((other / "a" / "1.png").read_bytes())
    with pytest.raises(errors.DatasetError, match="was prepared from"):
        ready.make(str(other), data_dir=tmp_path / "data", size=8)


def test_the_size_is_32_unless_another_is_wanted(portraits, tmp_path):
    made = ready.make(str(portraits), data_dir=tmp_path, labels=False)
    assert made.dataset.endswith("portraits_32")
    assert sources.load(made.dataset, data_dir=tmp_path).num_classes == 0


def test_files_and_names_that_can_be_loaded_stay_what_they_are(tmp_path):
    path = tmp_path / "own.npz"
    np.savez(path, images=np.zeros((4, 8, 8), np.uint8))
    for data in (str(path), "mnist", "no/such"):
        assert ready.make(data, data_dir=tmp_path).dataset == data
    with pytest.raises(errors.UserError, match="--size=8: is for a folder"):
        ready.make(str(path), data_dir=tmp_path, size=8)


@pytest.mark.parametrize(
    ("data", "size", "wanted"),
    [
        ("shades", None, ("shades", {"size": 32})),
        ("shades", 48, ("shades_48", {"size": 48})),
        ("shades_48", None, ("shades_48", {"size": 48})),
    ],
)
def test_a_data_set_that_is_made_is_made_under_its_name(
    data, size, wanted, monkeypatch, tmp_path
):
    name, given = wanted
    asked = {}

    def prepare(source, *, data_dir, size, **others):
        asked["size"] = size
        folder = data_dir / f"{source}_{size}"
        return registry.Prepared(name if size == 32 else str(folder))

    source = registry.Source(
        name="shades",
        names={"shades_48": " --size=48"},
        prepare=prepare,
        options=(ready.preparation.SIZE,),
    )
    monkeypatch.setattr(registry, "every", lambda: (source,))
    made = ready.make(data, data_dir=tmp_path, size=size)
    assert made.dataset == name and asked == given


def test_another_size_than_that_of_the_name_is_refused(tmp_path):
    with pytest.raises(errors.UserError, match="has pictures of 48 pixels"):
        ready.make("sample_photos_48", data_dir=tmp_path, size=32)


def test_what_is_no_picture_is_said_by_the_loader(tmp_path):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "a.csv").write_text("a,b\n1,2\n")
    data = str(tmp_path / "tables")
    assert ready.make(data, data_dir=tmp_path).dataset == data


def test_known_names_have_publicly_known_numbers():
    assert registry.declared_records("mnist") == 60_000
    assert registry.declared_records("simulated_ehr") == 37_216
    assert registry.declared_records("records.npz") is None


def test_folders_of_persons_have_a_place_of_their_own(portraits, tmp_path):
    made = ready.make(
        str(portraits), data_dir=tmp_path, size=8, labels=False, units="folders"
    )
    assert made.dataset == str(tmp_path / "portraits_8_persons")
    found = sources.load(made.dataset, data_dir=tmp_path)
    assert len(set(found.train_units)) == 2
