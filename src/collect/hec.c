/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/hec.h"

#include <inttypes.h>

#include "collect/hec_events.h"
#include "collect/lines.h"

#define PATH "/services/collector"
#define RECORDS_FIRST 256 /* room for records to begin with */

struct hec {
	struct submission submission; /* first, so that one leads to the other */
	size_t capacity;              /* of its records */
	enum hec_code code;           /* of the first event that is bad */
	size_t events, bad, number;   /* all, the bad ones, the number of the first of these from 0 */
	const char *channel;          /* NULL: none named */
};

/* --- answers ------------------------------------------------------------------------------------- */

static const struct {
	enum hec_code code;
	int status;
	const char *text;
} codes[] = {
#define X(name, number, http_status, words) {name, http_status, words},
	HEC_CODES(X)
#undef X
};

/* The object is left open for more members. */
static void begin_reply(struct http_response *response, enum hec_code code)
{
	size_t i = 0;

	while (codes[i].code != code)
		i++;
	buf_clear(&response->body);
	response->status = codes[i].status;
	response->content_type = "application/json; charset=UTF-8";
	buf_printf(&response->body, "{\"text\":\"%s\",\"code\":%d", codes[i].text, (int)code);
}

static void reply(struct http_response *response, enum hec_code code)
{
	begin_reply(response, code);
	buf_add_char(&response->body, '}');
}

static void answer(struct submission *submission, struct http_response *response)
{
	const struct hec *hec = (const struct hec *)submission;

	if (submission->error < 0) {
		submission_refusal(submission->error, response);
		reply(response, HEC_BUSY);
		return;
	}
	begin_reply(response, hec->code);
	if (hec->code)
		buf_printf(&response->body, ",\"invalid-event-number\":%zu", hec->number);
	else if (hec->channel)
		buf_printf(&response->body, ",\"ackId\":%" PRIu64,
			   submission->records[submission->taken - 1].seq);
	buf_add_char(&response->body, '}');
}

/* --- records ------------------------------------------------------------------------------------- */

static struct collect_record *add_record(struct hec *hec, const struct collect_record *common)
{
	struct submission *submission = &hec->submission;
	struct collect_record *record;

	if (submission->count == hec->capacity) {
		size_t capacity = hec->capacity ? 2 * hec->capacity : RECORDS_FIRST;

		record = arena_array(submission->request->arena, struct collect_record, capacity);
		if (submission->count)
			memcpy(record, submission->records, submission->count * sizeof(*record));
		submission->records = record;
		hec->capacity = capacity;
	}
	record = &submission->records[submission->count++];
	*record = *common;
	return record;
}

static void note_bad(struct hec *hec, enum hec_code code)
{
	if (!hec->bad++) {
		hec->code = code;
		hec->number = hec->events;
	}
}

/* False where there are too many. */
static bool read_events(struct hec *hec, struct str body, struct collect_record common)
{
	struct hec_events events = {body, COLLECT_RECORD_MAX, json_parser_new()};
	struct hec_event event;

	must(events.json);
	common.hint = STR(HEC_HINT);
	while (hec->events < HEC_EVENTS_MAX && hec_events_next(&events, &event)) {
		if (event.code)
			note_bad(hec, event.code);
		else
			add_record(hec, &common)->bytes = event.envelope;
		hec->events++;
	}
	json_parser_free(events.json);
	return hec->events < HEC_EVENTS_MAX;
}

/* What the query says of all lines of a request, as the beginning of an envelope; empty where it says
   nothing that a hint could not. */
static void add_envelope(struct http_request *request, struct buf *out)
{
	static const char *const names[] = {"time", "host", "source", "sourcetype", "index"};
	bool more = http_argument(request, "host") || http_argument(request, "source") ||
		    http_argument(request, "time");

	for (size_t i = 0; more && i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = http_argument(request, names[i]);

		if (!value)
			continue;
		buf_printf(out, "%c\"%s\":", out->len ? ',' : '{', names[i]);
		buf_add_json_string(out, str_from(value));
	}
}

/* A line goes into an envelope where there is something to say of it, else it is the record. What is no UTF-8
   would not survive that, and stays as it is. */
static void add_line(struct hec *hec, struct str line, const struct collect_record *common,
		     struct buf *envelope)
{
	struct arena *arena = hec->submission.request->arena;
	struct collect_record *record = add_record(hec, common);
	size_t begin = envelope->len;

	record->bytes = line;
	if (!begin || !str_is_utf8(line))
		return;
	buf_add_str(envelope, STR(",\"event\":"));
	buf_add_json_string(envelope, line);
	buf_add_char(envelope, '}');
	if (envelope->len <= COLLECT_RECORD_MAX) {
		record->bytes = arena_copy(arena, buf_str(envelope));
		record->hint = STR(HEC_HINT);
	}
	envelope->len = begin;
}

static bool read_lines(struct hec *hec, struct str body, struct collect_record common)
{
	struct http_request *request = hec->submission.request;
	struct lines lines = lines_of(body);
	struct buf envelope = {0};
	struct str line;

	common.hint = str_head(str_from(http_argument(request, "sourcetype")), COLLECT_HINT_MAX);
	add_envelope(request, &envelope);
	while (hec->events < HEC_EVENTS_MAX && lines_next(&lines, &line)) {
		if (line.len > COLLECT_RECORD_MAX)
			note_bad(hec, HEC_INVALID_FORMAT);
		else
			add_line(hec, line, &common, &envelope);
		hec->events++;
	}
	buf_done(&envelope);
	return hec->events < HEC_EVENTS_MAX;
}

/* --- requests ------------------------------------------------------------------------------------ */

/* HEC_SUCCESS with *ret_channel NULL where none is named. */
static enum hec_code read_channel(struct http_request *request, const char **ret_channel)
{
	const char *channel = http_header(request, "X-Splunk-Request-Channel");
	size_t len;

	if (!channel)
		channel = http_argument(request, "channel");
	*ret_channel = channel;
	if (!channel)
		return HEC_SUCCESS;
	len = strspn(channel, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-");
	return len && len <= HEC_CHANNEL_MAX && !channel[len] ? HEC_SUCCESS : HEC_CHANNEL_INVALID;
}

typedef bool hec_reader(struct hec *hec, struct str body, struct collect_record common);

static void take(const struct door *door, struct http_request *request, struct http_response *response,
		 hec_reader *read)
{
	struct hec *hec = arena_struct(request->arena, struct hec);
	const struct feed *feed = &hec->submission.feed;
	enum hec_code code = read_channel(request, &hec->channel);
	bool whole;

	hec->submission = (struct submission){.request = request, .answer = answer};
	hec->submission.feed = door_feed(door, LISTENER_HTTP_HEC);
	if (code) {
		reply(response, code);
		return;
	}
	whole = read(hec, request->body, door_record(door, feed, request));
	feed_count(feed, COLLECT_RECEIVED, hec->events);
	feed_count(feed, COLLECT_BYTES, request->body.len);
	feed_count(feed, COLLECT_MALFORMED, hec->bad);
	if (!whole)
		reply(response, HEC_TOO_LONG);
	else if (!hec->events)
		reply(response, HEC_NO_DATA);
	else
		submission_run(door->submissions, &hec->submission, response);
}

static void take_events(const struct door *door, struct http_request *request, struct http_response *response)
{
	take(door, request, response, read_events);
}

static void take_lines(const struct door *door, struct http_request *request, struct http_response *response)
{
	take(door, request, response, read_lines);
}

static void say_acks(const struct json_node *acks, uint64_t durable, struct buf *out)
{
	bool more = false;

	for (const struct json_node *ack = json_first(acks); ack; ack = json_next(acks, ack), more = true) {
		struct str text = str_of(ack->text, ack->len);
		uint64_t seq;
		bool known = ack->type == JSON_NUMBER && str_to_u64(text, &seq) == 0;

		if (more)
			buf_add_char(out, ',');
		buf_add_json_string(out, text);
		buf_add_str(out, known && seq && seq <= durable ? STR(":true") : STR(":false"));
	}
}

static void say_durable(const struct door *door, struct http_request *request, struct http_response *response)
{
	struct json_parser *json = json_parser_new();
	const struct json_node *root, *acks = NULL;
	const char *channel;
	enum hec_code code = read_channel(request, &channel);

	must(json);
	if (!code && !channel)
		code = HEC_CHANNEL_MISSING;
	if (!code && json_parse(json, request->body, &root, NULL) == 0)
		acks = json_get(root, STR("acks"));
	if (!code && (!acks || acks->type != JSON_ARRAY || acks->count > HEC_ACKS_MAX))
		code = HEC_INVALID_FORMAT;
	if (code) {
		reply(response, code);
	} else {
		response->content_type = "application/json; charset=UTF-8";
		buf_add_str(&response->body, STR("{\"acks\":{"));
		say_acks(acks, door->sink->durable(door->sink->context), &response->body);
		buf_add_str(&response->body, STR("}}"));
	}
	json_parser_free(json);
}

static void say_health(const struct door *door, struct http_request *request, struct http_response *response)
{
	(void)request;
	reply(response, door->sink->status(door->sink->context) < 0 ? HEC_UNHEALTHY : HEC_HEALTHY);
}

/* Docker's splunk driver asks this of the address that it will send to. */
static void say_options(const struct door *door, struct http_request *request, struct http_response *response)
{
	(void)door;
	(void)request;
	http_set_header(response, "Allow", "POST, OPTIONS");
	response->status = 200;
}

typedef void hec_endpoint(const struct door *door, struct http_request *request,
			  struct http_response *response);

/* By what stands behind PATH. A method of "GET" answers HEAD too. */
static const struct {
	const char *method, *path;
	hec_endpoint *answer;
	bool open; /* asks for no token */
} endpoints[] = {
	{"POST", "", take_events, false},           {"POST", "/event", take_events, false},
	{"POST", "/event/1.0", take_events, false}, {"POST", "/raw", take_lines, false},
	{"POST", "/raw/1.0", take_lines, false},    {"POST", "/ack", say_durable, false},
	{"POST", "/ack/1.0", say_durable, false},   {"GET", "/health", say_health, true},
	{"GET", "/health/1.0", say_health, true},   {"OPTIONS", "", say_options, true},
	{"OPTIONS", "/event", say_options, true},   {"OPTIONS", "/event/1.0", say_options, true},
	{"OPTIONS", "/raw", say_options, true},     {"OPTIONS", "/raw/1.0", say_options, true},
};
#define ENDPOINTS (sizeof(endpoints) / sizeof(endpoints[0]))

/* ENDPOINTS where there is none; *ret_known says whether another method would do. */
static size_t find_endpoint(const struct http_request *request, bool *ret_known)
{
	const char *method = strcmp(request->method, "HEAD") == 0 ? "GET" : request->method;
	struct str rest = str_from(request->path + sizeof(PATH) - 1);
	size_t i = 0;

	if (str_ends(rest, STR("/")))
		rest.len--;
	for (*ret_known = false; i < ENDPOINTS; i++) {
		if (!str_eq(rest, str_from(endpoints[i].path)))
			continue;
		*ret_known = true;
		if (strcmp(endpoints[i].method, method) == 0)
			break;
	}
	return i;
}

bool hec_is_path(const char *path)
{
	size_t len = sizeof(PATH) - 1;

	return strncmp(path, PATH, len) == 0 && (!path[len] || path[len] == '/');
}

bool hec_is_open(const struct http_request *request)
{
	bool known;
	size_t i = find_endpoint(request, &known);

	return i < ENDPOINTS && endpoints[i].open;
}

void hec_handle(const struct door *door, struct http_request *request, struct http_response *response)
{
	bool known;
	size_t i = find_endpoint(request, &known);

	if (i < ENDPOINTS)
		endpoints[i].answer(door, request, response);
	else
		reply(response, known ? HEC_METHOD : HEC_NOT_FOUND);
}

void hec_unauthorized(struct http_request *request, struct http_response *response)
{
	const char *header = http_header(request, "Authorization");
	enum hec_code code = HEC_INVALID_AUTHORIZATION;

	if (!header)
		code = http_argument(request, "token") ? HEC_QUERY_AUTHORIZATION : HEC_TOKEN_REQUIRED;
	else if (auth_is_scheme(header))
		code = HEC_INVALID_TOKEN;
	reply(response, code);
}

void hec_refuse(struct http_request *request, struct http_response *response)
{
	(void)request;
	reply(response, response->status == 413   ? HEC_TOO_LONG
			: response->status == 503 ? HEC_BUSY
						  : HEC_INVALID_FORMAT);
}
