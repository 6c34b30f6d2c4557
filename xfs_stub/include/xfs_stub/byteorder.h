/* SPDX-License-Identifier: GPL-2.0-only */
/* Byte order of what lies on disk, on a little endian machine. */
#ifndef XFS_STUB_BYTEORDER_H
#define XFS_STUB_BYTEORDER_H

#include <linux/string.h>
#include <linux/types.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "libkern runs on little endian machines"
#endif

#define cpu_to_le16(x)		((__le16)(x))
#define cpu_to_le32(x)		((__le32)(x))
#define cpu_to_le64(x)		((__le64)(x))
#define le16_to_cpu(x)		((u16)(x))
#define le32_to_cpu(x)		((u32)(x))
#define le64_to_cpu(x)		((u64)(x))
#define cpu_to_be16(x)		((__be16)__builtin_bswap16(x))
#define cpu_to_be32(x)		((__be32)__builtin_bswap32(x))
#define cpu_to_be64(x)		((__be64)__builtin_bswap64(x))
#define be16_to_cpu(x)		__builtin_bswap16(x)
#define be32_to_cpu(x)		__builtin_bswap32(x)
#define be64_to_cpu(x)		__builtin_bswap64(x)
#define be16_to_cpup(p)		be16_to_cpu(*(p))
#define be32_to_cpup(p)		be32_to_cpu(*(p))
#define be64_to_cpup(p)		be64_to_cpu(*(p))

static inline void be16_add_cpu(__be16 *v, u16 n) { *v = cpu_to_be16(be16_to_cpu(*v) + n); }
static inline void be32_add_cpu(__be32 *v, u32 n) { *v = cpu_to_be32(be32_to_cpu(*v) + n); }
static inline void be64_add_cpu(__be64 *v, u64 n) { *v = cpu_to_be64(be64_to_cpu(*v) + n); }

#define XFS_STUB_UNALIGNED(bits)					\
static inline u##bits get_unaligned_be##bits(const void *p)		\
{									\
	__be##bits v;							\
									\
	memcpy(&v, p, sizeof(v));					\
	return be##bits##_to_cpu(v);					\
}									\
static inline void put_unaligned_be##bits(u##bits n, void *p)		\
{									\
	__be##bits v = cpu_to_be##bits(n);				\
									\
	memcpy(p, &v, sizeof(v));					\
}

XFS_STUB_UNALIGNED(16)
XFS_STUB_UNALIGNED(32)
XFS_STUB_UNALIGNED(64)

u32 crc32c(u32 crc, const void *p, unsigned int len);

#endif /* XFS_STUB_BYTEORDER_H */
