"""Results that were written by hand."""


def content():
    """A results file with scales."""
    return {
        "machine": {"processor": "Abacus", "commit": "abc"},
        "command": "python -m benchmarks.run --kinds=scale",
        "date": "2018-01-05",
        "cells": {
            "scale/num_records/100000": scale(3.5, 51.0, 950.0),
            "scale/num_records/10000": scale(2.5, 50.0, 900.0),
            "scale/side/48": scale(4.0, 150.0, 1000.0),
        },
    }


def scale(draw, step, peak):
    """A cell of a scale."""
    result = {
        "num_rounds": 3,
        "open_s": 0.1,
        "draw_ms": draw,
        "draw_ms_quartiles": [draw, draw],
        "step_ms": step,
        "step_ms_quartiles": [step, step],
        "peak": peak,
    }
    return {"settings": {}, "result": result}


def run(*, seed, seconds, accuracy, package="."):
    """A whole run, and its name."""
    settings = {
        "package": package,
        "commit": "abc",
        "data": "mnist",
        "recipe": "quick",
        "epsilon": 4.0,
        "seed": seed,
        "changes": {},
    }
    result = {
        "seconds": seconds,
        "stages": {"fit": 0.75 * seconds, "release": 0.25 * seconds},
        "cpu_seconds": 2 * seconds,
        "peak": 1234.5,
        "accuracy": accuracy,
        "scores": None,
        "recipe": {"networks": {}},
    }
    name = f"run/{package}/mnist/quick/4/{seed}"
    return {name: {"settings": settings, "result": result}}
