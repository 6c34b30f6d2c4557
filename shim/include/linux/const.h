/* SPDX-License-Identifier: GPL-2.0-only */
/* Constants that assembler and C share; here only C. */
#ifndef _LINUX_CONST_H
#define _LINUX_CONST_H

#define __AC(x, y)	(x##y)
#define _AC(x, y)	__AC(x, y)
#define _UL(x)		(_AC(x, UL))
#define _ULL(x)		(_AC(x, ULL))
#define UL(x)		(_UL(x))
#define ULL(x)		(_ULL(x))
#define _BITUL(x)	(_UL(1) << (x))

#endif
