"""How far a stage of training is, on the standard error stream."""

from dpgan_tf import callbacks
from dpgan_tf import progress
from dpgan_tf.privacy import accounting
from dpgan_tf.privacy import ledger as ledgers


class StepBar(callbacks.Closing):
    """One line for a stage that charges nothing: steps, time left."""

    def __init__(self, *, title: str, num_steps: int) -> None:
        """Show progress on the standard error stream.

        Args:
          title: of the bar.
          num_steps: step that the stage ends at.
        """
        super().__init__()
        self._bar = progress.bar(title, total=num_steps, unit="step")

    def on_train_batch_end(self, batch, logs=None) -> None:
        """Advance by a step."""
        self._bar.update()

    def close(self, *, is_clean: bool) -> None:
        """Leave the bar as it is."""
        self._bar.close()


class ProgressBar(callbacks.Closing):
    """One line: critic steps, epsilon spent, time left."""

    def __init__(
        self,
        *,
        title: str,
        first_step: int,
        num_steps: int,
        curve: accounting.EpsilonCurve | None = None,
        ledger: ledgers.Ledger | None = None,
    ) -> None:
        """Show progress on the standard error stream.

        Args:
          title: of the bar.
          first_step: steps that were taken before.
          num_steps: step that the stage ends at.
          curve: price of the steps, for a private stage.
          ledger: what has been charged, for a private stage.
        """
        super().__init__()
        self._curve, self._ledger = curve, ledger
        self._bar = progress.bar(
            title, initial=first_step, total=num_steps, unit="step"
        )

    def on_train_begin(self, logs=None) -> None:
        """Let time begin here: what was prepared since is no step."""
        self._bar.unpause()

    def on_train_batch_end(self, batch, logs=None) -> None:
        """Advance by the critic steps of a round."""
        if self._curve is not None:
            spent = self._curve.epsilon_after(self._ledger.charged_steps)
            self._bar.set_postfix_str(f"epsilon={spent:.3f}", refresh=False)
        self._bar.update(self.model.num_critic_steps)

    def close(self, *, is_clean: bool) -> None:
        """Leave the bar as it is."""
        self._bar.close()
