/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SENSOR_BYTES_H
#define SENSOR_BYTES_H
/* A view of bytes from outside that is eaten from the front. What is not there reads as 0 and makes it short.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
	const uint8_t *ptr;
	size_t len;
	bool is_short;
};

static inline struct bytes bytes_of(const uint8_t *ptr, size_t len)
{
	return (struct bytes){ptr, len, false};
}

static inline const uint8_t *bytes_take(struct bytes *bytes, size_t len)
{
	const uint8_t *at = bytes->ptr;

	if (bytes->len < len) {
		bytes->len = 0;
		bytes->is_short = true;
		return NULL;
	}
	if (len) /* there may be no bytes at all */
		bytes->ptr += len;
	bytes->len -= len;
	return at;
}

static inline uint16_t load_u16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t load_u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint8_t bytes_u8(struct bytes *bytes)
{
	const uint8_t *p = bytes_take(bytes, 1);

	return p ? p[0] : 0;
}

static inline uint16_t bytes_u16(struct bytes *bytes)
{
	const uint8_t *p = bytes_take(bytes, 2);

	return p ? load_u16(p) : 0;
}

static inline uint32_t bytes_u24(struct bytes *bytes)
{
	const uint8_t *p = bytes_take(bytes, 3);

	return p ? (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2] : 0;
}

static inline uint32_t bytes_u32(struct bytes *bytes)
{
	const uint8_t *p = bytes_take(bytes, 4);

	return p ? load_u32(p) : 0;
}

/* The next len bytes as a view of their own; empty, and both short, where there are fewer. */
static inline struct bytes bytes_part(struct bytes *bytes, size_t len)
{
	const uint8_t *p = bytes_take(bytes, len);

	return (struct bytes){p, p ? len : 0, !p};
}

#endif
