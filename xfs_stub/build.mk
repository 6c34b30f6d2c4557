# SPDX-License-Identifier: GPL-2.0-only
#
# The binary with XFS in it, for shim/build.mk: the tree's fs/xfs, what stands
# for the rest of the kernel, and the suites of kunit/xfs. Nothing here depends
# on fs/iomap but the last link.

XFS := $(OBJ)/xfs
XFS_STAGE := $(BASE)/xfs/stage
xfs_dirs := $(XFS_STAGE)/fs/xfs $(XFS_STAGE)/fs/xfs/libxfs
xfs_paths := -I $(BASE)/xfs/gen $(addprefix -I ,$(xfs_dirs)) -I $(ROOT)/xfs_stub/include
xfs_own_paths := -I $(BASE)/xfs/gen $(addprefix -isystem ,$(xfs_dirs)) \
		 -I $(ROOT)/xfs_stub/include

xfs_tree_o := $(patsubst %.c,$(XFS)/tree/%.o,$(XFS_C))
xfs_stub_o := $(patsubst %.c,$(XFS)/own/%.o,$(XFS_STUB_C))
xfs_kunit_o := $(patsubst %.c,$(XFS)/own/%.o,$(XFS_KUNIT_C))
ifeq ($(RACE),y)
# of kunit/xfs the machinery alone
xfs_kunit_o := $(filter %/forks.o %/open.o,$(xfs_kunit_o))
endif
xfs_o := $(xfs_tree_o) $(xfs_stub_o) $(xfs_kunit_o)
# of the iomap suites the machinery, without its inode and without suites
xfs_base_o := $(tree_o) $(shim_o) $(host_o) \
	      $(filter-out %/open_user.o $(OBJ)/own/kunit/suite_%,$(kunit_o))

$(XFS)/tree/%/xfs_iext_tree.o: private count := $(count_trees)

$(XFS)/tree/%.o: $(XFS_STAGE)/%.c $(BASE)/xfs/gen/xfs-facts.h flags.mk gen/autoconf.h
	$(call compile,$(kernel) $(quiet) $(count) $(only_tree) -ffunction-sections \
		-fdata-sections $(xfs_paths) $(paths))

$(XFS)/own/kunit/%.o: private strict += $(count_headers)

$(XFS)/own/%.o: $(ROOT)/%.c $(BASE)/xfs/gen/xfs-facts.h flags.mk gen/autoconf.h
	$(call compile,$(kernel) $(strict) $(xfs_own_paths) $(own_paths))

# What the files of XFS call on paths that no case takes is left undefined. The
# linker's list of it becomes stubs that end a case: functions when they are
# called, variables when they are touched. A name is a function's if a header
# of the tree or of ours has it before a parenthesis. A function that the shim has got
# since the list was made takes the stub's place: for that the stubs are weak.
# calls that are watched on their way: punch.c, convert.c, iext.c
xfs_wraps := xfs_bmap_punch_delalloc_range xfs_bmapi_convert_delalloc xfs_iext_insert \
	     xfs_iext_remove xfs_iext_update_extent
# what else is linked with them, where the list is made
xfs_rest_o = $(xfs_base_o)
xfs_link_flags := $(link_flags) -Wl,--gc-sections $(xfs_wraps:%=-Wl,--wrap=%)

$(XFS)/unresolved: $(xfs_o) xfs.mk $(ROOT)/xfs_stub/build.mk | $$(xfs_rest_o)
	$(call say,STUBS   $@)LC_ALL=C $(CC) $(arch) -o $@.elf $(filter %.o,$^ $|) $(LDLIBS) \
		$(xfs_link_flags) -Wl,--warn-unresolved-symbols 2> $@.log || \
		{ cat $@.log >&2; exit 1; }
	$(Q)sed -n 's/.*undefined reference to [`'"'"']\(\w*\)'"'"'.*/\1/p' $@.log | \
		LC_ALL=C sort -u > $@.new; rm -f $@.elf; mv -f $@.new $@

$(XFS)/stubs.c: $(XFS)/unresolved
	$(Q)grep -rohsE '\w+ *\(' $(xfs_dirs) $(ROOT)/xfs_stub/include $(STAGE)/include \
		$(ROOT)/shim/include | tr -d ' (' | LC_ALL=C sort -u > $@.functions
	$(Q){ echo '/* Written by libkern from the list of the linker: do not edit. */'; \
	echo '#include <libkern/forbidden.h>'; \
	echo '#include <libkern/unimplemented.h>'; \
	LC_ALL=C comm -12 $< $@.functions | \
		sed 's/.*/void __attribute__((weak)) &(void);\nLK_ABORT_STUB(void, &, void)/'; \
	LC_ALL=C comm -23 $< $@.functions | sed 's/.*/LK_FORBIDDEN(&);/'; } > $@.new && \
	rm -f $@.functions && mv -f $@.new $@

$(XFS)/stubs.o: $(XFS)/stubs.c flags.mk gen/autoconf.h
	$(call compile,$(kernel) $(own_paths))

xfs: $(OUT)libkern-xfs
$(OUT)libkern-xfs: $(xfs_base_o) $(xfs_o) $(XFS)/stubs.o xfs.mk files.mk
	$(call say,LD      $(@F))mkdir -p $(@D) && \
	$(CC) $(arch) -o $@.new $(filter %.o,$^) $(LDLIBS) $(xfs_link_flags) && mv -f $@.new $@

# One edited copy of one .c of fs/xfs, as shim/build.mk has it for fs/iomap.
ifneq ($(XFS_MUTANT_C),)
xfs_mutant_o := $(MUTANT)/$(OBJ)/$(XFS_MUTANT_C:.c=.o)
$(xfs_mutant_o): $(MUTANT)/stage/$(XFS_MUTANT_C) flags.mk gen/autoconf.h
	$(call compile,$(kernel) $(quiet) -ffunction-sections -fdata-sections \
		-iquote $(XFS_STAGE)/$(dir $(XFS_MUTANT_C)) $(xfs_paths) $(paths))

.PHONY: xfs-mutant
xfs-mutant: $(MUTANT)/libkern-xfs
$(MUTANT)/libkern-xfs: $(xfs_base_o) $(xfs_mutant_o) $(XFS)/stubs.o xfs.mk files.mk \
		$(filter-out $(XFS)/tree/$(XFS_MUTANT_C:.c=.o),$(xfs_o))
	$(call say,LD      $(@F))$(CC) $(arch) -o $@.new $(filter %.o,$^) $(LDLIBS) \
		$(xfs_link_flags) && mv -f $@.new $@
-include $(xfs_mutant_o).d
endif

# The same suites on an edited copy of one .c of what is below XFS.
ifneq ($(MUTANT_C),)
.PHONY: mutant-xfs
mutant-xfs: $(MUTANT)/libkern-xfs
$(MUTANT)/libkern-xfs: $(filter-out $(OBJ)/tree/$(MUTANT_C:.c=.o),$(xfs_base_o)) \
		$$(mutant_o) $(xfs_o) $(XFS)/stubs.o xfs.mk files.mk
	$(call say,LD      $(@F))$(CC) $(arch) -o $@.new $(filter %.o,$^) $(LDLIBS) \
		$(xfs_link_flags) && mv -f $@.new $@
endif

-include $(addsuffix .d,$(xfs_o) $(XFS)/stubs.o)
