/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_OTLP_READ_H
#define COLLECT_OTLP_READ_H
/*
 * An ExportLogsServiceRequest of OpenTelemetry (opentelemetry-proto 1.x, logs),
 * in protobuf or JSON, taken apart: each LogRecord becomes a line of JSON that
 * needs nothing else, the same from both:
 *
 *   {"timeUnixNano":"…","observedTimeUnixNano":"…","severityNumber":9,"severityText":"INFO",
 *    "eventName":"…","traceId":"hex","spanId":"hex","flags":1,"body":…,
 *    "attributes":{name:value},"resource":{name:value},"scope":{"name":"…","version":"…"}}
 *
 * Names and meanings are OTLP/JSON's; attributes are plain name and value; what is
 * absent or zero is left out. Bytes are base64.
 *
 * Pure: reads bytes, allocates nothing but what its buffers grow to.
 */
#include "base/buf.h"
#include "base/json.h"

#define OTLP_DEPTH_MAX 32                    /* of lists and maps in a value */
#define OTLP_RECORDS_MAX 1000000             /* of one request */
#define OTLP_OUTPUT_MAX (128u * 1024 * 1024) /* bytes of all lines: each repeats its resource */

struct otlp {
	size_t line_max;                                /* bytes of a line; longer records are rejected */
	void (*record)(void *context, struct str line); /* the line goes with the next record */
	void *context;
	size_t records, rejected; /* all, and those of them that are too long */

	/* the reader's own */
	size_t output;
	struct buf head; /* resource and scope of the records that follow, as text behind the other members */
	size_t resource; /* bytes of head that are the resource's */
	struct buf line;
};

/* 0; ERR_SYNTAX where the body is no such message; ERR_LIMIT beyond the limits above. Records may have been
   given out before. */
int otlp_read_protobuf(struct otlp *otlp, struct str body);
int otlp_read_json(struct otlp *otlp, struct json_parser *json, struct str body);

void otlp_done(struct otlp *otlp);

/* --- between the readers and the writer ------------------------------------------------------------ */

/* The plain members of a LogRecord. */
struct otlp_record {
	uint64_t time, observed; /* ns since 1970 */
	uint64_t severity, flags;
	struct str severity_text, event_name;
	struct str trace_id, span_id; /* hexadecimal */
};

/* Begins otlp->line with these; the reader adds body and attributes. */
void otlp_begin_record(struct otlp *otlp, const struct otlp_record *record);
/* Gives it out, or counts it as rejected. 0, ERR_LIMIT. */
int otlp_end_record(struct otlp *otlp);

/* Whether what is being written is too long already, so that more of it is no use. */
static inline bool otlp_is_full(const struct otlp *otlp, const struct buf *out)
{
	return out->len > otlp->line_max;
}
/* A text, cut where nothing of it would be kept. */
void otlp_add_text(const struct otlp *otlp, struct buf *out, struct str text);
/* With a comma before it where it is not the first member of an object. */
void otlp_add_name(const struct otlp *otlp, struct buf *out, struct str name);
void otlp_add_double(struct buf *out, double value);

#endif
