# SPDX-License-Identifier: GPL-2.0-only
#
# The binary that enumerates, for shim/build.mk: the tree's files, the shim and the
# machinery of kunit/ without its suites; of the runner only what names addresses,
# keeps splats and reads options.

explore_o := $(patsubst %.c,$(OBJ)/own/%.o,$(EXPLORE_C))
explore_host_o := $(patsubst %.c,$(OBJ)/host/%.o,$(EXPLORE_HOST_C)) \
		  $(patsubst %,$(OBJ)/host/shim/host/%.o,splat symbol memory options \
			     forbid try)
explore_kunit_o := $(filter-out $(OBJ)/own/kunit/suite_%,$(kunit_o))
# Here what takes a tenth of the time of a suite is called a hundred million times:
# the file that others edit is compiled once more, optimised.
explore_tree_o := $(patsubst $(OBJ)/tree/fs/%,$(OBJ)/fast/fs/%,$(tree_o))
explore_all_o = $(explore_tree_o) $(shim_o) $(explore_kunit_o) $(explore_o) $(explore_host_o)

$(OBJ)/fast/%.o: $(STAGE)/%.c flags.mk gen/autoconf.h
	$(call compile,$(kernel) $(quiet) $(paths))

exhaust: $(OUT)libkern-exhaust
$(OUT)libkern-exhaust: $(explore_all_o) files.mk
	$(link)

# One edited copy of one .c of the tree, as shim/build.mk has it for the suites.
ifneq ($(MUTANT_C),)
explore_edited := $(MUTANT_C:.c=.o)
explore_mutant_o := $(MUTANT)/obj/fast/$(explore_edited)
$(explore_mutant_o): $(MUTANT)/stage/$(MUTANT_C) flags.mk gen/autoconf.h
	$(call compile,$(kernel) $(quiet) -iquote $(STAGE)/$(dir $(MUTANT_C)) $(paths))

.PHONY: exhaust-mutant
exhaust-mutant: $(MUTANT)/libkern-exhaust
$(MUTANT)/libkern-exhaust: $(filter-out %/tree/$(explore_edited) %/fast/$(explore_edited),\
			   $(explore_all_o)) $(explore_mutant_o) files.mk
	$(link)
endif

ifneq ($(XFS_C),)
# The same with XFS's own ->iomap_end, its punch and its trees of extents.
explore_xfs_o := $(patsubst %.c,$(XFS)/own/%.o,$(EXPLORE_XFS_C))
explore_xfs_kunit_o := $(filter-out %/open_user.o,$(explore_kunit_o)) \
		       $(filter %/forks.o %/open.o,$(xfs_kunit_o))
explore_xfs_all_o = $(explore_tree_o) $(shim_o) $(explore_xfs_kunit_o) $(explore_xfs_o) \
		    $(filter-out %/explore/plain.o,$(explore_o)) $(explore_host_o) \
		    $(xfs_tree_o) $(xfs_stub_o)
explore_xfs_link = $(call say,LD      $(@F))mkdir -p $(@D) && \
	$(CC) $(arch) -o $@.new $(filter %.o,$^) $(LDLIBS) $(xfs_link_flags) && mv -f $@.new $@

exhaust-xfs: $(OUT)libkern-exhaust-xfs
$(OUT)libkern-exhaust-xfs: $(explore_xfs_all_o) $(XFS)/stubs.o xfs.mk files.mk
	$(explore_xfs_link)

ifneq ($(MUTANT_C)$(XFS_MUTANT_C),)
.PHONY: exhaust-xfs-mutant
exhaust-xfs-mutant: $(MUTANT)/libkern-exhaust-xfs
$(MUTANT)/libkern-exhaust-xfs: $(filter-out %/tree/$(explore_edited) %/fast/$(explore_edited) \
			       $(if $(XFS_MUTANT_C),$(XFS)/tree/$(XFS_MUTANT_C:.c=.o)),\
			       $(explore_xfs_all_o)) $(XFS)/stubs.o xfs.mk files.mk \
			       $(explore_mutant_o) $(xfs_mutant_o)
	$(explore_xfs_link)
endif
endif

-include $(addsuffix .d,$(explore_o) $(explore_host_o) $(explore_tree_o) $(explore_mutant_o) \
	   $(explore_xfs_o))
