"""An array is refused before memory is given to it."""

import zlib

import pytest

from dpgan_tf import errors
from dpgan_tf.data import limits

GIB = 2**30


def test_what_fits_the_file_and_the_memory_is_let_through():
    limits.check_declared_size(0, stored=0, source="a.npz")
    limits.check_declared_size(1_032, stored=1, source="a.npz")
    limits.check_declared_size(8 * GIB, stored=8 * GIB, source="a.npz")


def test_more_than_the_memory_for_it_is_refused():
    with pytest.raises(
        errors.DatasetError,
        match=r"^a.npz: .* declares 8,589,934,593 bytes; expected at most "
        "8,589,934,592: split",
    ):
        limits.check_declared_size(8 * GIB + 1, stored=9 * GIB, source="a.npz")


@pytest.mark.parametrize(("declared", "stored"), [(1_033, 1), (1, 0)])
def test_more_than_the_file_can_hold_is_refused(declared, stored):
    with pytest.raises(
        errors.DatasetError,
        match=f"declares {declared:,} bytes, more than the {stored} stored",
    ):
        limits.check_declared_size(declared, stored=stored, source="a.npz")


def test_the_best_case_of_deflate_is_let_through():
    """No real file is refused, and the bound is no looser than it must be."""
    zeros = bytes(2**24)
    compress = zlib.compressobj(9, zlib.DEFLATED, -15)
    stored = len(compress.compress(zeros) + compress.flush())
    limits.check_declared_size(len(zeros), stored=stored, source="a.npz")
    assert len(zeros) / stored > 0.99 * limits.MAX_DEFLATE_RATIO
