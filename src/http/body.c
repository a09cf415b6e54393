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
	struct http_request *request = &exchange->request;
	int r = body_finish(exchange, &request->body_raw);

	if (r < 0)
		return r;
	if (!encoding || !encoding[0] || str_ieq(str_from(encoding), STR("identity")) ||
	    !request->body_raw.len) {
		request->body = request->body_raw;
		request->body_file = exchange->file;
		return 0;
	}
	if (!str_ieq(str_from(encoding), STR("gzip")) && !str_ieq(str_from(encoding), STR("deflate")))
		return ERR_UNKNOWN;
	r = inflate_all(request->body_raw, max, &exchange->decoded);
	if (r == 0)
		request->body = buf_str(&exchange->decoded);
	return r;
}
