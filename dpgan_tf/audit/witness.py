"""The GAN of an audit: its gradient of a record is the record itself.

The critic is a sum of linear scores, so that WGAN's gradient of a record is
G(z) - x in each variable; G(z) is zero. Everything else is a run's: the model
class, its permit, the engine that differentiates, clipping by groups, the sum
over chunks and replicas, the noise and the division.
"""

import keras
import numpy as np
import tensorflow as tf

from dpgan_tf.audit import canaries as made
from dpgan_tf.models import wgan
from dpgan_tf.privacy import grouping
from dpgan_tf.privacy import mechanism as mechanisms

CLIP_NORM = 2.0**-4
"""Joint bound C. Canaries are `_STRETCH` long in each variable."""

VARIABLES_PER_GROUP = 2
"""So that clipping each variable by itself would let a record move more."""

_STRETCH = 2.0**4


class Witness(wgan.XieDPGAN):
    """A private GAN whose critic's noisy gradients are looked at."""

    def __init__(self, *args, is_spoiled: np.ndarray, **kwargs) -> None:
        """Set up the GAN.

        Args:
          *args: arguments of `wgan.XieDPGAN`.
          is_spoiled: bool [m], columns whose gradient is not a number.
          **kwargs: arguments of `wgan.XieDPGAN`.
        """
        super().__init__(*args, weight_clip=1.0, **kwargs)
        self._is_spoiled = tf.constant(is_spoiled)

    def losses_of_records(self, records) -> tf.Tensor:
        """See `wgan.XieDPGAN`; a spoiled canary's one is not a number."""
        rows = records["examples"] * _STRETCH
        rows = tf.where(self._is_spoiled & (rows > 0), float("nan"), rows)
        return super().losses_of_records(records | {"examples": rows})


def build(
    mechanism: mechanisms.GroupedGaussianMechanism,
    canaries: made.Canaries,
    *,
    engine: str = "auto",
    kind: type[Witness] = Witness,
) -> Witness:
    """Return a witness of a mechanism.

    Args:
      mechanism: mechanism that is audited.
      canaries: m canaries, a column each.
      engine: engine that differentiates.
      kind: class of the witness.
    """
    num_variables = VARIABLES_PER_GROUP * mechanism.num_groups
    columns = np.arange(num_variables) // VARIABLES_PER_GROUP
    return kind(
        _critic(len(canaries), num_variables),
        _generator(len(canaries)),
        is_spoiled=canaries.is_spoiled,
        mechanism=mechanism,
        make_groups=grouping.fixed(columns.tolist()),
        clip_norm=CLIP_NORM,
        num_fakes=1,
        batch_size=1,
        engine=engine,
    )


def _critic(num_columns: int, num_variables: int) -> keras.Model:
    row = keras.Input((num_columns,), name="row")
    scores = [
        keras.layers.Dense(
            1, use_bias=False, kernel_initializer="zeros", name=f"score_{v}"
        )(row)
        for v in range(num_variables)
    ]
    return keras.Model(row, keras.layers.Add()(scores), name="critic")


def _generator(num_columns: int) -> keras.Model:
    latent = keras.Input((1,), name="latent")
    row = keras.layers.Dense(
        num_columns, use_bias=False, kernel_initializer="zeros", name="row"
    )(latent)
    return keras.Model(latent, row, name="generator")
