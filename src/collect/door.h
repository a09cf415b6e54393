/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_DOOR_H
#define COLLECT_DOOR_H
/*
 * What stands behind an HTTP socket: who may come in, and which of the
 * interfaces a request is for. Handlers run on the server's pool threads.
 */
#include "collect/auth.h"
#include "collect/submission.h"

/* One per socket; read-only once the server runs. */
struct door {
	const struct collect_sink *sink;
	struct counters *counters; /* by listener */
	struct submissions *submissions;
	struct auth auth;
	const char *elastic_version;
	bool local; /* the Unix socket: no token is asked for, records count as local */
};

/* The server's handlers; context is the door. */
bool door_admit(void *context, struct http_request *request, struct http_response *response);
void door_handle(void *context, struct http_request *request, struct http_response *response);
void door_refuse(void *context, struct http_request *request, struct http_response *response);

/* The way to the sink for records that come through a door by an interface. */
struct feed door_feed(const struct door *door, enum listener_id listener);

/* What all records of a request have in common. */
struct collect_record door_record(const struct door *door, const struct feed *feed,
				  const struct http_request *request);

/* POST /ingest/v1/{source}: ingest.c. */
bool ingest_is_path(const char *path);
void ingest_handle(const struct door *door, struct http_request *request, struct http_response *response);
void ingest_unauthorized(struct http_request *request, struct http_response *response);

/* Everything else is for the Elasticsearch interface: elastic.c. */
void elastic_handle(const struct door *door, struct http_request *request, struct http_response *response);
/* Its answer where no valid token was shown. */
void elastic_unauthorized(struct http_request *request, struct http_response *response);

#endif
