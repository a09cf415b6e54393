/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "bin/command_audit.h"
#include "bin/store_open.h"
#include "event/ip.h"
#include "people/owner.h"
#include "people/register.h"
#include "query/time.h"

#define LOCAL_TIME_SIZE 32

struct question {
	const char *what;
	int64_t now, zone;
	int64_t time, known; /* known 0: now */
};

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

struct answer {
	const struct question *question;
	struct buf text;
	bool asset, people;
};

static void add_part(struct buf *out, const char *before, struct str value)
{
	if (value.len)
		buf_printf(out, "%s%.*s", before, STR_FMT(value));
}

static void add_asset(struct buf *out, const struct owner *owner)
{
	buf_printf(out, "%.*s (%.*s, %.*s", STR_FMT(owner->asset_name), STR_FMT(owner->asset_kind),
		   STR_FMT(owner->life));
	add_part(out, ", criticality ", owner->criticality);
	add_part(out, ", exposed to ", owner->exposure);
	if (owner->mlps_level)
		buf_printf(out, ", MLPS level %u", owner->mlps_level);
	add_part(out, " ", owner->mlps_number);
	buf_add_str(out, STR(")\n"));
	add_part(out, "  purpose: ", owner->purpose);
	if (owner->purpose.len)
		buf_add_char(out, '\n');
}

static void add_responsible(struct buf *out, const struct responsible *one, int64_t zone)
{
	char time[LOCAL_TIME_SIZE];

	buf_printf(out, "  %s %.*s", duty_name(one->duty), STR_FMT(one->name));
	add_part(out, one->of_asset ? ", " : " of ", one->unit_name);
	add_part(out, ", phone ", one->phone);
	add_part(out, ", mail ", one->mail);
	buf_printf(out, ", since %s\n", local_time(one->since, zone, time));
}

static int add_owner(void *context, const struct owner *owner)
{
	struct answer *answer = context;
	struct buf *out = &answer->text;
	char time[LOCAL_TIME_SIZE];

	answer->asset = owner->asset != 0;
	answer->people = owner->count > 0;
	add_asset(out, owner);
	if (owner->unit)
		buf_printf(out, "  unit: %.*s", STR_FMT(owner->unit_name));
	else
		buf_add_str(out, STR("  of no unit"));
	buf_printf(out, ", since %s\n", local_time(owner->since, answer->question->zone, time));
	for (size_t i = 0; i < owner->count; i++)
		add_responsible(out, &owner->responsibles[i], answer->question->zone);
	return 0;
}

/* "portal, of the library: Li (first_responsible), Wang (operator)" */
static void add_before(struct buf *out, const struct owner *before)
{
	if (!before->asset) {
		buf_add_str(out, STR("nobody was known"));
		return;
	}
	buf_printf(out, "%.*s", STR_FMT(before->asset_name));
	add_part(out, ", unit ", before->unit_name);
	for (size_t i = 0; i < before->count; i++) {
		const struct responsible *one = &before->responsibles[i];

		buf_printf(out, "%s %.*s (%s)", i ? "," : ":", STR_FMT(one->name), duty_name(one->duty));
		add_part(out, ", phone ", one->phone);
	}
}

static int add_correction(void *context, const struct owner_correction *correction)
{
	struct answer *answer = context;
	char time[LOCAL_TIME_SIZE];

	buf_printf(&answer->text, "  corrected on %s by %.*s (%.*s); before that: ",
		   local_time(correction->at, answer->question->zone, time), STR_FMT(correction->by),
		   STR_FMT(correction->reason));
	add_before(&answer->text, correction->before);
	buf_add_char(&answer->text, '\n');
	return 0;
}

static void add_advice(struct answer *answer)
{
	const struct question *question = answer->question;
	uint8_t ip[16];

	if (answer->people)
		return;
	if (answer->asset) {
		buf_add_str(
			&answer->text,
			STR("nobody known: no duty is held for this asset, in its unit or in one above it at "
			    "that time; name somebody in the console, under the register\n"));
		return;
	}
	buf_printf(
		&answer->text,
		"nobody known: no asset of the register fits %s at that time; add it in the console, under "
		"the register",
		question->what);
	if (ip_parse(str_from(question->what), ip) == 0)
		buf_printf(&answer->text, "; 'wanglou who %s' says who had the address", question->what);
	buf_add_char(&answer->text, '\n');
}

static int write_text(struct db_tx *tx, struct answer *answer)
{
	const struct question *question = answer->question;
	struct str what = str_from(question->what);
	int r = owner_find(tx, what, question->time, question->known, add_owner, answer);

	if (r == 0 || r == ERR_END) {
		add_advice(answer);
		r = owner_corrected(tx, what, question->time, question->known, add_correction, answer);
	}
	return r < 0 ? r : answer->people;
}

static int write_json(struct db_tx *tx, struct answer *answer)
{
	const struct question *question = answer->question;
	int r = owner_write(tx, str_from(question->what), question->time, question->known, 0, &answer->text);

	buf_add_char(&answer->text, '\n');
	return r;
}

/* --- the question
 * --------------------------------------------------------------------------------------------- */

static int look_up(const struct command *command, struct db *db, const struct question *question, bool json)
{
	struct answer answer = {.question = question};
	struct db_tx *tx;
	int r = db_begin(db, DB_READ, &tx);

	if (r == 0)
		r = db_end(tx, json ? write_json(tx, &answer) : write_text(tx, &answer));
	if (r >= 0 && (store_print(buf_str(&answer.text)) < 0 || fflush(stdout) != 0))
		r = -EIO;
	buf_done(&answer.text);
	if (r == ERR_SYNTAX || r == ERR_LIMIT)
		return usage_error(command, "give one address, host name, URL or name of an asset");
	if (r < 0)
		return command_failed(command, "the register cannot be read: %s", err_text(r));
	return r > 0 ? EXIT_OK : EXIT_FINDING;
}

static int record(const struct command *command, const struct config *config, const struct question *question)
{
	struct buf detail = {0};
	char time[CLOCK_TEXT_SIZE];
	int status;

	clock_format(question->time, time);
	buf_printf(&detail, "{\"at\":\"%s\"", time);
	clock_format(question->known, time);
	if (question->known)
		buf_printf(&detail, ",\"known\":\"%s\"", time);
	buf_add_char(&detail, '}');
	status = command_audit(command, config, AUDIT_READING, "owner", str_from(question->what),
			       buf_str(&detail));
	buf_done(&detail);
	return status;
}

static int read_time(const struct command *command, const struct arguments *arguments, const char *option,
		     const struct question *question, int64_t *time)
{
	const char *text = argument_value(arguments, option, NULL);
	int64_t end;

	if (text && time_read_zoned(str_from(text), question->now, question->zone, time, &end) < 0)
		return usage_error(command, "--%s takes a time such as '2026-01-01 08:30', -2h or RFC 3339",
				   option);
	return EXIT_OK;
}

static int open_and_run(const struct command *command, const struct arguments *arguments,
			const struct config *config, struct arena *arena, struct question *question)
{
	static const struct db_schema *const schemas[] = {&register_schema};
	struct err err = {0};
	struct db *db;
	int status = read_time(command, arguments, "at", question, &question->time);

	if (status == EXIT_OK)
		status = read_time(command, arguments, "known", question, &question->known);
	if (status != EXIT_OK)
		return status;
	if (access(config_path(config, arena, "core/" DB_FILE), F_OK) < 0)
		return command_failed(command, "%s has no register yet; start 'wanglou run' on it once",
				      config->data);
	status = record(command, config, question);
	if (status != EXIT_OK)
		return status;
	if (db_open(config_path(config, arena, "core/" DB_FILE), schemas, 1, &db, &err) < 0)
		return command_failed_err(command, &err);
	status = look_up(command, db, question, argument_flag(arguments, "json"));
	db_close(db);
	return status;
}

static int run(const struct command *command, struct arguments *arguments)
{
	struct arena *arena = arena_new(0);
	struct question question = {.now = clock_now()};
	struct config config;
	struct err err = {0};
	size_t cursor = 0;
	int status;

	question.time = question.now;
	question.what = argument_next(arguments, NULL, &cursor);
	if (!question.what || argument_next(arguments, NULL, &cursor))
		status = usage_error(command, "give one address, host name, URL or name of an asset");
	else if (config_load(arguments, arena, &config, &err) < 0 ||
		 config_zone(&config, &question.zone, &err) < 0)
		status = command_failed_err(command, &err);
	else
		status = open_and_run(command, arguments, &config, arena, &question);
	arena_free(arena);
	return status;
}

static const struct option_def options[] = {
	{"at", "TIME", "whose it was then (default: now); local time where no zone is named"},
	{"known", "TIME", "as the register stood then, before later corrections (default: now)"},
	{"json", NULL, "one JSON object"},
	CONFIG_OPTIONS,
	{0},
};

const struct command cmd_owner = {
	.name = "owner",
	.summary = "say who answers for an address, a host or a web site at a time",
	.usage = "[--at TIME] [--known TIME] [--json] ADDRESS|HOST|URL|ASSET",
	.details = "From the register of assets and people: the asset, its unit, and who held a duty there, "
		   "with\n"
		   "phone and mail, the nearest first. Exits 1 where nobody is known, and says what to do.\n"
		   "  wanglou owner 10.3.4.5 --at 2026-03-03\n"
		   "  wanglou owner https://www.example.edu.cn/courses",
	.options = options,
	.run = run,
};
