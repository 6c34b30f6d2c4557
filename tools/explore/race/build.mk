# SPDX-License-Identifier: GPL-2.0-only
#
# The binary that goes through interleavings, for shim/build.mk: everything once
# more, with a point at each access that no lock covers. Objects of its own beside
# the others, so that those pay nothing; make calls itself with RACE=y.

.PHONY: race race-mutant

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
-include $(addsuffix .d,$(race_o) $(race_host_o))
else
race:
	$(Q)$(MAKE) -f $(firstword $(MAKEFILE_LIST)) RACE=y OBJ=$(OBJ)-race $(OUT)libkern-race
race-mutant:
	$(Q)$(MAKE) -f $(firstword $(MAKEFILE_LIST)) RACE=y OBJ=$(OBJ)-race $(MUTANT)/libkern-race
endif
