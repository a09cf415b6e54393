/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/door.h"

#include "base/clock.h"

struct feed door_feed(const struct door *door, enum listener_id listener)
{
	if (door->local)
		listener = LISTENER_LOCAL;
	return (struct feed){door->sink, &door->counters[listener], (uint16_t)listener};
}

/* A local sender may mark its records as a drill's. */
struct collect_record door_record(const struct door *door, const struct feed *feed,
				  const struct http_request *request)
{
	struct collect_record record = {.received = clock_now(), .listener = feed->listener};

	memcpy(record.peer, request->peer, sizeof(record.peer));
	if (door->local && http_argument(request, "drill"))
		record.flags = COLLECT_DRILL;
	return record;
}

bool door_admit(void *context, struct http_request *request, struct http_response *response)
{
	const struct door *door = context;
	struct feed feed;
	bool ingest = ingest_is_path(request->path);

	if (door->local || auth_check(&door->auth, http_header(request, "Authorization")))
		return true;
	feed = door_feed(door, ingest ? LISTENER_HTTP_INGEST : LISTENER_HTTP_BULK);
	feed_count(&feed, COLLECT_UNAUTHORIZED, 1);
	http_set_header(response, "WWW-Authenticate", "Basic realm=\"wanglou\", charset=\"UTF-8\"");
	if (ingest)
		http_reply_text(response, 401, "send Authorization: Bearer TOKEN\n");
	else
		elastic_unauthorized(request, response);
	return false;
}

void door_handle(void *context, struct http_request *request, struct http_response *response)
{
	const struct door *door = context;

	if (request->state)
		submission_resumed(request, response);
	else if (ingest_is_path(request->path))
		ingest_handle(door, request, response);
	else
		elastic_handle(door, request, response);
}
