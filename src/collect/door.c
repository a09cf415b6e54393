/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/door.h"

#include "base/clock.h"
#include "collect/hec.h"
#include "collect/otlp.h"

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

static bool is_any_path(const char *path)
{
	(void)path;
	return true;
}

/* The first whose path it is answers. */
static const struct interface {
	bool (*is_path)(const char *path);
	enum listener_id listener;
	void (*handle)(const struct door *door, struct http_request *request, struct http_response *response);
	/* Where no valid token was shown. */
	void (*unauthorized)(struct http_request *request, struct http_response *response);
	bool (*is_open)(const struct http_request *request); /* asks for no token; NULL: nothing does */
	/* Says in its own form why a body was not taken; NULL: as the server says it. */
	void (*refuse)(struct http_request *request, struct http_response *response);
} interfaces[] = {
	{ingest_is_path, LISTENER_HTTP_INGEST, ingest_handle, ingest_unauthorized, NULL, NULL},
	{hec_is_path, LISTENER_HTTP_HEC, hec_handle, hec_unauthorized, hec_is_open, hec_refuse},
	{otlp_is_path, LISTENER_HTTP_OTLP, otlp_handle, otlp_unauthorized, NULL, otlp_refuse},
	{is_any_path, LISTENER_HTTP_BULK, elastic_handle, elastic_unauthorized, NULL, NULL},
};

static const struct interface *find_interface(const struct http_request *request)
{
	const struct interface *interface = interfaces;

	while (!interface->is_path(request->path))
		interface++;
	return interface;
}

bool door_admit(void *context, struct http_request *request, struct http_response *response)
{
	const struct door *door = context;
	const struct interface *interface = find_interface(request);
	struct feed feed;

	if (door->local || (interface->is_open && interface->is_open(request)) ||
	    auth_check(&door->auth, http_header(request, "Authorization")))
		return true;
	feed = door_feed(door, interface->listener);
	feed_count(&feed, COLLECT_UNAUTHORIZED, 1);
	http_set_header(response, "WWW-Authenticate", "Basic realm=\"wanglou\", charset=\"UTF-8\"");
	interface->unauthorized(request, response);
	return false;
}

void door_handle(void *context, struct http_request *request, struct http_response *response)
{
	if (request->state)
		submission_resumed(request, response);
	else
		find_interface(request)->handle(context, request, response);
}

void door_refuse(void *context, struct http_request *request, struct http_response *response)
{
	const struct interface *interface = find_interface(request);

	(void)context;
	if (interface->refuse)
		interface->refuse(request, response);
}
