/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wanglou import: files into the journal, by the running collect process or, where nothing runs, directly. It
 * ends when everything is durable there; analyze takes it from the journal like everything else.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "bin/command_audit.h"
#include "bin/file_walk.h"
#include "bin/import_formats.h"
#include "bin/notice.h"
#include "bin/progress.h"
#include "bin/record_link.h"
#include "collect/reader.h"
#include "event/listener.h"

/* Where records go: the running collector, or a journal of our own. */
struct target {
	struct record_link *link;
	struct journal *journal;
	struct journal_owner owner; /* before we opened it */
	uint64_t last;              /* number of the last record appended to journal */
};

struct import {
	const struct command *command;
	struct target target;
	struct str hint;
	struct progress progress;
	uint64_t records, bytes, truncated;
	unsigned refused;     /* files and members */
	uint64_t done_before; /* bytes of the files before this one */
};

static int open_target(const struct config *config, struct arena *arena, struct target *target,
		       struct err *ret_err)
{
	struct journal_options options = {0};
	int r = record_link_open(config_path(config, arena, "run/collect.sock"), &target->link);

	if (r == 0)
		return 0;
	if (r != -ENOENT && r != -ECONNREFUSED)
		return err_set(ret_err, r, 0, 0, "cannot reach the running collector in %s: %s", config->data,
			       err_text(r));
	r = config_journal_key(config, arena, true, &options.key, ret_err);
	if (r < 0)
		return r;
	target->owner = command_journal_owner(config);
	return journal_open(config_path(config, arena, "journal"), &options, NULL, NULL, &target->journal,
			    ret_err);
}

static int put(struct target *target, struct str hint, const struct reader_record *record)
{
	uint16_t flags = record->truncated ? JOURNAL_TRUNCATED : 0;
	struct journal_record copy = {.received = clock_now(),
				      .listener = LISTENER_LOCAL,
				      .flags = flags,
				      .hint = hint,
				      .bytes = record->bytes};
	int r;

	if (target->link)
		return record_link_add(target->link, hint, flags, record->bytes);
	while ((r = journal_append(target->journal, &copy, 1)) == -EAGAIN)
		;
	if (r == 0)
		target->last = copy.seq;
	return r;
}

static int flush(struct target *target)
{
	if (target->link)
		return record_link_flush(target->link);
	return target->last ? journal_wait(target->journal, target->last, CLOCK_MINUTE) : 0;
}

static void close_target(const struct config *config, struct target *target)
{
	record_link_close(target->link);
	if (!target->journal)
		return;
	journal_close(target->journal);
	command_restore_owner(config, &target->owner);
}

static int put_notice(struct target *target, struct str text)
{
	struct journal_record record = {.received = clock_now(),
					.listener = LISTENER_AUDIT,
					.hint = STR(NOTICE_AUDIT),
					.bytes = text};
	int r;

	if (target->link)
		r = record_link_add_from(target->link, LISTENER_AUDIT, record.hint, text);
	else if ((r = journal_append_reserved(target->journal, &record, 1)) == 0)
		target->last = record.seq;
	return r < 0 ? r : flush(target);
}

/* Who brings what, in the audit trail before the first record of it. */
static int record_import(struct import *import, const struct arguments *arguments)
{
	struct buf text = {0}, files = {0}, detail = {0};
	size_t cursor = 0;
	const char *path;
	int r;

	while ((path = argument_next(arguments, NULL, &cursor)) != NULL)
		buf_printf(&files, "%s%s", files.len ? " " : "", path);
	buf_add_str(&detail, STR("{\"source\":"));
	buf_add_json_string(&detail, import->hint);
	buf_add_char(&detail, '}');
	command_audit_format("import", buf_str(&files), buf_str(&detail), &text);
	r = put_notice(&import->target, buf_str(&text));
	buf_done(&text);
	buf_done(&files);
	buf_done(&detail);
	return r;
}

static void show(struct import *import, const struct reader *reader)
{
	uint64_t done, total;

	reader_progress(reader, &done, &total);
	progress_update(&import->progress, import->done_before + done, import->records);
}

static void refuse(void *context, const struct err *err)
{
	struct import *import = context;

	progress_end(&import->progress);
	command_failed_err(import->command, err);
	import->refused++;
}

/* A file's records. Members that are no logs are named and counted, the rest goes in. */
static int import_file(void *context, const char *path)
{
	struct import *import = context;
	uint64_t file_done, total;
	struct reader *reader;
	struct reader_record record;
	struct err err = {0};
	int r = reader_open(path, JOURNAL_RECORD_MAX, import_formats, &reader, &err), status = 0;

	if (r < 0) {
		refuse(import, &err);
		return 0;
	}
	while (status == 0 && (r = reader_next(reader, &record, &err)) != ERR_END) {
		if (r < 0) {
			refuse(import, &err);
			continue;
		}
		status = put(&import->target, import->hint, &record);
		import->records += status == 0;
		import->bytes += record.bytes.len;
		import->truncated += record.truncated;
		show(import, reader);
	}
	reader_progress(reader, &file_done, &total);
	import->done_before += total ? total : file_done;
	reader_close(reader);
	return status;
}

static uint64_t size_of(const struct arguments *arguments)
{
	uint64_t total = 0;
	size_t cursor = 0;
	const char *path;

	while ((path = argument_next(arguments, NULL, &cursor)) != NULL)
		total += file_walk_size(path);
	return total;
}

static int import_all(struct import *import, const struct arguments *arguments)
{
	const struct file_walk walk = {import_file, refuse, import};
	size_t cursor = 0;
	const char *path;
	int r = 0;

	progress_start(&import->progress, "importing", size_of(arguments));
	while (r == 0 && (path = argument_next(arguments, NULL, &cursor)) != NULL)
		r = file_walk(&walk, path);
	if (r == 0)
		r = flush(&import->target);
	progress_end(&import->progress);
	return r;
}

static void report(const struct import *import, bool json, double seconds)
{
	if (json)
		printf("{\"records\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"truncated\":%" PRIu64
		       ",\"refused\":%u,\"seconds\":%.3f}\n",
		       import->records, import->bytes, import->truncated, import->refused, seconds);
	else
		printf("%" PRIu64 " records (%.1f MB) are durable in the journal, after %.1f s; %u files or "
		       "members refused%s\n",
		       import->records, (double)import->bytes / 1e6, seconds, import->refused,
		       import->target.link ? "" : "; they are analysed when 'wanglou run' is next started");
}

static int run(const struct command *command, struct arguments *arguments)
{
	struct import import = {.command = command};
	struct arena *arena = arena_new(0);
	struct config config = {0};
	struct err err = {0};
	int64_t started = clock_monotonic();
	size_t cursor = 0;
	int r;

	if (!argument_next(arguments, NULL, &cursor))
		return usage_error(command, "name at least one file, or - for standard input");
	import.hint = str_from(argument_value(arguments, "source", ""));
	if (import.hint.len > JOURNAL_HINT_MAX)
		return usage_error(command, "--source has at most %d bytes", JOURNAL_HINT_MAX);
	r = config_load(arguments, arena, &config, &err);
	if (r == 0)
		r = open_target(&config, arena, &import.target, &err);
	if (r == 0 && (r = record_import(&import, arguments)) < 0)
		err_set(&err, r, 0, 0, "not done, since it could not be written into the audit trail: %s",
			err_text(r));
	if (r == 0 && (r = import_all(&import, arguments)) < 0)
		err_set(&err, r, 0, 0, "after %" PRIu64 " records: %s", import.records, err_text(r));
	close_target(&config, &import.target);
	if (r == 0)
		report(&import, argument_flag(arguments, "json"),
		       (double)(clock_monotonic() - started) / CLOCK_SECOND);
	else
		command_failed_err(command, &err);
	arena_free(arena);
	return r < 0 || import.refused ? EXIT_FAILED : EXIT_OK;
}

const struct command cmd_import = {
	.name = "import",
	.summary = "put files of log lines or JSON events into the journal",
	.usage = "[--source ID] [--json] FILE|FOLDER…|-",
	.details = "Files may be plain, gzip, zstd, bzip2, xz, zip or tar; a record is a line, or a document "
		   "where JSON\n"
		   "spans lines, or an event of a Windows event file (EVTX). Of a folder it takes all files "
		   "below. It ends\n"
		   "when everything is durable. Other content that is no log is refused by name, the rest "
		   "goes in, and\n"
		   "the exit status is 3.",
	.options = (const struct option_def[]){{"source", "ID",
						"say what it is: the id of a file of content/sources"},
					       {"json", NULL, "print the result as JSON"},
					       CONFIG_OPTIONS,
					       {0}},
	.run = run,
};
