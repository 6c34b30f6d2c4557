// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions whose signature is the tree's business: no prototype is in sight
 * here, and no argument is looked at.
 */
#include <libkern/unimplemented.h>

void fserror_report(void);
void iomap_finish_ioend_direct(void);

/*
 * Reports a failed read or write to whoever watches the filesystem. Nobody
 * does; the failure itself reaches the test through wb_err and the folio.
 */
void fserror_report(void)
{
}

/* Direct I/O is not built. */
LK_ABORT_STUB(void, iomap_finish_ioend_direct, void)
