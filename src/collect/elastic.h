/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_ELASTIC_H
#define COLLECT_ELASTIC_H
/*
 * As much of Elasticsearch's interface as log shippers use when they only send:
 * who are you, is my template there, here is a bulk of documents. All endpoints
 * are one table in elastic.c. Templates, policies and pipelines are acknowledged
 * and forgotten: what becomes of a record is decided by the parse stage.
 */
#include "collect/door.h"

#define ELASTIC_SEGMENTS_MAX 6 /* of a path */

struct elastic_call {
	const struct door *door;
	struct http_request *request;
	struct http_response *response;
	struct str segments[ELASTIC_SEGMENTS_MAX];
	size_t segment_count;
};

/* Fills the response with Elasticsearch's form of an error. */
void elastic_error(struct http_response *response, int status, const char *type, const char *reason);

/* POST /_bulk and /{index}/_bulk; POST /{index}/_doc and the like: elastic_bulk.c. */
void elastic_bulk(struct elastic_call *call);
void elastic_document(struct elastic_call *call);

#endif
