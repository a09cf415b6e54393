/* SPDX-License-Identifier: Apache-2.0 */
/* POST /ingest/v1/{source}: each line of the body a record. doc/formats/ingest.md. */
#include <inttypes.h>

#include "base/buf.h"
#include "collect/door.h"
#include "collect/lines.h"

#define PATH_PREFIX "/ingest/v1/"
#define LINES_MAX 1000000    /* of one request */
#define ERRORS_SHOWN_MAX 100 /* lines named in an answer */

struct ingest {
	struct submission submission; /* first, so that one leads to the other */
	size_t too_long;              /* lines */
	uint64_t too_long_lines[ERRORS_SHOWN_MAX];
};

bool ingest_is_path(const char *path)
{
	return strncmp(path, PATH_PREFIX, sizeof(PATH_PREFIX) - 1) == 0;
}

static bool is_source_name(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-");

	return len >= 1 && len <= COLLECT_HINT_MAX && name[len] == 0;
}

static void reply_error(struct http_response *response, int status, const char *error)
{
	response->status = status;
	response->content_type = "application/json";
	buf_add_str(&response->body, STR("{\"error\":"));
	buf_add_json_string(&response->body, str_from(error));
	buf_add_str(&response->body, STR("}\n"));
}

static void add_errors(const struct ingest *ingest, struct buf *out)
{
	size_t shown = ingest->too_long < ERRORS_SHOWN_MAX ? ingest->too_long : ERRORS_SHOWN_MAX;

	buf_printf(out, ",\"rejected\":%zu,\"errors\":[", ingest->too_long);
	for (size_t i = 0; i < shown; i++)
		buf_printf(out, "%s{\"line\":%" PRIu64 ",\"error\":\"longer than %d bytes\"}", i ? "," : "",
			   ingest->too_long_lines[i], COLLECT_RECORD_MAX);
	buf_add_char(out, ']');
}

static void answer(struct submission *submission, struct http_response *response)
{
	const struct ingest *ingest = (const struct ingest *)submission;
	struct buf *out = &response->body;

	response->content_type = "application/json";
	if (submission->error < 0)
		response->status = submission_refusal(submission->error, response);
	else if (ingest->too_long && !submission->count)
		response->status = 400;
	buf_printf(out, "{\"accepted\":%zu", submission->taken);
	if (submission->taken)
		buf_printf(out, ",\"first_seq\":%" PRIu64 ",\"last_seq\":%" PRIu64,
			   submission->records[0].seq, submission->records[submission->taken - 1].seq);
	if (ingest->too_long)
		add_errors(ingest, out);
	if (submission->error < 0) {
		buf_add_str(out, STR(",\"error\":"));
		buf_add_json_string(out, str_from(err_text(submission->error)));
	}
	buf_add_str(out, STR("}\n"));
}

/* False where there are too many lines. */
static bool read_lines(struct ingest *ingest, struct str body, struct collect_record template)
{
	struct submission *submission = &ingest->submission;
	struct lines lines = lines_of(body);
	struct str line;

	while (lines_next(&lines, &line)) {
		if (submission->count == LINES_MAX)
			return false;
		if (line.len > COLLECT_RECORD_MAX) {
			if (ingest->too_long < ERRORS_SHOWN_MAX)
				ingest->too_long_lines[ingest->too_long] = lines.number;
			ingest->too_long++;
			continue;
		}
		submission->records[submission->count] = template;
		submission->records[submission->count++].bytes = line;
	}
	return true;
}

static void count_lines(const struct ingest *ingest, size_t bytes)
{
	const struct feed *feed = &ingest->submission.feed;

	feed_count(feed, COLLECT_RECEIVED, ingest->submission.count + ingest->too_long);
	feed_count(feed, COLLECT_BYTES, bytes);
	feed_count(feed, COLLECT_MALFORMED, ingest->too_long);
}

void ingest_handle(const struct door *door, struct http_request *request, struct http_response *response)
{
	const char *source = request->path + sizeof(PATH_PREFIX) - 1;
	struct ingest *ingest;
	struct collect_record template;

	if (!is_source_name(source)) {
		reply_error(response, 404, "a source is 1 to 64 of a-z 0-9 . _ -");
		return;
	}
	if (strcmp(request->method, "POST") != 0) {
		http_set_header(response, "Allow", "POST");
		reply_error(response, 405, "use POST");
		return;
	}
	ingest = arena_struct(request->arena, struct ingest);
	ingest->submission = (struct submission){.request = request, .answer = answer};
	ingest->submission.feed = door_feed(door, LISTENER_HTTP_INGEST);
	ingest->submission.records =
		arena_array(request->arena, struct collect_record, lines_estimate(request->body, LINES_MAX));
	template = door_record(door, &ingest->submission.feed, request);
	template.hint = str_from(source);
	if (!read_lines(ingest, request->body, template)) {
		reply_error(response, 413, "more than 1000000 lines: send less at once");
		return;
	}
	count_lines(ingest, request->body.len);
	submission_run(door->submissions, &ingest->submission, response);
}

void ingest_unauthorized(struct http_request *request, struct http_response *response)
{
	(void)request;
	http_reply_text(response, 401, "send Authorization: Bearer TOKEN\n");
}
