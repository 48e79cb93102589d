"""The record of spending, written before the budget is spent."""
