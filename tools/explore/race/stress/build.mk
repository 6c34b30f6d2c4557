# SPDX-License-Identifier: GPL-2.0-only
#
# The scenarios of the race search on real threads, for shim/build.mk: the models with
# atomics, points at what no lock covers, pthreads and liburcu behind the hooks.
# Objects of their own beside the others, once with the thread sanitizer and once
# without; make calls itself with STRESS=y, and TSAN=y.

.PHONY: stress stress-mutant stress-tsan stress-tsan-mutant

ifeq ($(STRESS),y)
EDITED_OPT := -O2
host += -I $(ROOT)/shim/threads
STRESS_NAME := libkern-stress$(if $(filter y,$(TSAN)),-tsan)
stress_o := $(patsubst %.c,$(OBJ)/own/%.o,$(filter-out %/race/hooks.c %/race/later.c,$(RACE_C)) \
	      $(STRESS_C) shim/threads/backend.c)
stress_host_o := $(patsubst %.c,$(OBJ)/host/%.o,$(STRESS_HOST_C) shim/threads/host.c) \
		 $(patsubst %,$(OBJ)/host/tools/explore/race/host/%.o,children splats) \
		 $(patsubst %,$(OBJ)/host/tools/explore/host/%.o,alone numbers) \
		 $(patsubst %,$(OBJ)/host/shim/host/%.o,splat symbol memory options forbid try)
stress_kunit_o := $(filter-out $(OBJ)/own/kunit/suite_%,$(kunit_o))
stress_all_o := $(tree_o) $(shim_o) $(stress_kunit_o) $(stress_o) $(stress_host_o)
# what the sanitizer is to see of these it is told
$(stress_host_o): private arch += -fno-sanitize=thread

$(OUT)$(STRESS_NAME): LDLIBS := -lurcu-bp -lurcu-common
$(OUT)$(STRESS_NAME): $(stress_all_o) files.mk
	$(link)
ifneq ($(MUTANT_C),)
$(MUTANT)/$(STRESS_NAME): LDLIBS := -lurcu-bp -lurcu-common
$(MUTANT)/$(STRESS_NAME): $(filter-out $(OBJ)/tree/$(MUTANT_C:.c=.o),$(stress_all_o)) \
		$(MUTANT)/$(OBJ)/$(MUTANT_C:.c=.o) files.mk
	$(link)
$(MUTANT)/$(OBJ)/%.o: $(MUTANT)/stage/%.c flags.mk gen/autoconf.h
	$(call compile,$(call edited,$*) $(kernel) $(quiet) -iquote $(STAGE)/$(dir $*) $(paths))
endif
-include $(addsuffix .d,$(stress_o) $(stress_host_o))
else
stress_make = $(Q)$(MAKE) -f $(firstword $(MAKEFILE_LIST)) STRESS=y THREADS=y RACE=y
stress:
	+$(stress_make) OBJ=$(OBJ)-stress $(OUT)libkern-stress
stress-mutant:
	+$(stress_make) OBJ=$(OBJ)-stress $(MUTANT)/libkern-stress
stress-tsan:
	+$(stress_make) TSAN=y OBJ=$(OBJ)-stress-tsan $(OUT)libkern-stress-tsan
stress-tsan-mutant:
	+$(stress_make) TSAN=y OBJ=$(OBJ)-stress-tsan $(MUTANT)/libkern-stress-tsan
endif
