/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands before the functions that the build takes out of the tree's
 * mm/filemap.c by name. They get a name of their own, so that the model's can
 * be linked beside them.
 */
#ifndef LIBKERN_SEEK_TREE_H
#define LIBKERN_SEEK_TREE_H

#include <linux/pagemap.h>
#include <linux/rcupdate.h>

#define mapping_seek_hole_data	lk_tree_seek_hole_data

#endif
