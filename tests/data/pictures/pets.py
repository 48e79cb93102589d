"""A folder of pictures of pets, and how it is prepared without processes."""

import contextlib
import unittest.mock
from concurrent import futures

import numpy as np
from PIL import Image

from dpgan_tf.data.known import own_pictures
from dpgan_tf.data.pictures import store as picture_store
from dpgan_tf.data.pictures import units as picture_units

NUM = 24
PLAN = picture_units.Plan(size=8, channels=3, test_fraction=0.25, seed=0)


class _HerePool:
    """Stands in for worker processes, which take seconds to start."""

    def __init__(self, *args, **kwargs):
        del args, kwargs

    def __enter__(self):
        return self

    def __exit__(self, *args):
        pass

    def submit(self, function, file):
        class Done:
            def result(self):
                return function(file)

        return Done()


@contextlib.contextmanager
def here(*, unit_size=10):
    """Decode in this process, in units of so many pictures."""
    with (
        unittest.mock.patch.object(futures, "ProcessPoolExecutor", _HerePool),
        unittest.mock.patch.object(own_pictures, "_MIN_UNIT", unit_size),
    ):
        yield


def write_pictures(folder, num=NUM, *, classes=("cats", "dogs")):
    """Write pictures of one colour each, which tells them apart."""
    for i in range(num):
        path = folder / classes[i % len(classes)] / f"{i:03}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (12, 9), (i, 100, 200)).save(path)
    return folder


def build(source, target, *, skip=False, plan=PLAN):
    return picture_store.build(
        own_pictures.open_source(source),
        target,
        plan,
        skip_unusable=skip,
        num_processes=2,
    )


def colours(images):
    return sorted(np.asarray(images)[:, 0, 0, 0].tolist())
