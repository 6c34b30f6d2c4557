// SPDX-License-Identifier: GPL-2.0-only
/*
 * Resources of a case, and memory as one kind of them.
 *
 * The list is under the runner's lock, not a spinlock: the lock models and a
 * scheduler behind them must not see the test framework at work.
 */
#include <kunit/resource.h>
#include <libkern/runner.h>

void kunit_get_resource(struct kunit_resource *res)
{
	__atomic_add_fetch(&res->refs, 1, __ATOMIC_RELAXED);
}

void kunit_put_resource(struct kunit_resource *res)
{
	bool ours = res->ours;

	if (__atomic_sub_fetch(&res->refs, 1, __ATOMIC_ACQ_REL))
		return;
	if (res->free)
		res->free(res);
	/* One that is the caller's may be gone by now. */
	if (ours)
		kfree(res);
}

static int add(struct kunit *test, kunit_resource_init_t init,
	       kunit_resource_free_t free, struct kunit_resource *res,
	       void *context)
{
	res->refs = 1;
	res->free = free;
	if (init) {
		int err = init(res, context);

		if (err)
			return err;
	} else {
		res->data = context;
	}
	lk_run_lock();
	list_add_tail(&res->node, &test->resources);
	lk_run_unlock();
	return 0;
}

int kunit_add_resource(struct kunit *test, kunit_resource_init_t init,
		       kunit_resource_free_t free, struct kunit_resource *res,
		       void *data)
{
	res->ours = false;
	res->name = NULL;
	return add(test, init, free, res, data);
}

int kunit_add_named_resource(struct kunit *test, kunit_resource_init_t init,
			     kunit_resource_free_t free,
			     struct kunit_resource *res,
			     const char *name, void *data)
{
	struct kunit_resource *other;

	if (!name)
		return -EINVAL;
	other = kunit_find_named_resource(test, name);
	if (other) {
		kunit_put_resource(other);
		return -EEXIST;
	}
	res->ours = false;
	res->name = name;
	return add(test, init, free, res, data);
}

struct kunit_resource *
kunit_alloc_and_get_resource(struct kunit *test, kunit_resource_init_t init,
			     kunit_resource_free_t free, gfp_t internal_gfp,
			     void *context)
{
	struct kunit_resource *res = kzalloc(sizeof(*res), internal_gfp);

	if (!res)
		return NULL;
	res->ours = true;
	if (add(test, init, free, res, context)) {
		kfree(res);
		return NULL;
	}
	kunit_get_resource(res);
	return res;
}

void *kunit_alloc_resource(struct kunit *test, kunit_resource_init_t init,
			   kunit_resource_free_t free, gfp_t internal_gfp,
			   void *context)
{
	struct kunit_resource *res;
	void *data;

	res = kunit_alloc_and_get_resource(test, init, free, internal_gfp,
					   context);
	if (!res)
		return NULL;
	data = res->data;
	kunit_put_resource(res);
	return data;
}

bool kunit_resource_name_match(struct kunit *test, struct kunit_resource *res,
			       void *match_name)
{
	return res->name && !strcmp(res->name, match_name);
}

struct kunit_resource *kunit_find_resource(struct kunit *test,
					   kunit_resource_match_t match,
					   void *match_data)
{
	struct kunit_resource *res, *found = NULL;

	lk_run_lock();
	list_for_each_entry_reverse(res, &test->resources, node) {
		if (match(test, res, match_data)) {
			kunit_get_resource(res);
			found = res;
			break;
		}
	}
	lk_run_unlock();
	return found;
}

struct kunit_resource *kunit_find_named_resource(struct kunit *test,
						 const char *name)
{
	return kunit_find_resource(test, kunit_resource_name_match,
				   (void *)name);
}

void kunit_remove_resource(struct kunit *test, struct kunit_resource *res)
{
	bool listed;

	lk_run_lock();
	listed = !list_empty(&res->node);
	list_del_init(&res->node);
	lk_run_unlock();
	if (listed)
		kunit_put_resource(res);
}

int kunit_destroy_resource(struct kunit *test, kunit_resource_match_t match,
			   void *match_data)
{
	struct kunit_resource *found = kunit_find_resource(test, match, match_data);

	if (found) {
		kunit_remove_resource(test, found);
		/* the reference of the search */
		kunit_put_resource(found);
	}
	return found ? 0 : -ENOENT;
}

int kunit_destroy_named_resource(struct kunit *test, const char *name)
{
	return kunit_destroy_resource(test, kunit_resource_name_match,
				      (void *)name);
}

/**
 * kunit_cleanup() - let go of all that a case still owns, newest first
 * @test: the case
 *
 * What is freed may remove older resources in its turn.
 */
void kunit_cleanup(struct kunit *test)
{
	struct kunit_resource *res;

	for (;;) {
		lk_run_lock();
		if (list_empty(&test->resources)) {
			lk_run_unlock();
			return;
		}
		res = list_last_entry(&test->resources, struct kunit_resource,
				      node);
		list_del_init(&res->node);
		lk_run_unlock();
		kunit_put_resource(res);
	}
}

static void memory_free(struct kunit_resource *res)
{
	kfree(res->data);
}

static bool memory_match(struct kunit *test, struct kunit_resource *res,
			 void *p)
{
	return res->free == memory_free && res->data == p;
}

void *kunit_kmalloc_array(struct kunit *test, size_t n, size_t size, gfp_t gfp)
{
	void *p = kmalloc_array(n, size, gfp);

	if (!p)
		return NULL;
	if (kunit_alloc_resource(test, NULL, memory_free, gfp & ~__GFP_ZERO, p))
		return p;
	kfree(p);
	return NULL;
}

void kunit_kfree(struct kunit *test, const void *ptr)
{
	if (!ptr)
		return;
	if (kunit_destroy_resource(test, memory_match, (void *)ptr))
		KUNIT_FAIL(test, "%s(%p): not this test's memory", __func__,
			   ptr);
}
