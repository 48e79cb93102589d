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


def test_a_large_kernel_at_very_many_positions_is_made_one_by_one():
    assert form(convolution(96, 5, 64, 128)) == "one_by_one"


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


def test_one_by_one_costs_a_product_for_each_use_and_position():
    once = costs.one_by_one(*convolution(28, 5, 64, 128))
    found, shape = convolution(28, 5, 64, 128)
    assert costs.one_by_one(found[:3], shape) == pytest.approx(once / 2)
