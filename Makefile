# On a fresh machine with Python 3.11 and pip: `make demo`. Everything lands in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet -c constraints.txt
CALC := /usr/lib/libreoffice/program/libsclo.so
TEST_TOOLS := chromium fonts-noto-cjk poppler-utils libreoffice-writer-nogui libreoffice-calc-nogui
TESTS := -m "not heavy"
SOURCES = $(shell find coverage/lifecircle -name '*.py')

.PHONY: demo test test-full lint docs bench maps wheelhouse browser clean
.DEFAULT_GOAL := demo

demo: $(VENV)/.installed
	$(BIN)/lifecircle demo

# The last line is pytest's own: notebooks and doctests are in its count.
test: lint browser
	$(BIN)/python -m pytest --numprocesses logical --maxprocesses 4 --dist loadfile \
	    --nbmake --nbmake-timeout 600 $(TESTS) \
	    tests coverage/lifecircle $(wildcard notebooks)

# With whole cities, LibreOffice, another routing engine and the built wheel.
test-full: TESTS :=
test-full: docs test

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	@echo numpydoc lint
	@$(BIN)/numpydoc lint $(SOURCES)

docs: $(VENV)/.installed-dev
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going docs docs/_build
	@echo "docs/_build/index.html"

bench: $(VENV)/.installed-dev
	@set -e; for file in $(wildcard benchmarks/bench_*.py); do \
	    echo "== $$file"; $(BIN)/python "$$file"; \
	done

maps: $(VENV)/.installed-dev browser
	$(BIN)/python maps/make_maps.py

# One zip for Windows without a network: downloads about 200 MB of wheels.
wheelhouse: $(VENV)/.installed-dev
	rm -f dist/lifecircle-*.whl
	$(BIN)/python -m build --wheel --no-isolation --outdir dist .
	$(BIN)/python offline/make_wheelhouse.py dist

# The map is tested in Debian's Chromium, with a font that has Chinese characters; PDFs by poppler;
# the report is laid out by LibreOffice Writer, the workbook recalculated by Calc.
browser:
	@if command -v chromium >/dev/null && command -v pdffonts >/dev/null && \
	    command -v soffice >/dev/null && [ -e $(CALC) ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update --quiet && \
	    apt-get install --quiet --yes --no-install-recommends $(TEST_TOOLS); \
	else echo "The tests of maps and report need: sudo apt-get install $(TEST_TOOLS)"; fi

clean:
	rm -rf $(VENV) build dist docs/_build docs/notebooks demo-result

# Debian's Python comes without ensurepip, so pip installs pip.
$(VENV)/pyvenv.cfg:
	$(PYTHON) -m venv --without-pip $(VENV)
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --upgrade -c constraints.txt pip

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/pyvenv.cfg
	$(INSTALL) --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(VENV)/pyvenv.cfg
	$(INSTALL) --editable . --group dev
	@touch $@ $(VENV)/.installed
