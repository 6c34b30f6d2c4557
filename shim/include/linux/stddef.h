/* SPDX-License-Identifier: GPL-2.0-only */
/* NULL, offsetof and helpers over struct members. */
#ifndef _LINUX_STDDEF_H
#define _LINUX_STDDEF_H

#undef NULL
#define NULL ((void *)0)
#undef offsetof
#define offsetof(t, m)		__builtin_offsetof(t, m)
#define sizeof_field(t, m)	sizeof(((t *)0)->m)
#define offsetofend(t, m)	(offsetof(t, m) + sizeof_field(t, m))
typedef __SIZE_TYPE__ size_t;

#define struct_group(name, members...) \
	union { struct { members }; struct { members } name; }
#define DECLARE_FLEX_ARRAY(t, name) \
	struct { struct { } __lk_empty_##name; t name[]; }

#endif
