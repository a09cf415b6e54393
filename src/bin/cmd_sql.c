/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "bin/store_open.h"

#define SQL_MAX (1024 * 1024)

static int take(void *context, struct str piece)
{
	(void)context;
	return store_print(piece);
}

/* The operand, or standard input for "-". */
static int read_sql(const char *operand, struct buf *sql)
{
	if (strcmp(operand, "-") == 0)
		return io_read_file("/dev/stdin", SQL_MAX, sql);
	buf_add_str(sql, str_from(operand));
	return 0;
}

static const char *choose_format(const struct arguments *arguments)
{
	if (argument_flag(arguments, "json"))
		return "JSONEachRow";
	return argument_value(arguments, "format",
			      isatty(STDOUT_FILENO) ? "PrettyCompact" : "TabSeparatedWithNames");
}

static int run(const struct command *command, struct arguments *arguments)
{
	size_t cursor = 0;
	const char *operand = argument_next(arguments, NULL, &cursor);
	struct sql_query query = {0};
	struct store_client *client;
	struct err err = {0};
	int r, status;

	if (!operand || argument_next(arguments, NULL, &cursor))
		return usage_error(command, "give one statement, in quotes, or -");
	r = read_sql(operand, &query.sql);
	if (r < 0) {
		sql_query_done(&query);
		return command_failed(command, "cannot read standard input: %s", err_text(r));
	}
	status = store_open(command, arguments, "sql", buf_str(&query.sql), &client);
	if (status == EXIT_OK) {
		r = store_query_stream(client, &query, choose_format(arguments), take, NULL, NULL, &err);
		if (r < 0)
			status = store_failed(command, r, &err);
		else if (fflush(stdout) != 0)
			status = EXIT_FAILED;
		store_client_close(client);
	}
	sql_query_done(&query);
	return status;
}

static const struct option_def options[] = {
	{"format", "NAME", "any of ClickHouse's: CSVWithNames, JSON, Vertical, Parquet … (default: a table)"},
	{"json", NULL, "one JSON object a line"},
	STORE_OPEN_OPTIONS,
	{0},
};

const struct command cmd_sql = {
	.name = "sql",
	.summary = "query the stored events in SQL, read-only",
	.usage = "[--format NAME | --json] 'SELECT …'|-",
	.details = "The tables are events, events_minute, addresses_hour, hosts_hour and "
		   "address_assignments; 'DESCRIBE events' "
		   "lists\n"
		   "columns. Times are microseconds; the column timestamp, and source_ip_text and the like, "
		   "are\n"
		   "for reading.",
	.options = options,
	.run = run,
};
