# SPDX-License-Identifier: GPL-2.0-only
#
# Builds one variant of the test binaries out of one staged tree. Called by
# shim/build.py in the variant's directory; two files there say what to do:
#
#   flags.mk   what every object depends on: ROOT (this checkout), BASE (the
#              tree's directory: gen/, stage/), CC, BITS, SANITIZE, STD, ...
#   files.mk   TREE_C, SHIM_C, ...: lists; the link depends on it
#   xfs.mk     the same for XFS, where somebody has asked for it
#
# Two worlds of C, and no file in both: kernel world includes <linux/...> and
# sees no libc header, host world is ordinary C and sees no kernel header.

include flags.mk
include files.mk
-include xfs.mk
-include gen/auto.conf

MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SECONDEXPANSION:
.PHONY: all iomap xfs selftest shimtest mutant fault exhaust exhaust-xfs

OBJ := obj
STAGE := $(BASE)/stage
Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@echo "  $(1)$(if $(TAG), [$(TAG)])";)

# --- flags -----------------------------------------------------------------

# The whole built and then the suites, in seconds on two cores: -O0 0.19 + 1.31,
# -O1 0.6 + 0.40, -O2 0.53 + 0.43. So -O2, as the kernel.
OPT ?= -O2
# But what is edited is compiled at each turn and takes little part in the time of
# the suites. buffered-io.c alone and then the suites: -O2 0.38 + 0.53,
# -O1 0.26 + 0.53, -Og 0.20 + 0.57, -O0 0.10 + 0.67.
EDITED_OPT ?= -Og
comma := ,
arch := -m$(BITS) $(OPT) -g -fno-omit-frame-pointer -pthread
ifneq ($(SANITIZE),)
arch += -fsanitize=$(SANITIZE) -fno-sanitize-recover=all
endif
# Counted are the tree's files and what its headers put into the suites, never
# the shim and the suites themselves. What the optimiser merges has no line and
# no branch of its own any more; clang cannot count parts of a file.
ifeq ($(COVERAGE),y)
count := --coverage -O0
# Trees are searched at every step: with -O0, these files alone took three quarters
# of the time of the suites. No table has lines of them.
count_trees := --coverage -Og
ifeq ($(findstring clang,$(CC)),)
only_tree := -fprofile-filter-files=$(TREE_FILES)
count_headers := --coverage $(only_tree)
endif
link_flags := --coverage
endif
ifeq ($(THREADS),y)
arch += -DCONFIG_LIBKERN_THREADS=1
endif
ifeq ($(RACE),y)
arch += -DCONFIG_LIBKERN_RACE=1
endif
ifeq ($(TSAN),y)
# of fences it sees nothing: shim/include has what stands for them
arch += -fsanitize=thread $(if $(findstring clang,$(CC)),,-Wno-tsan)
endif

# Any of these in the tree's files would compile to silent nonsense: an
# undeclared min() is a call, an undeclared type is an int.
fatal := -Werror=implicit-function-declaration -Werror=implicit-int \
	 -Werror=int-conversion -Werror=incompatible-pointer-types \
	 -Werror=return-type

clang := $(findstring clang,$(CC))
quiet := -Wall -Wno-format -Wno-unused -Wno-pointer-sign \
	 $(if $(clang),-Wno-unknown-warning-option -Wno-gnu -Wno-tautological-compare \
	 -Wno-address-of-packed-member -Wno-unused-function)
strict := -Wall -Wextra -Wno-format -Wno-unused-parameter -Wno-sign-compare \
	  -Wno-missing-field-initializers \
	  $(if $(clang),-Wno-unknown-warning-option -Wno-gnu)
ifneq ($(findstring 1,$(W)),)
strict += -Wmissing-prototypes -Wold-style-definition -Wundef
endif
ifneq ($(findstring e,$(W)),)
strict += -Werror
endif

kernel := -nostdinc -isystem $(CC_INCLUDE) -D__KERNEL__ \
	  -DKBUILD_MODNAME='"libkern"' -std=$(STD) -fno-strict-aliasing \
	  -fwrapv -fno-common $(if $(filter 1,$(UNSIGNED_CHAR)),-funsigned-char) \
	  $(if $(filter 1,$(MS_EXTENSIONS)),-fms-extensions) \
	  -include gen/autoconf.h -include $(BASE)/gen/libkern-facts.h
paths := -I $(BASE)/gen $(if $(FIRST),-I $(FIRST)/include) -I $(STAGE)/include \
	 -I $(ROOT)/shim/include -I $(ROOT)/kunit -I $(ROOT)/iomap
# our own files: a warning in a header of the tree is not ours to mend
own_paths := -I $(BASE)/gen $(if $(FIRST),-isystem $(FIRST)/include) \
	     -isystem $(STAGE)/include -I $(ROOT)/shim/include -I $(ROOT)/kunit \
	     -I $(ROOT)/iomap -I $(ROOT)/shim
host := -std=gnu11 -D_GNU_SOURCE -include gen/autoconf.h \
	-I $(ROOT)/shim/include/libkern -I $(ROOT)/shim/host

# --- the suites ------------------------------------------------------------

# kunit/Makefile is written for Kbuild; composite objects are opened up, and
# the seam to the kernel is exchanged for the one to the shim.
ifneq ($(wildcard $(ROOT)/kunit/Makefile),)
obj-y :=
src := $(ROOT)/kunit
include $(ROOT)/kunit/Makefile
parts = $(foreach o,$(1),$(if $($(o:.o=-y))$($(o:.o=-objs)),$(call \
	parts,$($(o:.o=-y)) $($(o:.o=-objs))),$(o)))
KUNIT_C := $(patsubst %.o,kunit/%.c,$(sort $(filter-out %_kernel.o,\
	     $(call parts,$(obj-y))) \
	     $(patsubst %.c,%.o,$(notdir $(wildcard $(ROOT)/kunit/*_user.c)))))
# suites run in the order of the link: what is quick and plain comes first
KUNIT_C := $(filter %/suite_smoke.c,$(KUNIT_C)) \
	   $(filter-out %/suite_smoke.c,$(KUNIT_C))
endif

# --- objects ---------------------------------------------------------------

# Never a half written object or dependency file under its final name.
compile = $(call say,CC      $(patsubst $(ROOT)/%,%,$(patsubst $(STAGE)/%,%,$<)))mkdir -p $(@D) && \
	$(CC) $(arch) $(fatal) $(1) -MD -MP -MF $@.d.new -MT $@ -c -o $@.new $< && \
	mv -f $@.d.new $@.d && mv -f $@.new $@

tree_o := $(patsubst %.c,$(OBJ)/tree/%.o,$(TREE_C))
shim_o := $(patsubst %.c,$(OBJ)/own/%.o,$(SHIM_C))
kunit_o := $(patsubst %.c,$(OBJ)/own/%.o,$(KUNIT_C))
host_o := $(patsubst %.c,$(OBJ)/host/%.o,$(HOST_C))
selftest_o := $(patsubst %.c,$(OBJ)/own/%.o,$(SELFTEST_C))
shimtest_o := $(patsubst %.c,$(OBJ)/own/%.o,$(SHIMTEST_C))
# the part of the tree that knows nothing of iomap
base_o := $(filter-out $(OBJ)/tree/fs/%,$(tree_o))

edited = $(if $(filter fs/%,$(1)),$(EDITED_OPT))

$(OBJ)/tree/lib/%.o: private count := $(count_trees)

$(OBJ)/tree/%.o: $(STAGE)/%.c flags.mk gen/autoconf.h
	$(call compile,$(call edited,$*) $(kernel) $(quiet) $(count) $(only_tree) $(paths))

$(OBJ)/own/kunit/%.o: private strict += $(count_headers)

$(OBJ)/own/%.o: $(ROOT)/%.c flags.mk gen/autoconf.h
	$(call compile,$(kernel) $(strict) $(own_paths))

$(OBJ)/host/%.o: $(ROOT)/%.c flags.mk gen/autoconf.h
	$(call compile,$(host) -Wall -Wextra -Wno-unused-parameter $(if $(findstring e,$(W)),-Werror))

# --- binaries --------------------------------------------------------------

link = $(call say,LD      $(@F))mkdir -p $(@D) && \
	$(CC) $(arch) $(link_flags) -o $@.new $(filter %.o,$^) $(LDLIBS) && mv -f $@.new $@

all: iomap selftest shimtest
iomap: $(OUT)libkern-iomap
selftest: $(if $(SELFTEST_C),$(OUT)libkern-selftest)
shimtest: $(if $(SHIMTEST_C),$(OUT)libkern-shimtest)

OUT ?=
$(OUT)libkern-iomap: $(tree_o) $(shim_o) $(kunit_o) $(host_o) files.mk \
		gen/auto.conf $(wildcard $(ROOT)/kunit/Makefile)
	$(link)

$(OUT)libkern-selftest: $(base_o) $(shim_o) $(selftest_o) $(host_o) files.mk
	$(link)

$(OUT)libkern-shimtest: $(tree_o) $(shim_o) $(shimtest_o) $(host_o) files.mk
	$(link)

ifneq ($(XFS_C),)
include $(ROOT)/xfs_stub/build.mk
endif
ifneq ($(EXPLORE_C),)
include $(ROOT)/tools/explore/build.mk
endif
ifneq ($(RACE_C),)
include $(ROOT)/tools/explore/race/build.mk
include $(ROOT)/tools/explore/race/stress/build.mk
endif

# Real threads: the models once more, with atomics, and liburcu behind them.
# Objects of their own beside the others; make calls itself with THREADS=y.
threads_o := $(patsubst %.c,$(OBJ)/own/%.o,$(filter-out %/host.c,$(THREADS_C)))
threads_host_o := $(patsubst %.c,$(OBJ)/host/%.o,$(filter %/host.c,$(THREADS_C)))
ifeq ($(THREADS),y)
$(OUT)libkern-threads: LDLIBS := -lurcu-bp -lurcu-common
$(OUT)libkern-threads: $(base_o) $(shim_o) $(threads_o) $(threads_host_o) $(host_o) files.mk
	$(link)
-include $(addsuffix .d,$(threads_o) $(threads_host_o))
else
.PHONY: threads
threads:
	$(Q)$(MAKE) -f $(firstword $(MAKEFILE_LIST)) THREADS=y OBJ=obj-threads $(OUT)libkern-threads
endif

# One edited copy of one .c of the tree (MUTANT_C, in mutants/NAME/stage),
# linked with the objects that the variant has already.
ifneq ($(MUTANT_C),)
mutant_o := $(MUTANT)/obj/$(MUTANT_C:.c=.o)
$(mutant_o): $(MUTANT)/stage/$(MUTANT_C) flags.mk gen/autoconf.h
	$(call compile,$(call edited,$(MUTANT_C)) $(kernel) $(quiet) \
		-iquote $(STAGE)/$(dir $(MUTANT_C)) $(paths))

mutant: $(MUTANT)/libkern-iomap
$(MUTANT)/libkern-iomap: $(filter-out $(OBJ)/tree/$(MUTANT_C:.c=.o),$(tree_o)) \
		$(mutant_o) $(shim_o) $(kunit_o) $(host_o) files.mk
	$(link)
endif

# The same for one .c of the shim (FAULT_C, below FAULT).
ifneq ($(FAULT_C),)
fault_o := $(FAULT)/obj/$(FAULT_C:.c=.o)
$(fault_o): $(FAULT)/$(FAULT_C) flags.mk gen/autoconf.h
	$(call compile,$(kernel) $(strict) -iquote $(ROOT)/$(dir $(FAULT_C)) $(own_paths))

fault: $(FAULT)/libkern-iomap
$(FAULT)/libkern-iomap: $(filter-out $(OBJ)/own/$(FAULT_C:.c=.o),$(shim_o)) \
		$(fault_o) $(tree_o) $(kunit_o) $(host_o) files.mk
	$(link)
endif

-include $(addsuffix .d,$(tree_o) $(shim_o) $(kunit_o) $(host_o) $(selftest_o) \
	   $(shimtest_o) $(mutant_o) $(fault_o))
