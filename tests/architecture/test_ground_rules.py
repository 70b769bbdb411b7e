"""Licence, changelog, lock file, import contracts: what a stranger to the repository relies on."""

import re
import tomllib

from tests.builders.repository import PACKAGES, ROOT, text

PROJECT = tomllib.loads(text("pyproject.toml"))
PIN = re.compile(r"^[a-z0-9._-]+==[\w.+!-]+(?: ; .+?)? \\$", re.IGNORECASE)


def test_the_licence_named_is_the_licence_given() -> None:
    assert PROJECT["project"]["license"] == "EUPL-1.2"
    assert PROJECT["project"]["license-files"] == ["LICENSE"]
    assert text("LICENSE").startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n")


def test_the_changelog_has_a_place_for_what_is_coming() -> None:
    assert "\n## Unreleased\n" in text("CHANGELOG.md")
    kinds = set(re.findall(r"^### (.+)$", text("CHANGELOG.md"), re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Fixed", "Security"}


def test_every_requirement_is_pinned_and_hashed_and_none_says_where_it_comes_from() -> None:
    lines = [line for line in text("requirements.lock").splitlines() if not line.lstrip().startswith("#")]
    names = [number for number, line in enumerate(lines) if line and not line.startswith(" ")]
    assert len(names) > 30
    assert [lines[number] for number in names if not PIN.match(lines[number])] == []
    assert [lines[number] for number in names if "--hash=sha256:" not in lines[number + 1]] == []
    assert not re.search(r"https?:|--(?:extra-)?index|@ ", text("requirements.lock"))


def test_every_dependency_of_the_project_is_locked() -> None:
    locked = set(re.findall(r"^([a-z0-9._-]+)==", text("requirements.lock"), re.MULTILINE))
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    assert [name for name in (re.split(r"[<>=\[;!~ ]", item)[0] for item in wanted) if name not in locked] == []


def test_layers_and_purity_are_contracts_over_all_packages() -> None:
    linter = PROJECT["tool"]["importlinter"]
    kinds = [contract["type"] for contract in linter["contracts"]]
    assert linter["root_packages"] == list(PACKAGES)
    assert {"layers", "forbidden", "independence"} <= set(kinds)


def test_integration_runs_what_the_makefile_offers() -> None:
    assert {"make check", "make test"} <= set(text(".ci/run").splitlines())
    assert all(re.search(rf"^{name}:", text("Makefile"), re.MULTILINE) for name in ("venv", "demo", "test", "check"))


def test_every_program_that_tests_need_has_its_package() -> None:
    programs, packages = (
        re.findall(rf"^{name} := (.+)$", text("Makefile"), re.MULTILINE)[0].split() for name in ("PROGRAMS", "PACKAGES")
    )
    assert len(programs) == len(packages)
    assert (ROOT / "scripts" / "debian_packages.sh").exists()
