/* SPDX-License-Identifier: GPL-2.0-only */
/* Module boilerplate means nothing in one program. */
#ifndef _LINUX_MODULE_H
#define _LINUX_MODULE_H

#include <linux/export.h>
#include <linux/init.h>
#include <linux/list.h>

#define MODULE_LICENSE(x)
#define MODULE_AUTHOR(x)
#define MODULE_DESCRIPTION(x)
#define MODULE_IMPORT_NS(x)
#define module_param(n, t, p)
struct module;

#endif
