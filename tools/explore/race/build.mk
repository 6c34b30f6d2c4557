# SPDX-License-Identifier: GPL-2.0-only
#
# The binary that goes through interleavings, for shim/build.mk: everything once
# more, with a point at each access that no lock covers. Objects of its own beside
# the others, so that those pay nothing; make calls itself with RACE=y.

.PHONY: race race-mutant race-xfs race-xfs-mutant race-fault

ifeq ($(RACE),y)
EDITED_OPT := -O2
race_o := $(patsubst %.c,$(OBJ)/own/%.o,$(RACE_C))
race_host_o := $(patsubst %.c,$(OBJ)/host/%.o,$(RACE_HOST_C)) \
	       $(patsubst %,$(OBJ)/host/tools/explore/host/%.o,alone numbers) \
	       $(patsubst %,$(OBJ)/host/shim/host/%.o,splat symbol options forbid try)
race_kunit_o := $(filter-out $(OBJ)/own/kunit/suite_%,$(kunit_o))
race_all_o := $(tree_o) $(shim_o) $(race_kunit_o) $(race_o) $(race_host_o)

$(OUT)libkern-race: $(race_all_o) files.mk
	$(link)
ifneq ($(MUTANT_C),)
$(MUTANT)/libkern-race: $(filter-out $(OBJ)/tree/$(MUTANT_C:.c=.o),$(race_all_o)) \
		$(MUTANT)/obj-race/$(MUTANT_C:.c=.o) files.mk
	$(link)
$(MUTANT)/obj-race/%.o: $(MUTANT)/stage/%.c flags.mk gen/autoconf.h
	$(call compile,$(call edited,$*) $(kernel) $(quiet) -iquote $(STAGE)/$(dir $*) $(paths))
endif
ifneq ($(XFS_C),)
# The same with XFS beside the recording filesystem.
race_xfs_o := $(patsubst %.c,$(XFS)/own/%.o,$(RACE_XFS_C))
xfs_rest_o = $(filter-out %/open_user.o,$(race_all_o)) $(race_xfs_o)
race_xfs_all_o = $(xfs_rest_o) $(xfs_o)
race_xfs_link = $(call say,LD      $(@F))mkdir -p $(@D) && \
	$(CC) $(arch) -o $@.new $(filter %.o,$^) $(LDLIBS) $(xfs_link_flags) && mv -f $@.new $@

$(OUT)libkern-race-xfs: $$(race_xfs_all_o) $(XFS)/stubs.o xfs.mk files.mk
	$(race_xfs_link)
ifneq ($(MUTANT_C)$(XFS_MUTANT_C),)
race_edited := $(if $(XFS_MUTANT_C),$(XFS)/tree/$(XFS_MUTANT_C:.c=.o),\
		 $(OBJ)/tree/$(MUTANT_C:.c=.o))
race_mutant_o := $(if $(XFS_MUTANT_C),$(xfs_mutant_o),$(MUTANT)/obj-race/$(MUTANT_C:.c=.o))
$(MUTANT)/libkern-race-xfs: $$(filter-out $$(race_edited),$$(race_xfs_all_o)) $(XFS)/stubs.o \
		$$(race_mutant_o) xfs.mk files.mk
	$(race_xfs_link)
endif
endif
# One edited copy of one .c of ours (FAULT_C, below FAULT): what the search itself may
# do wrong, for its tests.
ifneq ($(FAULT_C),)
race_fault_o := $(FAULT)/obj-race/$(FAULT_C:.c=.o)
$(FAULT)/libkern-race: $(filter-out %/$(FAULT_C:.c=.o),$(race_all_o)) $(race_fault_o) files.mk
	$(link)
race_fault_flags = $(if $(findstring /host/,$(FAULT_C)),$(host),$(kernel) $(own_paths))
$(race_fault_o): $(FAULT)/$(FAULT_C) flags.mk gen/autoconf.h
	$(call compile,-iquote $(ROOT)/$(dir $(FAULT_C)) $(race_fault_flags))
endif
-include $(addsuffix .d,$(race_o) $(race_host_o) $(race_xfs_o) $(race_fault_o) \
	   $(if $(MUTANT_C),$(MUTANT)/obj-race/$(MUTANT_C:.c=.o)))
else
race:
	$(Q)$(MAKE) -f $(firstword $(MAKEFILE_LIST)) RACE=y OBJ=$(OBJ)-race $(OUT)libkern-race
race-xfs:
	$(Q)$(MAKE) -f $(firstword $(MAKEFILE_LIST)) RACE=y OBJ=$(OBJ)-race $(OUT)libkern-race-xfs
race-xfs-mutant:
	$(Q)$(MAKE) -f $(firstword $(MAKEFILE_LIST)) RACE=y OBJ=$(OBJ)-race \
		$(MUTANT)/libkern-race-xfs
race-mutant:
	$(Q)$(MAKE) -f $(firstword $(MAKEFILE_LIST)) RACE=y OBJ=$(OBJ)-race $(MUTANT)/libkern-race
race-fault:
	$(Q)$(MAKE) -f $(firstword $(MAKEFILE_LIST)) RACE=y OBJ=$(OBJ)-race $(FAULT)/libkern-race
endif
