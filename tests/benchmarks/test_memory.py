"""What a process holds, and a cell that measures it."""

import json

from benchmarks import cell
from benchmarks import memory


def test_what_is_held_never_exceeds_the_peak():
    assert 0 < memory.held_mib("VmRSS") <= memory.held_mib("VmHWM")


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
