/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between the parts of the seam to a running kernel; nobody else looks here.
 */
#ifndef KUNIT_WORLD_KERNEL_H
#define KUNIT_WORLD_KERNEL_H

/* splat_kernel.c */
void splat_begin(void);
void splat_end(void);

/* source_kernel.c */
bool source_user(struct iov_iter *iter, size_t len, size_t fault_at, bool seen);

#endif /* KUNIT_WORLD_KERNEL_H */
