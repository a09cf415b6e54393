/* SPDX-License-Identifier: Apache-2.0 */
#include "query/who.h"

#include "base/clock.h"
#include "base/hash.h"
#include "event/ip.h"
#include "query/who_private.h"

#define BEFORE_MAX 1000 /* rows looked at before the time, and behind it */
#define WITHIN_MAX 20000
#define NAT_MAX 200
#define HEARD_MAX 20
#define HEARD_SPAN CLOCK_DAY    /* around the time asked for */
#define RECEIVED_LATE CLOCK_DAY /* how much later than it happened a record may come in, there */
#define TIME_MAX (INT64_MAX / 4)
#define NAT_SLICE 64 /* ports; the store's */

struct run {
	const struct who_question *question;
	who_ask *ask;
	void *context;
	struct who_answer *answer;
	struct err *err;
	struct sql_query query;
	struct buf text;
};

/* --- the question --------------------------------------------------------------------------------------- */

/* 12 hex digits in groups: aa:bb:cc:dd:ee:ff, aa-bb-…, aabb.ccdd.eeff, aabb-ccdd-eeff. Without separators
   they may as well be the number of a student. */
static bool read_mac(struct str text, char ret_mac[13])
{
	size_t digits = 0;
	char found[13];

	if (text.len != 17 && text.len != 14)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = char_lower(text.ptr[i]);
		bool separator = text.len == 17 ? i % 3 == 2 : i % 5 == 4;

		if (separator && !strchr(":-.", c))
			return false;
		if (separator)
			continue;
		if ((!char_is_digit(c) && (c < 'a' || c > 'f')) || digits == 12)
			return false;
		found[digits++] = c;
	}
	found[12] = 0;
	memcpy(ret_mac, found, 13);
	return digits == 12;
}

int who_parse(struct str text, struct who_question *ret_question, struct err *ret_err)
{
	struct who_question question = {.kind = WHO_NAME};

	question.text = text = str_trim(text);
	if (text.len > WHO_TEXT_MAX)
		return err_set(ret_err, ERR_LIMIT, 0, 0, "more than %d bytes", WHO_TEXT_MAX);
	if (!text.len)
		return err_set(ret_err, ERR_SYNTAX, 0, 0,
			       "name an address, a MAC such as 02:00:5e:00:53:01, a user or a host");
	if (ip_parse(text, question.ip) == 0)
		question.kind = WHO_ADDRESS;
	else if (read_mac(text, question.mac))
		question.kind = WHO_MAC;
	*ret_question = question;
	return 0;
}

/* --- asking --------------------------------------------------------------------------------------------- */

static struct sql_query *select_from(struct run *run, const char *columns)
{
	sql_query_done(&run->query);
	run->query = (struct sql_query){0};
	buf_printf(&run->query.sql, "SELECT %s FROM address_assignments WHERE ", columns);
	return &run->query;
}

static void add(struct run *run, const char *text)
{
	buf_add_str(&run->query.sql, str_from(text));
}

static int ask(struct run *run)
{
	buf_clear(&run->text);
	return run->ask(run->context, &run->query, &run->text, run->err);
}

static int ask_rows(struct run *run, struct who_rows *rows)
{
	int r = ask(run);

	if (r == 0 && who_rows_read(buf_str(&run->text), run->answer->arena, rows) < 0)
		r = err_set(run->err, ERR_PROTOCOL, 0, 0, "the event store answered with something else");
	return r;
}

/* Rows of keys around [from, to], in the order of time. bind: adds the condition on the key. */
struct place {
	void (*bind)(struct run *run, const void *what);
	const void *what;
	size_t before, within;
};

static int ask_part(struct run *run, const struct place *place, const char *after, int64_t after_time,
		    const char *until, int64_t until_time, bool backwards, size_t limit,
		    struct who_rows *rows)
{
	select_from(run, who_row_columns);
	place->bind(run, place->what);
	if (after) {
		buf_printf(&run->query.sql, " AND %s ", after);
		sql_bind_integer(&run->query, after_time);
	}
	if (until) {
		buf_printf(&run->query.sql, " AND %s ", until);
		sql_bind_integer(&run->query, until_time);
	}
	buf_printf(&run->query.sql,
		   backwards ? " ORDER BY key DESC, time DESC, seq DESC LIMIT %zu"
			     : " ORDER BY key, time, seq LIMIT %zu",
		   limit);
	return ask_rows(run, rows);
}

static void reverse(struct who_rows *rows)
{
	for (size_t i = 0; i < rows->len / 2; i++) {
		struct who_row row = rows->items[i];

		rows->items[i] = rows->items[rows->len - 1 - i];
		rows->items[rows->len - 1 - i] = row;
	}
}

static int ask_around(struct run *run, const struct place *place, int64_t from, int64_t to,
		      struct who_rows *rows, bool *ret_cut)
{
	int r = ask_part(run, place, NULL, 0, "time <=", from, true, place->before, rows);
	size_t len = rows->len;

	reverse(rows);
	*ret_cut = len == place->before;
	if (r == 0 && from < to)
		r = ask_part(run, place, "time >", from, "time <=", to, false, place->within, rows);
	if (rows->len - len >= place->within) {
		run->answer->truncated = true; /* what comes behind would make holes look like holders */
		return r;
	}
	if (r == 0 && to < run->question->now)
		r = ask_part(run, place, "time >", to, NULL, 0, false, place->before, rows);
	return r;
}

/* --- an address ----------------------------------------------------------------------------------------- */

static void bind_address(struct run *run, const void *what)
{
	char key[3 + 33] = "ip:";

	hex_encode(what, 16, key + 3);
	for (char *c = key + 3; *c; c++)
		*c = *c >= 'a' ? (char)(*c - 32) : *c; /* as hex() writes it */
	add(run, "key = ");
	sql_bind_text(&run->query, str_from(key));
}

/* NULL: all of them. Who holds it in [from, to], into holders; where that is one moment and nobody, those
 * next to it. */
static int find_holders(struct run *run, const uint8_t ip[16], int64_t from, int64_t to,
			bool (*is_wanted)(const struct who_question *, const struct who_span *))
{
	struct place place = {bind_address, ip, BEFORE_MAX, WITHIN_MAX};
	const struct who_span *before = NULL, *behind = NULL;
	struct who_answer *answer = run->answer;
	struct who_rows rows = {0};
	struct who_spans spans = {0};
	size_t found = answer->holders.len;
	bool cut = false;
	int r = ask_around(run, &place, from, to, &rows, &cut);

	if (r == 0)
		who_spans_of_address(rows.items, rows.len, cut, run->question->now, &spans);
	for (size_t i = 0; i < spans.len; i++) {
		const struct who_span *span = &spans.items[i];

		if (is_wanted && !is_wanted(run->question, span))
			continue;
		if (who_span_holds(span, from, to))
			vec_push(&answer->holders, *span);
		else if (span->from <= from)
			before = span;
		else if (!behind)
			behind = span;
	}
	if (answer->holders.len == found && from == to && before)
		vec_push(&answer->near, *before);
	if (answer->holders.len == found && from == to && behind)
		vec_push(&answer->near, *behind);
	vec_done(&rows);
	vec_done(&spans);
	return r;
}

/* --- NAT ------------------------------------------------------------------------------------------------ */

static void add_nat_key(const uint8_t ip[16], struct buf *key)
{
	char hex[33];

	hex_encode(ip, 16, hex);
	for (char *c = hex; *c; c++)
		*c = *c >= 'a' ? (char)(*c - 32) : *c;
	buf_printf(key, "nat:%s:", hex);
}

static void bind_key(struct run *run, const char *before, const struct buf *key, const char *rest)
{
	struct buf whole = {0};

	add(run, before);
	buf_add_str(&whole, buf_str(key));
	buf_add_str(&whole, str_from(rest));
	sql_bind_text(&run->query, buf_str(&whole));
	buf_done(&whole);
}

/* Of all ports: mappings of one address to one. */
static void bind_nat_whole(struct run *run, const void *what)
{
	bind_key(run, "key = ", what, "-");
}

static void bind_nat_port(struct run *run, const void *what)
{
	char slice[24];

	snprintf(slice, sizeof(slice), "%lld", (long long)run->question->port / NAT_SLICE);
	bind_key(run, "key = ", what, slice);
	add(run, " AND nat_port <= ");
	sql_bind_integer(&run->query, run->question->port);
	add(run, " AND nat_port_last >= ");
	sql_bind_integer(&run->query, run->question->port);
}

static int find_shared(struct run *run, const struct buf *key)
{
	int r;

	select_from(run, "1");
	bind_key(run, "key >= ", key, "0");
	bind_key(run, " AND key < ", key, ":");
	add(run, " LIMIT 1");
	r = ask(run);
	if (r == 0)
		run->answer->shared = run->text.len > 0;
	return r;
}

static int find_mappings_at(struct run *run, struct place place, int64_t from, int64_t to)
{
	struct who_rows rows = {0};
	struct who_spans spans = {0};
	bool cut;
	int r = ask_around(run, &place, from, to, &rows, &cut);

	if (r == 0)
		who_spans_of_nat(rows.items, rows.len, &spans);
	for (size_t i = 0; i < spans.len; i++) {
		if (!who_span_holds(&spans.items[i], from, to))
			continue;
		if (run->answer->mappings.len == WHO_MAPPINGS_MAX)
			run->answer->truncated = true;
		else
			vec_push(&run->answer->mappings, spans.items[i]);
	}
	vec_done(&rows);
	vec_done(&spans);
	return r;
}

static int find_mappings(struct run *run)
{
	const struct who_question *question = run->question;
	struct buf key = {0};
	struct place whole = {bind_nat_whole, &key, NAT_MAX, WITHIN_MAX},
		     port = {bind_nat_port, &key, NAT_MAX, WITHIN_MAX};
	int r;

	add_nat_key(question->ip, &key);
	r = find_mappings_at(run, whole, question->from, question->to);
	if (r == 0 && question->port)
		r = find_mappings_at(run, port, question->from, question->to);
	else if (r == 0)
		r = find_shared(run, &key);
	buf_done(&key);
	return r;
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* While the mapping was there, and not longer. */
static int find_behind_nat(struct run *run)
{
	const struct who_question *question = run->question;
	int r = 0;

	for (size_t i = 0; r == 0 && i < run->answer->mappings.len; i++) {
		struct who_span mapping = run->answer->mappings.items[i];
		int64_t from = larger(question->from, mapping.from), to = question->to;

		if (mapping.end != WHO_OPEN && mapping.until < to)
			to = larger(mapping.until, from);
		r = find_holders(run, mapping.address, from, to, NULL);
	}
	return r;
}

/* --- a MAC, a user, a host
 * ---------------------------------------------------------------------------------- */

static void bind_name(struct run *run, const char *kind, struct str name)
{
	struct buf key = {0};

	buf_add_str(&key, str_from(kind));
	for (size_t i = 0; i < name.len; i++)
		buf_add_char(&key, char_lower(name.ptr[i]));
	sql_bind_text(&run->query, buf_str(&key));
	buf_done(&key);
}

static void bind_identity(struct run *run)
{
	const struct who_question *question = run->question;
	struct str user = question->text, host = str_head(user, str_find_char(user, '.'));
	size_t slash = str_find_char(user, '\\');

	if (question->kind == WHO_MAC) {
		add(run, "key = ");
		bind_name(run, "mac:", str_from(question->mac));
		return;
	}
	user = str_head(user, str_find_char(user, '@'));
	if (slash != STR_NOT_FOUND && slash < user.len)
		user = str_from_offset(user, slash + 1);
	add(run, "key IN (");
	bind_name(run, "user:", user);
	add(run, ", ");
	bind_name(run, "host:", host);
	add(run, ")");
}

/* A name given with its domain means that one, where the row has one too. */
static bool same_domain(struct str asked, struct str found, char mark)
{
	size_t a = str_find_char(asked, mark), b = str_find_char(found, mark);

	return a == STR_NOT_FOUND || b == STR_NOT_FOUND || str_ieq(asked, found);
}

static bool is_identity(const struct who_question *question, const struct who_span *span)
{
	struct str text = question->text;

	if (question->kind == WHO_MAC)
		return str_eq(span->mac, str_from(question->mac));
	return (span->user.len && who_same_user(span->user, text) && same_domain(text, span->user, '@')) ||
	       (span->host.len && who_same_host(span->host, text) && same_domain(text, span->host, '.'));
}

/* Those of which the identity was seen last before the end of the time asked for. */
static int find_addresses(struct run *run, uint8_t ips[WHO_ADDRESSES_MAX][16], size_t *ret_count)
{
	struct str text, line, value;
	size_t count = 0;
	int r;

	select_from(run, "hex(address), max(time) AS last");
	bind_identity(run);
	add(run, " AND time <= ");
	sql_bind_integer(&run->query, run->question->to);
	buf_printf(&run->query.sql, " GROUP BY address ORDER BY last DESC, address LIMIT %d",
		   WHO_ADDRESSES_MAX + 1);
	r = ask(run);
	for (text = buf_str(&run->text); r == 0 && str_split(&text, '\n', &line);) {
		if (count == WHO_ADDRESSES_MAX)
			run->answer->truncated = true;
		else if (!who_value(&line, run->answer->arena, &value) ||
			 hex_decode(value, ips[count++], 16) < 0)
			r = err_set(run->err, ERR_PROTOCOL, 0, 0,
				    "the event store answered with something else");
	}
	*ret_count = count;
	return r;
}

static int find_of_identity(struct run *run)
{
	uint8_t ips[WHO_ADDRESSES_MAX][16];
	size_t count = 0;
	int r = find_addresses(run, ips, &count);

	for (size_t i = 0; r == 0 && i < count; i++)
		r = find_holders(run, ips[i], run->question->from, run->question->to, is_identity);
	return r;
}

/* --- who would have known
 * ------------------------------------------------------------------------------------ */

static int read_heard(struct run *run)
{
	struct str text = buf_str(&run->text), line, last, rows;

	while (str_split(&text, '\n', &line)) {
		struct who_heard heard = {0};

		if (!who_value(&line, run->answer->arena, &heard.dataset) ||
		    !who_value(&line, run->answer->arena, &heard.observer) ||
		    !who_value(&line, run->answer->arena, &last) ||
		    !who_value(&line, run->answer->arena, &rows) || str_to_i64(last, &heard.last) < 0 ||
		    str_to_u64(rows, &heard.rows) < 0)
			return err_set(run->err, ERR_PROTOCOL, 0, 0,
				       "the event store answered with something else");
		vec_push(&run->answer->heard, heard);
	}
	return 0;
}

/* By the time of reception, which numbers the partitions, so that not all are read. */
static int find_heard(struct run *run)
{
	const struct who_question *question = run->question;
	int r;

	select_from(run, "dataset, observer, max(time) AS last, count() AS rows");
	add(run, "received >= ");
	sql_bind_integer(&run->query, question->from - HEARD_SPAN);
	add(run, " AND received <= ");
	sql_bind_integer(&run->query, question->to + HEARD_SPAN + RECEIVED_LATE);
	add(run, " AND time >= ");
	sql_bind_integer(&run->query, question->from - HEARD_SPAN);
	add(run, " AND time <= ");
	sql_bind_integer(&run->query, question->to + HEARD_SPAN);
	buf_printf(&run->query.sql,
		   " GROUP BY dataset, observer ORDER BY rows DESC, dataset, observer LIMIT %d", HEARD_MAX);
	r = ask(run);
	return r == 0 ? read_heard(run) : r;
}

int who_run(const struct who_question *question, who_ask *ask_store, void *context,
	    struct who_answer *ret_answer, struct err *ret_err)
{
	struct run run = {.question = question,
			  .ask = ask_store,
			  .context = context,
			  .answer = ret_answer,
			  .err = ret_err};
	int r;

	*ret_answer = (struct who_answer){.arena = arena_new(0)};
	must(ret_answer->arena);
	if (question->from < -TIME_MAX || question->to > TIME_MAX || question->from > question->to)
		return err_set(ret_err, ERR_RANGE, 0, 0, "no time that anybody was heard at");
	if (question->kind != WHO_ADDRESS) {
		r = find_of_identity(&run);
	} else {
		r = find_mappings(&run);
		if (r == 0)
			r = find_behind_nat(&run);
		if (r == 0)
			r = find_holders(&run, question->ip, question->from, question->to, NULL);
	}
	if (r == 0 && !ret_answer->holders.len)
		r = find_heard(&run);
	sql_query_done(&run.query);
	buf_done(&run.text);
	return r;
}

void who_answer_done(struct who_answer *answer)
{
	vec_done(&answer->mappings);
	vec_done(&answer->holders);
	vec_done(&answer->near);
	vec_done(&answer->heard);
	arena_free(answer->arena);
}
