"""Named checks for the Python drivers: one line per check, exit 1 when any failed."""

import os
import sys
import tempfile
import time
import traceback

import probe

URL = os.environ.get("MYNAH_URL", "ws://127.0.0.1:7070").rstrip("/")
# A server with strict.toml; empty if there is none.
STRICT_URL = os.environ.get("MYNAH_STRICT_URL", "").rstrip("/")
TOKEN = os.environ.get("MYNAH_TOKEN", "client-matrix")


class Failed(Exception):
    """What a check found instead of what it expected."""


class Checks:
    """Collects the checks of one driver in the order they are written."""

    def __init__(self):
        self.checks = []

    def check(self, name):
        """Registers the function below it under `name`."""
        def register(function):
            self.checks.append((name, function))
            return function
        return register

    def strict(self, name):
        """Registers a check that needs a server with checked credentials, if there is one."""
        return self.check(f"strict-{name}") if STRICT_URL else lambda function: function

    def run(self):
        """Runs the checks (those named on the command line, or all), prints their lines, leaves the process."""
        wanted, failed = set(sys.argv[1:]), 0
        unknown = wanted - {name for name, _ in self.checks}
        if unknown:
            sys.exit(f"no such check: {', '.join(sorted(unknown))}")
        for name, function in self.checks:
            if wanted and name not in wanted:
                continue
            try:
                function()
                print(f"ok {name}", flush=True)
            except Exception as error:  # a driver must report every check, whatever a client library raises
                failed += 1
                print(f"not ok {name}: {one_line(error)}", flush=True)
                if os.environ.get("MYNAH_TRACE"):
                    traceback.print_exc()
        sys.stdout.flush()
        # The libraries under test may leave threads behind; none of them may keep or change the outcome.
        os._exit(1 if failed else 0)


def one_line(error):
    """An exception as the reason of a `not ok` line."""
    words = " ".join(str(error).split()) or "no text"
    return words if isinstance(error, Failed) else f"{type(error).__name__}: {words}"


def expect(condition, why):
    """Fails the check with `why` unless the condition holds."""
    if not condition:
        raise Failed(why)


def equal(what, found, expected):
    """Fails the check unless both are equal."""
    expect(found == expected, f"{what}: {found!r}, expected {expected!r}")


def within(what, found, low, high):
    """Fails the check unless low <= found <= high."""
    expect(low <= found <= high, f"{what}: {found!r}, expected {low}..{high}")


def until(condition, seconds, what):
    """Waits for something that another thread brings about."""
    deadline = time.monotonic() + seconds
    while not condition():
        expect(time.monotonic() < deadline, f"{what} did not happen within {seconds} s")
        time.sleep(0.005)


def hear(data, suffix, raw=None, rate=None):
    """What an independent decoder hears in these bytes: never silence, always one channel."""
    expect(data, "no audio arrived")
    with tempfile.NamedTemporaryFile(suffix=f".{suffix}") as file:
        file.write(data)
        file.flush()
        try:
            heard = probe.probe(file.name, raw, rate)
        except probe.Undecodable as error:
            raise Failed(f"{len(data)} bytes of {suffix} do not decode: {error}") from error
    equal("channels", heard["channels"], 1)
    expect(heard["seconds"] > 0.1, f"only {heard['seconds']:.3f} s of sound")
    expect(heard["peak"] > 0.01 and heard["rms"] > 0.001, f"silent: peak {heard['peak']}, rms {heard['rms']}")
    return heard
