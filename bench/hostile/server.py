"""The server under attack: started, watched through /proc, stopped."""

import os
import pathlib
import subprocess
import tempfile
import threading
import time

TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """A mock at work."""

    def __init__(self, program, guards=None, options=()):
        self.folder = tempfile.TemporaryDirectory()
        config = pathlib.Path(self.folder.name) / "guards.toml"
        lines = [f"{name} = {value}" for name, value in (guards or {}).items()]
        config.write_text("\n".join(["[guards]", *lines]) + "\n")
        self.log = open(pathlib.Path(self.folder.name) / "log", "wb+")
        self.process = subprocess.Popen(
            [program, "serve", "--listen", "127.0.0.1:0", "--log-level", "error", "--config", config, *options],
            stdout=subprocess.PIPE, stderr=self.log, env={**os.environ, "RUST_LOG": ""},
        )
        line = self.process.stdout.readline().decode()
        if not line.startswith("mynah ready"):
            raise RuntimeError(f"the server did not start: {line}{self.errors()}")
        host, port = line.split()[2].split("//")[1].split(":")
        self.address = (host, int(port))
        self.most_kb, self.watching = 0, True
        self.watcher = threading.Thread(target=self.watch, daemon=True)
        self.watcher.start()

    def watch(self):
        while self.watching:
            try:
                self.most_kb = max(self.most_kb, self.rss_kb())
            except (OSError, RuntimeError):
                return
            time.sleep(0.02)

    def rss_kb(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise RuntimeError("the server has ended")

    def cpu_s(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def errors(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def stop(self):
        """Ends it as a user would; how long that took, and its status."""
        self.watching = False
        began = time.monotonic()
        self.process.terminate()
        try:
            status = self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        took = time.monotonic() - began
        self.process.stdout.close()
        errors = self.errors()
        self.log.close()
        self.folder.cleanup()
        return took, status, errors
