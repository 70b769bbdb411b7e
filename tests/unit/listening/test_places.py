"""Places for connections: so many in all, so many from one subscriber."""

from gateway.listening import OctetBudget, Places
from gateway.shared_memory import Edge, SharedMemory


def test_places_of_one_address_run_out_before_those_of_all() -> None:
    places = Places(in_all=3, per_address=2)
    assert [places.take(f"192.0.2.{last}") for last in (1, 1, 1, 2, 3)] == [True, True, False, True, False]


def test_subnet_of_a_subscriber_has_the_places_of_one_address() -> None:
    places = Places(in_all=9, per_address=2)
    addresses = ["2001:db8::1", "2001:db8::ffff:2", "2001:db8::3", "2001:db8:0:1::1", "::ffff:192.0.2.1", "192.0.2.1"]
    assert [places.take(address) for address in addresses] == [True, True, False, True, True, True]
    assert not places.take("::ffff:192.0.2.1")


def test_place_given_back_from_another_address_of_the_subscriber_is_free_again() -> None:
    places = Places(in_all=1, per_address=1)
    assert places.take("2001:db8::1")
    places.give_back("2001:db8::2")
    assert places.taken == 0
    assert places.take("192.0.2.1")


def test_those_that_were_refused_take_no_place() -> None:
    places = Places(in_all=1, per_address=1)
    assert places.take("192.0.2.1")
    assert not any(places.take(f"198.51.100.{last}") for last in range(200))
    assert places.taken == 1
    places.give_back("192.0.2.1")
    assert places.take("198.51.100.7")


def test_places_and_octets_are_those_of_all_processes_and_come_back_when_one_ends() -> None:
    memory = SharedMemory(2)
    edges = [memory.of(number).edge(Edge.WEB) for number in range(2)]
    here, there = (Places(in_all=3, per_address=2, shared=edge) for edge in edges)
    assert [places.take("192.0.2.1") for places in (here, there, here, there)] == [True, True, False, False]
    assert there.take("192.0.2.2")
    assert not here.take("192.0.2.3")
    budgets = [OctetBudget(100, edge.octets) for edge in edges]
    assert [budget.take(60) for budget in budgets] == [True, False]
    assert not budgets[1].has_room(41)
    memory.of(0).clear()
    assert there.taken == 2
    assert budgets[1].take(100)
