/* SPDX-License-Identifier: Apache-2.0 */
/* The collect process: the collectors, the local socket, and the journal's one writer. */
#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "bin/changes.h"
#include "bin/heartbeat.h"
#include "bin/notice.h"
#include "bin/process.h"
#include "bin/record_link.h"
#include "bin/snmp_files.h"
#include "collect/collect.h"
#include "collect/follow.h"
#include "collect/follow_rules.h"
#include "collect/systemd.h"
#include "ipc/server.h"
#include "journal/archive.h"

#define MIB (1024u * 1024)
#define TOKENS_FILE_MAX 65536
#define RECORD_WAIT (10 * CLOCK_SECOND)

struct collecting {
	struct journal *journal;
	const char *folder; /* the journal's */
	const struct journal_key *key;
	struct follow *follow;
	struct follow_rules *rules; /* of followed files; NULL: none */
	struct systemd *systemd;
	_Atomic(struct collect *) collect; /* NULL before it started and after it stopped */
	atomic_int status;                 /* as the journal said last */
};

/* --- collect's sink is the journal -------------------------------------------------------------------- */

#define SAME(member)                                                                                       \
	_Static_assert(offsetof(struct collect_record, member) == offsetof(struct journal_record, member), \
		       "a collected record is a journal record")
SAME(seq);
SAME(received);
SAME(peer);
SAME(listener);
SAME(flags);
SAME(hint);
SAME(bytes);
_Static_assert(sizeof(struct collect_record) == sizeof(struct journal_record), "…as a whole");
_Static_assert((int)COLLECT_DRILL == (int)JOURNAL_DRILL && (int)COLLECT_TRUNCATED == (int)JOURNAL_TRUNCATED,
	       "…and its flags");

static int sink_append(void *context, struct collect_record *records, size_t count)
{
	struct collecting *collecting = context;

	return journal_append(collecting->journal, (struct journal_record *)records, count);
}

static uint64_t sink_durable(void *context)
{
	return journal_durable(((struct collecting *)context)->journal);
}

static int sink_status(void *context)
{
	return journal_status(((struct collecting *)context)->journal);
}

/* On the journal's commit thread. */
static void on_commit(void *context, uint64_t durable, int status)
{
	struct collecting *collecting = context;
	struct collect *collect = atomic_load(&collecting->collect);
	int before = atomic_exchange(&collecting->status, status);

	if (status != before && status < 0)
		log_error("the journal cannot write: %s; senders are told to wait", err_text(status));
	else if (status != before)
		log_info("the journal writes again");
	if (collect)
		collect_durable(collect, durable, status);
}

/* --- settings ----------------------------------------------------------------------------------------- */

/* One token a line; '#' starts a comment. tokens has room for COLLECT_TOKENS_MAX. */
static int read_tokens(struct process *process, const char **tokens, size_t *ret_count, struct err *ret_err)
{
	const char *file = process->config.tokens;
	struct buf text = {0};
	struct str rest, line;
	size_t count = 0;
	int r = file[0] ? io_read_file(file, TOKENS_FILE_MAX, &text) : 0;

	if (r < 0)
		return err_set(ret_err, r, 0, 0, "cannot read %s: %s", file, err_text(r));
	rest = buf_str(&text);
	while (r == 0 && str_split(&rest, '\n', &line)) {
		line = str_trim(line);
		if (!line.len || line.ptr[0] == '#')
			continue;
		if (count == COLLECT_TOKENS_MAX || line.len < COLLECT_TOKEN_MIN)
			r = err_set(ret_err, ERR_RANGE, 0, 0, "%s: at most %d tokens of at least %d bytes",
				    file, COLLECT_TOKENS_MAX, COLLECT_TOKEN_MIN);
		else
			tokens[count++] = arena_copy(process->arena, line).ptr;
	}
	buf_done(&text);
	if (r == 0 && file[0] && !count)
		r = err_set(ret_err, ERR_SYNTAX, 0, 0, "%s holds no token, so nobody could send", file);
	*ret_count = count;
	return r;
}

/* On the syslog thread. */
static void on_bad_handshake(void *context, const char *text)
{
	(void)context;
	log_warning("syslog over TLS: a handshake failed: %.600s", text);
}

static void on_flow_state(void *context, const char *path, int code)
{
	(void)context;
	log_warning("%.1024s cannot be used: %s; flows wait until exporters send their templates again", path,
		    err_text(code));
}

/* The operator's files for it, the console's, or our own in our folder. */
static void fill_tls(const struct process *process, struct tls_files *files)
{
	const struct config *config = &process->config;
	bool own = config->syslog_certificate[0];

	files->certificate = own ? config->syslog_certificate : config->certificate;
	files->key = own ? config->syslog_key : config->private_key;
	files->own = arena_printf(process->arena, "%s/%s/syslog-tls.pem", config->data,
				  process->def->folders[0].name)
			     .ptr;
	files->clients = config->syslog_clients;
}

static void say_certificate(struct collect *collect)
{
	char fingerprint[TLS_FINGERPRINT_SIZE];

	if (collect_tls_fingerprint(collect, fingerprint))
		log_info("syslog over TLS shows the certificate with SHA-256 %s", fingerprint);
}

static int start_collect(struct process *process, struct collecting *collecting, struct err *ret_err)
{
	const char *tokens[COLLECT_TOKENS_MAX];
	struct collect_options options = {
		.syslog_udp = process->sockets[SOCKET_SYSLOG_UDP],
		.syslog_tcp = process->sockets[SOCKET_SYSLOG_TCP],
		.syslog_tls = process->sockets[SOCKET_SYSLOG_TLS],
		.flow = process->sockets[SOCKET_FLOW],
		.sflow = process->sockets[SOCKET_SFLOW],
		.flow_state = config_path(&process->config, process->arena, "journal/live/flow.state"),
		.flow_notice = on_flow_state,
		.snmp_trap = process->sockets[SOCKET_SNMP_TRAP],
		.notice = on_bad_handshake,
		.http = process->sockets[SOCKET_INGEST],
		.http_unix = -1,
		.tokens = tokens,
	};
	const struct collect_sink sink = {sink_append, sink_durable, sink_status, collecting};
	struct collect *collect;
	int r = read_tokens(process, tokens, &options.token_count, ret_err);

	fill_tls(process, &options.syslog_tls_files);
	if (r == 0)
		r = snmp_files_read(process, &options, ret_err);
	if (r == 0)
		r = collect_start(&options, &sink, &collect, ret_err);
	if (r == 0) {
		atomic_store(&collecting->collect, collect);
		say_certificate(collect);
		snmp_files_say_engine(collect);
	}
	return r;
}

/* --- the machine's own log files ---------------------------------------------------------------------- */

/* The records of a listener that became durable after its places had been saved. */
static int records_of(const struct collecting *collecting, uint16_t listener, uint64_t seq,
		      follow_visit *visit, void *visit_context)
{
	struct journal_reader *reader;
	struct journal_record record;
	struct err err = {0};
	int r = journal_reader_open(collecting->folder, collecting->key, seq + 1, &reader, &err);

	if (r < 0)
		return r;
	while ((r = journal_reader_next(reader, &record, &err)) == 0 || r == ERR_CORRUPT) {
		if (r == 0 && record.listener == listener)
			visit(visit_context, record.bytes);
		journal_reader_release(reader);
	}
	journal_reader_close(reader);
	return r == ERR_END ? 0 : r;
}

static int file_records(void *context, uint64_t seq, follow_visit *visit, void *visit_context)
{
	return records_of(context, LISTENER_FILE, seq, visit, visit_context);
}

static int systemd_records(void *context, uint64_t seq, systemd_visit *visit, void *visit_context)
{
	return records_of(context, LISTENER_JOURNALD, seq, visit, visit_context);
}

static void on_notice(void *context, const char *path, int code)
{
	(void)context;
	log_warning("%.1024s is not followed: %s", path, err_text(code));
}

static void on_systemd_notice(void *context, const char *path, int code)
{
	(void)context;
	log_warning("the systemd journal (%.1024s) cannot be read: %s", path, err_text(code));
}

static int start_follow(struct process *process, struct collecting *collecting, struct err *ret_err)
{
	const struct collect_sink sink = {sink_append, sink_durable, sink_status, collecting};
	const struct follow_options options = {
		.patterns = process->config.files_follow,
		.state = config_path(&process->config, process->arena, "journal/live/follow.state"),
		.rules = collecting->rules,
		.since = file_records,
		.notice = on_notice,
		.context = collecting,
	};
	int r = 0;

	if (!options.patterns[0])
		return 0;
	r = follow_new(&options, &sink, &collecting->follow);
	if (r == 0)
		r = follow_start(collecting->follow);
	return r < 0 ? err_set(ret_err, r, 0, 0, "files.follow: %s", err_text(r)) : 0;
}

static int start_systemd(struct process *process, struct collecting *collecting, struct err *ret_err)
{
	const struct collect_sink sink = {sink_append, sink_durable, sink_status, collecting};
	const struct systemd_options options = {
		.place = process->config.files_systemd,
		.state = config_path(&process->config, process->arena, "journal/live/systemd.state"),
		.since = systemd_records,
		.notice = on_systemd_notice,
		.context = collecting,
	};
	int r = 0;

	if (!options.place[0])
		return 0;
	r = systemd_new(&options, &sink, &collecting->systemd);
	if (r == 0)
		r = systemd_start(collecting->systemd);
	return r < 0 ? err_set(ret_err, r, 0, 0, "files.systemd: %s", err_text(r)) : 0;
}

/* --- the settings in the audit trail ------------------------------------------------------------------ */

/* Durable before the settings take effect here; on a disk that takes nothing it is tried until it does. */
static int write_change(struct collecting *collecting, struct str text)
{
	struct journal_record record = {
		.received = clock_now(),
		.listener = LISTENER_AUDIT,
		.hint = STR(NOTICE_AUDIT),
		.bytes = text,
	};
	int r = journal_append_reserved(collecting->journal, &record, 1);

	while (r == 0 && (r = journal_wait(collecting->journal, record.seq, RECORD_WAIT)) < 0) {
		log_error("the change of settings cannot be recorded: %s; trying until it can", err_text(r));
		r = process_wait_stop(0) ? r : 0;
	}
	return r;
}

/* The supervisor, which reads them first, may write no journal; so this process says what is new. */
static int record_settings(struct process *process, struct collecting *collecting, struct err *ret_err)
{
	const char *state = config_path(&process->config, process->arena, "journal/live/settings.json");
	struct changes changes;
	struct buf text = {0};
	int r = 0;

	changes_of_settings(&process->config, state, &changes);
	if (changes.any) {
		changes_format(&changes, "config.change", process->config.data, &text);
		r = write_change(collecting, buf_str(&text));
	}
	if (changes.any && r == 0)
		r = changes_save(&changes, state);
	buf_done(&text);
	changes_done(&changes);
	return r < 0 ? err_set(ret_err, r, 0, 0, "the settings in the audit trail: %s", err_text(r)) : 0;
}

/* --- running ------------------------------------------------------------------------------------------ */

/* Loss is never silent: it is said in the log within a minute. */
static void report_loss(const struct collect *collect, uint64_t *reported)
{
	struct collect_stats stats;
	uint64_t lost = 0;

	collect_stats(collect, &stats);
	for (int listener = 0; listener < LISTENER_COUNT; listener++)
		lost += stats.values[listener][COLLECT_DROPPED];
	if (lost > *reported)
		log_warning("%" PRIu64 " messages were lost before we could read them (%" PRIu64
			    " since the start): more arrive over UDP than this machine takes",
			    lost - *reported, lost);
	*reported = lost;
}

/* What is missing before it reached us, and what could not be understood. */
static void report_flows(const struct collect *collect, uint64_t *lost, uint64_t *unkept)
{
	struct collect_stats stats;
	const uint64_t *values = stats.values[LISTENER_FLOW];

	collect_stats(collect, &stats);
	if (values[COLLECT_FLOW_LOST] > *lost)
		log_warning("flows: %" PRIu64 " records or datagrams are missing by their exporters' counts",
			    values[COLLECT_FLOW_LOST] - *lost);
	if (values[COLLECT_FLOW_UNKEPT] > *unkept)
		log_warning("flows: %" PRIu64 " data sets were given up, for their template did not come",
			    values[COLLECT_FLOW_UNKEPT] - *unkept);
	*lost = values[COLLECT_FLOW_LOST];
	*unkept = values[COLLECT_FLOW_UNKEPT];
}

static void save_flows(struct collect *collect)
{
	int r = collect_save_flows(collect);

	if (r < 0)
		log_warning("the templates of flows cannot be kept: %s", err_text(r));
}

/* What the archive has sealed is there twice until we take our own away. */
static void remove_sealed(const char *folder)
{
	struct err err = {0};
	unsigned count = 0;
	int r = journal_remove_sealed(folder, &count, &err);

	if (r < 0)
		log_warning("sealed segments stay in live/ for now: %s",
			    err.message[0] ? err.message : err_text(r));
	else if (count)
		log_info("%u segments are sealed and no longer in live/", count);
}

/* Certificates are replaced while we run. */
static void look_after_tls(struct collect *collect)
{
	struct err err = {0};
	int r = collect_refresh_tls(collect, &err);

	if (r < 0)
		log_error("syslog over TLS keeps its certificate: %s", err.message);
	else if (r > 0)
		say_certificate(collect);
}

static void serve(struct process *process, struct collecting *collecting)
{
	struct collect *collect = atomic_load(&collecting->collect);
	struct heartbeat heartbeat = {0};
	uint64_t reported = 0, lost = 0, unkept = 0;

	heartbeat_write(&heartbeat, collecting->journal, collect, "started", clock_now());
	process_ready(process);
	remove_sealed(collecting->folder);
	while (!process_wait_stop(HEARTBEAT_EVERY)) {
		heartbeat_write(&heartbeat, collecting->journal, collect, "running", clock_now());
		report_loss(collect, &reported);
		report_flows(collect, &lost, &unkept);
		save_flows(collect);
		remove_sealed(collecting->folder);
		look_after_tls(collect);
	}
	heartbeat_write(&heartbeat, collecting->journal, collect, "stopping", clock_now());
	report_loss(collect, &reported);
}

/* What analyze has read: where a copy older than that is put in the journal's place, its numbers must not
   come back, for they name events in the store, and analyze would take new records for old ones. */
static uint64_t last_seen(struct process *process)
{
	struct journal_cursor cursor = {0};
	int r = journal_cursor_load(config_path(&process->config, process->arena, "cursor/analyze"), &cursor);
	uint64_t next = cursor.next > cursor.intent_end ? cursor.next : cursor.intent_end;

	return r < 0 || !next ? 0 : next - 1;
}

static int run(struct process *process)
{
	struct collecting collecting = {
		.folder = config_path(&process->config, process->arena, "journal"),
		.key = process->journal_key,
	};
	const struct journal_options options = {
		.key = process->journal_key,
		.segment_bytes = (uint64_t)process->config.journal_segment_mib * MIB,
		.segment_age = process->config.journal_segment_hours * CLOCK_HOUR,
		.seen = last_seen(process),
	};
	struct record_sink records = {
		.folder = collecting.folder,
		.key = process->journal_key,
		.speakers = {{LISTENER_AUDIT, getuid()},
			     {LISTENER_AUDIT, sandbox_user("core")},
			     {LISTENER_AUDIT, sandbox_user("analyze")},
			     {LISTENER_SENSOR, getuid()},
			     {LISTENER_SENSOR, sandbox_user("sensor")},
			     {LISTENER_KAFKA, getuid()},
			     {LISTENER_KAFKA, sandbox_user("kafka")}},
		.speaker_count = 7,
	};
	struct ipc_server *local = NULL;
	struct err err = {0};
	int r = 0;

	if (process->config.files_rules[0] &&
	    follow_rules_read(process->config.files_rules, &collecting.rules, &err) < 0) {
		process_failed(&err);
		return EXIT_USAGE;
	}
	r = journal_open(collecting.folder, &options, on_commit, &collecting, &collecting.journal, &err);
	if (r < 0) {
		process_failed(&err);
		return r == ERR_DENIED ? EXIT_USAGE : EXIT_FAILED; /* the key is not the journal's */
	}
	if (err.message[0])
		log_warning("%s", err.message);
	records.journal = collecting.journal;
	r = record_settings(process, &collecting, &err);
	if (r == 0)
		r = start_collect(process, &collecting, &err);
	if (r == 0)
		r = start_follow(process, &collecting, &err);
	if (r == 0)
		r = start_systemd(process, &collecting, &err);
	if (r == 0 && (r = ipc_server_start(process->sockets[SOCKET_INGEST_LOCAL], record_link_receive,
					    &records, &local)) < 0)
		err_set(&err, r, 0, 0, "the local socket: %s", err_text(r));
	if (r == 0) {
		serve(process, &collecting);
		ipc_server_stop(local);
	}
	follow_free(collecting.follow);
	systemd_free(collecting.systemd);
	follow_rules_free(collecting.rules);
	collect_stop(atomic_load(&collecting.collect), NULL);
	atomic_store(&collecting.collect, NULL);
	journal_close(collecting.journal);
	return r < 0 ? process_failed(&err) : EXIT_OK;
}

const struct process_def process_collect = {
	.name = "collect",
	.folders = {{"journal/live", 0750}},
	.sockets = 1u << SOCKET_SYSLOG_UDP | 1u << SOCKET_SYSLOG_TCP | 1u << SOCKET_SYSLOG_TLS |
		   1u << SOCKET_SNMP_TRAP | 1u << SOCKET_FLOW | 1u << SOCKET_SFLOW | 1u << SOCKET_INGEST |
		   1u << SOCKET_INGEST_LOCAL | 1u << SOCKET_JOURNAL_KEY,
	.follows_files = true,
	.reads = {"run", "journal", "cursor"},
	.run = run,
};
