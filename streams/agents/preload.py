"""Loading the models of a stage while it joins its group."""

import logging
from concurrent.futures import Future, ThreadPoolExecutor

from streams.agents.stage import Preloads, Stage

log = logging.getLogger("tocsin")


def loading(stage: Stage) -> Future[None]:
    """The loading of a stage's models, in a thread."""
    if not isinstance(stage, Preloads):
        (done := Future[None]()).set_result(None)
        return done

    def load() -> None:
        try:
            stage.preload()
        except Exception:
            log.exception("stage=%s cannot load its models now: its first record will try again", stage.name)

    executor = ThreadPoolExecutor(1, thread_name_prefix="preload")
    try:
        return executor.submit(load)
    finally:
        executor.shutdown(wait=False)
