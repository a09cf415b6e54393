/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/clock.h"
#include "bin/config.h"
#include "bin/store_open.h"
#include "event/ip.h"
#include "query/time.h"
#include "query/who.h"

#define LOCAL_TIME_SIZE 32
#define EVIDENCE_SHOWN 4

static int ask(void *context, const struct sql_query *query, struct buf *ret_rows, struct err *ret_err)
{
	return store_query(context, query, "TabSeparated", ret_rows, NULL, ret_err);
}

/* --- the answer for people ------------------------------------------------------------------------------ */

/* "2026-11-22 08:30:00 +08:00" */
static const char *local_time(int64_t time, int64_t zone, char out[LOCAL_TIME_SIZE])
{
	char text[CLOCK_TEXT_SIZE];
	int minutes = (int)((zone < 0 ? -zone : zone) / CLOCK_MINUTE);

	clock_format(time + zone, text);
	text[10] = ' ';
	snprintf(out, LOCAL_TIME_SIZE, "%.19s %c%02d:%02d", text, zone < 0 ? '-' : '+', minutes / 60 % 100,
		 minutes % 60);
	return out;
}

static void add_end(struct buf *out, const struct who_span *span, int64_t zone)
{
	static const char *const words[] = {[WHO_RELEASED] = "given back",
					    [WHO_REASSIGNED] = "then somebody else's",
					    [WHO_LEASE] = "lease over"};
	char time[LOCAL_TIME_SIZE];

	if (span->end != WHO_OPEN)
		buf_printf(out, "until %s (%s)", local_time(span->until, zone, time), words[span->end]);
	else if (span->until)
		buf_printf(out, "and still, lease until %s", local_time(span->until, zone, time));
	else
		buf_add_str(out, STR("and still"));
	buf_printf(out, ", last heard %s\n", local_time(span->seen, zone, time));
}

static void add_sayer(struct buf *out, const struct who_span *span)
{
	char ip[IP_TEXT_SIZE];

	ip_format(span->observer_ip, ip);
	buf_printf(out, "    said by %.*s of %.*s (%s), records", STR_FMT(span->dataset),
		   STR_FMT(span->observer.len ? span->observer : STR("?")), ip);
	for (size_t i = 0; i < span->evidence_count && i < EVIDENCE_SHOWN; i++)
		buf_printf(out, " %" PRIu64, span->evidence[i]);
	if (span->evidence_count > EVIDENCE_SHOWN)
		buf_printf(out, " … %" PRIu64, span->evidence[span->evidence_count - 1]);
	buf_printf(out, " (%zu)\n", span->records);
}

static void add_span(struct buf *out, const struct who_span *span, int64_t zone)
{
	char time[LOCAL_TIME_SIZE];

	if (span->from)
		buf_printf(out, "    from %s, ", local_time(span->from, zone, time));
	else
		buf_add_str(out, STR("    from before what is known, "));
	add_end(out, span, zone);
	add_sayer(out, span);
}

static void add_part(struct buf *out, const char *name, struct str value)
{
	if (value.len)
		buf_printf(out, "  %s %.*s", name, STR_FMT(value));
}

static void add_holder(struct buf *out, const struct who_span *span, int64_t zone)
{
	char ip[IP_TEXT_SIZE], mac[18] = "";

	ip_format(span->address, ip);
	for (size_t i = 0; span->mac.len == 12 && i < 6; i++)
		snprintf(mac + 3 * i, 4, "%.2s%s", span->mac.ptr + 2 * i, i < 5 ? ":" : "");
	buf_printf(out, "%s ", ip);
	add_part(out, "user", span->user);
	add_part(out, "mac", str_from(mac));
	add_part(out, "host", span->host);
	buf_add_char(out, '\n');
	add_span(out, span, zone);
}

static void add_mapping(struct buf *out, const struct who_span *span, int64_t zone)
{
	char outside[IP_TEXT_SIZE], inside[IP_TEXT_SIZE];

	ip_format(span->outside, outside);
	ip_format(span->address, inside);
	buf_printf(out, "%s", outside);
	if (span->outside_port)
		buf_printf(out, " port %" PRId64, span->outside_port);
	if (span->outside_port_last > span->outside_port)
		buf_printf(out, "-%" PRId64, span->outside_port_last);
	buf_printf(out, "  is inside %s", inside);
	if (span->port)
		buf_printf(out, " port %" PRId64, span->port);
	buf_add_char(out, '\n');
	add_span(out, span, zone);
}

static void add_reason(struct buf *out, const struct who_question *question, const struct who_answer *answer,
		       int64_t zone)
{
	char time[LOCAL_TIME_SIZE];

	if (answer->holders.len)
		return;
	buf_printf(out, "nobody known: %s\n", who_reason(question, answer));
	for (size_t i = 0; i < answer->heard.len; i++)
		buf_printf(out, "  heard: %.*s of %.*s, last %s, %" PRIu64 " rows\n",
			   STR_FMT(answer->heard.items[i].dataset), STR_FMT(answer->heard.items[i].observer),
			   local_time(answer->heard.items[i].last, zone, time), answer->heard.items[i].rows);
	if (answer->near.len)
		buf_add_str(out, STR("before and after:\n"));
	for (size_t i = 0; i < answer->near.len; i++)
		add_holder(out, &answer->near.items[i], zone);
}

static void write_text(const struct who_question *question, const struct who_answer *answer, int64_t zone,
		       struct buf *out)
{
	for (size_t i = 0; i < answer->mappings.len; i++)
		add_mapping(out, &answer->mappings.items[i], zone);
	for (size_t i = 0; i < answer->holders.len; i++)
		add_holder(out, &answer->holders.items[i], zone);
	add_reason(out, question, answer, zone);
	if (answer->truncated)
		buf_add_str(out, STR("there is more than was looked at: ask for a shorter time\n"));
}

/* --- the question
 * -------------------------------------------------------------------------------------------- */

static int read_zone(const struct command *command, const struct arguments *arguments, int64_t *ret_zone)
{
	struct arena *arena = arena_new(0);
	struct config config;
	struct err err = {0};
	int r = config_load(arguments, arena, &config, &err);

	if (r == 0)
		r = config_zone(&config, ret_zone, &err);
	arena_free(arena);
	return r < 0 ? command_failed_err(command, &err) : EXIT_OK;
}

static int read_time(const struct command *command, const struct arguments *arguments, const char *option,
		     const char *fallback, int64_t now, int64_t zone, int64_t *ret_time)
{
	int64_t end;

	if (time_read_zoned(str_from(argument_value(arguments, option, fallback)), now, zone, ret_time,
			    &end) < 0)
		return usage_error(command, "--%s takes a time such as '2026-01-01 08:30', -2h or RFC 3339",
				   option);
	return EXIT_OK;
}

static int read_span(const struct command *command, const struct arguments *arguments, int64_t zone,
		     struct who_question *question)
{
	bool span = argument_value(arguments, "from", NULL) || argument_value(arguments, "to", NULL);
	int status;

	if (span && argument_value(arguments, "at", NULL))
		return usage_error(command, "--at is one moment, --from and --to a span: not both");
	status = read_time(command, arguments, span ? "from" : "at", span ? "-24h" : "now", question->now,
			   zone, &question->from);
	question->to = question->from;
	if (status == EXIT_OK && span)
		status = read_time(command, arguments, "to", "now", question->now, zone, &question->to);
	if (status == EXIT_OK && question->from > question->to)
		status = usage_error(command, "--from is behind --to");
	return status;
}

static int read_question(const struct command *command, const struct arguments *arguments, int64_t zone,
			 struct who_question *ret_question)
{
	size_t cursor = 0;
	const char *what = argument_next(arguments, NULL, &cursor);
	struct who_question question;
	struct err err = {0};
	long port;
	int status;

	if (!what || argument_next(arguments, NULL, &cursor))
		return usage_error(command, "give one address, MAC, user or host");
	if (who_parse(str_from(what), &question, &err) < 0)
		return usage_error(command, "%s", err.message);
	if (argument_integer(arguments, "port", 0, 1, 65535, &port) < 0)
		return EXIT_USAGE;
	if (port && question.kind != WHO_ADDRESS)
		return usage_error(command, "--port goes with an address");
	question.port = port;
	question.now = clock_now();
	status = read_span(command, arguments, zone, &question);
	if (status == EXIT_OK)
		*ret_question = question;
	return status;
}

static int print(const struct who_question *question, const struct who_answer *answer, int64_t zone,
		 bool json)
{
	struct buf out = {0};
	int r;

	if (json)
		who_write(question, answer, &out);
	else
		write_text(question, answer, zone, &out);
	if (json)
		buf_add_char(&out, '\n');
	r = store_print(buf_str(&out));
	buf_done(&out);
	if (r < 0 || fflush(stdout) != 0)
		return EXIT_FAILED;
	return answer->holders.len ? EXIT_OK : EXIT_FINDING;
}

static int run(const struct command *command, struct arguments *arguments)
{
	struct who_question question = {.kind = WHO_NAME};
	struct who_answer answer = {0};
	struct store_client *client;
	struct err err = {0};
	int64_t zone = 0;
	int r, status = read_zone(command, arguments, &zone);

	if (status == EXIT_OK)
		status = read_question(command, arguments, zone, &question);
	if (status == EXIT_OK)
		status = store_open(command, arguments, "who", question.text, &client);
	if (status != EXIT_OK)
		return status;
	r = who_run(&question, ask, client, &answer, &err);
	if (r == ERR_REFUSED && str_find(str_from(err.message), STR("UNKNOWN_TABLE")) != STR_NOT_FOUND)
		status = command_failed(command,
					"the store has no tables yet: it was just started, or comes from "
					"before this version; ask again in a moment");
	else if (r < 0)
		status = store_failed(command, r, &err);
	else
		status = print(&question, &answer, zone, argument_flag(arguments, "json"));
	who_answer_done(&answer);
	store_client_close(client);
	return status;
}

static const struct option_def options[] = {
	{"at", "TIME", "one moment (default: now); local time where no zone is named"},
	{"from", "TIME", "all who had it since then, up to --to"},
	{"to", "TIME", "(default: now)"},
	{"port", "N", "the port of an address that NAT shares among many"},
	{"json", NULL, "one JSON object"},
	STORE_OPEN_OPTIONS,
	{0},
};

const struct command cmd_who = {
	.name = "who",
	.summary = "say who had an address at a time",
	.usage = "[--at TIME | --from TIME --to TIME] [--port N] [--json] ADDRESS|MAC|USER|HOST",
	.details = "From the logs of DHCP, RADIUS, 802.1X, portals, VPN gateways and NAT devices. Of a MAC, "
		   "a user or a\n"
		   "host: the addresses it had. Exits 1 where nobody is known, and says why.\n"
		   "  wanglou who 10.1.2.3 --at '2026-01-01 08:30'\n"
		   "  wanglou who 203.0.113.9 --port 40001 --at 2026-01-01T00:30:00Z",
	.options = options,
	.run = run,
};
