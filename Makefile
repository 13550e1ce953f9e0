# The commands of this project; `make help` lists them. Each makes or renews .venv
# first if it has to. PYTHON names the interpreter for that, ARGS adds arguments.

BIN = .venv/bin
OFFSCREEN = QT_QPA_PLATFORM=offscreen QT_SCALE_FACTOR=1
# What Python compiles is kept, whatever the shell says: each worker takes 8 s less to begin.
KEPT = PYTHONDONTWRITEBYTECODE=
# One more than there are cores: a fifth of the time tests wait for other processes.
WORKERS = $$($(BIN)/python -c "import os; print((os.cpu_count() or 1) + 1)")

# Usually .venv is up to date, and its own Python sees that within some 50 ms.
# Otherwise any Python from 3.7 on starts the set-up, which finds the one to use;
# where there is none, it is installed for root on Debian and its kin.
define set_up
	@$(BIN)/python -S scripts/bootstrap.py --check $(1) 2>/dev/null || { \
	  for python in "$$PYTHON" python3 python3.14 python3.13 python3.12 python3.11 python3.15; do \
	    if "$$python" -c "from __future__ import annotations" 2>/dev/null; then \
	      exec "$$python" scripts/bootstrap.py $(1); \
	    fi; \
	  done; \
	  if [ "$$(id -u 2>/dev/null)" = 0 ] && command -v apt-get >/dev/null && \
	    ! command -v python3 >/dev/null; then \
	    echo "Missing on this system: Python. Installing it."; \
	    apt-get -q update && DEBIAN_FRONTEND=noninteractive \
	      apt-get -q install -y --no-install-recommends python3 python3-venv && \
	      exec python3 scripts/bootstrap.py $(1); \
	  fi; \
	  echo "Fireflies needs Python 3.11 or newer, but found none." >&2; exit 1; }
endef

.PHONY: help run test lint lint-style lint-types pytest-alone format docs drill pictures clean \
  ready-run ready-dev

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1|/p' Makefile | while IFS='|' read -r name text; do \
	  printf '%-18s %s\n' "$$name" "$$text"; done

run: ready-run ## open the window; without a display, draw 20 s of a run into a picture
	@reason=$$($(BIN)/python -m gui.system.display) && exec $(BIN)/fireflies $(ARGS); \
	echo "There is no display here ($$reason): drawing 20 s of a run."; \
	$(OFFSCREEN) $(BIN)/fireflies --screenshot "$$(pwd)/fireflies-preview.png" --after 20 $(ARGS)

# Types are checked beside the tests: the first time, that takes one core for a minute. The first
# of the two has the keyboard, for a debugger.
test: lint-style ## run every check and every test; ARGS go to pytest
	@$(MAKE) --no-print-directory -j2 pytest-alone lint-types || \
	  { echo "make test: types or tests have failed, see above" >&2; exit 1; }

lint: lint-style lint-types ## check style, types and the direction of imports

lint-style: ready-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

lint-types: ready-dev
	$(BIN)/mypy
	$(BIN)/mypy scripts

pytest-alone: ready-dev
	$(OFFSCREEN) $(KEPT) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

format: ready-dev ## put the code into the one format, and mend what ruff can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: ready-dev ## render the API reference of cascade to docs/api/index.html
	$(BIN)/python scripts/reference.py

drill: ready-dev ## run the heavy proofs in full and write docs/reliability.md
	$(OFFSCREEN) $(BIN)/python -m tests.drill $(ARGS)

pictures: ready-dev ## draw the pictures of the window in docs/images anew
	$(OFFSCREEN) $(BIN)/python scripts/pictures.py $(ARGS)

clean: ## remove all that these commands have made, .venv included
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache \
	  .benchmarks build dist docs/api fireflies-preview.png
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

ready-run:
	$(call set_up,run)

ready-dev:
	$(call set_up,dev)
