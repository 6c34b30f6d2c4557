// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model: semaphores and spinlocks. Kept: exclusion, modes, owners. Dropped:
 * fairness and queues; who gets a free lock is the scheduler's choice.
 */
#include <libkern/hooks.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>

/* Taking a lock is ordered before what follows, letting it go behind what was. */
static bool lk_take(int *p, int from, int to)
{
	return __atomic_compare_exchange_n(p, &from, to, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static bool lk_let_go(int *p, int from, int to)
{
	return __atomic_compare_exchange_n(p, &from, to, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
}

static bool lk_try_read(void *arg)
{
	struct rw_semaphore *sem = arg;
	int count;

	do {
		count = READ_ONCE(sem->count);
		if (count < 0)
			return false;
	} while (!lk_take(&sem->count, count, count + 1));
	return true;
}

static bool lk_try_write(void *arg)
{
	struct rw_semaphore *sem = arg;

	return lk_take(&sem->count, 0, -1);
}

void lk_down_read_nested(struct rw_semaphore *sem, unsigned int nest, const char *here)
{
	lk_lock_before_nested(&sem->dep_map, LK_SHARED, nest, here);
	lk_wait(LK_AT_LOCK, sem, lk_try_read, sem, here);
	lk_lock_taken_nested(&sem->dep_map, LK_SHARED, nest, here);
}

void lk_down_read(struct rw_semaphore *sem, const char *here)
{
	lk_down_read_nested(sem, 0, here);
}

void lk_down_write_nested(struct rw_semaphore *sem, unsigned int nest, const char *here)
{
	lk_lock_before_nested(&sem->dep_map, LK_EXCL, nest, here);
	lk_wait(LK_AT_LOCK, sem, lk_try_write, sem, here);
	lk_lock_taken_nested(&sem->dep_map, LK_EXCL, nest, here);
}

void lk_down_write(struct rw_semaphore *sem, const char *here)
{
	lk_down_write_nested(sem, 0, here);
}

bool lk_down_read_trylock(struct rw_semaphore *sem, const char *here)
{
	lk_point(LK_AT_LOCK, sem);
	if (!lk_try_read(sem))
		return false;
	lk_lock_taken(&sem->dep_map, LK_SHARED, here);
	return true;
}

bool lk_down_write_trylock(struct rw_semaphore *sem, const char *here)
{
	lk_point(LK_AT_LOCK, sem);
	if (!lk_try_write(sem))
		return false;
	lk_lock_taken(&sem->dep_map, LK_EXCL, here);
	return true;
}

/* A release in the other mode would corrupt the count: report it, then repair. */
static void lk_check_mode(struct rw_semaphore *sem, int mode, const char *here)
{
	if (lk_lock_held(&sem->dep_map, -1) && !lk_lock_held(&sem->dep_map, mode))
		lk_splat(LK_SPLAT_LOCK, "%s released at %s in the wrong mode",
			 sem->dep_map.name, here);
}

static void lk_up(struct rw_semaphore *sem, const char *here)
{
	int count;

	lk_lock_gone(&sem->dep_map, here);
	do {
		count = READ_ONCE(sem->count);
		if (!count)
			return;
	} while (!lk_let_go(&sem->count, count, count < 0 ? 0 : count - 1));
	lk_wake(sem);
	lk_point(LK_AT_UNLOCK, sem);
}

void lk_up_read(struct rw_semaphore *sem, const char *here)
{
	lk_check_mode(sem, 1, here);
	lk_up(sem, here);
}

void lk_up_write(struct rw_semaphore *sem, const char *here)
{
	lk_check_mode(sem, 0, here);
	lk_up(sem, here);
}

void lk_downgrade_write(struct rw_semaphore *sem, const char *here)
{
	lk_check_mode(sem, 0, here);
	__atomic_store_n(&sem->count, 1, __ATOMIC_RELEASE);
	lk_lock_shared(&sem->dep_map, here);
	lk_wake(sem);
	lk_point(LK_AT_UNLOCK, sem);
}

static bool lk_try_spin(void *arg)
{
	spinlock_t *lock = arg;

	return lk_take(&lock->locked, 0, 1);
}

#ifdef CONFIG_LIBKERN_THREADS
/*
 * Who has a spinlock is not preempted, and no grace period ends meanwhile: the tree
 * defers the end of a node first and takes it out afterwards.
 */
static void lk_spin_reader(bool on)
{
	if (on && lk_hooks.rcu_read_lock)
		lk_hooks.rcu_read_lock();
	else if (!on && lk_hooks.rcu_read_unlock)
		lk_hooks.rcu_read_unlock();
}
#else
#define lk_spin_reader(on)	((void)0)
#endif

void lk_spin_lock(spinlock_t *lock, const char *here)
{
	lk_lock_before(&lock->dep_map, LK_EXCL, here);
	lk_wait(LK_AT_LOCK, lock, lk_try_spin, lock, here);
	lk_spin_reader(true);
	lk_lock_taken(&lock->dep_map, LK_EXCL, here);
}

bool lk_spin_trylock(spinlock_t *lock, const char *here)
{
	lk_point(LK_AT_LOCK, lock);
	if (!lk_try_spin(lock))
		return false;
	lk_spin_reader(true);
	lk_lock_taken(&lock->dep_map, LK_EXCL, here);
	return true;
}

void lk_spin_unlock(spinlock_t *lock, const char *here)
{
	lk_lock_gone(&lock->dep_map, here);
	lk_spin_reader(false);
	__atomic_store_n(&lock->locked, 0, __ATOMIC_RELEASE);
	lk_wake(lock);
	lk_point(LK_AT_UNLOCK, lock);
}
