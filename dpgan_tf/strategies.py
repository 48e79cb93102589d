"""On which devices the private steps are taken, by tf.distribute."""

import contextlib
from collections.abc import Callable, Sequence

import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf.data import pipelines

NONE, MIRRORED = "none", "mirrored"
NAMES = (NONE, MIRRORED)


def make(
    name: str, *, devices: Sequence[str] = ()
) -> tf.distribute.Strategy | None:
    """Return a strategy, None for one device.

    Args:
      name: "none", or "mirrored" for several devices of this machine.
      devices: such as "GPU:0"; all GPUs if it is empty. "CPU:0" and "CPU:1"
        are two halves of one processor, to try things out; they must be asked
        for before TensorFlow has used it.

    Raises:
      UserError: if there are fewer than two devices, or not these.
    """
    if name == NONE:
        if devices:
            raise errors.UserError(
                f"--devices={','.join(devices)}: has no effect without "
                "--strategy=mirrored."
            )
        return None
    chosen = list(devices) or [
        f"GPU:{i}" for i, _ in enumerate(tf.config.list_physical_devices("GPU"))
    ]
    if len(set(chosen)) < 2 or len(set(chosen)) < len(chosen):
        raise errors.UserError(
            f"--strategy={name}: expected two or more devices, found "
            f"{', '.join(chosen) or 'no GPU'}; name them with --devices, or "
            "leave the strategy out."
        )
    _divide_processor(chosen)
    known = {
        f"{device.device_type}:{device.name.rsplit(':', 1)[-1]}"
        for device in tf.config.list_logical_devices()
    }
    for device in chosen:
        if device not in known:
            raise errors.UserError(
                f"--devices: {device} is not there; expected some of "
                f"{', '.join(sorted(known))}."
            )
    return tf.distribute.MirroredStrategy(chosen)


def scope(
    strategy: tf.distribute.Strategy | None,
) -> contextlib.AbstractContextManager:
    """Return what variables of a model must be made in.

    Args:
      strategy: of `make`.
    """
    return contextlib.nullcontext() if strategy is None else strategy.scope()


def distribute(
    strategy: tf.distribute.Strategy | None,
    make_batches: Callable[[pipelines.Share], tf.data.Dataset],
) -> tf.data.Dataset | tf.distribute.DistributedDataset:
    """Return batches for all replicas.

    Args:
      strategy: of `make`.
      make_batches: from a share of the replicas to their batches.
    """
    if strategy is None:
        return make_batches(pipelines.EVERYTHING)

    def make_share(context):
        num_here = context.num_replicas_in_sync // context.num_input_pipelines
        return make_batches(
            pipelines.Share(
                first=context.input_pipeline_id * num_here,
                num_here=num_here,
                num_replicas=context.num_replicas_in_sync,
            )
        )

    return strategy.distribute_datasets_from_function(make_share)


def _divide_processor(devices):
    numbers = [
        int(device.removeprefix("CPU:"))
        for device in devices
        if device.startswith("CPU:") and device[4:].isdecimal()
    ]
    if not numbers or max(numbers) == 0:
        return
    processor = tf.config.list_physical_devices("CPU")[0]
    parts = [tf.config.LogicalDeviceConfiguration()] * (max(numbers) + 1)
    with contextlib.suppress(RuntimeError):  # in use, perhaps divided already
        tf.config.set_logical_device_configuration(processor, parts)
