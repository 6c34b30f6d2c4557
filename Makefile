# SPDX-License-Identifier: GPL-2.0-only
#
# Front door for those who like make: thin wrappers around ./libkern.

# Debian puts kconfiglib and junitparser beside /usr/bin/python3
PYTHON ?= /usr/bin/python3
LIBKERN := $(PYTHON) $(CURDIR)/libkern

# make itself defines CC=cc; only what the user says counts
ifeq ($(origin CC),default)
CC := gcc
endif

# what the user says goes to the shell as one word, whatever is in it
quote = '$(subst ','\'',$(1))'

lower = $(shell echo $(1) | tr A-Z a-z)

# set but empty is a mistake, and not the default
ifneq ($(origin KDIR),undefined)
kdir := --kdir $(call quote,$(KDIR))
endif
O ?= $(CURDIR)/build
others := -o $(call quote,$(O))
ifneq ($(filter -j%,$(MAKEFLAGS)),)
others += $(filter -j%,$(MAKEFLAGS))
endif
ifeq ($(V),1)
others += -v
endif
flags := $(kdir) $(others)
ifneq ($(ARCH),)
arch := --arch $(call quote,$(ARCH))
endif
variant := --cc $(call quote,$(CC))
ifneq ($(W),)
variant += --warnings $(call quote,$(W))
endif

.PHONY: build run kunit fidelity exhaust race nfc mutate coverage coverage-kernel check \
	check-x86_64 check-i386 check-6.1 check-kernels check-mutate check-slurm check-stress deps deps-cluster probe drift bench series menuconfig olddefconfig install-kunit \
	help clean mrproper distclean python
.NOTPARALLEL:
# recursive make and its job server are ./libkern's affair
unexport MAKEFLAGS MFLAGS MAKELEVEL KDIR

build: python
	@$(LIBKERN) build $(flags) $(variant)

run: python
	@$(LIBKERN) run $(flags) $(variant) $(if $(GLOB),$(call quote,$(GLOB)))

kunit: python
	@$(LIBKERN) kunit $(flags) $(arch) $(if $(GLOB),$(call quote,$(GLOB)))

fidelity: python
	@$(LIBKERN) fidelity $(flags) $(arch)

exhaust: python
	@$(LIBKERN) exhaust $(flags) $(variant) $(if $(TARGET),--target $(call quote,$(TARGET))) \
		$(if $(BLOCKS),--blocks $(call quote,$(BLOCKS)))

race: python
	@$(LIBKERN) race $(flags) $(variant) $(if $(SCENARIO),--scenario $(call quote,$(SCENARIO)))

nfc: python
	@$(LIBKERN) nfc $(others) $(variant) --old $(call quote,$(OLD)) \
		--new $(call quote,$(NEW)) $(if $(TARGET),--target $(call quote,$(TARGET))) \
		$(if $(BLOCKS),--blocks $(call quote,$(BLOCKS)))

mutate: python
	@$(LIBKERN) mutate $(flags) --cc $(call quote,$(CC)) \
		$(if $(FUNCTIONS),--functions $(call quote,$(FUNCTIONS)))

coverage: python
	@$(LIBKERN) coverage $(flags) --cc $(call quote,$(CC)) \
		$(if $(DIFF),--diff $(call quote,$(DIFF))) $(if $(GLOB),$(call quote,$(GLOB)))

# a kernel of its own is built for it
coverage-kernel: python
	@$(LIBKERN) coverage $(flags) --merge --fail-under 94

bench: python
	@$(LIBKERN) bench $(flags) $(variant) $(if $(FIGURE),$(call quote,$(FIGURE)))

# commits of the tree, or mails
series: python
	@$(LIBKERN) series $(flags) $(variant) $(if $(RANGE),$(call quote,$(RANGE))) \
		$(if $(MBOX),--mbox $(call quote,$(MBOX))) \
		$(foreach f,JSON JUNIT HTML,$(if $($(f)),--$(call lower,$(f)) \
		$(call quote,$($(f))))) $(foreach f,REPLY COVERAGE NFC,$(if \
		$(filter 1,$($(f))),--$(call lower,$(f))))

check: python
	@$(PYTHON) tools/tests/check.py $(flags) $(variant) $(GROUPS)

# the kernels for which CI has no time, each from scratch half an hour
check-x86_64 check-i386 check-6.1: check-%: python
	@$(PYTHON) tools/tests/kernels.py $(flags) $*

check-kernels: python
	@$(PYTHON) tools/tests/kernels.py $(flags)

# every mutant on both trees, which takes ten minutes
check-mutate: python
	@$(PYTHON) tools/tests/mutate.py $(flags)

# Slurm's daemons on this machine, for a while
check-slurm: python
	@$(PYTHON) tools/tests/slurm.py $(flags)

# real threads, each tree for so many seconds: TIME=3600
check-stress: python
	@$(PYTHON) tools/tests/stress.py $(flags) $(if $(TIME),--time $(call quote,$(TIME)))

deps: python
	@$(LIBKERN) deps $(flags)

deps-cluster: python
	@$(LIBKERN) deps --cluster $(flags)

probe: python
	@$(LIBKERN) probe $(flags)

drift: python
	@$(PYTHON) tools/drift.py $(flags)

install-kunit: python
	@$(PYTHON) kunit/install.py $(flags)

menuconfig olddefconfig: python
	@$(PYTHON) shim/config.py $@ $(call quote,$(O))

clean mrproper distclean: python
	@$(PYTHON) tools/clean.py $@ $(call quote,$(O))

python:
	@command -v $(PYTHON) >/dev/null || \
		{ echo "libkern: there is no $(PYTHON): apt-get install python3" >&2; \
		  exit 125; }

help:
	@echo 'Targets:'
	@echo '  build         - build the test binaries (default)'
	@echo '  run           - build, run the suites; GLOB=suite.case to choose'
	@echo '  kunit         - the same suites inside a kernel; ARCH=x86_64 or i386'
	@echo '  fidelity      - suites and a sample in both: is the shim like a kernel?'
	@echo '  exhaust       - every state up to a bound; BLOCKS=N, TARGET=xfs'
	@echo '  race          - every interleaving up to two preemptions; SCENARIO=NAME'
	@echo '  nfc           - do OLD=TREE and NEW=TREE behave the same? BLOCKS=N'
	@echo '  mutate        - one small fault at a time: is it noticed?'
	@echo '                  FUNCTIONS=GLOB,... to choose'
	@echo '  series        - each patch alone; RANGE=BASE..HEAD or MBOX=FILE;'
	@echo '                  JSON=FILE JUNIT=FILE HTML=FILE to write reports,'
	@echo '                  REPLY=1 an answer for a list, COVERAGE=1 which lines ran,'
	@echo '                  NFC=1 whether behaviour changes'
	@echo '  coverage-kernel - the same in userspace and in a kernel (UML), merged'
	@echo '  coverage      - which lines and branches run; DIFF=RANGE for a patch'
	@echo "  check         - libkern's own tests; GROUPS=\"...\" to choose"
	@echo '  check-kernels - kunit and fidelity where CI has no time: all of'
	@echo '                  check-x86_64, check-i386, check-6.1'
	@echo '  check-mutate  - every mutant of the release path is killed or argued'
	@echo '  check-slurm   - exhaust as job arrays of a Slurm on this machine'
	@echo '  check-stress  - the scenarios of race on real threads; TIME=SECONDS each tree'
	@echo '  deps          - install Debian packages, unpack the default source'
	@echo '  deps-cluster  - install Slurm, too'
	@echo "  probe         - print what the tree's iomap looks like"
	@echo '  drift         - compare what shim/dup repeats with the tree'
	@echo '  install-kunit - print a patch that puts the suites into KDIR'
	@echo '  bench         - from one changed line to the verdict, as ratios;'
	@echo '                  FIGURE=kunit or series against kunit.py, exhaust, race'
	@echo '  menuconfig    - page size, word size, sanitizers, suites'
	@echo '  olddefconfig  - bring .config up to date, new symbols at default'
	@echo '  clean         - remove what was built, and kept results: those of nfc and'
	@echo '                  series --nfc, shards of a cluster, verdicts on series;'
	@echo '                  keep .config and the unpacked sources'
	@echo '  mrproper      - clean, and remove .config'
	@echo '  distclean     - mrproper, and remove the unpacked sources (1.5 GB each)'
	@echo ''
	@echo 'Settings:'
	@echo "  KDIR=TREE     - kernel tree under test (default: Debian's 6.12)"
	@echo '  ARCH=x86_64   - which kernel for kunit and fidelity (default: um); i386'
	@echo '  O=DIR         - build directory (default: build/)'
	@echo '  CC=clang      - another compiler'
	@echo '  V=1           - whole command lines'
	@echo "  W=1, W=e      - more warnings in libkern's files; make them errors"
	@echo ''
	@echo './libkern --help says more: what make can do, it does with more choice.'
