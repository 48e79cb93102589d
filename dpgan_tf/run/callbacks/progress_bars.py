"""How far a stage of training is, on the standard error stream."""

from dpgan_tf import progress
from dpgan_tf.claim import text as claim_text
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.run import budgets
from dpgan_tf.run.callbacks import ledger_guard


class ProgressBar(ledger_guard.Closing):
    """One line: steps, epsilon spent where there is a price, time left."""

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
          title: of the bar.
          num_steps: step that the stage ends at.
          first_step: steps that were taken before.
          steps_per_round: steps that a `train_step` takes.
          budget: price of the steps, for a private stage.
          ledger: what has been charged, for a private stage.
        """
        super().__init__()
        self._budget, self._ledger = budget, ledger
        self._steps_per_round = steps_per_round
        self._bar = progress.bar(
            title, initial=first_step, total=num_steps, unit="step"
        )

    def on_train_begin(self, logs=None) -> None:
        """Let time begin here: what was prepared since is no step."""
        self._bar.unpause()

    def on_train_batch_end(self, batch, logs=None) -> None:
        """Advance by the steps of a round."""
        if self._budget is not None:
            spent = self._budget.epsilon_after(self._ledger.charged_steps)
            shown = claim_text.rounded_up(spent, 3)
            self._bar.set_postfix_str(f"epsilon={shown}", refresh=False)
        self._bar.update(self._steps_per_round)

    def close(self, *, is_clean: bool) -> None:
        """Leave the bar as it is."""
        self._bar.close()
