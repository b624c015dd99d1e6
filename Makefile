# Everything here sets itself up: a fresh machine needs Python 3.11+ and make.
# `make serve` and `make test` are the two that the README names.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help serve test test-thorough test-all test-postgres coverage check format lint types document bench profile dearest drill faults soak broken sbom sdk clients fuzz lock clean

help:  ## Say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

serve: $(VENV)/.installed  ## Publish the curated data and serve it on port 8000
	@exec $(BIN)/layoff-ledger serve --port $(PORT)

# Each start of the command would compile what it imports anew, and there are hundreds of starts.
unexport PYTHONDONTWRITEBYTECODE

# A process per core and one more (`tests/conftest.py`), each with a PostgreSQL of its own; a file of
# tests stays in one process.
PARALLEL := --numprocesses logical --maxprocesses 8 --dist loadfile

test: $(VENV)/.installed-dev  ## Run the tests of what is answered, on a PostgreSQL of their own
	$(BIN)/pytest $(PARALLEL) -m "not (thorough or slow)"

test-thorough: $(VENV)/.installed-dev  ## Run those of how it runs, and of every combination
	$(BIN)/pytest $(PARALLEL) -m "thorough and not slow"

# What is slow kills processes and measures memory: it has the machine for itself.
test-all: test test-thorough  ## Run all tests
	$(BIN)/pytest -m slow

test-postgres: $(VENV)/.installed-dev  ## Run what every PostgreSQL has to pass on an installed one: SERVER=15
	LEDGER_TEST_SERVER=$(SERVER) $(BIN)/pytest $(PARALLEL) -m "postgres and not slow"

coverage: $(VENV)/.installed-dev  ## Run all tests, and say which lines none of them runs
	@rm -rf .coverage && mkdir .coverage
	$(BIN)/coverage run -m pytest $(PARALLEL) -m "not slow"
	$(BIN)/coverage run -m pytest -m slow
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

SERVER ?= 15

check: format lint types coverage document  ## Format, lint, types, all tests with coverage, document

format: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/layoff-ledger check

types: $(VENV)/.installed-dev
	$(BIN)/mypy

document: $(VENV)/.installed-dev  ## Hold the OpenAPI document to code, standard and the released one
	$(BIN)/layoff-ledger openapi $(VENV)/openapi.json
	@cmp $(VENV)/openapi.json openapi/openapi.json \
		|| { echo 'openapi/openapi.json is not what the code makes: run `$(BIN)/layoff-ledger openapi`'; exit 1; }
	$(BIN)/python -m openapi_spec_validator openapi/openapi.json
	$(BIN)/layoff-ledger openapi --compare openapi/released.json openapi/openapi.json

bench: $(VENV)/.installed-bench  ## Measure against the floor and the peers, as ratios
	$(BIN)/python bench/run.py

profile: $(VENV)/.installed-bench  ## Show where the processor time of an uncached page goes
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python bench/profiling.py

dearest: $(VENV)/.installed-dev  ## Ask each operation for what costs most, and print what it costs
	$(BIN)/python bench/dearest.py

sdk:  ## Generate clients from a running service, compile them and run them against it: URL=…
	$(PYTHON) clients/sdk/run.py $(URL)

URL ?= http://localhost:8000

clients: $(VENV)/.installed-dev  ## Make anew what the clients to install have of the document
	$(BIN)/python clients/python/generate_client.py

drill: $(VENV)/.installed  ## Back up, destroy, restore, and compare every digest
	$(BIN)/python deploy/drill.py

faults: $(VENV)/.installed-dev  ## Break what can break while readers ask, and print what they saw
	PYTHONPATH=tests $(BIN)/python tests/faults.py

broken: $(VENV)/.installed-dev  ## Plant faults in copies of the service; print which test caught which
	PYTHONPATH=tests $(BIN)/python tests/broken.py $(FAULT)

soak: $(VENV)/.installed-dev  ## Ten minutes of publications, imports and kills under readers
	PYTHONPATH=tests $(BIN)/python tests/soak.py

# Of what the service runs on, and not of what tests it: so in environments of their own.
SBOM := $(VENV)/sbom
sbom: requirements.txt  ## Write what the service is made of, with licences (CycloneDX), into dist/
	@mkdir -p dist && $(PYTHON) -m venv $(SBOM)/tool && $(PYTHON) -m venv $(SBOM)/service
	@$(SBOM)/tool/bin/pip install --quiet --disable-pip-version-check 'cyclonedx-bom>=7,<8'
	@$(SBOM)/service/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(SBOM)/tool/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
		--output-format JSON --output-file dist/sbom.cdx.json $(SBOM)/service/bin/python

# A seed of its own each time; `make fuzz SEED=…` replays one that was printed.
ifndef SEED
SEED := $(shell od -An -N4 -tu4 /dev/urandom | tr -d ' ')
endif
CASES ?= 50000
fuzz: $(VENV)/.installed-dev  ## Fuzz contract, time model and every oracle longer than the tests do
	@echo 'to replay: make fuzz SEED=$(SEED) CASES=$(CASES)'
	LEDGER_FUZZ_SEED=$(SEED) LEDGER_FUZZ_CASES=$(CASES) LEDGER_FUZZ_EXAMPLES=500 $(BIN)/pytest \
		$(PARALLEL) --hypothesis-seed=$(SEED) tests/test_contract.py \
		$$(grep -lE 'FUZZ|fuzz\(|EXAMPLES' tests/test_*.py | grep -v test_contract) \
		|| { echo 'to replay: make fuzz SEED=$(SEED) CASES=$(CASES)'; exit 1; }

# A new lock file or pyproject makes a new installation; the project itself is editable.
$(VENV)/.installed: requirements.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=python3.12 or the like")'
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@echo 'Installing what is needed into $(VENV): once, and a minute or two.'
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/.installed-bench: requirements-bench.txt $(VENV)/.installed-dev
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	@touch $@

# Needs uv. No index addresses are written: who installs decides where from.
LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate
lock:  ## Choose the newest versions that fit, and write the lock files
	$(LOCK) --upgrade pyproject.toml --extra charts --extra columns --extra mcp --group build -o requirements.txt
	$(LOCK) --upgrade pyproject.toml --extra charts --extra columns --extra mcp --extra otel --group build --group dev -c requirements.txt -o requirements-dev.txt
	$(LOCK) --upgrade pyproject.toml --extra charts --extra columns --extra mcp --extra otel --group build --group dev --group bench -c requirements-dev.txt -o requirements-bench.txt

clean:  ## Remove what was made here
	rm -rf $(VENV) dist build .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis
