/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H
/*
 * Base64 as RFC 4648, section 4, has it: with padding, without line ends. The
 * decoder takes only what the encoder writes, so that bytes have one text.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define BASE64_SIZE(len) (((len) + 2) / 3 * 4)

void buf_add_base64(struct buf *buf, const void *bytes, size_t len);

/* Decodes at most max bytes to out; 0, ERR_SYNTAX, or ERR_LIMIT where there are more. */
int base64_decode(struct str text, size_t max, void *out, size_t *ret_len);

#endif
