/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Symbols that are static unless KUnit is built: here KUnit always is.
 */
#ifndef _KUNIT_VISIBILITY_H
#define _KUNIT_VISIBILITY_H

#define VISIBLE_IF_KUNIT
#define EXPORT_SYMBOL_IF_KUNIT(symbol)

#endif /* _KUNIT_VISIBILITY_H */
