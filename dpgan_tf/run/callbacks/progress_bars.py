"""Progress of a stage of training, on the standard error stream."""

from dpgan_tf import progress
from dpgan_tf.claim import text as claim_text
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.run import budgets
from dpgan_tf.run.callbacks import ledger_guard


class ProgressBar(ledger_guard.Closing):
    """One line: steps, epsilon spent in a private stage, time left."""

    def __init__(
        self,
        *,
        title: str,
        num_steps: int,
        first_step: int = 0,
        steps_per_round: int = 1,
        budget: budgets.Budget | None = None,
        ledger: ledgers.Ledger | None = None,
    ) -> None:
        """Show progress on the standard error stream.

        Args:
          title: title of the bar.
          num_steps: last step of the stage.
          first_step: number of steps taken before.
          steps_per_round: number of steps in a `train_step`.
          budget: budget with the price of steps, for a private stage.
          ledger: ledger of what has been charged, for a private stage.
        """
        super().__init__()
        self._budget, self._ledger = budget, ledger
        self._steps_per_round = steps_per_round
        self._bar = progress.bar(
            title, initial=first_step, total=num_steps, unit="step"
        )

    def on_train_begin(self, logs=None) -> None:
        """Start the clock here: preparation before it is not a step."""
        self._bar.unpause()

    def on_train_batch_end(self, batch, logs=None) -> None:
        """Advance by the steps of a round."""
        if self._budget is not None:
            spent = self._budget.epsilon_after(self._ledger.charged_steps)
            shown = claim_text.rounded_up(spent, 3)
            self._bar.set_postfix_str(f"epsilon={shown}", refresh=False)
        self._bar.update(self._steps_per_round)

    def close(self, *, is_clean: bool) -> None:
        """Close the bar and leave it on the screen."""
        self._bar.close()
