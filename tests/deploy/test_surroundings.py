"""What the doctor says of folders, clocks, disks, certificates and settings that cannot be."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from cryptography import x509

from connectors.sinks.contract import QueryRefused, StoreError, Table
from connectors.sinks.open import open_reader, open_store
from deploy.actions.certificates import SOON_DAYS, lasting
from deploy.actions.doctor import examine
from deploy.actions.surroundings import clickhouse_clock, clickhouse_rooms, folder, waits
from deploy.cli import main
from schemas.errors import Stop
from streams.settings import Settings, load_settings
from streams.status_files import WaitingMark

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def certificate(begins, ends):
    made = trustme.CA().issue_cert("a.example", not_before=NOW + begins, not_after=NOW + ends)
    return x509.load_pem_x509_certificate(made.cert_chain_pems[0].bytes())


@pytest.mark.parametrize(
    ("begins", "ends", "good", "told"),
    [
        (-9, SOON_DAYS + 1, True, "ends in 15 days"),
        (-9, SOON_DAYS - 1, False, "ends in 13 days"),
        (-9, -1, False, "ended on 2025-12-31"),
        (1, 90, False, "holds from 2026-01-02"),
    ],
)
def test_a_certificate_ends(begins, ends, good, told):
    finding = lasting("it", [certificate(timedelta(days=begins), timedelta(days=ends))], NOW)
    assert (finding.good, bool(finding.cure)) == (good, not good)
    assert told in finding.found


def test_an_authority_that_is_over_beside_a_new_one_is_no_harm():
    over = certificate(timedelta(days=-9), timedelta(days=-1))
    assert lasting("it", [over, certificate(timedelta(days=-1), timedelta(days=90))], NOW).good


class Server:
    """A ClickHouse that answers with these rows, or refuses."""

    def __init__(self, rows):
        self.rows = rows

    def query(self, _):
        if not self.rows:
            raise QueryRefused("no such table", 60)
        return Table((), self.rows)


@pytest.mark.parametrize(("ahead", "told"), [(0, "as ours"), (3600, "ahead of ours"), (-3600, "behind ours")])
def test_the_clock_of_clickhouse(ahead, told):
    finding = clickhouse_clock(Server([(int(datetime.now(UTC).timestamp()) + ahead,)]))
    assert told in finding.found
    assert finding.good == (ahead == 0)


def test_the_disks_of_clickhouse():
    rooms = list(clickhouse_rooms(Server([("default", 5 * 10**9, 10**11), ("cold", 5 * 10**10, 10**11), ("s3", 0, 0)])))
    assert [(room.what, room.good) for room in rooms] == [
        ("disk of ClickHouse, default", False), ("disk of ClickHouse, cold", True)
    ]  # fmt: skip
    assert list(clickhouse_rooms(Server([]))) == []


def test_a_data_folder_that_cannot_be(tmp_path):
    (tmp_path / "file").write_text("")
    assert folder(Settings(data_dir=tmp_path / "new" / "var")).good
    finding = folder(Settings(data_dir=tmp_path / "file" / "var"))
    assert not finding.good
    assert "TOCSIN_DATA_DIR" in finding.cure


def test_a_full_disk_below_the_data_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**11, 99 * 10**9, 10**9))
    finding = folder(Settings(data_dir=tmp_path))
    assert (finding.good, "1.0 of 100.0 GB free" in finding.found) == (False, True)


def test_what_a_part_of_this_machine_waits_for(tmp_path):
    settings = Settings(data_dir=tmp_path)
    WaitingMark(settings, "loader").note("insert into mention: Code: 243. no space left")
    (finding,) = waits(settings)
    assert (finding.what, finding.good, "Code: 243" in finding.found) == ("loader", False, True)


@pytest.mark.parametrize("address", ["127.0.0.1:abc", "127.0.0.1:99999", ":9092", "ssl://a:9093,b:x", "a:0"])
def test_an_address_of_kafka_that_no_client_could_use_is_refused_at_once(address, monkeypatch):
    monkeypatch.setenv("TOCSIN_KAFKA", address)
    with pytest.raises(Stop, match="is no Kafka server"):
        load_settings()


@pytest.mark.parametrize("name", ["registry", "console_url"])
@pytest.mark.parametrize("address", ["registry:8081", "http://a:b:c", "http://", "see the wiki"])
def test_a_web_address_that_is_none_is_refused_at_once(name, address, monkeypatch):
    monkeypatch.setenv(f"TOCSIN_{name.upper()}", address)
    with pytest.raises(Stop, match=f"{name}.*http://host:port"):
        load_settings()


@pytest.mark.parametrize("opened", [open_store, open_reader])
def test_an_address_of_clickhouse_that_has_no_port(opened):
    with pytest.raises(StoreError, match="port") as refused:
        opened("clickhouse://me:secret@127.0.0.1:abc/tocsin")
    assert "secret" not in str(refused.value)


def test_the_doctor_never_raises(tmp_path):
    impossible = Settings(
        kafka="ssl://127.0.0.1:1?ca=none.pem", clickhouse="clickhouses://127.0.0.1:x/tocsin?ca_certs=none.pem",
        console_host="300.1.1.1", console_token="a" * 16, data_dir=tmp_path,
    )  # fmt: skip
    wrong = {finding.what for finding in examine(impossible) if not finding.good}
    assert wrong >= {"kafka", "clickhouse", "console", "authority of ClickHouse"}


@pytest.mark.parametrize(
    ("command", "settings", "told"),
    [
        (["worker", "dedupe"], {"TOCSIN_DATA_DIR": "/dev/null/x"}, "/dev/null/x"),
        (["tail", "alerts"], {"TOCSIN_KAFKA": "ssl://127.0.0.1:1?ca=none.pem"}, "none.pem"),
    ],
)
def test_what_a_person_can_mend_is_one_line(command, settings, told, monkeypatch, capsys):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["tocsin", *command])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("tocsin: ")
    assert told in line
