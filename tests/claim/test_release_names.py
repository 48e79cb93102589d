"""Which names are those of a release."""

import pytest

from dpgan_tf.claim import release_names

GRAPH = "generator/1/saved_model.pb"


@pytest.mark.parametrize(
    "name",
    [
        *("MODEL_CARD.md", "samples.png", "samples.csv", "columns.txt"),
        *("classes.txt", GRAPH, "generator/1/variables/variables.index"),
    ],
)
def test_the_files_of_images_and_of_tables_are_parts(name):
    assert release_names.is_part(name)


@pytest.mark.parametrize(
    "name",
    [
        "privacy.json",  # It vouches for the others, and not for itself.
        "model_card.md",
        "",
        ".",
        "generator",
        "generator/2/saved_model.pb",
        "./samples.png",
        "generator/1/../1/saved_model.pb",
        "generator\\1\\saved_model.pb",
        "generator/1/variables/variables.data-00000-of-00002",
        "samples.png\n",
        "samples.png.bak",
    ],
)
def test_other_names_however_similar_are_none(name):
    assert not release_names.is_part(name)


def test_images_have_no_rows_and_tables_no_picture():
    of_both = release_names.OF_IMAGES & release_names.OF_COUNTS
    assert {"MODEL_CARD.md", GRAPH} < of_both
    assert release_names.OF_IMAGES - of_both == {"samples.png"}
    assert release_names.OF_NAMED_CLASSES - of_both == {
        *("samples.png", "classes.txt")
    }
    assert release_names.OF_COUNTS - of_both == {"samples.csv", "columns.txt"}
    assert release_names.OF_TYPED - of_both == {"samples.csv", "schema.json"}


def test_every_file_lies_in_a_folder_of_a_release():
    of_tables = release_names.OF_COUNTS | release_names.OF_TYPED
    for name in release_names.OF_IMAGES | of_tables:
        folder = name.rpartition("/")[0]
        assert not folder or folder in release_names.FOLDERS
