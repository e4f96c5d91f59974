"""Models are loaded while a worker joins its group: before its first record, and whatever the loading comes to."""

import subprocess
import sys
import threading

import pytest

from schemas.codec import Codec
from schemas.topics import ORIGINAL, read_by
from streams.agents.stage import Outcome
from tests.streams.kafka_model import Kafka, Worker, message
from tests.streams.test_read_ahead import original

RECORD = message(ORIGINAL.name, 0, Codec().encode(original(0)))


class Loading:
    """A stage whose models are loaded when `may` is set."""

    name, reads, keeps_state = "classify", read_by("classify"), False

    def __init__(self, error=None):
        self.may, self.error, self.seen = threading.Event(), error, []

    def restore(self, entries):
        return None

    def preload(self):
        assert self.may.wait(20)
        self.seen.append(threading.current_thread() is threading.main_thread())
        if self.error:
            raise self.error

    def handle(self, state, record):
        self.seen.append("record")
        return Outcome()


@pytest.mark.parametrize("error", [None, OSError("no model")])
def test_the_first_record_waits_for_the_models_of_another_thread(error):
    stage = Loading(error)
    worker = Worker(Kafka(), stage)
    assert stage.seen == []
    threading.Timer(0.3, stage.may.set).start()
    assert worker.run([RECORD])
    assert stage.seen == [False, "record"]


@pytest.mark.parametrize("module", ["deploy.supervise.up", "deploy.actions.setup"])
def test_supervisors_load_nothing_of_the_parts_that_they_start(module):
    heavy = {"faust", "numpy", "httpx", "aiokafka", "chdb", "streams.agents.runner"}
    code = f"import sys, {module}; print(*sorted({heavy!r} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == []
