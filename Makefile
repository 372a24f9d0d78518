# The verbs of daily work; `make help` lists them. On Windows, README.md has the same commands beside each verb.

.DEFAULT_GOAL := help
.PHONY: help install chat test lint index ask eval speed drill supply lock bundle clean fresh-index system-packages

VENV ?= .venv
INDEX ?= .index
HOST ?= 127.0.0.1
PORT ?= 7860
PYTHON ?=
# The builds of PyTorch without CUDA, 0.2 GB in place of 3 GB; asked only on Linux, and only where it answers.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
# For `make supply`, advisories of osv.dev; for `make lock` and `make bundle`, a folder with builds of PyTorch without CUDA.
ADVISORIES ?=
TORCH_WHEELS ?=
OUT ?=
# Everything beyond the tests that `make test` should hand to pytest, such as PYTEST="-k registers".
PYTEST ?=
# How many processes run the tests: auto is one a processor.
WORKERS ?= auto

PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --disable-pip-version-check --quiet
export QUESTION = $(value q)
export TOKENIZERS_PARALLELISM := false

help:  ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(VENV)/.installed  ## make .venv and install what the program needs, without CUDA

chat: fresh-index  ## install, index what is missing or stale, and serve the chat on this machine
	@$(PY) -m assistant serve --index "$(INDEX)" --host "$(HOST)" --port "$(PORT)"

test: $(VENV)/.installed-dev lint system-packages  ## lint, then run every test, the browser's too
	@$(PY) -m pytest -m "not drill" -n $(WORKERS) --maxprocesses 4 --dist loadfile $(PYTEST)

lint: $(VENV)/.installed-dev  ## check style, format and types
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

index: $(VENV)/.installed  ## build the index of corpus/
	@$(PY) -m indexer build --index "$(INDEX)"

ask: fresh-index  ## answer one question: make ask q="nhiệm vụ 9 do ai chủ trì?"
	@if [ -z "$$QUESTION" ]; then echo 'make ask: no question. Ask one:  make ask q="nhiệm vụ 9 do ai chủ trì?"' >&2; exit 2; fi
	@$(PY) -m assistant ask --index "$(INDEX)" -- "$$QUESTION"

eval: fresh-index  ## answer the question set and print the scores beside the baseline
	@$(PY) -m eval run --index "$(INDEX)"

speed: fresh-index  ## measure build, start-up, latency and memory beside their floors
	@$(PY) -m eval speed --index "$(INDEX)"

drill: $(VENV)/.installed  ## kill, damage, fill up and load an index on purpose, half an hour: make drill [OUT=FILE.json]
	@$(PY) -m eval drill $(if $(OUT),--json "$(OUT)")

supply: $(VENV)/.installed  ## licences, bill of materials (sbom.cdx.json) and known holes of all parts: make supply ADVISORIES=all.zip
	@$(PY) -m deploy licences
	@$(PY) -m deploy sbom --out sbom.cdx.json
	@$(PY) -m deploy vulnerabilities $(if $(ADVISORIES),--advisories "$(ADVISORIES)")

lock: $(VENV)/.installed  ## write requirements.lock anew, hashes of all files: make lock [TORCH_WHEELS=DIR]
	@$(PY) -m deploy lock $(if $(TORCH_WHEELS),--torch-wheels "$(TORCH_WHEELS)")

bundle: $(VENV)/.installed  ## a folder that installs with no network: make bundle OUT=DIR [TORCH_WHEELS=DIR]
	@$(PY) -m deploy bundle --out "$(or $(OUT),dist/hoi-van-ban)" --find-links "$(or $(TORCH_WHEELS),$(TORCH_INDEX)/torch/)"

clean:  ## remove what make made: .venv, the index, caches
	rm -rf "$(VENV)" "$(INDEX)" build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +

fresh-index: $(VENV)/.installed
	@$(PY) -m indexer build --if-stale --index "$(INDEX)"

# The version that the constraints were taken with comes first; any from 3.11 on will do.
$(VENV)/.made:
	@python=; \
	for candidate in $(PYTHON) python3.11 python3.12 python3.13 python3.14 python3 python; do \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "make: no Python from 3.11 on was found (python3 is $$(python3 --version 2>/dev/null || echo missing))." >&2; \
	  echo '  Install one, or name it:  make chat PYTHON=/path/to/python3.11' >&2; exit 1; \
	fi; \
	echo "Making $(VENV) with $$("$$python" --version) ..." >&2; \
	"$$python" -m venv "$(VENV)" || { \
	  echo "make: $$python cannot make a virtual environment." >&2; \
	  echo '  On Debian and Ubuntu:  sudo apt-get install python3-venv' >&2; rm -rf "$(VENV)"; exit 1; }
	@touch $@

# Where the index of builds without CUDA cannot be reached, pip takes what its own configuration offers.
$(VENV)/.installed: $(VENV)/.made pyproject.toml constraints.txt
	@echo "Installing into $(VENV); the first time takes some minutes ..." >&2
	@if [ "$$(uname -s)" = Linux ] && ! $(PY) -c 'import importlib.metadata as m; m.version("torch")' 2>/dev/null; then \
	  if $(PY) -c 'import sys, urllib.request as u; u.urlopen(sys.argv[1], timeout=5).close()' "$(TORCH_INDEX)/torch/" 2>/dev/null; then \
	    $(PIP) --no-deps --index-url "$(TORCH_INDEX)" "$$(grep '^torch==' constraints.txt)" \
	      || echo "make: $(TORCH_INDEX) failed; PyTorch comes from pip's own index." >&2; \
	  else \
	    echo "make: $(TORCH_INDEX) cannot be reached; PyTorch comes from pip's own index." >&2; \
	  fi; \
	fi
	@$(PIP) --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing the tools of the tests ..." >&2
	@$(PIP) --constraint constraints.txt --editable '.[dev]'
	@touch $@

# What the tests need beyond Python: a browser with its driver and a font, Tesseract with Vietnamese, LibreOffice Writer, pdftotext.
# Tests whose program is missing are skipped and say so.
system-packages:
	@missing=; \
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing="$$missing chromium"; \
	command -v chromedriver >/dev/null || missing="$$missing chromium-driver"; \
	fc-list :lang=vi 2>/dev/null | grep -q . || missing="$$missing fontconfig fonts-noto-core"; \
	tesseract --list-langs 2>/dev/null | grep -qx vie || missing="$$missing tesseract-ocr tesseract-ocr-vie"; \
	command -v soffice >/dev/null || command -v libreoffice >/dev/null || missing="$$missing libreoffice-writer-nogui"; \
	command -v pdftotext >/dev/null || missing="$$missing poppler-utils"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	as_root=; [ "$$(id -u)" = 0 ] || as_root='sudo -n'; \
	if command -v apt-get >/dev/null && { [ -z "$$as_root" ] || sudo -n true 2>/dev/null; }; then \
	  echo "Installing$$missing ..." >&2; \
	  { $$as_root apt-get -qq update && $$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 install --yes --no-install-recommends $$missing; } \
	    </dev/null >/dev/null && exit 0; \
	fi; \
	echo "make: TESTS WILL BE SKIPPED, since these packages are missing:$$missing" >&2; \
	echo "  On Debian and Ubuntu:  sudo apt-get install$$missing" >&2
