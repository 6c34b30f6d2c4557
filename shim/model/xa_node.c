// SPDX-License-Identifier: GPL-2.0-only
/*
 * The two things that the tree's lib/xarray.c takes from lib/radix-tree.c: its
 * cache of nodes and the RCU callback that gives a node back.
 */
#include <linux/init.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/xarray.h>

struct kmem_cache *radix_tree_node_cachep;
void radix_tree_node_rcu_free(struct rcu_head *head);

/* Nodes leave xarray.c with empty slots, so only the allocation clears them. */
static void lk_xa_node_ctor(void *obj)
{
	struct xa_node *node = obj;

	memset(node, 0, sizeof(*node));
	INIT_LIST_HEAD(&node->private_list);
}

void radix_tree_node_rcu_free(struct rcu_head *head)
{
	kmem_cache_free(radix_tree_node_cachep, container_of(head, struct xa_node, rcu_head));
}

static int lk_xa_node_init(void)
{
	radix_tree_node_cachep = kmem_cache_create("radix_tree_node", sizeof(struct xa_node),
						   0, 0, lk_xa_node_ctor);
	return 0;
}
subsys_initcall(lk_xa_node_init);
