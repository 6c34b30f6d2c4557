/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints: each event becomes an empty inline function. */
#ifndef _LINUX_TRACEPOINT_H
#define _LINUX_TRACEPOINT_H

#include <linux/types.h>

#define TP_PROTO(args...)	args
#define TP_ARGS(args...)	args
#define TP_STRUCT__entry(args...)
#define TP_fast_assign(args...)
#define TP_printk(args...)
#define TRACE_DEFINE_ENUM(a)
#define DECLARE_EVENT_CLASS(name, proto, args...)
#define DEFINE_EVENT(cls, name, proto, args...)	static inline void trace_##name(proto) { }
#define TRACE_EVENT(name, proto, args...)	static inline void trace_##name(proto) { }
#define TRACE_EVENT_CONDITION(name, proto, args...)	static inline void trace_##name(proto) { }
#define DEFINE_EVENT_CONDITION(cls, name, proto, args...) \
	static inline void trace_##name(proto) { }

#endif
