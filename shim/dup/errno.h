/* SPDX-License-Identifier: GPL-2.0-only */
/* Error numbers; the drift check compares each with the tree. */
#ifndef LIBKERN_DUP_ERRNO_H
#define LIBKERN_DUP_ERRNO_H

/* dup: include/uapi/asm-generic/errno-base.h:* */
#define	EPERM		1
#define	ENOENT		2
#define	EINTR		4
#define	EIO		5
#define	ENXIO		6
#define	E2BIG		7
#define	EBADF		9
#define	EAGAIN		11
#define	ENOMEM		12
#define	EACCES		13
#define	EFAULT		14
#define	EBUSY		16
#define	EEXIST		17
#define	ENODEV		19
#define	EINVAL		22
#define	EFBIG		27
#define	ENOSPC		28
#define	EROFS		30
#define	ERANGE		34

/* dup: include/uapi/asm-generic/errno.h:* */
#define	ENOSYS		38
#define	ENODATA		61
#define	ETIME		62
#define	ENOLINK		67
#define	EPROTO		71
#define	EOVERFLOW	75
#define	EILSEQ		84
#define	EOPNOTSUPP	95
#define	ETIMEDOUT	110
#define	ESTALE		116
#define	EUCLEAN		117
#define	EREMOTEIO	121
#define	EDQUOT		122
#define	EBADE		52

/* dup: include/linux/errno.h:* */
#define ERESTARTSYS	512
#define ENOTSUPP	524
#define EIOCBQUEUED	529

#endif
