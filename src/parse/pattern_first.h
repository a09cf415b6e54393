/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_PATTERN_FIRST_H
#define PARSE_PATTERN_FIRST_H
/*
 * What the texts that a regular expression fits can begin with, read off the
 * expression where that is certain: so that most patterns of many need not be tried.
 */
#include "base/str.h"

/* Marks the bytes that can be the first of what a pattern fits. False where any may be, or none. */
bool pattern_first(struct str pattern, bool ret_bytes[256]);

#endif
