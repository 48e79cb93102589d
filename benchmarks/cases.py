"""The critics to measure, described without any library.

No TensorFlow in this file: the peers read it, too.
"""

import dataclasses
import math

KERNEL = 5
STRIDE = 2
LEAKY_SLOPE = 0.2
PENALTY_WEIGHT = 10.0
LEARNING_RATE = 0.002
ADAM_BETAS = (0.5, 0.9)
ADAM_EPSILON = 1e-7
PRECISION = "float32"
NOISE_MULTIPLIER = 1.0
CLIP_NORM = 1.0

PRIVATE_FORMS = ("private_ghost", "private_vectorized")
PLAIN_FORMS = tuple(
    f"{passes}_{activation}"
    for passes in ("separate", "two_pass", "joint")
    for activation in ("keras", "project")
)
FORMS = PRIVATE_FORMS + PLAIN_FORMS
"""Forms of a step: private ones by engine; plain ones by the critic's passes
over x, G(z) and x_hat and by the origin of its leaky ReLU."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Case:
    """A critic: convolutions, dense layers, and a score without bias.

    Convolutions are 5 x 5 with stride 2, TensorFlow's "same" padding and a
    bias; a leaky ReLU follows each convolution and each dense layer.

    Attributes:
      name: name of the case.
      image_shape: (height, width, channels).
      convolutions: output channels of each, doubling from layer to layer.
      hidden: outputs of the dense layers before the score.
      vectorized_ms: rough time of the vectorized engine per record on two CPU
        cores, used to leave out steps that would take too long.
    """

    name: str
    image_shape: tuple[int, int, int]
    convolutions: tuple[int, ...] = ()
    hidden: tuple[int, ...] = ()
    vectorized_ms: float

    @property
    def flat_shape(self) -> tuple[int, int, int]:
        """Shape (height, width, channels) of the first dense layer's input."""
        height, width, channels = self.image_shape
        for leaving in self.convolutions:
            height, width = -(-height // STRIDE), -(-width // STRIDE)
            channels = leaving
        return height, width, channels

    def weight_shapes(self) -> list[tuple[int, ...]]:
        """Return the shapes of the weights, in Keras' order and layout."""
        shapes: list[tuple[int, ...]] = []
        entering = self.image_shape[2]
        for leaving in self.convolutions:
            shapes += [(KERNEL, KERNEL, entering, leaving), (leaving,)]
            entering = leaving
        entering = math.prod(self.flat_shape)
        for leaving in self.hidden:
            shapes += [(entering, leaving), (leaving,)]
            entering = leaving
        return [*shapes, (entering, 1)]

    def left_out(self, form: str, batch: int, *, limit_s: float) -> str:
        """Return why a form is left out, or an empty text.

        Args:
          form: one of `FORMS`.
          batch: number of records.
          limit_s: largest time of a step in seconds.
        """
        seconds = self.vectorized_ms * batch / 1e3
        if form != "private_vectorized" or seconds <= limit_s:
            return ""
        return f"about {seconds:.0f} s a step, limit {limit_s:g} s"


_ALL = (
    # The published networks of dp-GAN for 28, 48 and 64 pixels.
    Case(
        name="mnist",
        image_shape=(28, 28, 1),
        convolutions=(64, 128, 256),
        vectorized_ms=6,
    ),
    Case(
        name="celeba48",
        image_shape=(48, 48, 3),
        convolutions=(128, 256, 512),
        vectorized_ms=30,
    ),
    Case(
        name="lsun64",
        image_shape=(64, 64, 3),
        convolutions=(64, 128, 256, 512),
        vectorized_ms=30,
    ),
    # Dense layers alone, as in critics of tables.
    Case(
        name="mlp",
        image_shape=(28, 28, 1),
        hidden=(512, 256),
        vectorized_ms=1,
    ),
)
CASES = {case.name: case for case in _ALL}
