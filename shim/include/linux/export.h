/* SPDX-License-Identifier: GPL-2.0-only */
/* Everything is one program here. */
#ifndef _LINUX_EXPORT_H
#define _LINUX_EXPORT_H

#define EXPORT_SYMBOL(s)
#define EXPORT_SYMBOL_GPL(s)
#define EXPORT_SYMBOL_NS_GPL(s, ns)
#define EXPORT_SYMBOL_FOR_MODULES(s, m)
#define THIS_MODULE	((struct module *)0)

#endif
