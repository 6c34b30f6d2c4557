/* SPDX-License-Identifier: GPL-2.0-only */
/* Read-copy-update, behind the hooks. */
#ifndef _LINUX_RCUPDATE_H
#define _LINUX_RCUPDATE_H

#include <libkern/hooks.h>
#include <linux/compiler.h>
#include <linux/types.h>
#include <asm/barrier.h>

void rcu_read_lock(void);
void rcu_read_unlock(void);
bool rcu_read_lock_held(void);
void call_rcu(struct rcu_head *head, rcu_callback_t func);
void synchronize_rcu(void);
void rcu_barrier(void);

#define rcu_assign_pointer(p, v)					\
do {									\
	lk_access(LK_AT_SLOT, &(p), "slot", true);			\
	smp_store_release(&(p), (v));					\
} while (0)
#define RCU_INIT_POINTER(p, v)						\
do {									\
	lk_access(LK_AT_SLOT, &(p), "slot", true);			\
	WRITE_ONCE(p, v);						\
} while (0)
#define rcu_access_pointer(p)		READ_ONCE(p)
#define rcu_dereference_raw(p)		__atomic_load_n(&(p), __ATOMIC_CONSUME)
#define rcu_dereference(p)						\
	({ lk_access(LK_AT_SLOT, &(p), "slot", false); rcu_dereference_raw(p); })
#define rcu_dereference_check(p, c)	rcu_dereference(p)
#define rcu_dereference_protected(p, c)	(p)
#define RCU_INITIALIZER(v)		(v)
#define rcu_head_init(h)		((void)(h))

#endif
