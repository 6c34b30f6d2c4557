// SPDX-License-Identifier: GPL-2.0-only
/* Memory and options for the kernel world. */
#include <stdlib.h>

#include "run.h"

void *lk_host_alloc(size_t size, size_t align)
{
	void *p = NULL;

	if (align <= sizeof(void *))
		p = malloc(size ? size : 1);
	else if (posix_memalign(&p, align, size ? size : 1))
		p = NULL;
	if (!p)
		out_of_memory(size);
	return p;
}

void lk_host_free(void *p)
{
	free(p);
}
