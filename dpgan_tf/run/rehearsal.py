"""A first round on blank records, before anything is charged.

A model that cannot be built, or does not fit into memory, fails here without
cost, however often it is tried.
"""

import tensorflow as tf

from dpgan_tf.models import dpgan
from dpgan_tf.privacy import keystream
from dpgan_tf.run.callbacks import checkpointing

_KEY = [0] * keystream.KEY_WORDS
"""Not secret: there is nothing to hide."""


def rehearse(model: dpgan.DPGAN, blank: tf.data.Dataset) -> None:
    """Take a round on blank records, and undo it.

    `fit` uses the same graph later.

    Args:
      model: a compiled GAN; all that training changes is restored at the end.
      blank: endless rounds of blank records.
    """
    state = checkpointing.state_of(model)
    before = {name: variable.numpy() for name, variable in state.items()}
    model.permit.begin(_KEY)
    model.permit.allow(model.num_critic_steps)
    try:
        model.fit(blank, steps_per_epoch=1, shuffle=False, verbose=0)
    finally:
        model.permit.begin(_KEY)
        for name, variable in state.items():
            variable.assign(before[name])
