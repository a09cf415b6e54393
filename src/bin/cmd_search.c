/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "bin/store_open.h"
#include "query/search.h"
#include "query/time.h"

#define LIMIT_DEFAULT 100
#define TIME_MEMBER "\"@timestamp\":"

/* Answers arrive in pieces; lines are printed whole, their time made readable. */
struct printer {
	struct buf line;
	bool json;
	uint64_t rows;
};

/* Where the time stands in a line: the second column, or the member of that name behind seq. */
static struct str find_time(struct str line, bool json)
{
	size_t at = json ? str_find(line, STR(TIME_MEMBER)) : str_find_char(line, '\t');
	struct str rest;
	size_t len = 0;

	if (at == STR_NOT_FOUND)
		return (struct str){0};
	rest = str_from_offset(line, at + (json ? strlen(TIME_MEMBER) : 1));
	while (len < rest.len &&
	       (char_is_digit(rest.ptr[len]) || rest.ptr[len] == '-' || rest.ptr[len] == '"'))
		len++;
	return str_head(rest, len);
}

static int print_line(struct printer *printer, struct str line)
{
	struct str found = find_time(line, printer->json), digits = found;
	char text[CLOCK_TEXT_SIZE + 2]; /* with quotes */
	int64_t time;
	int r;

	if (digits.len > 2 && digits.ptr[0] == '"')
		digits = str_of(digits.ptr + 1, digits.len - 2);
	if (!found.len || str_to_i64(digits, &time) < 0)
		return store_print(line);
	clock_format(time, text + 1);
	text[0] = '"';
	strcat(text, "\"");
	r = store_print(str_of(line.ptr, (size_t)(found.ptr - line.ptr)));
	if (r == 0)
		r = store_print(printer->json ? str_from(text) : str_of(text + 1, strlen(text) - 2));
	if (r == 0)
		r = store_print(str_from_offset(line, (size_t)(found.ptr - line.ptr) + found.len));
	return r;
}

static int take(void *context, struct str piece)
{
	struct printer *printer = context;
	int r = 0;

	while (r == 0 && piece.len) {
		size_t end = str_find_char(piece, '\n');

		if (end == STR_NOT_FOUND) {
			buf_add_str(&printer->line, piece);
			break;
		}
		buf_add_str(&printer->line, str_head(piece, end + 1));
		r = print_line(printer, buf_str(&printer->line));
		buf_clear(&printer->line);
		printer->rows++;
		piece = str_from_offset(piece, end + 1);
	}
	return r;
}

static int read_time(const struct command *command, const struct arguments *arguments, const char *option,
		     const char *fallback, int64_t now, int64_t *ret_time)
{
	const char *text = argument_value(arguments, option, fallback);
	int64_t end;

	if (time_read(str_from(text), now, ret_time, &end) < 0)
		return usage_error(command,
				   "--%s takes a time such as -24h, now, 2026-01-01 or 2026-01-01T08:30:00Z",
				   option);
	return EXIT_OK;
}

static size_t split_columns(const char *text, struct str columns[SEARCH_COLUMNS_MAX])
{
	struct str rest = str_from(text), part;
	size_t count = 0;

	while (text && count < SEARCH_COLUMNS_MAX && str_split(&rest, ',', &part))
		columns[count++] = str_trim(part);
	return count;
}

static int read_search(const struct command *command, struct arguments *arguments, struct str *columns,
		       struct search *search)
{
	size_t cursor = 0;
	const char *kql = argument_next(arguments, NULL, &cursor);
	long limit;
	int status;

	if (argument_next(arguments, NULL, &cursor))
		return usage_error(command, "put the whole search in quotes");
	if (argument_integer(arguments, "limit", LIMIT_DEFAULT, 1, SEARCH_LIMIT_MAX, &limit) < 0)
		return EXIT_USAGE;
	search->now = clock_now();
	status = read_time(command, arguments, "from", "-24h", search->now, &search->from);
	if (status == EXIT_OK)
		status = read_time(command, arguments, "to", "now", search->now, &search->to);
	search->kql = str_from(kql);
	search->limit = (unsigned)limit;
	search->columns = columns;
	search->column_count = split_columns(argument_value(arguments, "columns", NULL), columns);
	return status;
}

static int print_events(const struct command *command, struct store_client *client,
			const struct sql_query *query, bool json)
{
	struct printer printer = {.json = json};
	struct err err = {0};
	int r = store_query_stream(client, query, json ? "JSONEachRow" : "TabSeparatedWithNames", take,
				   &printer, NULL, &err);
	int status = r < 0 ? store_failed(command, r, &err) : EXIT_OK;

	if (fflush(stdout) != 0)
		status = EXIT_FAILED;
	buf_done(&printer.line);
	return status;
}

static int run(const struct command *command, struct arguments *arguments)
{
	struct str columns[SEARCH_COLUMNS_MAX];
	struct search search = {0};
	struct sql_query query = {0};
	struct store_client *client;
	struct err err = {0};
	int status = read_search(command, arguments, columns, &search);

	if (status != EXIT_OK)
		return status;
	if (search_events(&search, &query, &err) < 0) {
		sql_query_done(&query);
		return usage_error(command, "column %u: %s", err.column, err.message);
	}
	status = store_open(command, arguments, "search", search.kql, &client);
	if (status == EXIT_OK) {
		status = print_events(command, client, &query, argument_flag(arguments, "json"));
		store_client_close(client);
	}
	sql_query_done(&query);
	return status;
}

static const struct option_def options[] = {
	{"from", "TIME", "oldest event: -24h (the default), 2026-01-01, RFC 3339 …"},
	{"to", "TIME", "up to, not including (default: now)"},
	{"limit", "N", "at most so many, the newest (default: 100)"},
	{"columns", "A,B", "fields to show, by ECS name or attribute"},
	{"json", NULL, "one JSON object a line"},
	STORE_OPEN_OPTIONS,
	{0},
};

const struct command cmd_search = {
	.name = "search",
	.summary = "search the stored events",
	.usage = "[--from TIME] [--to TIME] [--limit N] [--columns A,B] [--json] ['QUERY']",
	.details = "The query is in Kibana Query Language:\n"
		   "  source.ip: 10.0.0.0/8 and not user.name: (root or admin)\n"
		   "  http.response.status_code >= 500   url.path: *wp-login.php   message: \"exact phrase\"",
	.options = options,
	.run = run,
};
