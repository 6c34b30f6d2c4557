// SPDX-License-Identifier: GPL-2.0-only
/*
 * The seam to userspace: faults and verdicts come from the models.
 */
#include <libkern/case.h>
#include <libkern/hooks.h>
#include <libkern/host.h>
#include <libkern/locks.h>
#include <libkern/note.h>
#include <libkern/world.h>
#include <linux/bio.h>
#include <linux/lockdep.h>
#include <linux/workqueue.h>

#include "world.h"

struct block_device *world_bdev(void)
{
	return lk_bdev();
}

void world_let_read(void)
{
	/* Nothing is dropped here. */
}

void world_settle(void)
{
	/* The models keep no folio on lists of their own. */
}

bool world_small_folios(struct world *w)
{
	mapping_set_folio_order_range(w->inode->i_mapping, 0, 0);
	return true;
}

bool world_own_get_folio(void)
{
	return lk_get_folio_of_tree(true);
}

bool world_exact_source(void)
{
	return true;
}

bool world_splits_folios(void)
{
	return true;
}

bool world_invalidate_held(struct address_space *mapping)
{
	return lockdep_is_held_type(&mapping->invalidate_lock, 0) == 1;
}

void world_own_lock(struct rw_semaphore *sem)
{
	init_rwsem(sem);
	sem->dep_map.name = "the filesystem's own lock";
	sem->dep_map.rank = LK_RANK_FS;
}

void world_may_hang(void)
{
	/* a wait that nobody can end is found before it begins */
}

bool world_source(struct world_source *src, size_t len, size_t fault_at,
		  bool seen)
{
	lk_iov_iter_fault(&src->iter, len, fault_at, seen);
	return true;
}

void world_before_copy(size_t len)
{
	/* The source of lk_iov_iter_fault() knows by itself. */
}

bool world_fail_alloc(unsigned int nth)
{
	lk_fail_alloc(nth);
	return true;
}

bool world_at_lookup(unsigned int nth, void (*fn)(void *arg), void *arg)
{
	lk_at_lookup(nth, fn, arg);
	return true;
}

static struct {
	enum lk_point	at;
	unsigned int	nth;
	void		(*fn)(void *arg);
	void		*arg;
	bool		deferred;
} world_points;

static void world_point(enum lk_point at, const void *obj)
{
	if (at == LK_AT_WRITEBACK && world_points.deferred)
		lk_bio_complete();
	if (at == world_points.at && world_points.nth && !--world_points.nth)
		world_points.fn(world_points.arg);
}

static void world_watch_points(void)
{
	bool wanted = world_points.nth || world_points.deferred;

	lk_hooks.point = wanted ? world_point : NULL;
}

static bool world_watch(enum lk_point at, unsigned int nth, void (*fn)(void *arg), void *arg)
{
	world_points.at = at;
	world_points.nth = nth;
	world_points.fn = fn;
	world_points.arg = arg;
	world_watch_points();
	return true;
}

bool world_at_folio_lock(unsigned int nth, void (*fn)(void *arg), void *arg)
{
	return world_watch(LK_AT_FOLIO_LOCK, nth, fn, arg);
}

/* The task that comes between. */
static struct {
	struct task_struct	task;
	void			(*fn)(void *arg);
	void			*arg;
} world_other = { .task = { .pid = 2, .comm = "the other task" } };

static struct task_struct *world_other_task(void)
{
	return &world_other.task;
}

static void world_other_runs(void *unused)
{
	lk_hooks.current_task = world_other_task;
	world_other.fn(world_other.arg);
	lk_locks_check_none("the other task is done");
	lk_hooks.current_task = NULL;
}

bool world_at_moment(enum world_moment at, unsigned int nth, void (*fn)(void *arg), void *arg)
{
	static const enum lk_point points[] = {
		[WORLD_FOUND] = LK_AT_FOUND,
		[WORLD_HELD] = LK_AT_HELD,
		[WORLD_LETS_GO] = LK_AT_PUT,
	};

	world_other.fn = fn;
	world_other.arg = arg;
	return world_watch(points[at], nth, world_other_runs, NULL);
}

bool world_map_dirty(struct folio *folio)
{
	lk_folio_map_dirty(folio);
	return true;
}

bool world_defer_io(bool on)
{
	world_points.deferred = on;
	world_watch_points();
	lk_bio_defer(on);
	return true;
}

void world_wait_io(void)
{
	/* Some kernels leave errors to a worker. */
	while (lk_bio_complete() || lk_run_works())
		;
}

bool world_end_one_io(void)
{
	if (!lk_bio_complete_one())
		return false;
	while (lk_run_works())
		;
	return true;
}

bool world_fail_io(unsigned int nth, int error)
{
	lk_bio_fail(nth, error);
	return true;
}

int world_reclaim(struct address_space *mapping, pgoff_t index)
{
	return lk_reclaim_folio(mapping, index);
}

struct world_watch {
	void	(*fn)(void *arg, const struct world_written *w);
	void	*arg;
};

static struct world_watch world_writes, world_unsent;

static void world_tell(const struct world_watch *to, const struct bio *bio)
{
	struct world_written w = {
		.disk	= (loff_t)bio->bi_iter.bi_sector << SECTOR_SHIFT,
		.failed	= bio->bi_status,
	};
	unsigned int i;

	if (bio_op(bio) != REQ_OP_WRITE)
		return;
	for (i = 0; i < bio->bi_vcnt; i++) {
		const struct bio_vec *bv = &bio->bi_io_vec[i];

		w.pos = folio_pos(bv->lk_folio) + bv->bv_offset;
		w.len = bv->bv_len;
		to->fn(to->arg, &w);
		w.disk += w.len;
	}
}

static void world_watch_bio(const struct bio *bio)
{
	world_tell(&world_writes, bio);
}

static void world_watch_unsent(const struct bio *bio)
{
	world_tell(&world_unsent, bio);
}

bool world_at_write(void (*fn)(void *arg, const struct world_written *w), void *arg)
{
	world_writes = (struct world_watch){ fn, arg };
	lk_bio_watch(fn ? world_watch_bio : NULL);
	return true;
}

bool world_at_unsent(void (*fn)(void *arg, const struct world_written *w), void *arg)
{
	world_unsent = (struct world_watch){ fn, arg };
	lk_bio_watch_unsent(fn ? world_watch_unsent : NULL);
	return true;
}

bool world_in_punch(bool inside)
{
	if (inside)
		lk_punch_begin(LK_HERE);
	else
		lk_punch_end(LK_HERE);
	return true;
}

unsigned int world_splats(void)
{
	return lk_splat_count();
}

int world_take_splats(void)
{
	return lk_splat_take(LK_SPLAT_WARN) + lk_splat_take(LK_SPLAT_LOCK);
}

void world_note(const char *key, const char *text)
{
	lk_note(key, text);
}

const char *world_option(const char *name)
{
	return lk_host_option(name);
}

const char *world_command(void)
{
	const char *command = lk_host_option("command");

	return command ? command : "./libkern run";
}
