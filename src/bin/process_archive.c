/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The archive process: signs tree heads, seals, retains, watches the disk. It holds the key that signs and
 * has no network. Two threads: this one reads, hashes and signs; the keeper's does what takes long.
 */
#include <errno.h>
#include <inttypes.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "bin/disk.h"
#include "bin/keeper.h"
#include "bin/process.h"
#include "bin/retention_config.h"
#include "custody/signer.h"

#define TICK CLOCK_SECOND
#define SIGN_EVERY CLOCK_MINUTE /* at least; oftener where heads are to be sent oftener */
#define DISK_EVERY (10 * CLOCK_SECOND)
#define READ_BYTES (16u * 1024 * 1024) /* between two looks at whether to stop */
#define STOP_TICK (50 * CLOCK_MILLISECOND)
#define STOP_PATIENCE (7 * CLOCK_SECOND)
#define NICE 10
#define LAST_HEAD_PATIENCE (5 * CLOCK_SECOND) /* both together less than the supervisor has */

struct archive {
	struct process *process;
	const char *journal, *sealed;
	struct tlog_key *key;
	struct sayer *sayer;
	struct signer *signer;
	struct keeper *keeper;
	struct disk_watch disk;
	bool key_published, restored, stopping;
	char complaint[ERR_MESSAGE_MAX]; /* what was logged last, so that it is not logged every second */
	int64_t signed_at, looked_at;    /* monotonic; 0: never */
	unsigned sealed_count;
};

/* --- the key that signs -------------------------------------------------------------------------------- */

static int load_key(struct archive *archive, struct err *ret_err)
{
	const char *name = archive->process->config.journal_signature, *path;
	enum tlog_algorithm algorithm;
	int r = tlog_algorithm_parse(str_from(name), &algorithm);

	if (r < 0)
		return err_set(ret_err, r, 0, 0, "journal.signature is ed25519 or sm2, not '%.64s'", name);
	path = arena_printf(archive->process->arena, "%s/signing/key-%s.pem", archive->process->config.data,
			    name)
		       .ptr;
	if (access(path, F_OK) == 0)
		return tlog_key_load_private(path, &archive->key, ret_err);
	r = tlog_key_generate(algorithm, &archive->key);
	if (r == 0)
		r = tlog_key_save_private(archive->key, path);
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "cannot make %s: %s", path, err_text(r));
	log_info("made the key that signs tree heads: %s", path);
	return 0;
}

/* The public key under the id that the notes name it by, once the journal has its name. */
static void publish_key(struct archive *archive)
{
	uint8_t node[JOURNAL_NODE_SIZE], id[TLOG_KEY_ID_SIZE];
	char node_text[2 * JOURNAL_NODE_SIZE + 1], id_text[2 * TLOG_KEY_ID_SIZE + 1];
	struct buf origin = {0}, pem = {0};
	const char *path;
	int r;

	if (archive->key_published || journal_node(archive->journal, node) < 0)
		return;
	hex_encode(node, sizeof(node), node_text);
	buf_printf(&origin, "wanglou/%s", node_text);
	tlog_key_id(archive->key, buf_str(&origin), id);
	hex_encode(id, sizeof(id), id_text);
	path = arena_printf(archive->process->arena, "%s/key-%s.pem", archive->sealed, id_text).ptr;
	r = tlog_key_public_pem(archive->key, &pem);
	if (r == 0 && access(path, F_OK) < 0)
		r = io_replace_file(path, pem.ptr, pem.len, 0640);
	if (r < 0)
		log_error("cannot write %s: %s", path, err_text(r));
	archive->key_published = true;
	buf_done(&origin);
	buf_done(&pem);
}

/* --- signing ------------------------------------------------------------------------------------------- */

static void complain(struct archive *archive, int code, const struct err *err)
{
	const char *text = err->message[0] ? err->message : err_text(code);

	if (strncmp(archive->complaint, text, sizeof(archive->complaint) - 1) == 0)
		return;
	snprintf(archive->complaint, sizeof(archive->complaint), "%s", text);
	log_error("%s", text);
}

static void on_break(void *context, const struct signer_break *found)
{
	struct archive *archive = context;
	const char *name = signer_finding_name(found->finding);
	struct buf members = {0};

	buf_printf(&members,
		   "\"finding\":\"%s\",\"leaf_begin\":%" PRIu64 ",\"leaf_end\":%" PRIu64
		   ",\"after_seq\":%" PRIu64 ",\"last_seq\":%" PRIu64,
		   name, found->leaf_begin, found->leaf_end, found->after_seq, found->last_seq);
	sayer_say(archive->sayer, "head.broken", "critical", buf_str(&members),
		  "the journal is not what was signed: %s behind record %" PRIu64 " up to record %" PRIu64
		  " (leaves %" PRIu64 " to %" PRIu64 ")",
		  name, found->after_seq, found->last_seq, found->leaf_begin, found->leaf_end);
	buf_done(&members);
}

/* Only while the collector serves: before that, the journal may be short of what it is about to recover. */
static void restore(struct archive *archive)
{
	struct err err = {0};
	int r = sayer_reaches(archive->sayer) ? 0 : -EAGAIN;

	if (r == 0) {
		r = signer_restore(archive->signer, &err);
		if (r < 0)
			complain(archive, r, &err);
		archive->restored = r == 0;
	}
	if (r == 0)
		log_info("signing goes on behind %" PRIu64 " records", signer_size(archive->signer));
}

static int64_t sign_interval(const struct archive *archive)
{
	int64_t every = archive->process->config.heads_every * CLOCK_SECOND;

	return every < SIGN_EVERY ? every : SIGN_EVERY;
}

/* Until a head is due at the latest, however fast records come. */
static void hash_new_records(struct archive *archive)
{
	int64_t until = clock_monotonic() + sign_interval(archive);
	struct err err = {0};
	int r = 0;

	while (r == 0 && !archive->stopping && clock_monotonic() < until) {
		r = signer_read(archive->signer, READ_BYTES, &err);
		archive->stopping = process_wait_stop(0);
	}
	if (r < 0 && r != ERR_END)
		complain(archive, r, &err);
	if (r == ERR_BUSY)
		archive->restored = false;
}

static void sign(struct archive *archive)
{
	struct err err = {0};
	int r = signer_sign(archive->signer, clock_now(), &err);

	if (r == 0)
		archive->complaint[0] = 0;
	else if (r != ERR_END)
		complain(archive, r, &err);
	if (r == ERR_BUSY)
		archive->restored = false;
	archive->signed_at = clock_monotonic();
}

/* The collector has stopped before us (process_table): what it took last gets a head, too, so that an archive
   at rest has no tail without a signature. */
static void sign_the_rest(struct archive *archive)
{
	int64_t limit = clock_monotonic() + LAST_HEAD_PATIENCE;
	struct err err = {0};
	int r = 0;

	if (!archive->restored)
		return;
	while (journal_is_written(archive->journal) && clock_monotonic() < limit)
		process_wait_stop(STOP_TICK);
	while (r == 0 && clock_monotonic() < limit)
		r = signer_read(archive->signer, READ_BYTES, &err);
	if (r == ERR_END)
		sign(archive);
}

static bool must_sign(const struct archive *archive)
{
	return !archive->signed_at || clock_monotonic() - archive->signed_at >= sign_interval(archive);
}

/* A head a minute, and one after each sealing. */
static void take_turn(struct archive *archive)
{
	unsigned sealed = keeper_sealed(archive->keeper);
	int64_t now = clock_monotonic();

	sayer_retry(archive->sayer);
	publish_key(archive);
	if (!archive->looked_at || now - archive->looked_at >= DISK_EVERY) {
		disk_watch_look(&archive->disk, archive->sayer);
		archive->looked_at = now;
	}
	if (!archive->restored)
		restore(archive);
	if (!archive->restored)
		return;
	hash_new_records(archive);
	if (must_sign(archive) || sealed != archive->sealed_count)
		sign(archive);
	archive->sealed_count = sealed;
}

/* --- running ------------------------------------------------------------------------------------------- */

static int64_t time_of_last_head(const char *folder)
{
	struct tlog_head head;

	return heads_newest(folder, &head) == 0 ? head.time : 0;
}

static void repair_heads(const char *folder)
{
	size_t cut;
	int r = heads_repair(folder, &cut);

	if (r < 0)
		log_error("cannot repair the tree heads in %s: %s", folder, err_text(r));
	else if (cut)
		log_warning("the last tree head in %s was torn: %zu bytes cut off", folder, cut);
}

static int start(struct archive *archive, struct err *ret_err)
{
	struct process *process = archive->process;
	const char *socket = config_path(&process->config, process->arena, "run/collect.sock");
	struct keeper_options keeper = {
		.key = process->journal_key,
		.journal = archive->journal,
		.live = config_path(&process->config, process->arena, "journal/live"),
		.overrides = config_path(&process->config, process->arena, OVERRIDES_FILE),
		.socket = socket,
		.last_head = time_of_last_head(archive->sealed),
	};
	struct signer_options signer = {
		.journal = archive->journal,
		.journal_key = process->journal_key,
		.heads = archive->sealed,
		.recent = config_path(&process->config, process->arena, HEADS_RECENT_FILE),
		.report = on_break,
		.context = archive,
	};
	int r = retention_policy_load(&process->config, process->arena, &keeper.policy, ret_err);

	if (r == 0)
		r = load_key(archive, ret_err);
	if (r < 0)
		return r;
	repair_heads(archive->sealed);
	signer.key = archive->key;
	archive->sayer = sayer_new(socket);
	archive->signer = signer_new(&signer);
	archive->keeper = keeper_start(&keeper);
	disk_watch_init(&archive->disk, &process->config, archive->journal,
			config_path(&process->config, process->arena, "signing/disk"));
	return 0;
}

static int run(struct process *process)
{
	struct archive archive = {
		.process = process,
		.journal = config_path(&process->config, process->arena, "journal"),
		.sealed = config_path(&process->config, process->arena, "journal/sealed"),
	};
	struct err err = {0};
	int r = start(&archive, &err);

	if (r < 0) {
		tlog_key_free(archive.key);
		return process_failed(&err);
	}
	setpriority(PRIO_PROCESS, 0, NICE); /* of this thread; the keeper's is lower yet */
	process_ready(process);
	while (!archive.stopping) {
		take_turn(&archive);
		archive.stopping = archive.stopping || process_wait_stop(TICK);
	}
	sign_the_rest(&archive);
	if (!keeper_stop(archive.keeper, STOP_PATIENCE))
		_exit(EXIT_OK); /* in the middle of a segment, which the next start seals again */
	signer_free(archive.signer);
	sayer_free(archive.sayer);
	tlog_key_free(archive.key);
	return EXIT_OK;
}

const struct process_def process_archive = {
	.name = "archive",
	.folders = {{"journal/sealed", 0750}, {"heads", 0750}, {"signing", 0700}},
	.sockets = 1u << SOCKET_JOURNAL_KEY,
	.reads = {"run", "journal"},
	.run = run,
};
