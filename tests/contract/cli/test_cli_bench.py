"""How ``pli bench`` tells people its figures; the measuring itself is not run here."""

from gateway.cli.bench import flattened


def test_every_figure_has_a_line_with_its_whole_name() -> None:
    figures = {"plan": {"messages": 2}, "intake": {"filed": {"seconds": 1.5}, "rate": 4}}
    assert dict(flattened(figures)) == {"plan.messages": 2, "intake.filed.seconds": 1.5, "intake.rate": 4}
