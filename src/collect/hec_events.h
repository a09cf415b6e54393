/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_HEC_EVENTS_H
#define COLLECT_HEC_EVENTS_H
/*
 * The body of a request to Splunk's HTTP Event Collector: JSON objects, one behind
 * the other with or without white space between them.
 *
 *   {"time":1767225600.5,"host":"web1","sourcetype":"access","event":"GET / …"}{"event":{"user":"li"}}
 *
 * Where the text stops being JSON it goes on behind the next LF, so that one bad
 * event does not cost those behind it.
 *
 * Pure: reads bytes, allocates nothing itself. An event's envelope is a part of the body.
 */
#include <stdbool.h>

#include "base/json.h"

/* Splunk's numbers, HTTP statuses and texts. */
#define HEC_CODES(X)                                                                     \
	X(HEC_SUCCESS, 0, 200, "Success")                                                \
	X(HEC_TOKEN_REQUIRED, 2, 401, "Token is required")                               \
	X(HEC_INVALID_AUTHORIZATION, 3, 401, "Invalid authorization")                    \
	X(HEC_INVALID_TOKEN, 4, 403, "Invalid token")                                    \
	X(HEC_NO_DATA, 5, 400, "No data")                                                \
	X(HEC_INVALID_FORMAT, 6, 400, "Invalid data format")                             \
	X(HEC_BUSY, 9, 503, "Server is busy")                                            \
	X(HEC_CHANNEL_MISSING, 10, 400, "Data channel is missing")                       \
	X(HEC_CHANNEL_INVALID, 11, 400, "Invalid data channel")                          \
	X(HEC_EVENT_REQUIRED, 12, 400, "Event field is required")                        \
	X(HEC_EVENT_BLANK, 13, 400, "Event field cannot be blank")                       \
	X(HEC_QUERY_AUTHORIZATION, 16, 400, "Query string authorization is not enabled") \
	X(HEC_HEALTHY, 17, 200, "HEC is healthy")                                        \
	X(HEC_UNHEALTHY, 18, 503, "HEC is unhealthy, queues are full")                   \
	X(HEC_TOO_LONG, 27, 413, "Request entity too large")                             \
	X(HEC_NOT_FOUND, 404, 404, "The requested URL was not found on this server.")    \
	X(HEC_METHOD, 405, 405, "The requested URL does not take this method.")

enum hec_code {
#define X(name, number, status, text) name = (number),
	HEC_CODES(X)
#undef X
};

struct hec_events {
	struct str rest;
	size_t event_max; /* bytes of an envelope; a longer one is of invalid format */
	struct json_parser *json;
};

struct hec_event {
	struct str envelope; /* the object */
	enum hec_code code;  /* HEC_SUCCESS: to be taken */
};

/* The next event, good or bad. False at the end. */
bool hec_events_next(struct hec_events *events, struct hec_event *ret_event);

#endif
