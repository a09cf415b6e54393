/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_REGEX_LITERAL_H
#define DETECT_REGEX_LITERAL_H
/* A text that every match of a regular expression contains, case aside: its witness. */
#include "base/regex.h"

/* In the pattern's own case; empty where none is known. out holds text.len bytes. */
struct str regex_find_literal(struct str text, char *out);

/* The same in lower case, for a compiled one: none where characters are matched, since there letters may
   match what has other bytes. */
struct str regex_literal(const struct regex *regex, struct str text, char *out);

#endif
