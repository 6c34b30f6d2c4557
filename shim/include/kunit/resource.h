/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Things that a case owns and that go when it does, newest first.
 */
#ifndef _KUNIT_RESOURCE_H
#define _KUNIT_RESOURCE_H

#include <kunit/test.h>

struct kunit_resource;

typedef int (*kunit_resource_init_t)(struct kunit_resource *res, void *context);
typedef void (*kunit_resource_free_t)(struct kunit_resource *res);
typedef bool (*kunit_resource_match_t)(struct kunit *test,
				       struct kunit_resource *res,
				       void *match_data);

/**
 * struct kunit_resource - one such thing
 * @data: for the owner's use
 * @name: for kunit_find_named_resource(), or NULL
 * @free: called when the last reference goes, or NULL
 * @refs: private; the test holds one
 * @ours: private; this struct was allocated here
 * @node: private
 */
struct kunit_resource {
	void *data;
	const char *name;
	kunit_resource_free_t free;
	int refs;
	bool ours;
	struct list_head node;
};

void kunit_get_resource(struct kunit_resource *res);
void kunit_put_resource(struct kunit_resource *res);

int kunit_add_resource(struct kunit *test, kunit_resource_init_t init,
		       kunit_resource_free_t free, struct kunit_resource *res,
		       void *data);
int kunit_add_named_resource(struct kunit *test, kunit_resource_init_t init,
			     kunit_resource_free_t free,
			     struct kunit_resource *res,
			     const char *name, void *data);
struct kunit_resource *
kunit_alloc_and_get_resource(struct kunit *test, kunit_resource_init_t init,
			     kunit_resource_free_t free, gfp_t internal_gfp,
			     void *context);
void *kunit_alloc_resource(struct kunit *test, kunit_resource_init_t init,
			   kunit_resource_free_t free, gfp_t internal_gfp,
			   void *context);

bool kunit_resource_name_match(struct kunit *test, struct kunit_resource *res,
			       void *match_name);
struct kunit_resource *kunit_find_resource(struct kunit *test,
					   kunit_resource_match_t match,
					   void *match_data);
struct kunit_resource *kunit_find_named_resource(struct kunit *test,
						 const char *name);
int kunit_destroy_resource(struct kunit *test, kunit_resource_match_t match,
			   void *match_data);
int kunit_destroy_named_resource(struct kunit *test, const char *name);
void kunit_remove_resource(struct kunit *test, struct kunit_resource *res);

#endif /* _KUNIT_RESOURCE_H */
