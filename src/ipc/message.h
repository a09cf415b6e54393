/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IPC_MESSAGE_H
#define IPC_MESSAGE_H
/*
 * The payload of a message: little-endian integers and length-prefixed strings
 * written into a buf and read back with checks. A reader that meets less than
 * it expects turns bad and gives zeros from then on, so that a decoder reads a
 * whole message and asks once, at the end, whether it was well formed.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

static inline void message_put_u32(struct buf *buf, uint32_t value)
{
	buf_add_u32(buf, value);
}
static inline void message_put_u64(struct buf *buf, uint64_t value)
{
	buf_add_u64(buf, value);
}
void message_put_str(struct buf *buf, struct str s); /* at most 4 GiB */

struct message_reader {
	struct str rest;
	bool bad;
};

uint32_t message_get_u32(struct message_reader *reader);
uint64_t message_get_u64(struct message_reader *reader);
struct str message_get_str(struct message_reader *reader); /* a view of the message */

/* True where everything was there and nothing is left over. */
bool message_complete(const struct message_reader *reader);

#endif
