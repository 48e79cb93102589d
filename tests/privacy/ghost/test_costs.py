"""Which form a variable takes, on the shapes of real networks."""

import pytest
import tensorflow as tf

from dpgan_tf.privacy.ghost import costs
from dpgan_tf.privacy.ghost import operators
from dpgan_tf.privacy.ghost import recording

STRIDED = operators.Convolution(
    strides=(2, 2), dilations=(1, 1), padding="SAME"
)


def uses(operator, entering, leaving, num_uses=6):
    """As many as a critic loss with a penalty makes of a kernel."""
    use = recording.Use(
        operator, a=tf.zeros([1, *entering]), b=tf.zeros([1, *leaving])
    )
    return [use] * num_uses


def convolution(size, kernel, num_inputs, num_outputs):
    half = -(-size // 2)
    return (
        uses(STRIDED, (size, size, num_inputs), (half, half, num_outputs)),
        tf.TensorShape([kernel, kernel, num_inputs, num_outputs]),
    )


def form(uses_and_shape):
    return costs.cheapest_form(*uses_and_shape)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("size", "width"), [(28, 64), (48, 128), (64, 64)])
def test_the_first_kernel_of_each_published_critic_is_kept_as_it_is(
    size, width, channels
):
    assert form(convolution(size, 5, channels, width)) == "explicit"


def test_the_last_kernel_of_the_published_mnist_critic_is_never_made():
    assert form(convolution(7, 5, 128, 256)) == "gram"


def test_a_large_kernel_at_very_many_positions_is_made():
    assert form(convolution(96, 5, 64, 128)) == "explicit"


def test_a_large_matrix_at_one_position_is_never_made():
    shape = tf.TensorShape([4096, 1024])
    assert form((uses(operators.Matrix(), (4096,), (1024,)), shape)) == "gram"


@pytest.mark.parametrize("kind", operators.ELEMENTWISE)
def test_elementwise_weights_are_kept_however_large(kind):
    shape = (64, 64, 256)
    found = uses(kind((1, *shape)), shape, shape, num_uses=2)
    assert form((found, tf.TensorShape(shape))) == "explicit"


def test_a_table_is_for_small_images_of_one_size():
    small, _ = convolution(7, 5, 128, 256)
    assert costs.fits_table(small)
    assert not costs.fits_table(convolution(28, 5, 128, 256)[0])
    other, _ = convolution(5, 5, 128, 256)
    assert not costs.fits_table([*small, *other])
    matrix = uses(operators.Matrix(), (7, 7, 4), (7, 7, 8))
    assert not costs.fits_table(matrix)


def test_a_block_is_small_where_gradients_or_patches_are_large():
    made = [convolution(size, 5, 64, 128) for size in (14, 28, 96)]
    sizes = [costs.most_records([uses], [shape]) for uses, shape in made]
    assert sizes == sorted(sizes, reverse=True) and sizes[0] > sizes[-1] >= 1
    large = uses(operators.Matrix(), (64,), (64,)), tf.TensorShape([64, 64])
    assert costs.most_records([large[0]], [large[1]]) == costs._MOST_RECORDS
    assert costs.most_records([[]], [tf.TensorShape([2**30])]) == 1
    assert costs.most_records([], []) > 1


def test_a_matrix_that_is_summed_in_float64_is_no_reason_for_small_blocks():
    shape = tf.TensorShape([4096, 1024])
    found = uses(operators.Matrix(), (4096,), (1024,))
    assert costs.is_faster_in_float64(found)
    assert costs.most_records([found], [shape]) > 100
    at_many = uses(operators.Matrix(), (9, 4096), (9, 1024))
    assert not costs.is_faster_in_float64(at_many)
    assert costs.most_records([at_many], [shape]) < 10


def test_inner_products_of_many_positions_make_small_blocks(monkeypatch):
    monkeypatch.setattr(costs, "_IN_GRAM", 0.0)
    found = uses(operators.Matrix(), (1024, 64), (1024, 128), num_uses=2)
    shape = tf.TensorShape([64, 128])
    assert form((found, shape)) == "gram"
    assert costs.most_records([found], [shape]) == 2
