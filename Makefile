# `make demo` and `make test` are all that a newcomer needs; both set the environment up first.
.PHONY: setup demo test fast lint check format

VENV := .venv
BIN := $(VENV)/bin
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))
DEMO_OUT ?= demo-out
QUICK := not spark and not slow and not browser
PYTEST_ARGS ?=
export DO_NOT_TRACK := true
export MLFLOW_DISABLE_TELEMETRY := true
export LANGSMITH_TRACING := false
# Containers often forbid compiled modules; without them every process compiles all that it imports, which doubles the tests.
unexport PYTHONDONTWRITEBYTECODE

setup: $(VENV)/.installed

# With uv where it is there, else with venv and pip; both check the hashes of requirements.lock. The lock is complete, and pip,
# which knows nothing of the override in pyproject.toml, must not resolve it again: hence --no-deps.
$(VENV)/.installed: requirements.lock pyproject.toml
	@set -e; \
	python=; \
	for candidate in "$$PYTHON" python3.11 python3.12 python3 python; do \
		if [ -n "$$candidate" ] && "$$candidate" -c '$(SUPPORTED)' >/dev/null 2>&1; then python=$$candidate; break; fi; \
	done; \
	if uv --version >/dev/null 2>&1; then \
		$(BIN)/python -c '$(SUPPORTED)' >/dev/null 2>&1 || { rm -rf $(VENV); uv venv --quiet --python "$${python:-3.11}" $(VENV); }; \
		uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock; \
		uv pip install --quiet --python $(BIN)/python --no-deps --editable .; \
	else \
		if [ -z "$$python" ]; then \
			echo "setup: Python 3.11 or 3.12 is needed and was not found; install one, or install uv, which fetches it" >&2; \
			exit 1; \
		fi; \
		if ! "$$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then \
			echo "setup: $$python has no ensurepip; on Debian or Ubuntu: apt-get install python3-venv (or install uv)" >&2; \
			exit 1; \
		fi; \
		echo "setup: installing with pip, which takes a few minutes; uv would be faster"; \
		$(BIN)/python -m pip --version >/dev/null 2>&1 || "$$python" -m venv --clear $(VENV); \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .; \
	fi; \
	touch $@

# Exit code 3 says that something needs review, which is what the example is there to show.
demo: setup
	@$(BIN)/glue2lakehouse migrate examples/retail --out $(DEMO_OUT) --force || [ $$? -eq 3 ]

# What to run after every change: no Java, no browser, no server, no whole command.
fast: setup
	$(BIN)/pytest -q -n auto --maxprocesses 4 -m "$(QUICK) and not integration"

# The quick tests side by side; the one that forks and kills by itself, because MLflow's threads do not survive a fork; the
# slow ones apart from those that need Spark, whose files go to two processes with a session each.
test: setup
ifeq ($(strip $(PYTEST_ARGS)),)
	$(BIN)/pytest -n auto --maxprocesses 4 -m "$(QUICK)"
	$(BIN)/pytest tests/graphs/test_kill.py
	$(BIN)/pytest -m "slow and not spark and not browser" --ignore tests/graphs/test_kill.py
	$(BIN)/pytest -n 2 --dist loadfile -m "spark or browser"
else
	$(BIN)/pytest $(PYTEST_ARGS)
endif

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
