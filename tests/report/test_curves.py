"""Curves are what a run wrote, whatever interrupted it."""

import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from dpgan_tf.report import curves
from tests.report import event_files


def test_every_scalar_is_a_curve_in_the_order_of_its_steps(tmp_path):
    event_files.write(
        tmp_path, 1, loss={4: 2.0, 0: 1.0}, budget__epsilon={2: 0.5}
    )
    assert curves.read(tmp_path) == {
        "loss": [(0, 1.0), (4, 2.0)],
        "budget/epsilon": [(2, 0.5)],
    }


def test_of_steps_that_were_taken_again_the_last_values_count(tmp_path):
    event_files.write(tmp_path, 2, loss={2: 30.0, 3: 40.0})
    event_files.write(tmp_path, 1, loss={1: 1.0, 2: 2.0})
    assert curves.read(tmp_path)["loss"] == [(1, 1.0), (2, 30.0), (3, 40.0)]


def test_an_unfinished_end_loses_nothing_before_it(tmp_path):
    path = event_files.write(tmp_path, 1, loss={1: 1.0, 2: 2.0})
    path.write_bytes(path.read_bytes()[:-3])
    event_files.write(tmp_path, 2, loss={3: 3.0})
    assert curves.read(tmp_path)["loss"] == [(1, 1.0), (3, 3.0)]


def test_what_is_no_event_file_has_no_curves(tmp_path):
    assert curves.read(tmp_path / "missing") == {}
    (tmp_path / "events.out.tfevents.1").write_bytes(b"no records at all")
    with tf.io.TFRecordWriter(str(tmp_path / "events.out.tfevents.2")) as one:
        one.write(b"\xff\xff no event")
    assert curves.read(tmp_path) == {}


def test_pictures_are_no_curves(tmp_path):
    with tf.summary.create_file_writer(str(tmp_path)).as_default():
        tf.summary.image("samples", np.zeros([1, 2, 2, 1]), step=0)
        tf.summary.flush()
    assert curves.read(tmp_path) == {}


def _shows(png, colour):
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    return bool((pixels == colour).all(axis=-1).any())


BLUE, ORANGE = (31, 119, 180), (255, 127, 14)


@pytest.mark.parametrize("num", [1, 100])
def test_a_curve_of_any_length_is_drawn(num):
    """One point makes no line, but a mark."""
    points = [(i, float(i)) for i in range(num)]
    png = curves.plot({"loss": points}, title="Loss", unit="nats")
    assert _shows(png, BLUE) and not _shows(png, ORANGE)
    assert Image.open(io.BytesIO(png)).size == (720, 384)


def test_a_curve_lies_on_any_paper():
    png = curves.plot({"loss": [(0, 0.0), (9, 1.0)]}, title="Loss", unit="")
    pixels = np.asarray(Image.open(io.BytesIO(png)))
    assert pixels.shape[-1] == 4
    assert (pixels[0, 0, 3], pixels[200, 400, 3]) == (0, 0)


def test_curves_that_are_missing_are_left_out():
    found = curves.chosen({"a": [(1, 1.0)]}, {"a": "first", "b": "second"})
    assert found == {"first": [(1, 1.0)]}


def test_each_curve_has_a_colour_of_its_own():
    one, other = [(0, 0.0), (9, 1.0)], [(0, 1.0), (9, 0.0)]
    png = curves.plot({"a": one, "b": other}, title="Two", unit="")
    assert _shows(png, BLUE) and _shows(png, ORANGE)
