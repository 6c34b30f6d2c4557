// SPDX-License-Identifier: GPL-2.0-only
/* Resources: they go newest first, can be found, taken out and let go early. */
#include <kunit/test.h>
#include <kunit/resource.h>

static char freed[8];
static int n_freed;

static void note_free(struct kunit_resource *res)
{
	freed[n_freed++] = *(char *)res->data;
}

static int fail_init(struct kunit_resource *res, void *context)
{
	return -ENOMEM;
}

static int copy_init(struct kunit_resource *res, void *context)
{
	res->data = context;
	return 0;
}

static int resource_init(struct kunit *test)
{
	memset(freed, 0, sizeof(freed));
	n_freed = 0;
	return 0;
}

static void newest_first(struct kunit *test)
{
	kunit_alloc_resource(test, NULL, note_free, GFP_KERNEL, "a");
	kunit_alloc_resource(test, copy_init, note_free, GFP_KERNEL, "b");
	kunit_alloc_resource(test, NULL, note_free, GFP_KERNEL, "c");
	kunit_cleanup(test);
	KUNIT_EXPECT_STREQ(test, freed, "cba");
}

static void failed_init(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, kunit_alloc_resource(test, fail_init, note_free,
						     GFP_KERNEL, "a"));
	KUNIT_EXPECT_TRUE(test, list_empty(&test->resources));
}

static void own_struct(struct kunit *test)
{
	static struct kunit_resource res;

	KUNIT_EXPECT_EQ(test, 0, kunit_add_resource(test, NULL, note_free, &res,
						    "a"));
	kunit_remove_resource(test, &res);
	KUNIT_EXPECT_STREQ(test, freed, "a");
	KUNIT_EXPECT_TRUE(test, list_empty(&test->resources));
}

static void by_name(struct kunit *test)
{
	static struct kunit_resource one, two;
	struct kunit_resource *found;

	KUNIT_EXPECT_EQ(test, 0,
			kunit_add_named_resource(test, NULL, note_free, &one,
						 "name", "a"));
	KUNIT_EXPECT_EQ(test, -EEXIST,
			kunit_add_named_resource(test, NULL, note_free, &two,
						 "name", "b"));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			kunit_add_named_resource(test, NULL, note_free, &two,
						 NULL, "b"));
	KUNIT_EXPECT_NULL(test, kunit_find_named_resource(test, "other"));
	found = kunit_find_named_resource(test, "name");
	KUNIT_ASSERT_PTR_EQ(test, found, &one);
	KUNIT_EXPECT_EQ(test, 0, kunit_destroy_named_resource(test, "name"));
	/* We hold it still. */
	KUNIT_EXPECT_STREQ(test, freed, "");
	kunit_put_resource(found);
	KUNIT_EXPECT_STREQ(test, freed, "a");
	KUNIT_EXPECT_EQ(test, -ENOENT,
			kunit_destroy_named_resource(test, "name"));
}

static void references(struct kunit *test)
{
	struct kunit_resource *res;

	res = kunit_alloc_and_get_resource(test, NULL, note_free, GFP_KERNEL,
					   "a");
	KUNIT_ASSERT_NOT_NULL(test, res);
	kunit_remove_resource(test, res);
	KUNIT_EXPECT_STREQ(test, freed, "");
	kunit_put_resource(res);
	KUNIT_EXPECT_STREQ(test, freed, "a");
}

static void memory(struct kunit *test)
{
	char *p = kunit_kcalloc(test, 3, 5, GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, p);
	for (i = 0; i < 15; i++)
		KUNIT_EXPECT_EQ(test, p[i], 0);
	KUNIT_EXPECT_NOT_NULL(test, kunit_kmalloc(test, 5, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, kunit_kmalloc_array(test, ~0ul, 16, GFP_KERNEL));
	kunit_kfree(test, p);
	kunit_kfree(test, NULL);
}

static void memory_of_another(struct kunit *test)
{
	kunit_kfree(test, &n_freed);
}

static struct kunit_case resource_cases[] = {
	KUNIT_CASE(newest_first),
	KUNIT_CASE(failed_init),
	KUNIT_CASE(own_struct),
	KUNIT_CASE(by_name),
	KUNIT_CASE(references),
	KUNIT_CASE(memory),
	KUNIT_CASE(memory_of_another),
	{}
};

static struct kunit_suite resources = {
	.name = "selftest_resource",
	.init = resource_init,
	.test_cases = resource_cases,
};

kunit_test_suite(resources);
