# SPDX-License-Identifier: GPL-2.0-only
#
# The scenarios of the race search on real threads, for shim/build.mk: the models with
# atomics, points at what no lock covers, pthreads and liburcu behind the hooks.
# Objects of their own beside the others, once with the thread sanitizer and once
# without; make calls itself with STRESS=y, and TSAN=y.

stress_names := stress stress-tsan stress-xfs stress-tsan-xfs
.PHONY: $(stress_names) $(stress_names:%=%-mutant)

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

LDLIBS += -lurcu-bp -lurcu-common
$(OUT)$(STRESS_NAME): $(stress_all_o) files.mk
	$(link)
ifneq ($(MUTANT_C),)
$(MUTANT)/$(STRESS_NAME): $(filter-out $(OBJ)/tree/$(MUTANT_C:.c=.o),$(stress_all_o)) \
		$(MUTANT)/$(OBJ)/$(MUTANT_C:.c=.o) files.mk
	$(link)
$(MUTANT)/$(OBJ)/%.o: $(MUTANT)/stage/%.c flags.mk gen/autoconf.h
	$(call compile,$(call edited,$*) $(kernel) $(quiet) -iquote $(STAGE)/$(dir $*) $(paths))
endif
ifneq ($(XFS_C),)
# the same with XFS beside the recording filesystem, as for the search
xfs_rest_o = $(filter-out %/open_user.o,$(stress_all_o)) $(race_xfs_o)
stress_xfs_all_o = $(xfs_rest_o) $(xfs_o)
$(OUT)$(STRESS_NAME)-xfs: $$(stress_xfs_all_o) $(XFS)/stubs.o xfs.mk files.mk
	$(race_xfs_link)
ifneq ($(MUTANT_C)$(XFS_MUTANT_C),)
$(MUTANT)/$(STRESS_NAME)-xfs: $$(filter-out $$(race_edited),$$(stress_xfs_all_o)) \
		$(XFS)/stubs.o xfs.mk files.mk \
		$(if $(XFS_MUTANT_C),$(xfs_mutant_o),$(MUTANT)/$(OBJ)/$(MUTANT_C:.c=.o))
	$(race_xfs_link)
endif
endif
-include $(addsuffix .d,$(stress_o) $(stress_host_o) \
	   $(if $(MUTANT_C),$(MUTANT)/$(OBJ)/$(MUTANT_C:.c=.o)))
else
stress_make = +$(Q)$(MAKE) -f $(firstword $(MAKEFILE_LIST)) STRESS=y THREADS=y RACE=y \
	      $(if $(findstring tsan,$@),TSAN=y OBJ=$(OBJ)-stress-tsan,OBJ=$(OBJ)-stress)
$(stress_names):
	$(stress_make) $(OUT)libkern-$@
$(stress_names:%=%-mutant):
	$(stress_make) $(MUTANT)/libkern-$(@:-mutant=)
endif
