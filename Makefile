# One command each. `make` sets up; every other target sets up first where needed.
.DEFAULT_GOAL := setup
.PHONY: setup lock demo test test-long check fix bench up down docs propose-contract
SHELL := /bin/bash
UV_VERSION := 0.13.9
BOOTSTRAP := build/bootstrap
UV := $(BOOTSTRAP)/bin/uv
STAMP := .venv/.installed
PY := .venv/bin/python
# Test files run on two processes, each file whole in one of them.
SIDE_BY_SIDE := -n 2 --dist loadfile

setup: $(STAMP)

# uv comes from PyPI like everything else; `pip --target` serves where python3 came without ensurepip.
$(UV):
	@set -e; for candidate in python3.12 python3.11 python3; do \
	  if $$candidate -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null; then found=$$candidate; break; fi; done; \
	if [ -z "$$found" ]; then echo "python3 3.11 or 3.12 is needed and was not found" >&2; exit 1; fi; \
	rm -rf $(BOOTSTRAP); mkdir -p $(BOOTSTRAP); \
	if $$found -m venv $(BOOTSTRAP) >/dev/null 2>&1; then $(BOOTSTRAP)/bin/python -m pip install -q uv==$(UV_VERSION); \
	else rm -rf $(BOOTSTRAP); $$found -m pip install -q --target $(BOOTSTRAP) uv==$(UV_VERSION); fi; \
	$$found -c 'import sys; print(sys.executable)' > $(BOOTSTRAP)/python

$(STAMP): requirements-dev.lock pyproject.toml | $(UV)
	$(UV) venv -q --allow-existing --python "$$(cat $(BOOTSTRAP)/python)" .venv
	VIRTUAL_ENV=.venv $(UV) pip install --compile-bytecode --require-hashes -r requirements-dev.lock
	VIRTUAL_ENV=.venv $(UV) pip install -q --no-deps --no-build-isolation -e .
	$(PY) -m compileall -q include/duizhang
	@touch $(STAMP)

# The locks hold names, versions and hashes; no index address.
lock: | $(UV)
	$(UV) pip compile -q --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links requirements.in -o requirements.lock
	$(UV) pip compile -q --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links requirements-dev.in -o requirements-dev.lock

demo: $(STAMP)
	$(PY) scripts/demo.py

test: $(STAMP)
	$(PY) -m pytest -m "not slow" $(SIDE_BY_SIDE)

test-long: $(STAMP)
	$(PY) -m pytest $(SIDE_BY_SIDE)

# Changes nothing.
check: $(STAMP)
	.venv/bin/ruff check .
	.venv/bin/mypy
	$(PY) scripts/docs.py --check
	$(PY) scripts/check_text.py

fix: $(STAMP)
	.venv/bin/ruff check --fix .
	$(PY) scripts/docs.py

# SIZES=0.1,1,10 (million people) runs a province too: hours, and 45 GB of disk; BENCH=… for other options.
bench: $(STAMP)
	$(PY) scripts/bench.py $(if $(SIZES),--sizes $(SIZES)) $(BENCH)

# Airflow and all on localhost; DUIZHANG_HOME (default .home), DUIZHANG_INBOX and PORT say where.
up: $(STAMP)
	$(PY) scripts/up.py up

down: $(STAMP)
	$(PY) scripts/up.py down

docs: $(STAMP)
	$(PY) scripts/docs.py

propose-contract: $(STAMP)
	@test -n "$(FILE)" || { echo 'make propose-contract FILE=<an export>' >&2; exit 2; }
	@.venv/bin/duizhang propose-contract "$(FILE)"
