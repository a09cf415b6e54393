/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_HUGE_H
#define BASE_HUGE_H
/*
 * Memory in huge pages, where the kernel has any: 2 MiB come with one fault instead
 * of 512, and take one entry of the TLB. For what is large, filled at once, and kept.
 */
#include <stddef.h>

#define HUGE_PAGE ((size_t)2 << 20)

/* As malloc() and for free(); size is rounded up to whole huge pages. NULL when memory is out. */
void *huge_alloc(size_t size);

#endif
