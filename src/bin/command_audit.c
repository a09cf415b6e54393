/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/command_audit.h"

#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/io.h"
#include "bin/notice.h"
#include "event/listener.h"
#include "journal/journal.h"

#define PATIENCE (10 * CLOCK_SECOND)
#define RETRY_PAUSE_NS 100000000
#define LOGIN_UID "/proc/self/loginuid" /* set at login, and kept through su and sudo */
#define NO_LOGIN UINT32_MAX

/* --- who ---------------------------------------------------------------------------------------------- */

static uint32_t login_uid(void)
{
	struct buf text = {0};
	int64_t uid = NO_LOGIN;

	if (io_read_file(LOGIN_UID, 64, &text) < 0 || str_to_i64(str_trim(buf_str(&text)), &uid) < 0)
		uid = NO_LOGIN;
	buf_done(&text);
	return (uint32_t)uid;
}

static void name_of(uid_t uid, char out[COMMAND_PERSON_SIZE])
{
	const struct passwd *entry = getpwuid(uid);

	if (entry)
		snprintf(out, COMMAND_PERSON_SIZE, "%s", entry->pw_name);
	else
		snprintf(out, COMMAND_PERSON_SIZE, "%u", (unsigned)uid);
}

void command_person(char out[COMMAND_PERSON_SIZE])
{
	const char *sudo = geteuid() == 0 ? getenv("SUDO_USER") : NULL;
	uint32_t login = login_uid();

	if (login != NO_LOGIN && login != 0)
		name_of(login, out);
	else if (sudo && *sudo)
		snprintf(out, COMMAND_PERSON_SIZE, "%s", sudo);
	else
		name_of(getuid(), out);
}

static struct notice_audit make_notice(const char *action, struct str object, struct str detail,
				       char name[COMMAND_PERSON_SIZE])
{
	command_person(name);
	return (struct notice_audit){
		.action = str_from(action),
		.user = str_from(name),
		.role = geteuid() == 0 ? STR("root") : STR("user"),
		.via = "command",
		.object = object,
		.outcome = "allowed",
		.detail = detail,
	};
}

void command_audit_format(const char *action, struct str object, struct str detail, struct buf *out)
{
	char name[COMMAND_PERSON_SIZE];
	struct notice_audit notice = make_notice(action, object, detail, name);

	notice_audit_format(&notice, out);
}

/* --- into the journal by ourselves -------------------------------------------------------------------- */

static void journal_path(const struct config *config, const char *below, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%s/journal%s", config->data, below);
}

struct journal_owner command_journal_owner(const struct config *config)
{
	char path[PATH_MAX];
	struct stat status;

	journal_path(config, "/live", path);
	if (stat(path, &status) == 0)
		return (struct journal_owner){status.st_uid, status.st_gid, false};
	if (stat(config->data, &status) == 0)
		return (struct journal_owner){status.st_uid, status.st_gid, true};
	return (struct journal_owner){0, 0, true};
}

void command_restore_owner(const struct config *config, const struct journal_owner *owner)
{
	char path[PATH_MAX];
	char *const paths[] = {path, NULL};
	const FTSENT *entry;
	FTS *walk;

	if (geteuid() != 0 || owner->user == 0)
		return;
	journal_path(config, owner->made ? "" : "/live", path);
	walk = fts_open(paths, FTS_PHYSICAL | FTS_XDEV, NULL);
	while (walk && (entry = fts_read(walk)) != NULL)
		if (entry->fts_info != FTS_DP && entry->fts_info != FTS_NS && entry->fts_statp->st_uid == 0 &&
		    lchown(entry->fts_accpath, owner->user, owner->group) < 0)
			fprintf(stderr, "wanglou: %s stays root's: %s\n", entry->fts_path, strerror(errno));
	if (walk)
		fts_close(walk);
}

static int write_record(const struct config *config, const char *folder, struct str text, struct err *ret_err)
{
	struct arena *arena = arena_new(0);
	struct journal_options options = {0};
	struct journal_record record = {
		.received = clock_now(),
		.listener = LISTENER_AUDIT,
		.hint = STR(NOTICE_AUDIT),
		.bytes = text,
	};
	struct journal *journal = NULL;
	int r = config_journal_key(config, arena, true, &options.key, ret_err);

	if (r == 0)
		r = journal_open(folder, &options, NULL, NULL, &journal, ret_err);
	arena_free(arena);
	if (r < 0)
		return r;
	r = journal_append_reserved(journal, &record, 1);
	if (r == 0)
		r = journal_wait(journal, record.seq, PATIENCE);
	journal_close(journal);
	return r < 0 ? err_set(ret_err, r, 0, 0, "%s", err_text(r)) : 0;
}

static int write_directly(const struct config *config, const struct notice_audit *notice, struct err *ret_err)
{
	struct journal_owner owner = command_journal_owner(config);
	char folder[PATH_MAX];
	struct buf text = {0};
	int r;

	journal_path(config, "", folder);
	notice_audit_format(notice, &text);
	r = write_record(config, folder, buf_str(&text), ret_err);
	command_restore_owner(config, &owner);
	buf_done(&text);
	return r;
}

/* --- either way --------------------------------------------------------------------------------------- */

/* The system may be starting or stopping at this moment, another command may be writing: tried again. */
static int write_notice(const struct config *config, const struct notice_audit *notice, struct err *ret_err)
{
	const struct timespec pause = {0, RETRY_PAUSE_NS};
	int64_t limit = clock_monotonic() + PATIENCE;
	char socket[PATH_MAX];
	int r;

	snprintf(socket, sizeof(socket), "%s/run/collect.sock", config->data);
	for (;;) {
		*ret_err = (struct err){0};
		r = notice_audit(socket, notice, PATIENCE);
		if (r == -ENOENT || r == -ECONNREFUSED)
			r = write_directly(config, notice, ret_err);
		if (r != ERR_BUSY || clock_monotonic() >= limit)
			break;
		nanosleep(&pause, NULL);
	}
	if (r < 0 && !ret_err->message[0])
		err_set(ret_err, r, 0, 0, "%s", err_text(r));
	return r;
}

/* Whoever may not write there may well read, and could read the files without this program. */
static bool is_read_only(int r)
{
	return r == -EACCES || r == -EPERM || r == -EROFS || r == -ENOENT;
}

int command_audit(const struct command *command, const struct config *config, enum audit_need need,
		  const char *action, struct str object, struct str detail)
{
	char name[COMMAND_PERSON_SIZE];
	struct notice_audit notice = make_notice(action, object, detail, name);
	char folder[PATH_MAX];
	struct err err = {0};
	int r;

	journal_path(config, "/live", folder);
	if (need == AUDIT_READING && access(folder, F_OK) < 0 && errno == ENOENT)
		return EXIT_OK;
	r = write_notice(config, &notice, &err);
	if (r == 0)
		return EXIT_OK;
	if (need == AUDIT_READING && is_read_only(r)) {
		fprintf(stderr, "wanglou %s: note: this is in no audit trail, %s cannot be written: %s\n",
			command->name, config->data, err.message);
		return EXIT_OK;
	}
	return command_failed(command, "not done, since it could not be written into the audit trail: %s",
			      err.message);
}
