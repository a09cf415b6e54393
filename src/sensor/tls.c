/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/tls.h"

#include "sensor/bytes.h"
#include "sensor/stream.h"

#define RECORD_HEADER 5
#define RECORD_MAX (16384 + 2048) /* RFC 5246, 6.2.3 */
#define TLS_1_3 0x0304
#define ALERT_WARNING 1
#define CLOSE_NOTIFY 0

enum content_type {
	CHANGE_CIPHER_SPEC = 20,
	ALERT = 21,
	HANDSHAKE = 22,
	APPLICATION_DATA = 23,
	HEARTBEAT = 24
};
enum handshake_type { CLIENT_HELLO = 1, SERVER_HELLO = 2, CERTIFICATE = 11 };

/* --- the record ----------------------------------------------------------------------------------------- */

static void add_chosen(struct buf *out, const struct tls *tls)
{
	char text[8];

	if (tls->version) {
		bool resumed = tls->from_ticket ||
			       (tls->version < TLS_1_3 && tls->same_session && !tls->has_certificate);

		member_text(out, "version", str_from(tls_version_name(tls->version, text)), 8);
		member_text(out, "cipher", str_from(tls_cipher_name(tls->cipher, text)), 64);
		buf_add_str(out, resumed ? STR(",\"resumed\":true") : STR(",\"resumed\":false"));
	}
	if (tls->alpn[0])
		member_text(out, "alpn", str_from(tls->alpn), TLS_ALPN_MAX);
	buf_add_str(out, tls->encrypted ? STR(",\"established\":true") : STR(",\"established\":false"));
	if (tls->has_alert)
		member_number(out, "alert", tls->alert);
}

static void tell(struct sensor *sensor, struct flow *flow)
{
	struct tls *tls = &flow->stream->tls;
	struct buf *out = &sensor->out;

	if (tls->told || !tls->time)
		return;
	tls->told = true;
	record_begin(sensor, "tls", tls->time);
	record_flow(sensor, &flow->who, tls->client_side);
	buf_add(out, tls->client.ptr, tls->client.len);
	add_chosen(out, tls);
	buf_add(out, tls->server.ptr, tls->server.len);
	record_end(sensor, tls->time);
}

static long finish(struct sensor *sensor, struct flow *flow)
{
	tell(sensor, flow);
	for (int i = 0; i < 2; i++)
		flow->stream->halves[i].done = true;
	return -1;
}

/* --- the handshake -------------------------------------------------------------------------------------- */

/* Members are written to the sensor's buffer, which no record needs now, and kept. */
static void keep(struct sensor *sensor, struct held *held)
{
	held_done(&sensor->pool, held);
	held_add(&sensor->pool, held, sensor->out.ptr, sensor->out.len, POOL_MOST);
}

static bool on_client_hello(struct sensor *sensor, struct flow *flow, unsigned side, const uint8_t *body,
			    size_t len)
{
	struct tls *tls = &flow->stream->tls;

	buf_clear(&sensor->out);
	if (tls->has_client) /* again, after a HelloRetryRequest: the first one is the client's own */
		return true;
	if (!tls_client_hello(body, len, &tls->session, &sensor->out))
		return false;
	keep(sensor, &tls->client);
	tls->has_client = true;
	tls->client_side = (uint8_t)side;
	return true;
}

/* Behind the length of the list: certificates behind their lengths, the server's own first. */
static void on_certificate(struct sensor *sensor, struct tls *tls, const uint8_t *body, size_t len)
{
	struct bytes rest = bytes_of(body, len), list = bytes_part(&rest, bytes_u24(&rest)),
		     first = bytes_part(&list, bytes_u24(&list));

	buf_clear(&sensor->out);
	if (tls->has_certificate || !first.len)
		return;
	tls->has_certificate = true;
	if (tls_certificate(first.ptr, first.len, &sensor->out))
		keep(sensor, &tls->server);
}

/* False where this is no handshake. */
static bool on_message(struct sensor *sensor, struct flow *flow, unsigned side, uint8_t type,
		       const uint8_t *body, size_t len)
{
	struct tls *tls = &flow->stream->tls;

	if (type == CLIENT_HELLO || type == SERVER_HELLO) {
		if (!tls->time)
			tls->time = flow->stream->time;
	} else if (!tls->time) {
		return false;
	}
	if (type == CLIENT_HELLO)
		return on_client_hello(sensor, flow, side, body, len);
	if (type == SERVER_HELLO) {
		if (!tls->has_client)
			tls->client_side = !side;
		return tls_server_hello(body, len, tls);
	}
	if (type == CERTIFICATE && side != tls->client_side)
		on_certificate(sensor, tls, body, len);
	return true;
}

/* Takes whole messages off the front; returns the bytes taken, -1 where they are none. */
static long take_messages(struct sensor *sensor, struct flow *flow, unsigned side, const uint8_t *bytes,
			  size_t len)
{
	size_t at = 0;

	while (len - at >= 4) {
		const uint8_t *head = bytes + at;
		size_t size = (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];

		if (size > sensor->options.stream_bytes)
			return -1;
		if (size > len - at - 4)
			break;
		if (!on_message(sensor, flow, side, head[0], head + 4, size))
			return -1;
		at += 4 + size;
	}
	return (long)at;
}

/* Messages go over the borders of records. */
static bool on_handshake(struct sensor *sensor, struct flow *flow, unsigned side, const uint8_t *bytes,
			 size_t len)
{
	struct held *held = &flow->stream->tls.message[side];
	long taken = 0;

	if (!held->len) {
		taken = take_messages(sensor, flow, side, bytes, len);
		if (taken < 0)
			return false;
		bytes += taken;
		len -= (size_t)taken;
	}
	if (!len)
		return true;
	if (held_add(&sensor->pool, held, bytes, len, sensor->options.stream_bytes + 4u) < 0)
		return false;
	taken = take_messages(sensor, flow, side, held->ptr, held->len);
	if (taken < 0)
		return false;
	held_drop(held, (size_t)taken);
	return true;
}

/* --- records of the protocol ---------------------------------------------------------------------------- */

/* What is not of the handshake: -1 where nothing more is to be seen from this side, 0 to go on. */
static long on_other(struct sensor *sensor, struct flow *flow, unsigned side, uint8_t type,
		     const uint8_t *body, size_t len)
{
	struct tls *tls = &flow->stream->tls;
	bool of_server = tls->time && side != tls->client_side;

	if (!tls->time)
		return -1;
	if (type == ALERT && len == 2) {
		tls->has_alert = true;
		tls->alert = body[1];
		if (body[0] == ALERT_WARNING && body[1] != CLOSE_NOTIFY)
			return 0;
		return finish(sensor, flow);
	}
	if (type == CHANGE_CIPHER_SPEC && (!tls->version || tls->version >= TLS_1_3))
		return 0; /* in 1.3 it says nothing (RFC 8446, D.4) */
	if (!of_server)
		return -1;
	tls->encrypted = tls->version && (type == CHANGE_CIPHER_SPEC || type == APPLICATION_DATA);
	return finish(sensor, flow);
}

static long parse(struct sensor *sensor, struct flow *flow, unsigned side, const uint8_t *bytes, size_t len)
{
	size_t size;
	long r;

	if (len < RECORD_HEADER)
		return 0;
	size = load_u16(bytes + 3);
	if (bytes[0] < CHANGE_CIPHER_SPEC || bytes[0] > HEARTBEAT || bytes[1] != 3 || size > RECORD_MAX)
		return -1;
	if (bytes[0] == APPLICATION_DATA)
		return on_other(sensor, flow, side, bytes[0], NULL, 0);
	if (len < RECORD_HEADER + size)
		return 0;
	r = bytes[0] == HANDSHAKE ? (on_handshake(sensor, flow, side, bytes + RECORD_HEADER, size) ? 0 : -1)
				  : on_other(sensor, flow, side, bytes[0], bytes + RECORD_HEADER, size);
	return r < 0 ? r : (long)(RECORD_HEADER + size);
}

static void end(struct sensor *sensor, struct flow *flow)
{
	struct tls *tls = &flow->stream->tls;

	tell(sensor, flow);
	held_done(&sensor->pool, &tls->client);
	held_done(&sensor->pool, &tls->server);
	for (int i = 0; i < 2; i++)
		held_done(&sensor->pool, &tls->message[i]);
}

const struct application application_tls = {APPLICATION_TLS, parse, end};
