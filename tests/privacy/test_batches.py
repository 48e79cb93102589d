"""Private records cannot be passed off as public ones."""

import numpy as np
import pytest

from dpgan_tf.privacy import batches


def test_a_public_batch_is_public():
    batches.require_public(
        batches.PublicBatch(examples=np.zeros([2, 3]), labels=np.zeros([2]))
    )


def test_a_private_batch_is_refused_and_named():
    private = batches.PrivateBatch(
        examples=np.zeros([1, 2, 3]),
        labels=np.zeros([1, 2]),
        mask=np.ones([1, 2], bool),
        random_ids=np.zeros([1, 2]),
    )
    with pytest.raises(TypeError, match="got PrivateBatch; .*PublicBatch only"):
        batches.require_public(private)


def test_a_tuple_with_the_fields_of_a_public_batch_is_none():
    public = batches.PublicBatch(examples=np.zeros([2, 3]), labels=np.zeros(2))
    with pytest.raises(TypeError, match="got tuple"):
        batches.require_public(tuple(public))


def test_the_class_itself_is_no_batch():
    with pytest.raises(TypeError, match="got type"):
        batches.require_public(batches.PublicBatch)
