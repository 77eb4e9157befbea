# Thin on purpose: pgrx-config/ knows versions, servers and build steps, tests/run.py runs tests.
PYTHON ?= python3
PG ?=
TEST ?=
ONLY ?=
PROFILE ?=
SECONDS ?= 600
TARGET ?=
SEED ?=
SETUP = $(PYTHON) pgrx-config/setup.py

.DEFAULT_GOAL := help
.PHONY: help demo demo-stop test fuzz bench check install psql fetch clean

help: ## this table
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */  make \1|/' | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'
	@echo
	@echo "PG_CONFIG=/path/pg_config with demo, test and psql: on a copy of that PostgreSQL (15 to 18)."

demo: ## build, start a throw-away PostgreSQL 18, load real data, walk through what the product does
	@$(PYTHON) examples/itam/walk.py

demo-stop: ## stop and remove the demo's server
	@$(PYTHON) examples/itam/walk.py stop

test: ## all tests; PG=18 or PG=15,18 picks servers, TEST=text picks tests, ACCEPT=1 writes expected files
	@$(PYTHON) tests/run.py --pg "$(PG)" --test "$(TEST)" $(if $(ACCEPT),--accept)

fuzz: ## random tests for longer: SECONDS=600 for all of them, TARGET=text picks some, SEED=… repeats a failure
	@$(PYTHON) tests/fuzz.py --pg "$(PG)" --target "$(TARGET)" --seconds "$(SECONDS)" --seed "$(SEED)"

bench: ## measure against SQL by hand and the usual policies; QUICK=1 for a look, PG=15 picks servers, ONLY=reads one group
	@$(PYTHON) bench/run.py --pg "$(PG)" --only "$(ONLY)" --profile "$(PROFILE)" $(if $(QUICK),--quick)

check: ## format, lints, syntax
	@$(SETUP) check

install: ## PG_CONFIG=/path/pg_config: optimised build into that PostgreSQL
	@test -n "$(PG_CONFIG)" || { echo "say which PostgreSQL: make install PG_CONFIG=/path/pg_config"; exit 2; }
	@$(SETUP) install "$(PG_CONFIG)"

psql: ## psql on a throw-away server with the extension; PG=15 picks another than 18
	@$(SETUP) psql $(PG)

fetch: ## only fetch servers and tools, for working without a network later
	@$(SETUP) fetch

clean: ## stop servers, remove all that was fetched and built
	@$(SETUP) clean
