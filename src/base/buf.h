/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_BUF_H
#define BASE_BUF_H
/*
 * A growable byte buffer for building output: blocks, messages, JSON, SQL.
 * Reused across batches it stops allocating once it is large enough.
 * Zero-initialise; buf_done() when finished. Out of memory ends the process.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct buf {
	char *ptr;
	size_t len, capacity;
};

void buf_done(struct buf *buf);
static inline void buf_clear(struct buf *buf)
{
	buf->len = 0;
}
static inline struct str buf_str(const struct buf *buf)
{
	return (struct str){buf->ptr, buf->len};
}

/* Part of buf_reserve(): there is less room. */
char *buf_grow(struct buf *buf, size_t more);

/* Room for more bytes behind len; the caller writes there and adds to len itself. */
static inline char *buf_reserve(struct buf *buf, size_t more)
{
	return buf->capacity - buf->len < more ? buf_grow(buf, more) : buf->ptr + buf->len;
}
void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_add_str(struct buf *buf, struct str s);
static inline void buf_add_char(struct buf *buf, char c)
{
	*buf_reserve(buf, 1) = c;
	buf->len++;
}
void buf_printf(struct buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void buf_add_json_string(struct buf *buf, struct str s);

/* NUL-terminates without counting the NUL and returns the text; valid until the next change. */
const char *buf_cstr(struct buf *buf);

/* A varint of LEB128 as ClickHouse's Native format uses it; fixed-width integers little-endian. */
void buf_add_varint(struct buf *buf, uint64_t value);
void buf_add_u32(struct buf *buf, uint32_t value);
void buf_add_u64(struct buf *buf, uint64_t value);

#endif
