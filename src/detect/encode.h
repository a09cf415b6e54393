/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_ENCODE_H
#define DETECT_ENCODE_H
/* Encodings that a rule's value can be looked for in. Results live in the arena. */
#include "base/arena.h"
#include "base/str.h"

enum utf16 { UTF16_LE, UTF16_BE, UTF16_BOM /* little-endian with a byte order mark */ };

/* From UTF-8. Empty text gives empty text, also with a byte order mark. */
struct str encode_utf16(struct str utf8, enum utf16 variant, struct arena *arena);

/* RFC 4648 section 4, with padding. */
struct str encode_base64(struct str bytes, struct arena *arena);

/* What of the base64 of any text containing bytes depends on bytes alone, when they begin at
   offset (0, 1 or 2) of a group of three. */
struct str encode_base64_inside(struct str bytes, unsigned offset, struct arena *arena);

#endif
