# Every habit of the project has a name here; CI calls the same ones.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NPM := $(shell command -v npm || echo $(CURDIR)/$(BIN)/npm)
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
HOST ?= 127.0.0.1
PORT ?= 8000

.PHONY: help setup setup-dev node viewer run demo test check lint format types contracts \
	openapi collections lock known-faults bench mutants screenshots clean

help: ## Say what can be made
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.runtime viewer ## Prepare everything without starting anything

$(VENV)/.runtime: requirements/runtime.lock requirements/build.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --require-hashes -r requirements/build.lock
	$(BIN)/pip install -q --require-hashes -r requirements/runtime.lock
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q app  # else each start compiles, where Python may not write
	touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.lock
	$(BIN)/pip install -q --require-hashes -r requirements/dev.lock
	touch $@

node: $(VENV)/.runtime
	@command -v node >/dev/null 2>&1 || \
		$(BIN)/pip install -q --require-hashes -r requirements/node.lock

viewer: app/sharing/viewer_static/.built ## Build the clinician's page

VIEWER_SOURCES := $(shell find viewer -path viewer/node_modules -prune -o -type f -print 2>/dev/null)

viewer/node_modules/.installed: viewer/package.json viewer/package-lock.json | node
	cd viewer && $(NPM) ci --no-audit --no-fund --loglevel=error
	touch $@

app/sharing/viewer_static/.built: viewer/node_modules/.installed $(VIEWER_SOURCES)
	cd viewer && $(NPM) run --silent build
	touch $@

run: setup ## Start the server alone (HOST and PORT may be set)
	$(BIN)/afterglow migrate
	$(BIN)/afterglow serve --host $(HOST) --port $(PORT)

demo: setup ## Start a server with a synthetic patient, and print trends and a share link
	$(BIN)/afterglow demo --host $(HOST) --port $(PORT)

test: $(VENV)/.dev viewer ## Run every check there is
	$(MAKE) --no-print-directory lint types contracts
	cd viewer && $(NPM) run --silent check && $(NPM) run --silent test
	sh tests/browser/find_browser.sh
	sh tests/deploy/find_programs.sh
	$(BIN)/pytest -q -n 2 --dist loadfile

lint: ## Lint and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: ## Bring the code into its form
	$(BIN)/ruff check --fix -q .
	$(BIN)/ruff format -q .

types: ## Strict types
	$(BIN)/mypy

contracts: ## Who may import whom
	$(BIN)/lint-imports

openapi: ## Write openapi/openapi.json
	$(BIN)/afterglow openapi --out openapi/openapi.json

collections: node ## Write collections for Postman and Bruno to build/collections
	cd openapi/collections && $(NPM) ci --no-audit --no-fund --loglevel=error --ignore-scripts
	node openapi/collections/make.mjs openapi/openapi.json build/collections

lock: ## Resolve the requirements anew (needs uv)
	uv pip compile -q --generate-hashes --no-emit-index-url --no-annotate --no-header --universal \
		-p 3.11 pyproject.toml -o requirements/runtime.lock
	uv pip compile -q --generate-hashes --no-emit-index-url --no-annotate --no-header --universal \
		-p 3.11 --extra dev -c requirements/runtime.lock pyproject.toml -o requirements/dev.lock
	uv pip compile -q --generate-hashes --no-emit-index-url --no-annotate --no-header --universal \
		-p 3.11 -c requirements/dev.lock requirements/mutation.in -o requirements/mutation.lock
	for each in build node; do uv pip compile -q --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --universal -p 3.11 requirements/$$each.in \
		-o requirements/$$each.lock; done

known-faults: $(VENV)/.runtime ## Ask a list of known faults about every package (every day)
	$(BIN)/python -m tests.known_faults

bench: $(VENV)/.dev ## Measure speed against a bare server and a usual one, on both engines
	$(BIN)/python -m benchmarks --engine sqlite
	$(BIN)/python -m benchmarks --engine postgresql

mutants: $(VENV)/.dev viewer ## Change the code in small ways and count how often a test notices
	$(BIN)/pip install -q --require-hashes -r requirements/mutation.lock
	rm -rf mutants
	$(BIN)/mutmut run --max-children 2
	$(BIN)/python -m tests.mutants

screenshots: $(VENV)/.dev viewer ## Picture the viewer's states anew for the documentation
	sh tests/browser/find_browser.sh
	@command -v pdftoppm >/dev/null || { echo "Install poppler-utils: it pictures paper" >&2; exit 1; }
	$(BIN)/python -m tests.browser.screenshots docs/images

clean: ## Remove what was built
	rm -rf $(VENV) viewer/node_modules app/sharing/viewer_static .mypy_cache .ruff_cache \
		mutants .pytest_cache .hypothesis .import_linter_cache
