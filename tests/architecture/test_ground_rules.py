"""Licence, changelog, lock file, import contracts: what a stranger to the repository relies on."""

import os
import re
import subprocess
import sys
import tomllib

import pytest

from tests.builders.repository import PACKAGES, ROOT, named, text

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
    lines = text(".ci/run").splitlines()
    left_out = lines.index("export PYTEST_ADDOPTS=--ignore=tests/architecture")
    assert lines.index("make check") < left_out < lines.index("make test")
    assert "pytest tests/architecture" in text("Makefile").partition("\ncheck:")[2].partition("\n\n")[0]
    assert re.fullmatch(r"PLI_CDA_SAMPLES=\S+ make test-official", lines[-1])
    offered = ("venv", "demo", "test", "test-official", "test-long", "check")
    assert all(re.search(rf"^{name}:", text("Makefile"), re.MULTILINE) for name in offered)


def test_examples_that_may_not_be_passed_on_are_asked_of_one_suite_only() -> None:
    files = [path for path in (ROOT / "tests").rglob("*.py") if "official" not in path.parts]
    users = sorted(
        named(path) for path in files if re.search(r"CDA_SAMPLES|builders\.official|[\"/]shared/", text(named(path)))
    )
    assert users == ["tests/architecture/test_ground_rules.py", "tests/builders/official.py"]
    assert "official" in PROJECT["tool"]["pytest"]["ini_options"]["norecursedirs"]


def test_official_suite_without_its_examples_fails_with_one_sentence() -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PLI_", "PYTEST_"))}
    command = [sys.executable, "-m", "pytest", "--collect-only", "tests/official"]
    done = subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True, timeout=15, check=False)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert done.stderr.strip().startswith("ERROR: PLI_CDA_SAMPLES is not set: name the folder")


def test_every_program_that_tests_need_has_its_package() -> None:
    programs, packages = (
        re.findall(rf"^{name} := (.+)$", text("Makefile"), re.MULTILINE)[0].split() for name in ("PROGRAMS", "PACKAGES")
    )
    assert len(programs) == len(packages)
    assert (ROOT / "scripts" / "debian_packages.sh").exists()
