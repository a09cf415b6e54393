/* SPDX-License-Identifier: Apache-2.0 */
#include "store/client.h"

#include <curl/curl.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "store/client_params.h"
#include "store/schema.h"

#define TIMEOUT_DEFAULT (60 * CLOCK_SECOND)
#define CONNECT_TIMEOUT_MS 5000L
#define URL_MAX (16 * 1024) /* libmicrohttpd under our own server says nothing to 24 KiB of parameters */
#define ERROR_BODY_MAX 4096
#define MEMORY_PER_QUERY "4000000000"

struct store_client {
	CURL *curl;
	struct curl_slist *headers;
	struct buf base;     /* "http://host/?" and what every request names */
	struct buf url, sql; /* of the request at hand */
	unsigned version;    /* 0: not asked yet */
	bool own;
	int64_t timeout;
	const _Atomic bool *unwanted;
};

/* Where an answer goes while it arrives. */
struct receiver {
	struct store_client *client;
	store_take *take;
	void *context;
	int result; /* of take */
	struct buf error;
	struct store_summary summary;
};

static void add_url(struct store_client *client, struct buf *url, const char *name, struct str value)
{
	char *escaped = curl_easy_escape(client->curl, value.ptr ? value.ptr : "", (int)value.len);

	must(escaped);
	/* curl takes a length of 0 for strlen(). */
	buf_printf(url, "&%s=%s", name, value.len ? escaped : "");
	curl_free(escaped);
}

static int set_address(struct store_client *client, const char *url, struct err *ret_err)
{
	if (strncmp(url, "unix:", 5) == 0 && url[5]) {
		curl_easy_setopt(client->curl, CURLOPT_UNIX_SOCKET_PATH, url + 5);
		buf_add_str(&client->base, STR("http://store/?"));
		client->own = true;
		return 0;
	}
	if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
		return err_set(ret_err, ERR_SYNTAX, 0, 0,
			       "%s: write the store's address as unix:/path or http://host:port", url);
	buf_printf(&client->base, "%s%s?", url, url[strlen(url) - 1] == '/' ? "" : "/");
	return 0;
}

static void add_header(struct store_client *client, const char *name, const char *value)
{
	struct buf line = {0};
	struct curl_slist *list;

	buf_printf(&line, "%s%s", name, value);
	list = curl_slist_append(client->headers, buf_cstr(&line));
	must(list);
	client->headers = list;
	buf_done(&line);
}

/* curl asks at least once a second. */
static int is_unwanted(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct store_client *client = context;

	(void)a, (void)b, (void)c, (void)d;
	return atomic_load(client->unwanted);
}

int store_client_open(const struct store_options *options, struct store_client **ret_client,
		      struct err *ret_err)
{
	struct store_client *client = calloc(1, sizeof(*client));
	int r;

	must(client);
	client->curl = curl_easy_init();
	must(client->curl);
	client->unwanted = options->unwanted;
	client->timeout = options->timeout ? options->timeout : TIMEOUT_DEFAULT;
	r = set_address(client, options->url, ret_err);
	if (r < 0) {
		store_client_close(client);
		return r;
	}
	buf_printf(&client->base, "send_progress_in_http_headers=0");
	if (options->database)
		add_url(client, &client->base, "database", str_from(options->database));
	add_header(client, "Expect:", "");
	add_header(client, "Content-Type: ", "application/octet-stream");
	if (options->user)
		add_header(client, "X-ClickHouse-User: ", options->user);
	if (options->password)
		add_header(client, "X-ClickHouse-Key: ", options->password);
	curl_easy_setopt(client->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(client->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, client->headers);
	curl_easy_setopt(client->curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
	curl_easy_setopt(client->curl, CURLOPT_TIMEOUT_MS, (long)(client->timeout / 1000));
	if (client->unwanted) {
		curl_easy_setopt(client->curl, CURLOPT_NOPROGRESS, 0L);
		curl_easy_setopt(client->curl, CURLOPT_XFERINFOFUNCTION, is_unwanted);
		curl_easy_setopt(client->curl, CURLOPT_XFERINFODATA, client);
	}
	*ret_client = client;
	return 0;
}

void store_client_close(struct store_client *client)
{
	if (!client)
		return;
	curl_easy_cleanup(client->curl);
	curl_slist_free_all(client->headers);
	buf_done(&client->base);
	buf_done(&client->url);
	buf_done(&client->sql);
	free(client);
}

static size_t receive(char *bytes, size_t size, size_t count, void *context)
{
	struct receiver *receiver = context;
	struct str piece = str_of(bytes, size * count);
	long status = 0;

	curl_easy_getinfo(receiver->client->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status != 200) {
		if (receiver->error.len < ERROR_BODY_MAX)
			buf_add_str(&receiver->error, piece);
		return piece.len;
	}
	if (receiver->take)
		receiver->result = receiver->take(receiver->context, piece);
	return receiver->result < 0 ? 0 : piece.len;
}

/* A number in the summary's JSON, which servers write with quotes and without spaces. */
static uint64_t summary_number(struct str json, struct str key)
{
	size_t at = str_find(json, key);
	struct str digits;
	uint64_t value = 0;

	if (at == STR_NOT_FOUND)
		return 0;
	digits = str_from_offset(json, at + key.len);
	str_to_u64(str_head(digits, str_find_char(digits, '"')), &value);
	return value;
}

static size_t receive_header(char *bytes, size_t size, size_t count, void *context)
{
	struct receiver *receiver = context;
	struct str line = str_of(bytes, size * count), name = STR("X-ClickHouse-Summary:");

	if (str_ieq(str_head(line, name.len), name)) {
		receiver->summary.read_rows = summary_number(line, STR("\"read_rows\":\""));
		receiver->summary.read_bytes = summary_number(line, STR("\"read_bytes\":\""));
		receiver->summary.result_rows = summary_number(line, STR("\"result_rows\":\""));
	}
	return line.len;
}

static int code_of(CURLcode code)
{
	switch (code) {
	case CURLE_COULDNT_CONNECT:
	case CURLE_COULDNT_RESOLVE_HOST:
		return -ECONNREFUSED;
	case CURLE_OPERATION_TIMEDOUT:
		return -ETIMEDOUT;
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_PARTIAL_FILE:
		return -ECONNRESET;
	case CURLE_ABORTED_BY_CALLBACK:
		return -ECANCELED;
	default:
		return -EIO;
	}
}

static int check(struct store_client *client, struct receiver *receiver, CURLcode code, struct err *ret_err)
{
	long status = 0;

	if (receiver->result < 0)
		return receiver->result;
	curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
	if (code != CURLE_OK)
		return err_set(ret_err, code_of(code), 0, 0, "the store does not answer: %s",
			       curl_easy_strerror(code));
	if (status == 503)
		return err_set(ret_err, -ECONNREFUSED, 0, 0, "the store is stopping");
	if (status != 200) {
		struct str text = str_trim(buf_str(&receiver->error));

		return err_set(ret_err, ERR_REFUSED, 0, 0, "%.*s", STR_FMT(text));
	}
	return 0;
}

static int perform(struct store_client *client, struct receiver *receiver, struct err *ret_err)
{
	int64_t started = clock_monotonic();
	CURLcode code;
	int r;

	receiver->client = client;
	curl_easy_setopt(client->curl, CURLOPT_URL, buf_cstr(&client->url));
	curl_easy_setopt(client->curl, CURLOPT_WRITEFUNCTION, receive);
	curl_easy_setopt(client->curl, CURLOPT_WRITEDATA, receiver);
	curl_easy_setopt(client->curl, CURLOPT_HEADERFUNCTION, receive_header);
	curl_easy_setopt(client->curl, CURLOPT_HEADERDATA, receiver);
	code = curl_easy_perform(client->curl);
	receiver->summary.elapsed = clock_monotonic() - started;
	r = check(client, receiver, code, ret_err);
	buf_done(&receiver->error);
	return r;
}

/* Sends body to client->url. */
static int post(struct store_client *client, struct str body, struct receiver *receiver, struct err *ret_err)
{
	curl_easy_setopt(client->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
	curl_easy_setopt(client->curl, CURLOPT_POSTFIELDS, body.ptr ? body.ptr : "");
	return perform(client, receiver, ret_err);
}

/* A body on its way. */
struct upload {
	const struct store_insertion *of;
	size_t piece, offset; /* the next byte */
	size_t left;          /* bytes in all */
};

static void rewind_upload(struct upload *upload)
{
	upload->piece = upload->offset = upload->left = 0;
	for (size_t i = 0; i < upload->of->piece_count; i++)
		upload->left += upload->of->pieces[i].len;
}

/* Up to count bytes, which are there. */
static void take_bytes(struct upload *upload, char *out, size_t count)
{
	upload->left -= count;
	while (count) {
		struct str rest = str_from_offset(upload->of->pieces[upload->piece], upload->offset);
		size_t some = rest.len < count ? rest.len : count;

		if (some)
			memcpy(out, rest.ptr, some);
		out += some;
		count -= some;
		upload->offset += some;
		if (some == rest.len) {
			upload->piece++;
			upload->offset = 0;
		}
	}
}

static size_t give(char *out, size_t size, size_t count, void *context)
{
	struct upload *upload = context;
	const struct store_gate *gate = upload->of->gate;
	size_t room = size * count, left = upload->left;

	if (gate && left == 1 && !gate->may_insert(gate->context))
		return CURL_READFUNC_ABORT;
	if (gate && left > 1)
		left--;
	room = room < left ? room : left;
	take_bytes(upload, out, room);
	return room;
}

/* Where a connection that was kept turns out to be closed, curl begins again on another. */
static int give_again(void *context, curl_off_t offset, int origin)
{
	if (origin != SEEK_SET || offset != 0)
		return CURL_SEEKFUNC_CANTSEEK;
	rewind_upload(context);
	return CURL_SEEKFUNC_OK;
}

static int post_pieces(struct store_client *client, const struct store_insertion *insertion,
		       struct receiver *receiver, struct err *ret_err)
{
	struct upload upload = {.of = insertion};

	rewind_upload(&upload);
	curl_easy_setopt(client->curl, CURLOPT_POST, 1L);
	curl_easy_setopt(client->curl, CURLOPT_POSTFIELDS, NULL); /* but what is read */
	curl_easy_setopt(client->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)upload.left);
	curl_easy_setopt(client->curl, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(client->curl, CURLOPT_READDATA, &upload);
	curl_easy_setopt(client->curl, CURLOPT_SEEKFUNCTION, give_again);
	curl_easy_setopt(client->curl, CURLOPT_SEEKDATA, &upload);
	return perform(client, receiver, ret_err);
}

static void begin(struct store_client *client)
{
	buf_clear(&client->url);
	buf_add_str(&client->url, buf_str(&client->base));
	if (client->version && client->version < VERSION_LOW_CARDINALITY)
		buf_add_str(&client->url, STR("&allow_experimental_low_cardinality_type=1"));
}

static int append(void *context, struct str piece)
{
	struct buf *answer = context;

	if (answer->len + piece.len > STORE_ANSWER_MAX)
		return ERR_LIMIT;
	buf_add_str(answer, piece);
	return 0;
}

/* "26.5.1.1" is 2605. */
static int read_version(struct str text, unsigned *ret_version)
{
	struct str part;
	uint64_t major, minor;

	if (!str_split(&text, '.', &part) || str_to_u64(part, &major) < 0 || !str_split(&text, '.', &part) ||
	    str_to_u64(part, &minor) < 0 || major > 9999 || minor > 99)
		return ERR_PROTOCOL;
	*ret_version = (unsigned)(major * 100 + minor);
	return 0;
}

bool store_is_own(const struct store_client *client)
{
	return client->own;
}

int store_version(struct store_client *client, unsigned *ret_version, struct err *ret_err)
{
	struct buf answer = {0};
	struct receiver receiver = {.take = append, .context = &answer};
	int r;

	if (!client->version) {
		begin(client);
		r = post(client, STR("SELECT version()"), &receiver, ret_err);
		if (r == 0 && read_version(buf_str(&answer), &client->version) < 0)
			r = err_set(ret_err, ERR_PROTOCOL, 0, 0,
				    "the store's address is no ClickHouse server");
		buf_done(&answer);
		if (r < 0)
			return r;
	}
	*ret_version = client->version;
	return 0;
}

/* The values into the URL. False where they make it longer than servers read. */
static bool add_params(struct store_client *client, const struct sql_query *query)
{
	struct buf escaped = {0}, name = {0};

	for (size_t i = 0; i < query->len && client->url.len <= URL_MAX; i++) {
		buf_clear(&escaped);
		buf_clear(&name);
		params_escape(query->items[i].value, &escaped);
		buf_printf(&name, "param_%.*s", STR_FMT(query->items[i].name));
		add_url(client, &client->url, buf_cstr(&name), buf_str(&escaped));
	}
	buf_done(&escaped);
	buf_done(&name);
	return client->url.len <= URL_MAX;
}

/* The query's text into client->sql and its values into the URL; or, where they are too many for that or the
   server does not know parameters, into the text as well. */
static int bind_query(struct store_client *client, const struct sql_query *query, const char *format,
		      struct err *ret_err)
{
	unsigned version;
	size_t bare;
	int r = store_version(client, &version, ret_err);

	if (r < 0)
		return r;
	begin(client);
	buf_printf(&client->url,
		   "&readonly=2&max_memory_usage=" MEMORY_PER_QUERY "&max_execution_time=%" PRId64,
		   client->timeout / CLOCK_SECOND + 1);
	add_url(client, &client->url, "default_format", str_from(format));
	buf_clear(&client->sql);
	bare = client->url.len;
	if (version >= VERSION_PARAMETERS && add_params(client, query)) {
		buf_add_str(&client->sql, buf_str(&query->sql));
		return 0;
	}
	client->url.len = bare;
	r = params_substitute(query, &client->sql);
	return r < 0 ? err_set(ret_err, r, 0, 0, "a placeholder of the query has no value") : 0;
}

int store_query_stream(struct store_client *client, const struct sql_query *query, const char *format,
		       store_take *take, void *context, struct store_summary *ret_summary,
		       struct err *ret_err)
{
	struct receiver receiver = {.take = take, .context = context};
	int r = bind_query(client, query, format, ret_err);

	if (r == 0)
		r = post(client, buf_str(&client->sql), &receiver, ret_err);
	if (ret_summary)
		*ret_summary = receiver.summary;
	return r;
}

int store_query(struct store_client *client, const struct sql_query *query, const char *format,
		struct buf *ret_answer, struct store_summary *ret_summary, struct err *ret_err)
{
	struct receiver receiver = {.take = append, .context = ret_answer};
	size_t before = ret_answer->len;
	int r = bind_query(client, query, format, ret_err);

	if (r == 0)
		r = post(client, buf_str(&client->sql), &receiver, ret_err);
	if (r == ERR_LIMIT)
		err_set(ret_err, r, 0, 0, "the answer is larger than %u bytes", STORE_ANSWER_MAX);
	if (r < 0)
		ret_answer->len = before;
	else if (ret_summary)
		*ret_summary = receiver.summary;
	return r;
}

int store_execute(struct store_client *client, struct str sql, struct err *ret_err)
{
	struct receiver receiver = {0};

	begin(client);
	return post(client, sql, &receiver, ret_err);
}

int store_insert_pieces(struct store_client *client, const struct store_insertion *insertion,
			struct err *ret_err)
{
	struct receiver receiver = {0};
	unsigned version;
	int r = store_version(client, &version, ret_err);

	if (r < 0)
		return r;
	begin(client);
	if (version >= VERSION_TOKENS) {
		add_url(client, &client->url, "insert_deduplication_token", insertion->token);
		buf_add_str(&client->url, STR("&deduplicate_blocks_in_dependent_materialized_views=1"));
	}
	buf_clear(&client->sql);
	buf_printf(&client->sql, "INSERT INTO %.*s (%.*s) FORMAT Native", STR_FMT(insertion->table),
		   STR_FMT(insertion->columns));
	add_url(client, &client->url, "query", buf_str(&client->sql));
	return post_pieces(client, insertion, &receiver, ret_err);
}

int store_insert(struct store_client *client, struct str table, struct str columns, struct str token,
		 struct str block, struct err *ret_err)
{
	const struct store_insertion insertion = {
		.table = table, .columns = columns, .token = token, .pieces = &block, .piece_count = 1};

	return store_insert_pieces(client, &insertion, ret_err);
}
