/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_GB18030_H
#define BASE_GB18030_H
/*
 * GB 18030, the national standard's encoding of Chinese text, of which GBK and
 * GB 2312 are parts: to UTF-8, strictly. The tables are made when this is built, out
 * of the C library's own converter (gb18030_table.c), so that a process that may open
 * no file needs none.
 */
#include "base/str.h"

#define GB18030_GROWTH 3 /* at most as many bytes of UTF-8 come of one: of a NUL */

/* Converts text to out, which holds GB18030_GROWTH times its length. The length, or STR_NOT_FOUND
   where a byte belongs to no character, or to one for private use. A character that the end of the text cuts
   off becomes U+FFFD, and so does a NUL. */
size_t gb18030_to_utf8(struct str text, char *out);

#endif
