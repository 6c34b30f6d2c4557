/* SPDX-License-Identifier: GPL-2.0-only */
/* Deliberately empty and without a guard: events are defined by linux/tracepoint.h. */
