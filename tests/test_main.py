import contextlib
import errno
import fcntl
import os
import pathlib
import pty
import signal
import subprocess
import sys
import tempfile
import termios
import types

import pytest
from absl import flags

from dpgan_tf import __main__ as main
from dpgan_tf import errors
from dpgan_tf.privacy import errors as privacy_errors


@pytest.fixture
def command(monkeypatch):
    """Put a command in the place of `account` whose `run` a test can set."""
    module = types.ModuleType("account", "Price it.\n\nIt teaches.")

    def define_flags(flag_values):
        flags.DEFINE_integer(
            "num_steps", 10, "Steps to price.", flag_values=flag_values
        )
        flags.DEFINE_string("run_dir", None, "A run.", flag_values=flag_values)

    module.define_flags = define_flags
    module.run = lambda flag_values: None
    monkeypatch.setattr(main.quiet, "import_module", lambda name: module)
    return module


def _error_line(capsys):
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("dpgan: error: ")
    assert captured.err.count("\n") == 1
    return captured.err


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["help"]])
def test_help_lists_every_command_with_its_summary(arguments, capsys):
    assert main.main(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    for name in main.COMMANDS:
        (line,) = [line for line in lines if line.split()[:1] == [name]]
        assert len(line.split()) > 2, f"{name} has no summary"
        assert len(line) <= 100


def test_help_imports_no_tensorflow():
    program = (
        "import sys; from dpgan_tf.__main__ import main; main([]);"
        "assert 'tensorflow' not in sys.modules"
    )
    subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True
    )


def test_the_version_is_printed(capsys):
    assert main.main(["--version"]) == 0
    assert capsys.readouterr().out == "dpgan_tf 0.1.0\n"


def test_the_help_of_a_command_teaches_and_lists_its_flags(command, capsys):
    assert main.main(["account", "--help"]) == 0
    output = capsys.readouterr().out
    assert "It teaches." in output
    assert "--num_steps" in output
    assert "Steps to price. (default: 10)" in output


def test_flags_reach_the_command(command):
    seen = []
    command.run = lambda flag_values: seen.append(
        (flag_values.num_steps, flag_values.run_dir)
    )
    assert main.main(["account", "--num_steps=7", "--run_dir", "x"]) == 0
    assert main.main(["account"]) == 0
    assert seen == [(7, "x"), (10, None)]


def test_one_value_may_stand_alone_if_the_command_says_which(command):
    seen = []
    command.ARGUMENT = "run_dir"
    command.run = lambda flag_values: seen.append(
        (flag_values.run_dir, flag_values.num_steps)
    )
    assert main.main(["account", "x", "--num_steps=7"]) == 0
    assert main.main(["account", "--num_steps=7", "x"]) == 0
    assert main.main(["account", "--run_dir=x", "--num_steps=7"]) == 0
    assert seen == 3 * [("x", 7)]
    assert main.main(["account", "--run_dir=x", "y"]) == 2
    assert main.main(["account", "x", "y"]) == 2


@pytest.mark.parametrize("name", ["/no\x1b[2J", "/no\rok", "/no\u202ex"])
def test_an_error_cannot_steer_the_terminal(name, capsys):
    assert main.main(["verify", f"--release_dir={name}"]) == 2
    message = capsys.readouterr().err
    assert "no such directory" in message
    assert all(char.isprintable() for char in message[:-1])


def test_the_status_of_a_command_is_the_exit_status(command):
    command.run = lambda flag_values: 1
    assert main.main(["account"]) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["acount"], "did you mean account?"),
        (["frobnicate"], "use quick, train"),
        (["--run_dir=x"], "flag before a command"),
        (["account", "--num_step=3"], "Did you mean: num_steps"),
        (["account", "--num_steps=many"], "num_steps"),
        (["account", "stray"], "unexpected argument 'stray'"),
    ],
)
def test_what_is_not_understood_is_one_line(
    command, capsys, arguments, message
):
    assert main.main(arguments) == 2
    assert message in _error_line(capsys)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (errors.ConfigError("q=2; expected\n  at most 1."), "q=2; expected at"),
        (errors.DatasetError("x.npz: truncated."), "x.npz: truncated."),
        (privacy_errors.BudgetError("no steps left."), "no steps left."),
        (
            PermissionError(errno.EACCES, os.strerror(errno.EACCES), "runs/a"),
            "runs/a: Permission denied.",
        ),
        (
            OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "runs/a/x"),
            "runs/a/x: No space left on device: free some space, then run "
            "the same command again.",
        ),
        (
            OSError(errno.EDQUOT, os.strerror(errno.EDQUOT), "runs/a/x"),
            "runs/a/x: Disk quota exceeded: free some space",
        ),
        (
            RuntimeError("runs/a/x; No space left on device [Op:SaveV2]"),
            "runs/a/x: No space left on device: free some space",
        ),
        (
            RuntimeError("runs/a/x; File too large [Op:SaveV2]"),
            "runs/a/x: File too large: raise the limit of a file's size "
            "(ulimit -f), then run the same command again.",
        ),
        (
            OSError(errno.EFBIG, os.strerror(errno.EFBIG), "runs/a/x"),
            "runs/a/x: File too large: raise the limit",
        ),
        (
            RuntimeError("No space left on device"),
            "error: No space left on device: free some space",
        ),
    ],
)
def test_errors_of_the_user_have_no_traceback(command, capsys, error, message):
    def run(flag_values):
        raise error

    command.run = run
    assert main.main(["account"]) == 2
    assert message in _error_line(capsys)


def test_an_error_of_ours_keeps_its_traceback(command):
    def run(flag_values):
        raise RuntimeError("a bug")

    command.run = run
    with pytest.raises(RuntimeError, match="a bug"):
        main.main(["account"])


def test_ctrl_c_is_status_130(command, capsys):
    def run(flag_values):
        raise KeyboardInterrupt

    command.run = run
    assert main.main(["account"]) == 130
    assert "interrupted" in _error_line(capsys)


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
)
@pytest.mark.parametrize("is_caught", [False, True])
def test_each_signal_stops_any_command_with_its_status(
    command, capsys, number, status, is_caught
):
    """Even if a library catches the interrupt and returns half a result."""

    def run(flag_values):
        with contextlib.suppress(KeyboardInterrupt if is_caught else ()):
            signal.raise_signal(number)

    command.run = run
    before = signal.getsignal(number)
    assert main.main(["account"]) == status
    assert "interrupted" in _error_line(capsys)
    assert signal.getsignal(number) is before


def test_a_signal_that_is_ignored_stays_so(command):
    """As under nohup, or of a job in the background of a script."""
    command.run = lambda flag_values: signal.raise_signal(signal.SIGHUP)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert main.main(["account"]) == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_closed_terminal_is_a_clean_stop():
    program = """
import sys, time
from dpgan_tf import __main__ as main
def work(arguments):
    try:
        print("at work", flush=True)
        time.sleep(60)
    finally:
        open(sys.argv[1], "w").write("settled")
        print("no one reads this", file=sys.stderr)
main._dispatch = work
main.run()
"""
    terminal, side = pty.openpty()
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "settled"
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(path)],
            stdin=side,
            stdout=side,
            stderr=side,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(side)
        while b"at work" not in os.read(terminal, 1000):
            pass
        os.close(terminal)
        assert process.wait(timeout=30) == 129
        assert path.read_text() == "settled"


def test_an_interrupt_waits_for_no_thread():
    """TensorFlow leaves threads that nobody wakes."""
    program = """
import threading
from dpgan_tf import __main__ as main
def interrupt(arguments):
    threading.Thread(target=threading.Event().wait).start()
    print("so far")
    raise KeyboardInterrupt
main._dispatch = interrupt
main.run()
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 130
    assert done.stdout == "so far\n"
    assert done.stderr == "dpgan: error: interrupted.\n"


def test_a_closed_pipe_is_no_error():
    done = subprocess.run(
        f"{sys.executable} -m dpgan_tf --help | true; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
