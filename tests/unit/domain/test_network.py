"""One source is an IPv4 address or an IPv6 /64, however it is written."""

import pytest

from gateway.domain.network import plain_address, source_network


@pytest.mark.parametrize(
    "text", ["2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", "2001:0DB8:0:0:1::", "2001:db8::1%eth0"]
)
def test_addresses_of_one_subscriber_are_one_source(text: str) -> None:
    assert source_network(text) == "2001:db8::/64"


@pytest.mark.parametrize("text", ["2001:db8:0:1::1", "2001:db8:1::1", "fe80::1%eth0", "::1"])
def test_the_next_subscriber_is_another_source(text: str) -> None:
    assert source_network(text) not in {"2001:db8::/64", text}


@pytest.mark.parametrize("text", ["192.0.2.1", "::ffff:192.0.2.1", "::ffff:c000:201", "::FFFF:192.0.2.1"])
def test_ipv4_through_an_ipv6_socket_is_ipv4(text: str) -> None:
    assert source_network(text) == plain_address(text) == "192.0.2.1"


def test_ipv4_addresses_are_counted_one_by_one() -> None:
    assert source_network("192.0.2.1") != source_network("192.0.2.2")


@pytest.mark.parametrize("text", ["", "unix", "192.0.2", "2001:db8:::1", "192.0.2.1/24"])
def test_what_is_no_address_is_counted_under_its_text(text: str) -> None:
    assert source_network(text) == plain_address(text) == text


@pytest.mark.parametrize(
    ("text", "plain"), [("2001:0DB8::0001", "2001:db8::1"), ("fe80::1%eth0", "fe80::1"), ("192.0.2.1", "192.0.2.1")]
)
def test_address_is_written_in_one_form(text: str, plain: str) -> None:
    assert plain_address(text) == plain
