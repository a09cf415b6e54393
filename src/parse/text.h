/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_TEXT_H
#define PARSE_TEXT_H
/* What strangers send, made fit to be stored as text. */
#include "base/arena.h"
#include "base/str.h"

/* text itself where it is UTF-8 without NULs; else a copy in which each byte that is not, and each NUL, is
 * U+FFFD. */
struct str text_repair(struct arena *arena, struct str text);

/* Hex of UTF-8 text with NULs between its parts, which become spaces; what is not that stays. */
struct str text_unhex(struct arena *arena, struct str text);

/* 0 to 15, or -1. */
int text_hex_digit(char c);

#endif
