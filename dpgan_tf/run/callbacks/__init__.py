"""Effects of training: ledger, checkpoints, progress and logs."""
