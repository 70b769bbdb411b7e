# Every target does its own set-up, from a bare Debian 12 with python3 (3.11 or later), git and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# What tests drive besides Python: browser, mail synchroniser, another IMAP server, system call tracer, mail client.
PROGRAMS := chromium mbsync dovecot strace gpg thunderbird Xvfb
PACKAGES := chromium isync dovecot-imapd strace gnupg thunderbird xvfb

.PHONY: help venv demo test test-official test-long check bench lock clean packages
help:
	@echo "make demo    an invented world on this machine, and a journey through it"
	@echo "make test    all tests that a clone has all it needs for"
	@echo "make test-official   tests on the national agency's examples, in the folder that PLI_CDA_SAMPLES names"
	@echo "make test-long       long runs: hundreds of kills and stops"
	@echo "make check   style, types, import contracts, documents"
	@echo "make bench   how fast, at what cost"
	@echo "make lock    compile requirements.lock anew from pyproject.toml (needs uv)"

venv: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || sh scripts/debian_packages.sh python3-venv
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $(STAMP)

packages:
	@missing=; for program in $(PROGRAMS); do command -v $$program >/dev/null 2>&1 || missing=yes; done; \
	if [ -n "$$missing" ]; then sh scripts/debian_packages.sh $(PACKAGES); fi

demo: venv
	@$(BIN)/pli demo $(if $(PORT_BASE),--port-base $(PORT_BASE))

test: venv packages
	$(BIN)/python -m pytest -n 2 --dist loadgroup

test-official: venv
	$(BIN)/python -m pytest -n 2 --dist loadgroup tests/official

test-long: venv packages
	$(BIN)/python -m pytest -m long

check: venv
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/architecture -p no:xdist

bench: venv
	@$(BIN)/pli bench

lock:
	uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-emit-index-url \
	  --python-version 3.11 --no-header --quiet --output-file requirements.lock

clean:
	rm -rf $(VENV) var .mypy_cache .ruff_cache .import_linter_cache
