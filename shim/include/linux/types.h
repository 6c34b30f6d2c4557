/* SPDX-License-Identifier: GPL-2.0-only */
/* Basic types, as wide as in the kernel. loff_t is long long on every word size. */
#ifndef _LINUX_TYPES_H
#define _LINUX_TYPES_H

#include <linux/compiler_types.h>
#include <linux/kconfig.h>
#include <linux/stddef.h>

typedef unsigned char		u8, __u8;
typedef signed char		s8, __s8;
typedef unsigned short		u16, __u16;
typedef short			s16, __s16;
typedef unsigned int		u32, __u32, uint;
typedef int			s32, __s32;
typedef unsigned long long	u64, __u64;
typedef long long		s64, __s64;
typedef u8 uint8_t; typedef u16 uint16_t; typedef u32 uint32_t; typedef u64 uint64_t;
typedef s8 int8_t; typedef s16 int16_t; typedef s32 int32_t; typedef s64 int64_t;
typedef unsigned char		unchar, u_char;
typedef unsigned short		ushort, u_short;
typedef unsigned long		ulong, u_long;
typedef unsigned long		uintptr_t;
typedef long			intptr_t;

typedef _Bool			bool;
enum { false = 0, true = 1 };

/* size_t is stddef.h's: unsigned int on 32 bits, as the kernel has it. */
#ifdef __LP64__
typedef long			ssize_t;
typedef long			ptrdiff_t;
#else
typedef int			ssize_t;
typedef int			ptrdiff_t;
#endif

typedef long long		loff_t;
typedef unsigned long		pgoff_t;
typedef u64			sector_t, blkcnt_t, dma_addr_t, phys_addr_t;
typedef unsigned int		gfp_t, fmode_t, slab_flags_t, vm_fault_t, blk_opf_t;
typedef unsigned int		fgf_t;
typedef unsigned long		vm_flags_t;
typedef u8			blk_status_t;
typedef u32			dev_t, errseq_t;
typedef unsigned short		umode_t;
typedef unsigned int		uid_t, gid_t;
typedef int			pid_t;
typedef long			time_t;
typedef s64			time64_t;
typedef u16 __le16, __be16; typedef u32 __le32, __be32; typedef u64 __le64, __be64;

typedef struct { int counter; } atomic_t;
typedef struct { s64 counter; } atomic64_t;
#ifdef __LP64__
typedef atomic64_t atomic_long_t;
#else
typedef atomic_t atomic_long_t;
#endif

struct list_head { struct list_head *next, *prev; };
struct hlist_node { struct hlist_node *next, **pprev; };
struct hlist_head { struct hlist_node *first; };
struct callback_head { struct callback_head *next; void (*func)(struct callback_head *head); };
#define rcu_head callback_head
typedef void (*rcu_callback_t)(struct rcu_head *head);

#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]
#include <linux/bits.h>

#endif
