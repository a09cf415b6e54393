/* SPDX-License-Identifier: Apache-2.0 */
#include <zlib.h>

#include "http/private.h"

#define INFLATE_STEP (64 * 1024)
#define WINDOW_AUTO (15 + 32) /* zlib and gzip headers, told apart by zlib */

/* Inflates all members of a gzip body (RFC 1952 allows several in a row). */
static int inflate_all(struct str in, size_t max, struct buf *out)
{
	z_stream z = {.next_in = (Bytef *)in.ptr, .avail_in = (uInt)in.len};
	int r = 0, status;

	if (inflateInit2(&z, WINDOW_AUTO) != Z_OK)
		return -12; /* ENOMEM */
	for (;;) {
		z.next_out = (Bytef *)buf_reserve(out, INFLATE_STEP);
		z.avail_out = INFLATE_STEP;
		status = inflate(&z, Z_NO_FLUSH);
		out->len += INFLATE_STEP - z.avail_out;
		if (out->len > max)
			r = ERR_LIMIT;
		else if (status == Z_STREAM_END && z.avail_in == 0)
			break;
		else if (status == Z_STREAM_END)
			inflateReset(&z);
		else if (status != Z_OK)
			r = ERR_SYNTAX;
		if (r < 0)
			break;
	}
	inflateEnd(&z);
	return r;
}

int http_decode_body(struct http_exchange *exchange, size_t max)
{
	const char *encoding = http_header(&exchange->request, "Content-Encoding");

	exchange->request.body_raw = buf_str(&exchange->body);
	exchange->request.body = exchange->request.body_raw;
	if (!encoding || !encoding[0] || str_ieq(str_from(encoding), STR("identity")) || !exchange->body.len)
		return 0;
	if (!str_ieq(str_from(encoding), STR("gzip")) && !str_ieq(str_from(encoding), STR("deflate")))
		return ERR_UNKNOWN;
	exchange->request.body = (struct str){0};
	int r = inflate_all(buf_str(&exchange->body), max, &exchange->decoded);
	if (r == 0)
		exchange->request.body = buf_str(&exchange->decoded);
	return r;
}
