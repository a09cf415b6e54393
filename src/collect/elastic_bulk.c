/* SPDX-License-Identifier: Apache-2.0 */
/* Documents to records, and the answer with a status for each. */
#include <inttypes.h>

#include "base/clock.h"
#include "collect/bulk.h"
#include "collect/elastic.h"
#include "collect/lines.h"

#define ITEMS_MAX 500000 /* of one request */

/* What is left of an item once its document is a record. */
struct outcome {
	const char *action;
	const struct bulk_error *error; /* NULL: it is the submission's next record */
	struct str index, id;
};

struct bulk_request {
	struct submission submission; /* first, so that one leads to the other */
	struct outcome *outcomes;
	size_t count;
	bool single; /* the answer is the item's alone */
};

/* --- the answer ---------------------------------------------------------------------------------- */

static void add_name(struct buf *out, const char *key, struct str value)
{
	buf_printf(out, "\"%s\":", key);
	buf_add_json_string(out, value);
	buf_add_char(out, ',');
}

static void add_error(struct buf *out, int status, const char *type, const char *reason)
{
	buf_printf(out, "\"status\":%d,\"error\":{\"type\":\"%s\",\"reason\":", status, type);
	buf_add_json_string(out, str_from(reason));
	buf_add_char(out, '}');
}

/* A document without an id of its own gets its record's number. */
static void add_stored(struct buf *out, const struct outcome *outcome, uint64_t seq)
{
	char number[21];

	add_name(out, "_id",
		 outcome->id.len ? outcome->id : str_of(number, str_format_i64((int64_t)seq, number)));
	buf_printf(out,
		   "\"_version\":1,\"result\":\"created\",\"_shards\":{\"total\":1,\"successful\":1,"
		   "\"failed\":0},"
		   "\"_seq_no\":%" PRIu64 ",\"_primary_term\":1,\"status\":201",
		   seq);
}

/* The members of one item. record is the number of records before it. */
static void add_item(struct buf *out, const struct bulk_request *bulk, const struct outcome *outcome,
		     size_t record)
{
	add_name(out, "_index", outcome->index);
	if (!outcome->error && record < bulk->submission.taken) {
		add_stored(out, outcome, bulk->submission.records[record].seq);
		return;
	}
	if (outcome->id.len)
		add_name(out, "_id", outcome->id);
	if (outcome->error)
		add_error(out, outcome->error->status, outcome->error->type, outcome->error->reason);
	else
		add_error(out, 429, "es_rejected_execution_exception",
			  "the journal takes no more for now: send again");
}

static void answer_items(const struct bulk_request *bulk, struct buf *out)
{
	bool errors = bulk->submission.taken < bulk->count;
	size_t record = 0;

	buf_printf(out, "{\"took\":%" PRId64 ",\"errors\":%s,\"items\":[",
		   (clock_monotonic() - bulk->submission.begun) / CLOCK_MILLISECOND,
		   errors ? "true" : "false");
	for (size_t i = 0; i < bulk->count; i++) {
		const struct outcome *outcome = &bulk->outcomes[i];

		buf_printf(out, "%s{\"%s\":{", i ? "," : "", outcome->action);
		add_item(out, bulk, outcome, record);
		buf_add_str(out, STR("}}"));
		record += !outcome->error;
	}
	buf_add_str(out, STR("]}"));
}

static void answer_single(const struct bulk_request *bulk, struct http_response *response)
{
	const struct bulk_error *error = bulk->outcomes[0].error;

	if (error) {
		elastic_error(response, error->status, error->type, error->reason);
	} else if (!bulk->submission.taken) {
		elastic_error(response, response->status, "es_rejected_execution_exception",
			      err_text(bulk->submission.error));
	} else {
		response->status = 201;
		buf_add_char(&response->body, '{');
		add_item(&response->body, bulk, &bulk->outcomes[0], 0);
		buf_add_char(&response->body, '}');
	}
}

/* Where nothing was taken the status says so, for clients that look there, and each item too, for those that
   look at items only. */
static void answer(struct submission *submission, struct http_response *response)
{
	const struct bulk_request *bulk = (const struct bulk_request *)submission;

	if (submission->error < 0 && !submission->taken)
		response->status = submission_refusal(submission->error, response);
	if (bulk->single)
		answer_single(bulk, response);
	else
		answer_items(bulk, &response->body);
}

/* --- the request --------------------------------------------------------------------------------- */

static struct bulk_request *make_request(struct elastic_call *call, size_t capacity)
{
	struct bulk_request *bulk = arena_struct(call->request->arena, struct bulk_request);

	bulk->submission = (struct submission){.request = call->request, .answer = answer};
	bulk->submission.feed = door_feed(call->door, LISTENER_HTTP_BULK);
	bulk->submission.records = arena_array(call->request->arena, struct collect_record, capacity);
	bulk->outcomes = arena_array(call->request->arena, struct outcome, capacity);
	return bulk;
}

static void add_outcome(struct bulk_request *bulk, const struct bulk_item *item,
			const struct collect_record *common)
{
	struct collect_record *record = &bulk->submission.records[bulk->submission.count];

	bulk->outcomes[bulk->count++] = (struct outcome){item->action, item->error, item->index, item->id};
	if (item->error)
		return;
	*record = *common;
	record->hint = bulk_hint(item->index, COLLECT_HINT_MAX);
	record->bytes = item->document;
	bulk->submission.count++;
}

static void count_items(const struct bulk_request *bulk, size_t bytes)
{
	const struct feed *feed = &bulk->submission.feed;

	feed_count(feed, COLLECT_RECEIVED, bulk->count);
	feed_count(feed, COLLECT_BYTES, bytes);
	feed_count(feed, COLLECT_MALFORMED, bulk->count - bulk->submission.count);
}

/* The index a path names, or an empty view. */
static struct str path_index(const struct elastic_call *call)
{
	return call->segment_count > 1 ? call->segments[0] : (struct str){0};
}

/* Reads all items. False where there are too many. */
static bool read_items(struct bulk_request *bulk, struct bulk *parser, const struct collect_record *common,
		       size_t capacity)
{
	struct bulk_item item;

	while (bulk_next(parser, &item)) {
		if (bulk->count == capacity)
			return false;
		add_outcome(bulk, &item, common);
	}
	return true;
}

void elastic_bulk(struct elastic_call *call)
{
	struct http_request *request = call->request;
	size_t capacity = lines_estimate(request->body, ITEMS_MAX);
	struct bulk_request *bulk = make_request(call, capacity);
	struct collect_record common = door_record(call->door, &bulk->submission.feed, request);
	struct json_parser *json = json_parser_new();
	struct bulk parser;
	bool whole;

	must(json);
	bulk_init(&parser, request->body, path_index(call), COLLECT_RECORD_MAX, json, request->arena);
	whole = read_items(bulk, &parser, &common, capacity);
	json_parser_free(json);
	if (!whole) {
		elastic_error(call->response, 413, "illegal_argument_exception", "more than 500000 items");
	} else if (!bulk->count) {
		elastic_error(call->response, 400, "parse_exception", "request body is required");
	} else {
		count_items(bulk, request->body.len);
		submission_run(call->door->submissions, &bulk->submission, call->response);
	}
}

/* /{index}/_doc, /{index}/_doc/{id}, /{index}/_create/{id}, /{index}/{type}, /{index}/{type}/{id} */
void elastic_document(struct elastic_call *call)
{
	struct http_request *request = call->request;
	struct bulk_request *bulk = make_request(call, 1);
	struct collect_record common = door_record(call->door, &bulk->submission.feed, request);
	struct bulk_item item = {.action = "index", .index = call->segments[0]};
	struct json_parser *json = json_parser_new();
	struct bulk parser;

	must(json);
	if (call->segment_count > 2)
		item.id = call->segments[2];
	item.document = str_trim(request->body);
	bulk_init(&parser, request->body, item.index, COLLECT_RECORD_MAX, json, request->arena);
	item.error = bulk_check(&parser, item.index, item.document);
	json_parser_free(json);
	add_outcome(bulk, &item, &common);
	count_items(bulk, request->body.len);
	bulk->single = true;
	submission_run(call->door->submissions, &bulk->submission, call->response);
}
