"""Flags of the commands that compute cells."""

import pytest

from dpgan_tf import __main__ as main


@pytest.mark.parametrize("seeds", ["", "a", "0,0", "-1"])
def test_bad_seeds_are_refused(seeds, capsys):
    assert main.main(["table", "--number=2", f"--seeds={seeds}"]) == 2
    assert "--seeds" in capsys.readouterr().err
