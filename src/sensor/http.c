/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/http.h"

#include "sensor/stream.h"

#define CHUNK_LINE_MAX 1024

/* --- records -------------------------------------------------------------------------------------------- */

/* answer: NULL where none came. */
static void tell_first(struct sensor *sensor, struct flow *flow, const struct http_head *answer)
{
	struct http *http = &flow->stream->http;
	struct http_request *request = &http->waiting[http->first];
	struct buf *out = &sensor->out;

	record_begin(sensor, "http", request->time);
	record_flow(sensor, &flow->who, http->client_side);
	buf_add(out, request->members.ptr, request->members.len);
	if (answer) {
		int64_t wait = flow->stream->time - request->time;

		member_number(out, "status", answer->status);
		if (answer->content_type.len)
			member_text(out, "content_type", answer->content_type, HTTP_TEXT_MAX);
		if (answer->has_length && !request->is_head)
			member_number(out, "response_bytes", answer->length);
		member_number(out, "latency_us", (uint64_t)(wait > 0 ? wait : 0));
	}
	record_end(sensor, request->time);
	held_done(&sensor->pool, &request->members);
	http->first = (uint8_t)((http->first + 1) % HTTP_WAITING_MAX);
	http->count--;
	http->told++;
}

static void end(struct sensor *sensor, struct flow *flow)
{
	while (flow->stream->http.count)
		tell_first(sensor, flow, NULL);
}

/* Nothing more of this connection is of interest. */
static long finish(struct flow *flow)
{
	for (int i = 0; i < 2; i++)
		flow->stream->halves[i].done = true;
	return -1;
}

static void add_request(struct buf *out, const struct http_head *head)
{
	buf_clear(out);
	member_text(out, "method", head->method, 32);
	member_text(out, "uri", head->target, HTTP_TARGET_MAX);
	member_text(out, "version", head->version, 8);
	if (head->host.len)
		member_text(out, "host", head->host, 256);
	if (head->user_agent.len)
		member_text(out, "user_agent", head->user_agent, HTTP_TEXT_MAX);
	if (head->referrer.len)
		member_text(out, "referrer", head->referrer, HTTP_TEXT_MAX);
	if (head->has_length)
		member_number(out, "request_bytes", head->length);
}

/* --- heads ---------------------------------------------------------------------------------------------- */

/* What follows the head; RFC 9112, 6.3. */
static void set_body(struct http_half *half, struct stream_half *bytes, const struct http_head *head)
{
	if (head->chunked)
		half->state = HTTP_CHUNK;
	else if (head->has_length)
		bytes->skip = head->length;
}

static bool on_request(struct sensor *sensor, struct flow *flow, unsigned side, struct str text)
{
	struct stream *stream = flow->stream;
	struct http *http = &stream->http;
	struct http_request *request;
	struct http_head head;

	if (http->count == HTTP_WAITING_MAX || http->told + http->count >= sensor->options.http_exchanges ||
	    !http_parse_head(text, false, &head))
		return false;
	request = &http->waiting[(http->first + http->count) % HTTP_WAITING_MAX];
	*request = (struct http_request){.time = stream->time,
					 .is_head = str_eq(head.method, STR("HEAD")),
					 .is_connect = str_eq(head.method, STR("CONNECT"))};
	add_request(&sensor->out, &head);
	held_add(&sensor->pool, &request->members, sensor->out.ptr, sensor->out.len, POOL_MOST);
	http->count++;
	set_body(&http->halves[side], &stream->halves[side], &head);
	return true;
}

static bool on_answer(struct sensor *sensor, struct flow *flow, unsigned side, struct str text)
{
	struct stream *stream = flow->stream;
	struct http *http = &stream->http;
	const struct http_request *request = &http->waiting[http->first];
	bool is_head, is_connect;
	struct http_head head;

	if (!http_parse_head(text, true, &head))
		return false;
	if (head.status < 200 && head.status != 101)
		return true; /* the answer itself is yet to come */
	if (!http->count)
		return false; /* we came late, or it answers nothing */
	is_head = request->is_head;
	is_connect = request->is_connect;
	tell_first(sensor, flow, &head);
	if (head.status == 101 || (is_connect && head.status < 300))
		return false;
	if (is_head || head.status == 204 || head.status == 304)
		return true;
	set_body(&http->halves[side], &stream->halves[side], &head);
	if (!head.chunked && !head.has_length)
		stream->halves[side].skip = STREAM_SKIP_ALL;
	return true;
}

static long take_head(struct sensor *sensor, struct flow *flow, unsigned side, struct str text)
{
	struct http *http = &flow->stream->http;
	struct http_half *half = &http->halves[side];
	size_t scanned = half->scanned, len, blank = 0;
	bool is_answer;

	while (blank < text.len && (text.ptr[blank] == '\r' || text.ptr[blank] == '\n'))
		blank++; /* RFC 9112, 2.2 */
	if (blank) {
		half->scanned = 0;
		return (long)blank;
	}
	len = http_head_len(text, &scanned);
	half->scanned = len ? 0 : (uint32_t)scanned;
	if (!len)
		return text.len < HTTP_HEAD_MAX ? 0 : -1;
	if (!http->has_client) {
		http->has_client = true;
		http->client_side = (uint8_t)(str_starts(text, STR("HTTP/1.")) ? !side : side);
	}
	is_answer = side != http->client_side;
	text = str_head(text, len);
	if (is_answer ? !on_answer(sensor, flow, side, text) : !on_request(sensor, flow, side, text))
		return finish(flow);
	return (long)len;
}

/* --- chunks --------------------------------------------------------------------------------------------- */

static long take_chunk(struct flow *flow, unsigned side, struct str text)
{
	struct http_half *half = &flow->stream->http.halves[side];
	size_t end = str_find_char(str_head(text, CHUNK_LINE_MAX), '\n');
	uint64_t size;

	if (end == STR_NOT_FOUND)
		return text.len < CHUNK_LINE_MAX ? 0 : finish(flow);
	if (!http_chunk_size(str_trim(str_head(text, end)), &size))
		return finish(flow);
	if (size)
		flow->stream->halves[side].skip = size + 2; /* and its line end */
	else
		half->state = HTTP_TRAILER;
	return (long)end + 1;
}

static long take_trailer(struct flow *flow, unsigned side, struct str text)
{
	size_t end = str_find_char(str_head(text, CHUNK_LINE_MAX), '\n');

	if (end == STR_NOT_FOUND)
		return text.len < CHUNK_LINE_MAX ? 0 : finish(flow);
	if (!str_trim(str_head(text, end)).len)
		flow->stream->http.halves[side].state = HTTP_HEAD;
	return (long)end + 1;
}

static long parse(struct sensor *sensor, struct flow *flow, unsigned side, const uint8_t *bytes, size_t len)
{
	struct str text = str_of((const char *)bytes, len);

	switch (flow->stream->http.halves[side].state) {
	case HTTP_CHUNK:
		return take_chunk(flow, side, text);
	case HTTP_TRAILER:
		return take_trailer(flow, side, text);
	default:
		return take_head(sensor, flow, side, text);
	}
}

const struct application application_http = {APPLICATION_HTTP, parse, end};
