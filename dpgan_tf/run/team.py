"""The devices and machines that take the private steps, by tf.distribute.

The first of several machines is the chief. It alone has the run directory, and
so the ledger, the keys and the checkpoints; it directs the others, which use
records of their own copy of the data set. Its messages, and the sums of clipped
gradients, cross the network without noise: the machines and the network between
them are the curator's.
"""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf.data import pipelines
from dpgan_tf.privacy import replicas
from dpgan_tf.run import clusters

MIRRORED, MULTI_WORKER = "mirrored", "multi_worker"


@dataclasses.dataclass(frozen=True)
class Team:
    """The machines of a run, including this process.

    Attributes:
      strategy: TensorFlow's strategy, None for one device.
      number: this machine's number, 0 for the chief.
      size: number of machines.
    """

    strategy: tf.distribute.Strategy | None = None
    number: int = 0
    size: int = 1

    @property
    def is_chief(self) -> bool:
        """Whether this machine has the run directory and its ledger."""
        return self.number == 0

    def scope(self) -> contextlib.AbstractContextManager:
        """Return the context in which a model's variables must be made."""
        if self.strategy is None:
            return contextlib.nullcontext()
        return self.strategy.scope()

    def distribute(
        self, make_batches: Callable[[pipelines.Share], tf.data.Dataset]
    ) -> tf.data.Dataset | tf.distribute.DistributedDataset:
        """Return batches for all replicas of this machine.

        Args:
          make_batches: function from a share of the replicas to their batches.
        """
        if self.strategy is None:
            return make_batches(pipelines.EVERYTHING)

        def make_share(context):
            num_here = (
                context.num_replicas_in_sync // context.num_input_pipelines
            )
            return make_batches(
                pipelines.Share(
                    first=context.input_pipeline_id * num_here,
                    num_here=num_here,
                    num_replicas=context.num_replicas_in_sync,
                )
            )

        return self.strategy.distribute_datasets_from_function(make_share)

    def from_chief(self, values: Sequence[Any]) -> list[np.ndarray]:
        """Return the chief's values, once every machine has asked for them.

        Args:
          values: this machine's numbers, with the chief's types and shapes.

        Raises:
          OpError: if a machine is lost; see `losses_explained`.
        """
        if self.size == 1:
            return [np.asarray(value) for value in values]
        return self._total(values, speaks=self.is_chief)

    def share(self, variables: Sequence[tf.Variable]) -> None:
        """Give every machine the chief's values of some variables.

        Args:
          variables: variables made in the scope, in the same order on every
            machine.
        """
        if self.size == 1:
            return
        values = self.from_chief([variable.numpy() for variable in variables])
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)

    def require_same(self, what: str, digest: str) -> None:
        """Refuse a machine that differs from the chief.

        Args:
          what: name of what is compared, such as "settings".
          digest: its digest, hexadecimal digits.

        Raises:
          UserError: on every machine, if one differs from the chief.
        """
        if self.size == 1:
            return
        mine = np.frombuffer(bytes.fromhex(digest), np.uint8).astype(np.int64)
        (chiefs,) = self.from_chief([mine])
        differs = np.zeros([self.size], np.int64)
        differs[self.number] = np.any(mine != chiefs)
        (total,) = self._total([differs], speaks=True)
        if np.any(total):
            numbers = ", ".join(str(i) for i in np.flatnonzero(total))
            raise errors.UserError(
                f"machine {numbers}: its {what} differ from the chief's; give "
                "every machine the same flags and a copy of the same data set."
            )

    def _total(self, values, *, speaks):
        """Return the sums over all machines that speak, by one replica each."""
        arrays = [np.asarray(value) for value in values]

        def send():
            context = tf.distribute.get_replica_context()
            per_machine = context.num_replicas_in_sync // self.size
            number = context.replica_id_in_sync_group % per_machine
            heard = tf.equal(number, 0) & speaks
            return replicas.total(
                [tf.where(heard, a, tf.zeros_like(a)) for a in arrays]
            )

        return [
            self.strategy.experimental_local_results(total)[0].numpy()
            for total in self.strategy.run(send)
        ]


ALONE = Team()
"""One process on one device."""


def make(
    name: str,
    *,
    devices: Sequence[str] = (),
    tf_config: str | None = None,
    trusted_network: bool = False,
) -> Team:
    """Return the team that this process belongs to.

    Args:
      name: "none"; "mirrored" for several devices of this machine; or
        "multi_worker" for several machines, which TensorFlow connects. The
        latter two must be asked for before TensorFlow is used.
      devices: names such as "GPU:0"; all GPUs if it is empty. "CPU:0" and
        "CPU:1" are two halves of one processor, for trials.
      tf_config: TF_CONFIG, TensorFlow's description of several machines.
      trusted_network: whether nobody else reaches these machines; see
        `clusters.require_trusted`.

    Raises:
      UserError: if there are fewer than two devices or machines, or not these.
    """
    if devices and name != MIRRORED:
        raise errors.UserError(
            f"--devices={','.join(devices)}: has no effect without "
            "--strategy=mirrored."
        )
    if name == MIRRORED:
        return Team(_mirrored(devices))
    if name == MULTI_WORKER:
        return _join(tf_config, trusted_network=trusted_network)
    return ALONE


def _mirrored(devices):
    chosen = list(devices) or [
        f"GPU:{i}" for i, _ in enumerate(tf.config.list_physical_devices("GPU"))
    ]
    if len(set(chosen)) < 2 or len(set(chosen)) < len(chosen):
        raise errors.UserError(
            "--strategy=mirrored: expected two or more devices, found "
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


def _join(tf_config, *, trusted_network):
    addresses, number = clusters.read_tf_config(tf_config)
    clusters.require_trusted(trusted_network)
    progress.note(
        f"machine {number} of {len(addresses)}"
        f"{', the chief' if number == 0 else ''}: waiting for "
        f"{', '.join(a for i, a in enumerate(addresses) if i != number)}"
    )
    try:
        strategy = tf.distribute.MultiWorkerMirroredStrategy()
    except tf.errors.OpError as error:
        raise errors.ClusterError(
            f"TF_CONFIG: machine {number} cannot join as {addresses[number]} "
            f"({errors.first_line(error)}); use a free port of this machine, "
            "and start the same command on all machines."
        ) from error
    return Team(strategy, number, len(addresses))


@contextlib.contextmanager
def losses_explained(team: Team) -> Iterator[None]:
    """Report the loss of a machine in one line, instead of TensorFlow's ten.

    Args:
      team: the team; its other machines cannot continue alone.

    Yields:
      Nothing.

    Raises:
      ClusterError: if a machine was lost.
    """
    try:
        yield
    except (
        tf.errors.UnavailableError,
        tf.errors.AbortedError,
        tf.errors.CancelledError,
        tf.errors.DeadlineExceededError,
        tf.errors.InternalError,
    ) as error:
        if team.size == 1:
            raise
        raise errors.ClusterError(
            f"machine {team.number} of {team.size} has lost another, which "
            "was stopped, failed or cannot be reached "
            f"({errors.first_line(error)}); look at what the others say, then "
            "start the same command on all of them: the run resumes from its "
            "ledger and checkpoint."
        ) from error
