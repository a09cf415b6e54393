/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_FLOW_MESSAGE_H
#define TEST_FLOW_MESSAGE_H
/* Datagrams built word by word, and what came of them as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/err.h"
#include "flow/flow.h"

static inline void add8(struct buf *buf, unsigned value)
{
	buf_add_char(buf, (char)value);
}

static inline void add16(struct buf *buf, unsigned value)
{
	add8(buf, value >> 8 & 255);
	add8(buf, value & 255);
}

static inline void add32(struct buf *buf, uint32_t value)
{
	add16(buf, value >> 16);
	add16(buf, value & 0xffff);
}

static inline void set16(struct buf *buf, size_t at, size_t value)
{
	buf->ptr[at] = (char)(value >> 8);
	buf->ptr[at + 1] = (char)value;
}

/* Many 16-bit words. */
#define ADD16(buf, ...)                                                            \
	do {                                                                       \
		const unsigned words_[] = {__VA_ARGS__};                           \
		for (size_t i_ = 0; i_ < sizeof(words_) / sizeof(words_[0]); i_++) \
			add16((buf), words_[i_]);                                  \
	} while (0)

/* exported in seconds; uptime 100,000 ms */
static inline void begin_netflow9(struct buf *buf, uint32_t number, uint32_t source, uint32_t exported)
{
	buf_clear(buf);
	ADD16(buf, 9, 1);
	add32(buf, 100000);
	add32(buf, exported);
	add32(buf, number);
	add32(buf, source);
}

static inline void begin_ipfix(struct buf *buf, uint32_t number, uint32_t domain, uint32_t exported)
{
	buf_clear(buf);
	ADD16(buf, 10, 0);
	add32(buf, exported);
	add32(buf, number);
	add32(buf, domain);
}

static inline size_t begin_set(struct buf *buf, unsigned id)
{
	add16(buf, id);
	add16(buf, 0);
	return buf->len - 4;
}

static inline void end_set(struct buf *buf, size_t start)
{
	set16(buf, start + 2, buf->len - start);
}

struct rig {
	struct flow_decoder *decoder;
	struct flow_output output;
	struct buf message;
	int64_t now; /* µs */
};

static inline void rig_init(struct rig *rig, const struct flow_options *options)
{
	*rig = (struct rig){.decoder = flow_decoder_new(options), .now = 1700000000 * CLOCK_SECOND};
}

static inline void rig_done(struct rig *rig)
{
	flow_decoder_free(rig->decoder);
	flow_output_done(&rig->output);
	buf_done(&rig->message);
}

/* From 192.0.2.last; what comes out is added to output. The bytes are copied to where the sanitizer sees
   reads beyond them. */
static inline int rig_send_from(struct rig *rig, uint8_t last)
{
	struct flow_datagram datagram = {
		.exporter = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, last},
		.received = rig->now};
	char *copy;
	int r;

	if (rig->message.len > 4 && rig->message.ptr[1] == 10)
		set16(&rig->message, 2, rig->message.len);
	copy = malloc(rig->message.len + !rig->message.len);
	must(copy);
	if (rig->message.len)
		memcpy(copy, rig->message.ptr, rig->message.len);
	datagram.bytes = str_of(copy, rig->message.len);
	r = flow_decode(rig->decoder, &datagram, &rig->output);
	free(copy);
	return r;
}

static inline int rig_send(struct rig *rig)
{
	return rig_send_from(rig, 1);
}

/* Exactly one record came out since the last time, and this is its end. */
static inline void rig_expect_end(struct rig *rig, const char *end)
{
	assert_int_equal(rig->output.count, 1);
	if (!str_ends(flow_output_record(&rig->output, 0), str_from(end)))
		fail_msg("wanted …%s, got %.*s", end, STR_FMT(flow_output_record(&rig->output, 0)));
	flow_output_clear(&rig->output);
}

static inline void rig_expect(struct rig *rig, const char *text)
{
	assert_int_equal(rig->output.count, 1);
	assert_int_equal(rig->output.text.len, strlen(text));
	assert_memory_equal(rig->output.text.ptr, text, strlen(text));
	flow_output_clear(&rig->output);
}

#endif
