"""Each thing that is no data set leads to what takes it, or says what it is."""

import io
import os
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from dpgan_tf import errors
from dpgan_tf.data import sources
from dpgan_tf.data.known import own_pictures


def npy():
    file = io.BytesIO()
    np.save(file, np.zeros((2, 4, 4)))
    return file.getvalue()


def picture(file_format):
    file = io.BytesIO()
    Image.new("RGB", (9, 9)).save(file, format=file_format)
    return file.getvalue()


def zipped():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.png", picture("PNG"))
    return file.getvalue()


def tarred(mode):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:
        archive.addfile(tarfile.TarInfo("a.png"))
    return file.getvalue()


FILES = {
    "people.tsv": (b"age\twork\n39\tState-gov\n", "is a table.*schema"),
    "people.dat": (b"39, State-gov\n50, Private\n", "is a table"),
    "images.bin": (npy(), r"savez\('own.npz', images=numpy.load\('images.bin'"),
    "photos.zip": (zipped(), "is a zip archive.*unpack it"),
    "photos.tar": (tarred("w"), "is a tar archive; unpack it"),
    "photos.tgz": (tarred("w:gz"), "is a tar archive; unpack it"),
    "photos.gz": (b"\x1f\x8b\x08" + bytes(30), "is gzip-compressed; unpack"),
    "rows.bin": (b"PAR1" + bytes(30), "a Parquet table.*numpy.savez"),
    "cells.h5": (b"\x89HDF\r\n\x1a\n", "an HDF5 file.*numpy.savez"),
    "one.png": (picture("PNG"), r"is one picture \(PNG\).*--source="),
    "one.jpg": (picture("JPEG"), r"is one picture \(JPEG\).*--source="),
    "paper.pdf": (b"%PDF-1.7", "is a PDF document"),
    "drawing.svg": (b"<svg width='9'/>", "is an SVG drawing"),
    "drawing.eps": (b"%!PS-Adobe-3.0", "is an EPS or PostScript drawing"),
    "phone.heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "is a HEIC"),
    "a.tfrecord-00000-of-00001": (b"x", "is a file of examples.*--source="),
    "train-images-idx3-ubyte": (b"\0\0\x08\x03", "give its folder"),
    "notes": (b"nothing\n", "is text"),
    "noise": (bytes(range(256)), "of an unknown kind"),
    "empty": (b"", "is empty"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_named_by_what_it_is_and_what_takes_it(tmp_path, name):
    content, message = FILES[name]
    path = tmp_path / name
    path.write_bytes(content)
    for read in (
        lambda: sources.load(str(path), data_dir=tmp_path),
        lambda: own_pictures.open_source(path),
    ):
        with pytest.raises(errors.DatasetError, match=message) as raised:
            read()
        assert str(raised.value).isprintable()
        assert "damaged" not in str(raised.value)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "is an empty folder"),
        (["a.npz", "b.npz"], r"holds an .npz file; give .* such as .*a.npz"),
        (["ADMISSIONS.csv", "DIAGNOSES_ICD.csv"], "--dataset=mimic3 --source="),
        (["admissions.csv.gz"], "--dataset=mimic3 --source="),
        (["adult.csv"], "holds a table; give .* such as .*adult.csv"),
        (["adult.tsv"], "holds a table; give .* such as .*adult.tsv"),
        (["adult.data"], "holds adult.data, which is a table.*schema FILE"),
        (["cats/a.png"], "--dataset=folder .*--source="),
        (["a.png"], "--dataset=folder .*--source="),
        (["a.tfrecord"], "--dataset=folder .*--source="),
    ],
)
def test_a_folder_leads_to_what_takes_it(tmp_path, names, message):
    folder = tmp_path / "my data"
    folder.mkdir()
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"a,b\n1,2\n")
    with pytest.raises(errors.DatasetError, match=message) as raised:
        sources.load(str(folder), data_dir=tmp_path)
    if "--source=DIR" not in message and "--source=" in message:
        assert f"--source='{folder}'" in str(raised.value)


def test_an_unfinished_preparation_says_how_to_go_on(tmp_path):
    (tmp_path / "pets_48.partial").mkdir()
    with pytest.raises(errors.DatasetError, match="is not finished"):
        sources.load(str(tmp_path / "pets_48.partial"), data_dir=tmp_path)


def test_a_pipe_is_named_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(errors.DatasetError, match="neither a file nor"):
        sources.load(str(tmp_path / "pipe"), data_dir=tmp_path)


def test_a_suffix_in_capitals_is_the_same(tmp_path):
    path = tmp_path / "OWN.NPZ"
    with open(path, "wb") as file:
        np.savez(file, images=np.full((3, 4, 4), 200, np.uint8))
    assert len(sources.load(str(path), data_dir=tmp_path).train_images) == 3


@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet", "images.npy"])
def test_files_that_are_read_as_they_are_need_no_preparation(tmp_path, name):
    (tmp_path / name).write_bytes(b"a,b\n1,2\n")
    with pytest.raises(errors.DatasetError, match="table|an .npy file"):
        own_pictures.open_source(tmp_path / name)
