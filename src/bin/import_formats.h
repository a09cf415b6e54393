/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_IMPORT_FORMATS_H
#define BIN_IMPORT_FORMATS_H
/* The binary formats that `wanglou import` and `wanglou eval` read (collect/reader_format.h); ends with NULL.
 */
#include "collect/reader_format.h"

extern const struct reader_format *const import_formats[];

#endif
