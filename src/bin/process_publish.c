/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The publish process: takes signed tree heads from DATA/heads and sends them elsewhere. The only process
 * that may make connections out; it holds no key and can read no record.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "bin/process.h"
#include "custody/heads.h"
#include "publish/publish.h"
#include "bin/sayer.h"

#define TICK CLOCK_SECOND
#define PAUSE_FIRST (5 * CLOCK_SECOND)
#define PAUSE_MAX (5 * CLOCK_MINUTE)
#define ALARM_AFTER CLOCK_HOUR /* without a head taken, beyond the time between two */
#define CURSOR_MAX 256
#define RECENT_MAX (2 * HEADS_RECENT * TLOG_HEAD_TEXT_MAX)

static const struct publish_target *const targets[] = {&publish_file, &publish_syslog, &publish_https,
						       &publish_timestamp};

#define TARGET_COUNT (sizeof(targets) / sizeof(targets[0]))

struct line {
	const struct publish_target *target;
	const char *cursor;         /* file */
	char sent[SHA256_HEX_SIZE]; /* hash of the note it took last; empty: none yet */
	int64_t sent_at;            /* when it took one last, by the clock */
	int64_t every, next, pause; /* µs; monotonic; 0: it did not fail */
	bool alarmed;
};

struct publishing {
	struct process *process;
	struct publish_settings settings;
	struct sayer *sayer;
	const char *recent;
	struct line lines[TARGET_COUNT];
	size_t count;
};

/* --- cursors: "hash time\n" ---------------------------------------------------------------------------- */

static void read_cursor(struct line *line)
{
	struct buf text = {0};
	struct str rest, hash;
	uint8_t digest[SHA256_SIZE];

	line->sent_at = clock_now();
	if (io_read_file(line->cursor, CURSOR_MAX, &text) == 0) {
		rest = str_trim(buf_str(&text));
		if (str_split(&rest, ' ', &hash) && hex_decode(hash, digest, sizeof(digest)) == 0 &&
		    clock_parse(rest, 0, &line->sent_at) == 0)
			hex_encode(digest, sizeof(digest), line->sent);
	}
	buf_done(&text);
}

static void hash_note(struct str note, char out[SHA256_HEX_SIZE])
{
	uint8_t digest[SHA256_SIZE];

	sha256(note.ptr, note.len, digest);
	hex_encode(digest, sizeof(digest), out);
}

static int save_cursor(struct line *line, struct str note)
{
	char text[CURSOR_MAX], time[CLOCK_TEXT_SIZE];
	int len;

	hash_note(note, line->sent);
	line->sent_at = clock_now();
	clock_format(line->sent_at, time);
	len = snprintf(text, sizeof(text), "%s %s\n", line->sent, time);
	return io_replace_file(line->cursor, text, (size_t)len, 0640);
}

/* --- what to send -------------------------------------------------------------------------------------- */

struct notes {
	struct buf text;
	struct publish_note items[2 * HEADS_RECENT];
	size_t count;
};

static void read_notes(const char *path, struct notes *notes)
{
	struct str rest, signed_part;
	int r = io_read_file(path, RECENT_MAX, &notes->text);

	rest = buf_str(&notes->text);
	while (r == 0 && notes->count < 2 * HEADS_RECENT) {
		struct publish_note *note = &notes->items[notes->count];

		r = tlog_head_next(&rest, &note->head, &signed_part, &note->text);
		if (r == 0)
			notes->count++;
		else if (r == ERR_SYNTAX && rest.len)
			r = 0;
	}
}

/* The first note behind the one sent last; that one not being there any more, all are. */
static size_t first_unsent(const struct notes *notes, const struct line *line)
{
	char hash[SHA256_HEX_SIZE];

	for (size_t i = notes->count; i-- > 0;) {
		hash_note(notes->items[i].text, hash);
		if (strcmp(hash, line->sent) == 0)
			return i + 1;
	}
	return 0;
}

/* --- one target ---------------------------------------------------------------------------------------- */

static void say_state(struct publishing *publishing, struct line *line, const char *why)
{
	const char *name = line->target->name;
	char since[CLOCK_TEXT_SIZE];
	struct buf members = {0};

	clock_format(line->sent_at, since);
	buf_printf(&members, "\"target\":\"%s\",\"since\":\"%s\"", name, since);
	if (why) {
		buf_add_str(&members, STR(",\"reason\":"));
		buf_add_json_string(&members, str_from(why));
		sayer_say(publishing->sayer, "head.unpublished", "error", buf_str(&members),
			  "no signed tree head has left this machine by %s since %s: %.300s", name, since,
			  why);
	} else {
		sayer_say(publishing->sayer, "head.published", "info", buf_str(&members),
			  "signed tree heads leave this machine by %s again", name);
	}
	line->alarmed = why != NULL;
	buf_done(&members);
}

static bool is_late(const struct line *line)
{
	return clock_now() - line->sent_at > line->every + ALARM_AFTER;
}

static void on_failure(struct publishing *publishing, struct line *line, const char *why)
{
	if (!line->pause)
		log_warning("heads.%s: %s", line->target->name, why);
	line->pause = line->pause ? line->pause * 2 : PAUSE_FIRST;
	if (line->pause > PAUSE_MAX)
		line->pause = PAUSE_MAX;
	line->next = clock_monotonic() + line->pause;
	if (!line->alarmed && is_late(line))
		say_state(publishing, line, why);
}

static void on_success(struct publishing *publishing, struct line *line, struct str note)
{
	bool again = line->alarmed || is_late(line); /* the alarm may be one of before our start */
	int r = save_cursor(line, note);

	if (r < 0)
		log_warning("cannot write %s: %s", line->cursor, err_text(r));
	if (again)
		say_state(publishing, line, NULL);
	else if (line->pause)
		log_info("heads.%s works again", line->target->name);
	line->pause = 0;
	line->next = clock_monotonic() + line->every;
}

static void serve_line(struct publishing *publishing, struct line *line, const struct notes *notes)
{
	size_t first = first_unsent(notes, line);
	struct err err = {0};
	int r;

	if (first == notes->count) {
		if (!line->alarmed && is_late(line))
			say_state(publishing, line, "none has been signed");
		return;
	}
	if (line->target->newest)
		first = notes->count - 1;
	r = line->target->send(&publishing->settings, &notes->items[first], notes->count - first, &err);
	if (r < 0)
		on_failure(publishing, line, err.message[0] ? err.message : err_text(r));
	else
		on_success(publishing, line, notes->items[notes->count - 1].text);
}

/* --- running ------------------------------------------------------------------------------------------- */

static void take_turn(struct publishing *publishing)
{
	struct notes notes = {0};
	int64_t now = clock_monotonic();

	sayer_retry(publishing->sayer);
	for (size_t i = 0; i < publishing->count; i++) {
		struct line *line = &publishing->lines[i];

		if (line->next > now)
			continue;
		if (!notes.text.ptr)
			read_notes(publishing->recent, &notes);
		serve_line(publishing, line, &notes);
	}
	buf_done(&notes.text);
}

static struct publish_settings settings_of(const struct config *config, const char *folder)
{
	return (struct publish_settings){
		.file = config->heads_file,
		.syslog = config->heads_syslog,
		.https = config->heads_https,
		.https_ca = config->heads_https_ca,
		.timestamp = config->heads_timestamp,
		.timestamp_ca = config->heads_timestamp_ca,
		.every = config->heads_every,
		.timestamp_every = config->heads_timestamp_every,
		.folder = folder,
	};
}

static const char *address(const struct publish_settings *settings, const struct publish_target *target)
{
	return *(const char *const *)((const char *)settings + target->address);
}

static void add_lines(struct publishing *publishing)
{
	struct process *process = publishing->process;

	for (size_t i = 0; i < TARGET_COUNT; i++) {
		const struct publish_target *target = targets[i];
		struct line *line = &publishing->lines[publishing->count];

		if (!address(&publishing->settings, target)[0])
			continue;
		publishing->count++;
		line->target = target;
		line->every =
			*(const long *)((const char *)&publishing->settings + target->every) * CLOCK_SECOND;
		line->cursor = arena_printf(process->arena, "%s/%s.cursor", publishing->settings.folder,
					    target->name)
				       .ptr;
		read_cursor(line);
	}
}

/* What can never work is said at the start, not in an hour. */
static int check_settings(const struct config *config, struct err *ret_err)
{
	struct str host, port;
	bool tcp;

	if (config->heads_https[0] && strncmp(config->heads_https, "https://", 8) != 0)
		return err_set(ret_err, ERR_SYNTAX, 0, 0, "heads.https begins with https://, not '%s'",
			       config->heads_https);
	if (config->heads_syslog[0] &&
	    publish_syslog_address(str_from(config->heads_syslog), &tcp, &host, &port) < 0)
		return err_set(ret_err, ERR_SYNTAX, 0, 0,
			       "heads.syslog is host:port or tcp:host:port, not '%s'", config->heads_syslog);
	if (config->heads_timestamp[0] && strncmp(config->heads_timestamp, "http", 4) != 0)
		return err_set(ret_err, ERR_SYNTAX, 0, 0, "heads.timestamp is a URL, not '%s'",
			       config->heads_timestamp);
	return 0;
}

static int run(struct process *process)
{
	struct publishing publishing = {
		.process = process,
		.settings = settings_of(&process->config,
					config_path(&process->config, process->arena, "publish")),
		.recent = config_path(&process->config, process->arena, HEADS_RECENT_FILE),
	};
	struct err err = {0};
	int r = check_settings(&process->config, &err);

	if (r < 0) {
		process_failed(&err);
		return EXIT_USAGE;
	}
	r = publish_http_start(&err);
	if (r < 0)
		return process_failed(&err);
	publishing.sayer = sayer_new(config_path(&process->config, process->arena, "run/collect.sock"));
	add_lines(&publishing);
	process_ready(process);
	do
		take_turn(&publishing);
	while (!process_wait_stop(TICK));
	sayer_free(publishing.sayer);
	return EXIT_OK;
}

static bool is_wanted(const struct config *config)
{
	const struct publish_settings settings = settings_of(config, "");

	for (size_t i = 0; i < TARGET_COUNT; i++)
		if (address(&settings, targets[i])[0])
			return true;
	return false;
}

/* The folder of heads.file. */
static const char *writes(const struct config *config, struct arena *arena)
{
	const char *slash = strrchr(config->heads_file, '/');

	if (!slash || slash == config->heads_file)
		return NULL;
	return arena_copy(arena, str_of(config->heads_file, (size_t)(slash - config->heads_file))).ptr;
}

const struct process_def process_publish = {
	.name = "publish",
	.folders = {{"publish", 0750}},
	.calls_out = true,
	.reads = {"run", "heads"},
	.writes = writes,
	.wanted = is_wanted,
	.run = run,
};
