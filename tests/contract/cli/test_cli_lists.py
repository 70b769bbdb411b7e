"""``pli directory import`` and ``pli whitelist import``."""

from datetime import UTC, datetime, timedelta

from tests.builders.command_line import DOCTORS, LABORATORY, OTHER, REMOTE, Gateway, extraction, white_list

YESTERDAY = datetime.now(UTC) - timedelta(days=1)


def test_a_newer_white_list_takes_the_place_of_the_older(gateway: Gateway) -> None:
    tomorrow = datetime.now(UTC) + timedelta(hours=1)
    file = gateway.file("new.xml", white_list(DOCTORS, LABORATORY, OTHER, "chu.mssante.fr", made=tomorrow))
    done = gateway.run("whitelist", "import", file, "--json")
    assert done.code == 0
    assert (done.data["entries"], done.data["entries_before"], done.data["left_out"]) == (4, 3, 0)


def test_a_list_that_is_the_first_had_none_before(gateway: Gateway) -> None:
    (gateway.folder / "directory" / "directory.snapshot").unlink()
    done = gateway.run("directory", "import", gateway.file("new.txt", extraction(REMOTE)))
    assert "entries_before: none\n" in done.out


def test_an_older_white_list_is_refused_unless_forced(gateway: Gateway) -> None:
    file = gateway.file("old.xml", white_list(DOCTORS, LABORATORY, OTHER, made=YESTERDAY))
    refused = gateway.run("whitelist", "import", file, "--json")
    assert (refused.code, refused.out) == (1, "")
    assert "[PLI-206]" in refused.talk
    assert "give a newer one, or force the import" in refused.talk
    assert gateway.run("whitelist", "import", file, "--force").code == 0


def test_a_white_list_that_is_none_is_refused_with_its_line(gateway: Gateway) -> None:
    refused = gateway.run("whitelist", "import", gateway.file("bad.xml", "<ListeBlancheMSSante>"))
    assert refused.code == 1
    assert "[PLI-102] line 1: not well-formed XML" in refused.talk


def test_lines_of_the_directory_that_make_no_sense_are_left_out_and_told(gateway: Gateway) -> None:
    file = gateway.file("new.txt", extraction(REMOTE, "labo2@biolab-ouest.mssante.fr") + "APP|nobody|1|Labo\n")
    done = gateway.run("directory", "import", file, "--json")
    assert (done.data["entries"], done.data["left_out"]) == (2, 1)
    assert "line 4: left out: not a mail address" in done.talk


def test_an_older_directory_is_refused_unless_forced(gateway: Gateway) -> None:
    file = gateway.file("old.txt", extraction(REMOTE))
    words = ("directory", "import", file, "--made-at", YESTERDAY.isoformat())
    refused = gateway.run(*words)
    assert refused.code == 1
    assert "[PLI-206]" in refused.talk
    assert gateway.run(*words, "--force", "--json").data["entries"] == 1


def test_a_directory_without_the_columns_it_needs_is_refused(gateway: Gateway) -> None:
    refused = gateway.run("directory", "import", gateway.file("bad.txt", "a|b|c\n1|2|3\n"))
    assert refused.code == 1
    assert "[PLI-102] line 1: column « Type de BAL » is missing" in refused.talk


def test_a_date_that_is_none_is_wrong_use(gateway: Gateway) -> None:
    file = gateway.file("new.txt", extraction(REMOTE))
    refused = gateway.run("directory", "import", file, "--made-at", "yesterday")
    assert refused.code == 2
    assert "write 2026-11-23T06:00:00+01:00" in refused.talk


def test_a_file_that_is_not_there_is_wrong_use(gateway: Gateway) -> None:
    assert gateway.run("directory", "import", gateway.folder / "none.txt").code == 2
