/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/bytes.h"
#include "sensor/dns.h"
#include "sensor/stream.h"

#define METHOD_MAX 16

enum fit { FITS, FITS_NOT, FITS_SO_FAR };

static enum fit fit_text(const uint8_t *bytes, size_t len, const char *text)
{
	size_t wanted = strlen(text), n = len < wanted ? len : wanted;

	if (memcmp(bytes, text, n) != 0)
		return FITS_NOT;
	return n == wanted ? FITS : FITS_SO_FAR;
}

/* A record of a handshake that is a hello (RFC 8446, 4 and 5.1). */
static enum fit fit_tls(const uint8_t *bytes, size_t len)
{
	if (bytes[0] != 22 || (len > 1 && bytes[1] != 3) || (len > 2 && bytes[2] > 4) ||
	    (len > 5 && bytes[5] != 1 && bytes[5] != 2))
		return FITS_NOT;
	return len > 5 ? FITS : FITS_SO_FAR;
}

static enum fit fit_ssh(const uint8_t *bytes, size_t len)
{
	return fit_text(bytes, len, "SSH-");
}

static enum fit fit_http2(const uint8_t *bytes, size_t len)
{
	return fit_text(bytes, len, "PRI * HTTP/2");
}

/* "HTTP/1." of an answer; or a method in capitals, a space, and what a target begins with (RFC 9112, 3.2). */
static enum fit fit_http(const uint8_t *bytes, size_t len)
{
	enum fit answer = fit_text(bytes, len, "HTTP/1.");
	size_t i = 0;

	if (answer != FITS_NOT)
		return answer;
	while (i < len && i < METHOD_MAX && ((bytes[i] >= 'A' && bytes[i] <= 'Z') || bytes[i] == '-'))
		i++;
	if (i == len)
		return len < METHOD_MAX ? FITS_SO_FAR : FITS_NOT;
	if (i < 3 || bytes[i] != ' ')
		return FITS_NOT;
	if (i + 1 == len)
		return FITS_SO_FAR;
	return bytes[i + 1] == '/' || bytes[i + 1] == 'h' || bytes[i + 1] == 'H' || bytes[i + 1] == '*' ||
			       (i == 7 && memcmp(bytes, "CONNECT", 7) == 0)
		       ? FITS
		       : FITS_NOT;
}

static const struct {
	enum application_id id;
	enum fit (*fit)(const uint8_t *bytes, size_t len);
	const struct application *application; /* NULL: only its name is told */
} kinds[] = {
	{APPLICATION_TLS, fit_tls, &application_tls},
	{APPLICATION_SSH, fit_ssh, NULL},
	{APPLICATION_HTTP2, fit_http2, NULL},
	{APPLICATION_HTTP, fit_http, &application_http},
};

const struct application *stream_identify(struct flow *flow, const uint8_t *bytes, size_t len, bool *ret_more)
{
	bool more = false;

	if (flow->who.key.low_port == DNS_PORT || flow->who.key.high_port == DNS_PORT) {
		flow->application = APPLICATION_DNS;
		return &application_dns;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && !more; i++) {
		enum fit fit = kinds[i].fit(bytes, len);

		if (fit == FITS) {
			flow->application = (uint8_t)kinds[i].id;
			return kinds[i].application;
		}
		more = fit == FITS_SO_FAR;
	}
	*ret_more = more;
	return NULL;
}

/* A long header (RFC 9000, 17.2) of version 1 or 2, with an identifier that fits. */
static bool is_quic(const struct packet *packet)
{
	const uint8_t *p = packet->payload;
	uint32_t version;

	if (packet->payload_len < 7 || (p[0] & 0xc0) != 0xc0)
		return false;
	version = load_u32(p + 1);
	return (version == 1 || version == 0x6b3343cf) && p[5] <= 20;
}

enum application_id datagram_identify(const struct packet *packet)
{
	static const struct {
		uint16_t port;
		enum application_id id;
	} ports[] = {{DNS_PORT, APPLICATION_DNS}, {5353, APPLICATION_MDNS}, {5355, APPLICATION_LLMNR}};

	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
		if (packet->source_port == ports[i].port || packet->destination_port == ports[i].port)
			return ports[i].id;
	return is_quic(packet) ? APPLICATION_QUIC : APPLICATION_UNKNOWN;
}
