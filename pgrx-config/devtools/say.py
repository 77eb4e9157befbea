"""Progress for people, logs for failures, and locks between runs in the same checkout."""

import contextlib
import fcntl
import re
import signal
import subprocess
import sys
import time

from . import paths


class Failure(Exception):
    """Something a person has to know: printed without a traceback."""


def line(text):
    print(text, flush=True)


@contextlib.contextmanager
def step(text):
    """Announces a step, and how long it took if that was noticeable."""
    line(f"-- {text}")
    began = time.monotonic()
    yield
    seconds = time.monotonic() - began
    if seconds >= 2:
        line(f"   {seconds:.0f} s")


def run(command, log, **options):
    """Runs a command with its output in a log file, whose end is shown if the command fails."""
    file = paths.tools("logs") / f"{log}.log"
    command = [str(word) for word in command]
    with file.open("wb") as out:
        out.write((" ".join(command) + "\n").encode())
        out.flush()
        try:
            code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, **options).returncode
        except OSError as error:
            raise Failure(f"{command[0]} cannot be run: {error.strerror}") from None
    if code:
        raise Failure(f"{command[0]} failed with {code}; the end of {file}:\n{tail(file)}")
    return file


def capture(command, **options):
    """What a command prints; a failure shows what it complained about."""
    command = [str(word) for word in command]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)
    except OSError as error:
        raise Failure(f"{command[0]} cannot be run: {error.strerror}") from None
    if done.returncode:
        said = (done.stdout[-3000:] + done.stderr).strip()
        raise Failure(f"{' '.join(command)} failed with {done.returncode}:\n{said}")
    return done.stdout


def tail(file, lines=60):
    """The end of a log, without cargo's progress, and without its warnings where there are errors."""
    text = re.sub(r"^ *(Compiling|Checking|Downloaded) .*\n", "", file.read_text(errors="replace"), flags=re.M)
    if re.search(r"^error", text, re.M):
        text = re.sub(r"^warning(.+\n)+\n", "", text, flags=re.M)
    return "\n".join(text.splitlines()[-lines:])


_waited_for = set()    # said once, however many tests wait


@contextlib.contextmanager
def lock(name):
    """One at a time among all runs in this checkout; the kernel lets go of it whatever way a run ends."""
    with (paths.tools("locks") / name).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if name not in _waited_for:
                _waited_for.add(name)
                line(f"-- waiting for another run that holds {name}")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main(function):
    """Runs a script's main function: its result is the exit code, a Failure is a message and 1."""
    # Being told to end is like Ctrl-C: what cleans up gets its turn.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(function())
    except Failure as failure:
        sys.stdout.flush()
        sys.exit(f"\nERROR: {failure}")
    except KeyboardInterrupt:
        sys.exit("\ninterrupted")
