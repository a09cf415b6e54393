/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SENSOR_HTTP_H
#define SENSOR_HTTP_H
/*
 * HTTP/1.x (RFC 9112) as far as its headers: each request is told of with the head of its answer, in order,
 * so that pipelined and kept connections are followed; bodies are passed over by Content-Length or chunk by
 * chunk.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "sensor/pool.h"

#define HTTP_WAITING_MAX 8 /* requests without an answer on one connection */
#define HTTP_HEAD_MAX 16384
#define HTTP_TARGET_MAX 4096 /* bytes told */
#define HTTP_TEXT_MAX 1024   /* of a header's value */

/* What is read of a head; views into it. */
struct http_head {
	struct str method, target; /* of a request */
	struct str version;        /* "1.1" */
	uint16_t status;           /* of an answer */
	struct str host, user_agent, referrer, content_type;
	bool chunked, has_length;
	uint64_t length;
};

/* Reads a head up to and with its empty line. False where it is neither a request nor an answer. */
bool http_parse_head(struct str text, bool is_answer, struct http_head *ret_head);

/* Bytes of the head with its empty line, 0 where that is not there yet; *scanned is where to go on looking.
 */
size_t http_head_len(struct str text, size_t *scanned);

/* A line "SIZE[;…]" of chunked coding, without its end. False where it is none. */
bool http_chunk_size(struct str line, uint64_t *ret_size);

struct http_request {
	struct held members; /* of its record */
	int64_t time;
	bool is_head, is_connect;
};

enum http_state { HTTP_HEAD, HTTP_CHUNK, HTTP_TRAILER };

struct http {
	struct http_request waiting[HTTP_WAITING_MAX]; /* a ring */
	uint8_t first, count, client_side;
	bool has_client;
	uint32_t told;
	struct http_half {
		uint8_t state; /* enum http_state */
		uint32_t scanned;
	} halves[2];
};

#endif
