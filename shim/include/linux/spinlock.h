/* SPDX-License-Identifier: GPL-2.0-only */
/* Spinlocks. Interrupts do not exist here, so all flavours are one. */
#ifndef _LINUX_SPINLOCK_H
#define _LINUX_SPINLOCK_H

#include <linux/bug.h>
#include <linux/lockdep.h>
#include <linux/spinlock_types.h>

void lk_spin_lock(spinlock_t *lock, const char *here);
bool lk_spin_trylock(spinlock_t *lock, const char *here);
void lk_spin_unlock(spinlock_t *lock, const char *here);

#define spin_lock_init(l)	(*(l) = (spinlock_t){ 0, { #l, LK_RANK_SPIN } })
#define spin_lock(l)		lk_spin_lock((l), LK_HERE)
#define spin_unlock(l)		lk_spin_unlock((l), LK_HERE)
#define spin_trylock(l)		lk_spin_trylock((l), LK_HERE)
#define spin_lock_irq(l)	spin_lock(l)
#define spin_unlock_irq(l)	spin_unlock(l)
#define spin_lock_bh(l)		spin_lock(l)
#define spin_unlock_bh(l)	spin_unlock(l)
#define spin_lock_nested(l, s)	spin_lock(l)
#define spin_lock_irqsave(l, flags) \
	do { (flags) = 0; spin_lock(l); } while (0)
#define spin_unlock_irqrestore(l, flags) \
	do { (void)(flags); spin_unlock(l); } while (0)
#define spin_lock_irqsave_nested(l, flags, s)	spin_lock_irqsave(l, flags)
#define spin_is_locked(l)	READ_ONCE((l)->locked)
#define local_irq_save(f)	((void)((f) = 0))
#define local_irq_restore(f)	((void)(f))
#define local_irq_disable()	((void)0)
#define local_irq_enable()	((void)0)
#define preempt_disable()	((void)0)
#define preempt_enable()	((void)0)

#endif
