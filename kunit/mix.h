/* SPDX-License-Identifier: GPL-2.0-only */
/* One 64-bit value into a digest: the same number in every world. */
#ifndef KUNIT_MIX_H
#define KUNIT_MIX_H

static inline unsigned long long mix64(unsigned long long h,
				       unsigned long long value)
{
	h = (h ^ value) * 0x9e3779b97f4a7c15ULL;
	return h ^ h >> 29;
}

#endif /* KUNIT_MIX_H */
