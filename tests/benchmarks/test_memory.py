"""What a process holds, and a cell that measures it."""

import json
import subprocess
import sys

from benchmarks import cell
from benchmarks import memory


def test_what_is_held_never_exceeds_the_peak():
    assert 0 < memory.held_mib("VmRSS") <= memory.held_mib("VmHWM")


def test_what_a_step_needs_for_a_moment_is_in_the_peak():
    """In a process of its own: of this one the peak was long ago."""
    program = """
from benchmarks import forms, memory
forms.build = lambda *args, **kwargs: lambda: len(bytearray(200 * 2**20))
memory.inputs.draw = lambda *args: None
settings = dict(case="mlp", batch=4, form="joint_project", chunk_size=4)
print(memory.measure(**settings, limit_s=1.0)["needed"])
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
    )
    assert 150 < float(done.stdout.splitlines()[-1]) < 300


def test_a_cell_prints_its_result_as_its_last_line(capsys):
    settings = {
        "case": "mlp",
        "batch": 4,
        "form": "joint_project",
        "chunk_size": 4,
        "limit_s": 1.0,
    }
    text = json.dumps({"kind": "memory", "settings": settings})
    assert cell.main([text]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    # It may be below zero here, where other tests left memory to give back.
    assert found["needed"] == found["peak"] - found["before"]
    assert found["peak"] > 100
