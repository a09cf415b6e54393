/* SPDX-License-Identifier: Apache-2.0 */
#include "base/huge.h"

#include <stdlib.h>
#include <sys/mman.h>

void *huge_alloc(size_t size)
{
	size_t whole = (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	void *p = whole < size ? NULL : aligned_alloc(HUGE_PAGE, whole);

	if (p)
		madvise(p, whole, MADV_HUGEPAGE); /* or else small ones */
	return p;
}
