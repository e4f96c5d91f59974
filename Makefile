# The targets people need: install, demo, test, check, bench, train.
PY ?= python3
BIN := .venv/bin
PARALLEL := -n 4 --dist loadfile --no-loadscope-reorder
COMPILE = uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-header --no-annotate -q

.PHONY: install demo test check conformance faults upgrade lint-deploy bench train lock generate examples front

install: .venv/.installed  ## .venv from the lock file

.venv/.installed: requirements.lock pyproject.toml
	$(PY) -c 'import sys; v = sys.version_info; sys.exit(None if (3, 11) <= v < (3, 14) else f"Tocsin needs Python 3.11 to 3.13, {sys.executable} is {v[0]}.{v[1]}; try: make PY=python3.11 install")'
	$(PY) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

demo: install  ## everything on embedded parts, replaying the bundled sample
	$(BIN)/tocsin demo

test: install  ## unit and integration tests; real Kafka and ClickHouse where they are installed
	$(BIN)/python -m pytest $(PARALLEL)

check: install  ## lint, types, tests (with drift and architecture)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest $(PARALLEL)
	@echo "Known vulnerabilities are not looked up here, as mirrors of the index do not list them; with the public one: pipx run pip-audit --require-hashes --disable-pip -r requirements.lock"

conformance: install  ## every connector in every case of the contract, as a table
	$(BIN)/python tests/connectors/conformance/table.py

examples: install  ## cookbook, panels, clients, notebook, export and agents against a running sample, as one table
	$(BIN)/python -m tests.integration.examples_table

faults: install  ## every fault on real Kafka and ClickHouse: nothing lost, nothing doubled (SEED=n repeats a run, LONG=1: outages of minutes, BROKERS=3: a cluster)
	$(BIN)/python -m tests.integration.faults $(if $(SEED),--seed $(SEED)) $(if $(LONG),--long) $(if $(BROKERS),--brokers $(BROKERS))

upgrade: install  ## an upgrade and its rollback under load: make upgrade OLD=commit
	$(BIN)/python -m tests.integration.faults.upgrade --old $(OLD)

lint-deploy: install  ## Dockerfile, Compose file, chart, units and alert rules, by the linters of their registries
	bash deploy/lint.sh

bench: install  ## the whole pipeline beside its peers, into tests/benchmarks/RESULTS.md (NEWS=docs.jsonl: real articles; FULL=1: more, and every part's own measurements)
	$(BIN)/python -m tests.benchmarks.pipeline
ifdef FULL
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-train.lock
	$(BIN)/python -m pytest tests/benchmarks -s --override-ini "python_files=bench_*.py"
endif

train: install  ## rebuild the models: make train DATA=path/to/data
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-train.lock
	$(BIN)/python -m streams.train $(DATA)

front:  ## what the console takes from npm, locked in streams/console/front, into static/vendor
	cd streams/console/front && npm ci --no-audit --no-fund && node build.mjs

generate: install  ## records.py and asyncapi.yaml from the .avsc files
	$(BIN)/python -m schemas.generate

lock:  ## hashed requirements from pyproject.toml
	$(COMPILE) --group dev -o requirements.lock
	$(COMPILE) --group train --group bench -c requirements.lock -o requirements-train.lock
