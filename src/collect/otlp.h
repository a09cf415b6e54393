/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_OTLP_H
#define COLLECT_OTLP_H
/*
 * OTLP/HTTP: POST /v1/logs with an ExportLogsServiceRequest in protobuf or JSON,
 * answered in the same when all its records are durable. Traces and metrics are
 * no logs, and refused as not found. doc/formats/ingest.md.
 */
#include "collect/door.h"

bool otlp_is_path(const char *path);
void otlp_handle(const struct door *door, struct http_request *request, struct http_response *response);
void otlp_unauthorized(struct http_request *request, struct http_response *response);
void otlp_refuse(struct http_request *request, struct http_response *response);

#endif
