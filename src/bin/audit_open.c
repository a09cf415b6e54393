/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/audit_open.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/io.h"
#include "bin/command_audit.h"

#define SECRET_MAX 1024

/* A text from outside, for a terminal. */
static void print_text(const char *text)
{
	for (; *text; text++)
		putchar((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text);
}

void audit_json_time(struct buf *json, const char *name, int64_t time)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(time, text);
	if (time)
		buf_printf(json, ",\"%s\":\"%s\"", name, text);
	else
		buf_printf(json, ",\"%s\":null", name);
}

/* -- problems ------------------------------------------------------------------------------------------ */

static void print_json(const struct audit_problem *problem)
{
	struct buf json = {0};

	buf_printf(&json, "{\"type\":\"problem\",\"kind\":\"%s\",\"finding\":%s",
		   audit_problem_id(problem->kind), problem->expected ? "false" : "true");
	if (problem->last_seq)
		buf_printf(&json, ",\"first_seq\":%" PRIu64 ",\"last_seq\":%" PRIu64, problem->first_seq,
			   problem->last_seq);
	audit_json_time(&json, "from", problem->from);
	audit_json_time(&json, "to", problem->to);
	buf_add_str(&json, STR(",\"file\":"));
	buf_add_json_string(&json, str_from(problem->file));
	buf_add_str(&json, STR(",\"text\":"));
	buf_add_json_string(&json, str_from(problem->text));
	buf_add_str(&json, STR(",\"meaning\":"));
	buf_add_json_string(&json, str_from(audit_problem_meaning(problem->kind)));
	buf_add_str(&json, STR(",\"advice\":"));
	buf_add_json_string(&json, str_from(audit_problem_advice(problem->kind)));
	printf("%s}\n", buf_cstr(&json));
	buf_done(&json);
}

static void print_times(const struct audit_problem *problem)
{
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE];

	clock_format(problem->from, from);
	clock_format(problem->to, to);
	if (problem->from && problem->to)
		printf("  %s to %s\n", from, to);
	else if (problem->from || problem->to)
		printf("  %s\n", problem->from ? from : to);
}

static void print_problem(const struct audit_problem *problem)
{
	printf("%s", problem->expected ? "note: " : "PROBLEM: ");
	if (problem->last_seq && problem->first_seq < problem->last_seq)
		printf("records %" PRIu64 " to %" PRIu64 ": ", problem->first_seq, problem->last_seq);
	else if (problem->last_seq)
		printf("record %" PRIu64 ": ", problem->last_seq);
	printf("%s\n", audit_problem_title(problem->kind));
	if (problem->file[0] || problem->text[0]) {
		printf("  ");
		print_text(problem->file);
		printf("%s", problem->file[0] && problem->text[0] ? ": " : "");
		print_text(problem->text);
		putchar('\n');
	}
	print_times(problem);
	printf("  %s\n  %s\n", audit_problem_meaning(problem->kind), audit_problem_advice(problem->kind));
}

static void show_problem(void *context, const struct audit_problem *problem)
{
	struct audit_open *open = context;

	progress_end(&open->progress);
	open->problems += !problem->expected;
	if (open->json)
		print_json(problem);
	else
		print_problem(problem);
}

static void show_progress(void *context, uint64_t done, uint64_t total)
{
	struct audit_open *open = context;

	open->progress.total = total;
	progress_update(&open->progress, done, done);
}

/* -- opening ------------------------------------------------------------------------------------------- */

static int read_secret(const char *path, struct buf *text, struct err *ret_err)
{
	int r = io_read_file(path, SECRET_MAX, text);

	return r < 0 ? err_set(ret_err, r, 0, 0, "cannot read %s: %s", path, err_text(r)) : 0;
}

/* The key of an encrypted journal: as given, else as configured. */
static int open_key(struct audit_open *open, struct err *ret_err)
{
	const char *file = argument_value(open->call->arguments, "journal-key", NULL);
	const char *passphrase = argument_value(open->call->arguments, "journal-passphrase", NULL);
	struct buf text = {0};
	int r = 0;

	if (!file && !passphrase)
		return config_journal_key(open->call->config, open->call->arena, false, &open->key, ret_err);
	r = read_secret(file ? file : passphrase, &text, ret_err);
	if (r == 0 && file)
		r = journal_key_parse(str_trim(buf_str(&text)), &open->key_given, ret_err);
	else if (r == 0)
		r = journal_key_derive(open->place.journal, str_trim(buf_str(&text)), false, &open->key_given,
				       ret_err);
	if (text.ptr)
		explicit_bzero(text.ptr, text.capacity);
	buf_done(&text);
	if (r == 0)
		open->key = &open->key_given;
	return r;
}

static int open_heads(struct audit_open *open, struct err *ret_err)
{
	const char *file;
	size_t cursor = 0;
	int r = 0;

	while (r == 0 && (file = argument_next(open->call->arguments, "key", &cursor)))
		r = audit_heads_add_key(&open->heads, file, true, ret_err);
	if (r == 0 && !open->place.package)
		r = audit_heads_add_folder(&open->heads, open->place.sealed, &open->report, ret_err);
	cursor = 0;
	while (r == 0 && (file = argument_next(open->call->arguments, "heads", &cursor)))
		r = audit_heads_add_file(&open->heads, file, true, &open->report, ret_err);
	return r;
}

int audit_open(struct audit_call *call, const char *path, const char *what, struct audit_open *open)
{
	struct err err = {0};
	int r;

	*open = (struct audit_open){
		.call = call, .path = path ? path : call->config->data, .configured = !path};
	open->json = argument_flag(call->arguments, "json");
	open->report = (struct audit_report){show_problem, show_progress, open};
	progress_start(&open->progress, what, 0);
	r = audit_place_find(open->path, &open->place, &err);
	if (r == 0 && !open->place.package)
		r = open_key(open, &err);
	if (r == 0)
		r = open_heads(open, &err);
	return r < 0 ? command_failed_err(call->command, &err) : EXIT_OK;
}

int audit_open_archive(struct audit_open *open)
{
	struct err err = {0};
	int r;

	if (open->place.package)
		return usage_error(open->call->command, "%s is no folder of a journal", open->path);
	audit_heads_check(&open->heads, open->place.has_node ? open->place.node : NULL, &open->report);
	r = audit_segments_read(open->place.journal, open->key, &open->segments, &err);
	return r < 0 ? command_failed_err(open->call->command, &err) : EXIT_OK;
}

int audit_open_record(struct audit_open *open, const char *action, struct str object)
{
	if (!open->configured || open->place.package || !journal_is_written(open->place.journal))
		return EXIT_OK;
	return command_audit(open->call->command, open->call->config, AUDIT_READING, action, object,
			     (struct str){0});
}

void audit_open_done(struct audit_open *open)
{
	progress_end(&open->progress);
	explicit_bzero(&open->key_given, sizeof(open->key_given));
	audit_heads_done(&open->heads);
	vec_done(&open->segments);
}
