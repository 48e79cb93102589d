"""Wasserstein GANs without a gradient penalty: weights stay in a box.

WGAN (Arjovsky, Chintala, Bottou 2017) is the base of two private GANs: DPGAN
of Xie et al. (2018) and PPGAN (Liu et al. 2019, Algorithm 1).

As published, neither is as private as accounted: PPGAN clips the gradient of
the whole batch, so that one record moves it by up to 2C and not by C / m, and
both price one outer iteration. Here both clip each record's gradient, and noise
and price the sum, as `DPGAN` does. The bounded weights therefore only serve the
loss: no guarantee depends on them.
"""

from typing import Any

import tensorflow as tf

from dpgan_tf.models import dpgan
from dpgan_tf.models import losses
from dpgan_tf.models import wgan_gp


class _BoxedCritic:
    """A mixin that makes a GAN of this package a plain Wasserstein GAN."""

    critic: Any

    def __init__(self, *args, weight_clip: float, **kwargs) -> None:
        """Set up the GAN that it is mixed into, and the critic's box.

        Args:
          *args: arguments of that GAN.
          weight_clip: bound c; each weight of the critic stays in [-c, c].
          **kwargs: arguments of that GAN.

        Raises:
          ValueError: if the box is empty.
        """
        if not weight_clip > 0:
            raise ValueError(f"weight_clip={weight_clip}; expected > 0.")
        super().__init__(*args, **kwargs)
        self._weight_clip = weight_clip

    def losses_of_records(self, records: dict[str, Any]) -> tf.Tensor:
        """Return D(G(z)) - D(x) of each record: [b].

        Args:
          records: records and their fakes; see `WGANGP.losses_of_records`. The
            mixes are not used.
        """
        return losses.wasserstein_loss(
            self.critic,
            records["examples"],
            records["fakes"],
            labels=records.get("labels"),
        )

    def update_critic(self, gradients) -> None:
        """Apply the critic's optimizer, and clip the weights (line 7)."""
        super().update_critic(gradients)  # type: ignore[misc]
        for weight in self.critic.trainable_variables:
            weight.assign(
                tf.clip_by_value(
                    weight.value, -self._weight_clip, self._weight_clip
                )
            )


class WGAN(_BoxedCritic, wgan_gp.WGANGP):
    """WGAN without privacy, which is PPGAN at epsilon infinity."""


class XieDPGAN(_BoxedCritic, dpgan.DPGAN):
    """DPGAN of Xie et al. (2018), with a bound for each record's gradient.

    The paper derives a bound on the batch's gradient from the box of the
    weights, for a critic without biases and with bounded inputs. Clipping each
    record's gradient needs no such assumption.
    """


class PPGAN(XieDPGAN):
    """PPGAN (Liu et al. 2019, Algorithm 1).

    The generator's gradient is also clipped (line 9), to the same C. It is the
    gradient of a whole batch, of random draws only.
    """

    def __init__(self, *args, clip_norm: float, **kwargs) -> None:
        """Set up an `XieDPGAN` that also clips the generator's gradient.

        Args:
          *args: arguments of `XieDPGAN`.
          clip_norm: bound C of each record's gradient of the critic and of the
            generator's gradient.
          **kwargs: arguments of `XieDPGAN`.
        """
        super().__init__(*args, clip_norm=clip_norm, **kwargs)
        self._generator_clip_norm = clip_norm

    def update_generator(self, gradients) -> None:
        """Clip the generator's gradient, and apply its optimizer."""
        clipped, _ = tf.clip_by_global_norm(
            gradients, self._generator_clip_norm
        )
        super().update_generator(clipped)
