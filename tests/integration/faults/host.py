"""A host in its own network: a worker of every stage, and a gate to the broker. Started by `hosts.py`.

It runs in a network namespace with nothing but a loopback; the broker's port there leads through a Unix socket to the
broker outside. When this process dies its workers die with it, as on a machine that loses its power.
"""

import signal
import subprocess
import sys
import threading

from deploy.supervise.tree import workers
from streams.settings import load_settings
from tests.integration.faults.proxy import Proxy


def main() -> None:
    gate, stop = sys.argv[1], threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    settings = load_settings()
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with Proxy(int(settings.kafka.rpartition(":")[2]), gate):
        parts = workers(settings)  # a standby holds no partitions and is not ready, so nobody waits for it
        try:
            while not stop.wait(0.5):
                for part in parts:
                    if not part.running:
                        part.start()
        finally:
            for part in parts:
                part.stop()


if __name__ == "__main__":
    main()
