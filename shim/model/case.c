// SPDX-License-Identifier: GPL-2.0-only
/* What happens between two cases: baselines, and the search for leftovers. */
#include <libkern/hooks.h>
#include <libkern/locks.h>
#include <libkern/world.h>
#include <linux/init.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

void lk_case_begin(void)
{
	lk_initcalls();
	lk_locks_check_none("before the case");
	lk_bio_reset();
	lk_works_reset();
	lk_at_lookup(0, NULL, NULL);
	lk_get_folio_of_tree(false);
	current->lk_signal = false;
	current->flags = 0;
	lk_slab_baseline();
	lk_folio_baseline();
	lk_splat_take(LK_SPLAT_WARN);
	lk_splat_take(LK_SPLAT_LOCK);
	lk_splat_take(LK_SPLAT_LEAK);
	lk_splat_take(LK_SPLAT_MODEL);
}

void lk_case_end(void)
{
	lk_locks_check_none("at the end");
	lk_bio_reset();
	lk_run_works();
	rcu_barrier();
	lk_folio_check();
	lk_slab_check();
}
