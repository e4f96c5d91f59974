"""What the doctor says of real parts that stand on bad ground: certificates, disks, clocks."""

import shutil
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from kafka.admin import ConfigResource, ConfigResourceType

from connectors.kafka.clients import KafkaAdminClient, KafkaProducer
from deploy.actions.doctor import examine
from deploy.actions.setup import create_topics
from deploy.local.kafka import kafka
from deploy.supervise.ports import free_ports
from schemas.errors import Stop
from schemas.topics import ARTICLE
from streams.settings import Settings
from tests.integration.faults.disks import mounted
from tests.integration.system import eventually
from tests.integration.test_rotation import Papers, broker_asking_for_certificates
from tests.integration.test_security import as_pkcs8

pytestmark = pytest.mark.timeout(120)


def found(settings):
    """What is wrong, by what was looked at."""
    return {finding.what: finding for finding in examine(settings) if not finding.good}


def test_a_certificate_that_has_ended_is_named(real_kafka_here, tmp_path):
    authority, papers, ports = trustme.CA(), Papers(tmp_path), free_ports(3)
    now = datetime.now(UTC)
    over, soon = now - timedelta(days=1), now + timedelta(days=3)
    server = authority.issue_cert("127.0.0.1", not_before=over - timedelta(days=9), not_after=over)
    client = authority.issue_cert("client@example.org", not_after=soon)
    for file in (papers.ca, papers.trusted):
        authority.cert_pem.write_to_path(str(file))
    server.private_key_and_cert_chain_pem.write_to_path(str(papers.server))
    client.private_key_and_cert_chain_pem.write_to_path(str(papers.client))
    as_pkcs8(papers.server)
    address = f"ssl://127.0.0.1:{ports[1]}?ca={papers.ca}&cert={papers.client}"
    with broker_asking_for_certificates(tmp_path / "kafka", papers, ports):
        wrong = found(Settings(kafka=address, data_dir=tmp_path))
    assert "certificate has expired" in wrong["kafka"].found
    assert f"ended on {over:%Y-%m-%d}" in wrong[f"certificate of 127.0.0.1:{ports[1]}"].found
    assert "ends in 2 days" in wrong["our certificate for Kafka"].found
    assert "authority of Kafka" not in wrong


def test_a_certificate_file_that_is_not_there_is_named(tmp_path):
    wrong = found(Settings(kafka=f"ssl://127.0.0.1:1?ca={tmp_path / 'none.pem'}", data_dir=tmp_path))
    assert "none.pem" in wrong["authority of Kafka"].found
    assert "none.pem" in wrong["kafka"].found


def test_a_brokers_full_disk_and_fast_clock_are_told(real_kafka_here, tmp_path):
    port, controller = free_ports(2)
    folder = tmp_path / "kafka" / "log"
    folder.mkdir(parents=True)
    disk = mounted(folder, 2**26)
    try:
        disk.__enter__()
    except Stop as refused:
        pytest.skip(str(refused))
    try:
        settings = Settings(kafka=f"127.0.0.1:{port}", data_dir=tmp_path, partitions=1)
        small = {"log.index.size.max.bytes": 4096}  # else each partition takes 20 MB at once
        with kafka(tmp_path / "kafka", port=port, controller_port=controller, more=small):
            create_topics(settings)
            assert not {"disk of broker 1", "clock of Kafka"} & found(settings).keys()
            (folder / "filler").write_bytes(bytes(shutil.disk_usage(folder).free - 2**22))
            with closing(KafkaAdminClient(bootstrap_servers=settings.kafka)) as admin:
                configs = {"message.timestamp.type": "CreateTime"}
                admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, ARTICLE.name, configs=configs)])
            with closing(KafkaProducer(bootstrap_servers=settings.kafka, enable_idempotence=False)) as producer:
                producer.send(ARTICLE.name, b"", timestamp_ms=int(time.time() * 1000) + 600_000).get(30)
            wrong, wanted = {}, {"disk of broker 1", "clock of Kafka"}  # a busy broker may not tell at once
            eventually(lambda: wrong.update(found(settings)) or wanted <= wrong.keys(), seconds=60, what="both")
            (folder / "filler").unlink()
    finally:
        disk.__exit__(None, None, None)
    assert "GB free" in wrong["disk of broker 1"].found
    assert "ahead of ours" in wrong["clock of Kafka"].found
