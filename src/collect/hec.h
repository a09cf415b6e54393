/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_HEC_H
#define COLLECT_HEC_H
/*
 * Splunk's HTTP Event Collector, as far as senders use it: events, raw lines,
 * acknowledgements, health. doc/formats/ingest.md.
 *
 * A request is answered when its records are durable, with a channel as without
 * one: senders that name a channel do not all ask for acknowledgements, and take
 * the answer for one. An acknowledgement's id is the journal's number of the
 * request's last record, so that nothing needs to be kept about channels: what is
 * durable up to there is acknowledged, also after a restart.
 */
#include "collect/door.h"

#define HEC_EVENTS_MAX 1000000 /* of one request, or lines */
#define HEC_ACKS_MAX 100000    /* ids of one question */
#define HEC_CHANNEL_MAX 64     /* bytes of a channel's name, which Splunk wants to be a UUID */

/* The hint of a record that is an envelope: the id of its source in content/sources. */
#define HEC_HINT "splunk-hec"

bool hec_is_path(const char *path);
/* What may be asked without a token: whether we live. */
bool hec_is_open(const struct http_request *request);
void hec_handle(const struct door *door, struct http_request *request, struct http_response *response);
void hec_unauthorized(struct http_request *request, struct http_response *response);
void hec_refuse(struct http_request *request, struct http_response *response);

#endif
