"""One address says how to reach Kafka and how to be let in; its text never holds the password."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.transport.brokers import client_options, read_brokers, shown


def test_plain_servers_need_no_scheme():
    assert client_options("a:9092, b:9092") == {
        "bootstrap_servers": ["a:9092", "b:9092"],
        "security_protocol": "PLAINTEXT",
    }


def test_sasl_and_tls_reach_the_client():
    options = client_options("sasl_ssl://me:p%40ss@a:9093,b:9093?mechanism=scram-sha-512")
    assert options["bootstrap_servers"] == ["a:9093", "b:9093"]
    assert (options["security_protocol"], options["sasl_mechanism"]) == ("SASL_SSL", "SCRAM-SHA-512")
    assert (options["sasl_plain_username"], options["sasl_plain_password"]) == ("me", "p@ss")
    assert options["ssl_context"].check_hostname


@given(st.text(min_size=6), st.text())
def test_a_password_is_read_and_never_shown(password, user):
    brokers = read_brokers(f"sasl_plaintext://{quote(user, safe='')}:{quote(password, safe='')}@host:9092")
    assert (brokers.username, brokers.password) == (user, password)
    if password not in f"sasl_plaintext://{user}@host:9092":
        assert password not in repr(brokers)
        assert password not in f"{brokers}"


@pytest.mark.parametrize(
    "address", ["smtp://me:hidden@a:1", "sasl_ssl://me:hidden@a:1?mechanism=x", "ssl://me:hidden@a:1?cipher=x"]
)
def test_what_is_wrong_is_told_without_the_password(address):
    with pytest.raises(ValueError) as error:
        read_brokers(address)
    assert "hidden" not in str(error.value)
    assert "hidden" not in shown(address)
