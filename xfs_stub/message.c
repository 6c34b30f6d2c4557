// SPDX-License-Identifier: GPL-2.0-only
/*
 * What XFS says, and what it does when it gives up. Signatures vary and the
 * arguments do not matter, so most is defined with no prototype in sight.
 */
#include <libkern/case.h>
#include <linux/kernel.h>
#include <linux/types.h>

#include <xfs_stub/file.h>

struct xfs_mount;

void xfs_stub_assert_fails(const char *here, const char *func, const char *expr);
void xfs_printk_level(const char *level, const struct xfs_mount *mp, const char *fmt, ...);
void _xfs_alert_tag(void);
bool xfs_errortag_test(void);
bool xfs_errortag_enabled(void);
void xfs_errortag_delay(void);
void xfs_do_force_shutdown(void);
void xfs_bmap_mark_sick(void);
void xfs_btree_mark_sick(void);

bool (*xfs_stub_assert_known)(const char *func, const char *expr);

/**
 * xfs_stub_assert_fails() - an assert of XFS's
 * @here: file and line
 * @func: the function that it is in
 * @expr: what does not hold
 *
 * Returns where that is a known finding. A call of its own: in the tree's lines each
 * branch more would be one for the coverage, too.
 */
void xfs_stub_assert_fails(const char *here, const char *func, const char *expr)
{
	if (!xfs_stub_assert_known || !xfs_stub_assert_known(func, expr))
		lk_die(LK_DEATH_BUG, "XFS assertion at %s: %s", here, expr);
}

/* The message's text alone, without its arguments: some formats are XFS's own. */
void xfs_printk_level(const char *level, const struct xfs_mount *mp, const char *fmt, ...)
{
	printk("%sXFS: %s\n", level, fmt);
}

void _xfs_alert_tag(void)
{
}

/* No error is injected by tags: scenarios do that. */
bool xfs_errortag_test(void)
{
	return false;
}

bool xfs_errortag_enabled(void)
{
	return false;
}

void xfs_errortag_delay(void)
{
}

void xfs_do_force_shutdown(void)
{
	lk_splat(LK_SPLAT_WARN, "XFS shuts the filesystem down");
}

void xfs_bmap_mark_sick(void)
{
	lk_splat(LK_SPLAT_WARN, "XFS marks a fork as sick");
}

void xfs_btree_mark_sick(void)
{
	lk_splat(LK_SPLAT_WARN, "XFS marks a btree as sick");
}
