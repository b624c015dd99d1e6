# Every target installs what it needs: a fresh machine needs only Python 3.11+ and make.
# The README names two of them, `make serve` and `make test`.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help serve test test-thorough test-all test-postgres coverage check format lint types document bench profile dearest drill faults soak broken sbom sdk clients fuzz lock clean

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

serve: $(VENV)/.installed  ## Publish the curated data and serve it on port 8000
	@exec $(BIN)/layoff-ledger serve --port $(PORT)

# With it, every start of the command would compile its imports again, and tests start it hundreds of times.
unexport PYTHONDONTWRITEBYTECODE

# One process per core and one more (`tests/conftest.py`), each with its own PostgreSQL. All tests of a
# file run in the same process.
PARALLEL := --numprocesses logical --maxprocesses 8 --dist loadfile

test: $(VENV)/.installed-dev  ## Run the tests of what the API answers, on their own PostgreSQL
	$(BIN)/pytest $(PARALLEL) -m "not (thorough or slow)"

test-thorough: $(VENV)/.installed-dev  ## Run the tests of operation, and of all combinations
	$(BIN)/pytest $(PARALLEL) -m "thorough and not slow"

# Slow tests kill processes and measure memory, so nothing else runs beside them.
test-all: test test-thorough  ## Run all tests
	$(BIN)/pytest -m slow

test-postgres: $(VENV)/.installed-dev  ## Run the database tests on an installed PostgreSQL: SERVER=15
	LEDGER_TEST_SERVER=$(SERVER) $(BIN)/pytest $(PARALLEL) -m "postgres and not slow"

coverage: $(VENV)/.installed-dev  ## Run all tests, and list the lines that none of them covers
	@rm -rf .coverage && mkdir .coverage
	$(BIN)/coverage run -m pytest $(PARALLEL) -m "not slow"
	$(BIN)/coverage run -m pytest -m slow
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

SERVER ?= 15

check: format lint types coverage document  ## Check format, lint, types, the OpenAPI document, and run all tests with coverage

format: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/layoff-ledger check

types: $(VENV)/.installed-dev
	$(BIN)/mypy

document: $(VENV)/.installed-dev  ## Check the OpenAPI document against code, standard and released version
	$(BIN)/layoff-ledger openapi $(VENV)/openapi.json
	@cmp $(VENV)/openapi.json openapi/openapi.json \
		|| { echo 'openapi/openapi.json does not match the code: run `$(BIN)/layoff-ledger openapi`'; exit 1; }
	$(BIN)/python -m openapi_spec_validator openapi/openapi.json
	$(BIN)/layoff-ledger openapi --compare openapi/released.json openapi/openapi.json

bench: $(VENV)/.installed-bench  ## Run the benchmarks against the baseline and peers, as ratios
	$(BIN)/python bench/run.py

profile: $(VENV)/.installed-bench  ## Profile the processor time of an uncached page
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python bench/profiling.py

dearest: $(VENV)/.installed-dev  ## Send each operation its most expensive request, and print the cost
	$(BIN)/python bench/dearest.py

sdk:  ## Generate clients from a running service, compile and run them: URL=…
	$(PYTHON) clients/sdk/run.py $(URL)

URL ?= http://localhost:8000

clients: $(VENV)/.installed-dev  ## Regenerate the parts of our clients that come from the OpenAPI document
	$(BIN)/python clients/python/generate_client.py

drill: $(VENV)/.installed  ## Back up a ledger, destroy it, restore it, and compare every digest
	$(BIN)/python deploy/drill.py

faults: $(VENV)/.installed-dev  ## Cause every known kind of failure under load, and print what readers saw
	PYTHONPATH=tests $(BIN)/python tests/faults.py

broken: $(VENV)/.installed-dev  ## Plant bugs in copies of the service, and print which test caught each
	PYTHONPATH=tests $(BIN)/python tests/broken.py $(FAULT)

soak: $(VENV)/.installed-dev  ## Publish, import and kill processes for ten minutes under load
	PYTHONPATH=tests $(BIN)/python tests/soak.py

# Lists what the service runs on, not what tests it, and so uses separate environments.
SBOM := $(VENV)/sbom
sbom: requirements.txt  ## Write a bill of materials with licences (CycloneDX) to dist/
	@mkdir -p dist && $(PYTHON) -m venv $(SBOM)/tool && $(PYTHON) -m venv $(SBOM)/service
	@$(SBOM)/tool/bin/pip install --quiet --disable-pip-version-check 'cyclonedx-bom>=7,<8'
	@$(SBOM)/service/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(SBOM)/tool/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
		--output-format JSON --output-file dist/sbom.cdx.json $(SBOM)/service/bin/python

# Each run has a new seed, which it prints; `make fuzz SEED=…` replays it.
ifndef SEED
SEED := $(shell od -An -N4 -tu4 /dev/urandom | tr -d ' ')
endif
CASES ?= 50000
fuzz: $(VENV)/.installed-dev  ## Fuzz the contract, the time model and every oracle for longer than the tests do
	@echo 'to replay: make fuzz SEED=$(SEED) CASES=$(CASES)'
	LEDGER_FUZZ_SEED=$(SEED) LEDGER_FUZZ_CASES=$(CASES) LEDGER_FUZZ_EXAMPLES=500 $(BIN)/pytest \
		$(PARALLEL) --hypothesis-seed=$(SEED) tests/test_contract.py \
		$$(grep -lE 'FUZZ|fuzz\(|EXAMPLES' tests/test_*.py | grep -v test_contract) \
		|| { echo 'to replay: make fuzz SEED=$(SEED) CASES=$(CASES)'; exit 1; }

# A new lock file or pyproject.toml triggers a new installation. The project itself is editable.
$(VENV)/.installed: requirements.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=python3.12 or the like")'
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@echo 'Installing dependencies into $(VENV). This happens once and takes a minute or two.'
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/.installed-bench: requirements-bench.txt $(VENV)/.installed-dev
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	@touch $@

# Needs uv. Lock files contain no index addresses, so that whoever installs chooses the index.
LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate
lock:  ## Upgrade to the newest versions that fit, and write the lock files
	$(LOCK) --upgrade pyproject.toml --extra charts --extra columns --extra mcp --group build -o requirements.txt
	$(LOCK) --upgrade pyproject.toml --extra charts --extra columns --extra mcp --extra otel --group build --group dev -c requirements.txt -o requirements-dev.txt
	$(LOCK) --upgrade pyproject.toml --extra charts --extra columns --extra mcp --extra otel --group build --group dev --group bench -c requirements-dev.txt -o requirements-bench.txt

clean:  ## Remove everything that was built here
	rm -rf $(VENV) dist build .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis
