/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/stream.h"

static size_t segment_size(uint32_t len)
{
	return sizeof(struct stream_segment) + len;
}

static void drop_early(struct sensor *sensor, struct stream_half *half)
{
	while (half->early) {
		struct stream_segment *next = half->early->next;

		pool_give(&sensor->pool, half->early, segment_size(half->early->len));
		half->early = next;
	}
	half->early_bytes = half->early_count = 0;
}

static void finish_half(struct sensor *sensor, struct stream_half *half)
{
	half->done = true;
	held_done(&sensor->pool, &half->bytes);
	drop_early(sensor, half);
}

static void lose_half(struct sensor *sensor, struct stream_half *half)
{
	sensor->stats.streams_lost++;
	half->done = true;
}

/* --- bytes in order ------------------------------------------------------------------------------------- */

static long parse_some(struct sensor *sensor, struct flow *flow, unsigned side, const uint8_t *bytes,
		       size_t len)
{
	struct stream *stream = flow->stream;
	bool more = false;

	if (!stream->application) {
		stream->application = stream_identify(flow, bytes, len, &more);
		if (!stream->application)
			return more ? 0 : -1;
	}
	return stream->application->parse(sensor, flow, side, bytes, len);
}

/* Returns how many bytes of the view are settled. */
static size_t consume(struct sensor *sensor, struct flow *flow, unsigned side, const uint8_t *bytes,
		      size_t len)
{
	struct stream_half *half = &flow->stream->halves[side];
	size_t at = 0;

	while (at < len && !half->done) {
		long taken;

		if (half->skip) {
			size_t n = half->skip < len - at ? (size_t)half->skip : len - at;

			at += n;
			half->skip -= half->skip == STREAM_SKIP_ALL ? 0 : n;
			continue;
		}
		taken = parse_some(sensor, flow, side, bytes + at, len - at);
		if (taken < 0)
			half->done = true;
		if (taken < 0 || (taken == 0 && !half->skip))
			break;
		at += (size_t)taken;
	}
	return at;
}

/* The next bytes of a direction. */
static void deliver(struct sensor *sensor, struct flow *flow, unsigned side, const uint8_t *bytes, size_t len)
{
	struct stream_half *half = &flow->stream->halves[side];
	size_t max = sensor->options.stream_bytes;

	half->next += (uint32_t)len;
	if (!half->bytes.len) {
		size_t taken = consume(sensor, flow, side, bytes, len);

		bytes += taken;
		len -= taken;
	}
	while (len && !half->done) {
		size_t room = max - half->bytes.len, n = len < room ? len : room;

		if (n == 0 || held_add(&sensor->pool, &half->bytes, bytes, n, max) < 0) {
			lose_half(sensor, half);
			break;
		}
		held_drop(&half->bytes, consume(sensor, flow, side, half->bytes.ptr, half->bytes.len));
		bytes += n;
		len -= n;
	}
	if (!half->bytes.len)
		held_done(&sensor->pool, &half->bytes);
}

/* Bytes that nobody will see: no loss where nobody would have read them. */
static void miss(struct sensor *sensor, struct stream_half *half, uint32_t len)
{
	half->next += len;
	if (half->bytes.len || half->skip < len)
		lose_half(sensor, half);
	else if (half->skip != STREAM_SKIP_ALL)
		half->skip -= len;
}

/* --- bytes out of order --------------------------------------------------------------------------------- */

/* Delivers what is early no longer; with gaps, all of it. */
static void drain(struct sensor *sensor, struct flow *flow, unsigned side, bool over_gaps)
{
	struct stream_half *half = &flow->stream->halves[side];

	while (half->early && !half->done) {
		struct stream_segment *segment = half->early;
		int32_t ahead = (int32_t)(segment->sequence - half->next);

		if (ahead > 0 && !over_gaps)
			return;
		half->early = segment->next;
		half->early_bytes -= segment->len;
		half->early_count--;
		if (ahead > 0) {
			miss(sensor, half, (uint32_t)ahead);
			ahead = 0;
		}
		if (!half->done && (uint32_t)-ahead < segment->len)
			deliver(sensor, flow, side, segment->bytes + -ahead, segment->len - (uint32_t)-ahead);
		pool_give(&sensor->pool, segment, segment_size(segment->len));
	}
}

/* Room for one more; else what is missing is given up. */
static bool has_room(const struct sensor *sensor, const struct stream_half *half, uint32_t len)
{
	return half->early_count < STREAM_EARLY_MAX &&
	       half->early_bytes + len <= sensor->options.stream_bytes;
}

static struct stream_segment *new_segment(struct sensor *sensor, uint32_t sequence, const uint8_t *bytes,
					  uint32_t len)
{
	struct stream_segment *segment = pool_take(&sensor->pool, segment_size(len));

	if (segment) {
		segment->sequence = sequence;
		segment->len = len;
		memcpy(segment->bytes, bytes, len);
	}
	return segment;
}

/* Keeps what others do not cover; the list is in order and its segments do not overlap. */
static void keep(struct sensor *sensor, struct stream_half *half, uint32_t sequence, const uint8_t *bytes,
		 uint32_t len)
{
	struct stream_segment **at = &half->early;

	while (len) {
		struct stream_segment *segment;
		uint32_t n = len;

		while (*at && (int32_t)((*at)->sequence + (*at)->len - sequence) <= 0)
			at = &(*at)->next;
		if (*at && (int32_t)((*at)->sequence - sequence) <= 0) {
			uint32_t covered = (*at)->sequence + (*at)->len - sequence;

			if (covered >= len)
				return;
			sequence += covered, bytes += covered, len -= covered;
			continue;
		}
		if (*at && (*at)->sequence - sequence < len)
			n = (*at)->sequence - sequence;
		segment = has_room(sensor, half, n) ? new_segment(sensor, sequence, bytes, n) : NULL;
		if (!segment)
			return;
		segment->next = *at;
		*at = segment;
		half->early_bytes += n;
		half->early_count++;
		sequence += n, bytes += n, len -= n;
	}
}

/* Bytes that are awaited, but for those that came early: they came first. */
static void fill(struct sensor *sensor, struct flow *flow, unsigned side, const uint8_t *bytes, uint32_t len)
{
	struct stream_half *half = &flow->stream->halves[side];
	uint32_t begin = half->next, at;

	while (!half->done && (at = half->next - begin) < len) {
		uint32_t n = len - at;

		if (half->early && (int32_t)(half->early->sequence - half->next) < (int32_t)n) {
			int32_t ahead = (int32_t)(half->early->sequence - half->next);

			n = ahead > 0 ? (uint32_t)ahead : 0;
		}
		if (n)
			deliver(sensor, flow, side, bytes + at, n);
		drain(sensor, flow, side, false);
	}
}

/* --- packets -------------------------------------------------------------------------------------------- */

static void take(struct sensor *sensor, struct flow *flow, unsigned side, uint32_t sequence,
		 const struct packet *packet)
{
	struct stream_half *half = &flow->stream->halves[side];
	int32_t ahead = (int32_t)(sequence - half->next);
	uint32_t old = ahead < 0 ? (uint32_t)-ahead : 0;
	int32_t missing;

	if (old >= packet->payload_full || ahead > STREAM_AHEAD_MAX)
		return; /* a retransmission, a keep-alive; made up */
	if (ahead > 0 && !has_room(sensor, half, packet->payload_len)) {
		drain(sensor, flow, side, true);
		ahead = (int32_t)(sequence - half->next);
		if (ahead > 0 && !half->done)
			miss(sensor, half, (uint32_t)ahead);
		ahead = ahead > 0 ? 0 : ahead;
		old = (uint32_t)-ahead;
	}
	if (half->done || old >= packet->payload_full)
		return;
	if (ahead > 0) {
		keep(sensor, half, sequence, packet->payload, packet->payload_len);
		return;
	}
	if (old < packet->payload_len)
		fill(sensor, flow, side, packet->payload + old, packet->payload_len - old);
	missing = (int32_t)(sequence + packet->payload_full - half->next);
	if (!half->done && missing > 0)
		miss(sensor, half, (uint32_t)missing); /* cut off when it was captured */
	drain(sensor, flow, side, false);
}

static struct stream *begin(struct sensor *sensor, struct flow *flow)
{
	struct stream *stream = pool_take(&sensor->pool, sizeof(*stream));

	flow->looked = true;
	if (stream) {
		memset(stream, 0, sizeof(*stream));
		sensor->stats.streams++;
	} else {
		sensor->stats.streams_refused++;
	}
	flow->stream = stream;
	return stream;
}

static void end(struct sensor *sensor, struct flow *flow)
{
	struct stream *stream = flow->stream;

	if (stream->application)
		stream->application->end(sensor, flow);
	for (int i = 0; i < 2; i++)
		finish_half(sensor, &stream->halves[i]);
	flow->stream = NULL;
	pool_give(&sensor->pool, stream, sizeof(*stream));
}

void stream_packet(struct sensor *sensor, struct flow *flow, unsigned side, const struct packet *packet,
		   int64_t time)
{
	uint32_t sequence = packet->sequence;
	struct stream *stream = flow->stream;
	struct stream_half *half;

	if (!stream && (flow->looked || !packet->payload_full || !(stream = begin(sensor, flow))))
		return;
	half = &stream->halves[side];
	if (half->done)
		return;
	stream->time = time;
	if (packet->tcp_flags & TCP_SYN)
		sequence++;
	if (!half->begun) {
		half->begun = true;
		half->next = flow->sides[side].begun ? flow->sides[side].first : sequence;
	}
	if (packet->payload_full)
		take(sensor, flow, side, sequence, packet);
	for (int i = 0; i < 2; i++)
		if (stream->halves[i].done)
			finish_half(sensor, &stream->halves[i]);
	if (stream->halves[0].done && stream->halves[1].done)
		end(sensor, flow);
}

void stream_close(struct sensor *sensor, struct flow *flow)
{
	if (!flow->stream)
		return;
	for (unsigned i = 0; i < 2; i++)
		drain(sensor, flow, i, true);
	end(sensor, flow);
}
