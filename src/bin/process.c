/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "bin/addresses.h"
#include "store/engine.h"

#define FOLLOWED_FOLDERS_MAX 32

const struct process_def *const process_table[] = {&process_store,
						   &process_notify,
						   &process_core,
						   &process_archive,
						   &process_collect,
						   &process_analyze,
						   &process_publish,
						   &process_sensor,
						   &process_kafka,
						   &process_directory,
						   &process_hunt,
						   &process_drill,
						   NULL};

void process_ready(const struct process *process)
{
	(void)!write(process->notify, "ready\n", 6);
}

void process_note(const struct process *process, const char *fmt, ...)
{
	char line[1024] = "note ";
	va_list args;

	va_start(args, fmt);
	vsnprintf(line + 5, sizeof(line) - 6, fmt, args);
	va_end(args);
	strcat(line, "\n");
	(void)!write(process->notify, line, strlen(line));
}

static void stop_signals(sigset_t *ret_set)
{
	sigemptyset(ret_set);
	sigaddset(ret_set, SIGTERM);
	sigaddset(ret_set, SIGINT);
}

bool process_wait_stop(int64_t timeout)
{
	struct timespec limit = {timeout / CLOCK_SECOND, timeout % CLOCK_SECOND * 1000};
	sigset_t set;

	stop_signals(&set);
	for (;;) {
		int signal = timeout < 0 ? sigwaitinfo(&set, NULL) : sigtimedwait(&set, NULL, &limit);

		if (signal > 0)
			return true;
		if (errno == EAGAIN)
			return false;
	}
}

int process_failed(const struct err *err)
{
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];

	err_format(err, text, sizeof(text));
	log_error("%s", text);
	return EXIT_FAILED;
}

/* "3,-1,5,…" as the supervisor wrote it; the last is the notify pipe. */
static int read_sockets(struct process *process, const char *text)
{
	struct str rest = str_from(text), part;
	int64_t fd;

	for (int i = 0; i <= SOCKET_COUNT; i++) {
		if (!str_split(&rest, ',', &part) || str_to_i64(part, &fd) < 0 || fd > 65536)
			return ERR_SYNTAX;
		if (i < SOCKET_COUNT)
			process->sockets[i] = (int)fd;
		else
			process->notify = (int)fd;
	}
	return 0;
}

static bool is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 && (path[len] == 0 || path[len] == '/');
}

/* The folders of files.follow, each up to its first wildcard, those below another left out. What lies beyond
   max is then named by follow as not readable. */
static size_t fill_followed(const struct process *process, const char **paths, size_t max)
{
	struct str rest = str_from(process->config.files_follow), part;
	size_t count = 0;

	while (count < max && str_split(&rest, ',', &part)) {
		const char *folder;
		bool known = false;

		part = str_head(str_trim(part),
				strcspn(arena_copy(process->arena, str_trim(part)).ptr, "*?["));
		while (part.len && part.ptr[part.len - 1] != '/')
			part.len--;
		if (part.len < 2)
			continue;
		folder = arena_copy(process->arena, str_head(part, part.len - 1)).ptr;
		for (size_t i = 0; i < count; i++)
			known |= is_below(folder, paths[i]);
		if (!known)
			paths[count++] = folder;
	}
	return count;
}

/* Where the systemd journal lies, which each file of it is opened in as it comes. */
static size_t fill_systemd(const struct process *process, const char **paths)
{
	const char *place = process->config.files_systemd;

	if (!place[0])
		return 0;
	if (strcmp(place, "system") != 0) {
		paths[0] = place;
		return 1;
	}
	paths[0] = "/var/log/journal";
	paths[1] = "/run/log/journal";
	return 2;
}

static const char *folder_of(struct arena *arena, const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash ? arena_copy(arena, str_of(file, (size_t)(slash - file) + 1)).ptr : ".";
}

/* The folders of the files for syslog over TLS, and of what they are links to: files that are replaced are
   read again, and leave of the kernel to read a file ends with the file. */
static size_t fill_replaced(const struct process *process, const char **paths)
{
	const struct config *config = &process->config;
	const char *const files[] = {config->certificate, config->private_key, config->syslog_certificate,
				     config->syslog_key, config->syslog_clients};
	size_t count = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char real[PATH_MAX];

		if (!files[i][0])
			continue;
		paths[count++] = folder_of(process->arena, files[i]);
		if (realpath(files[i], real))
			paths[count++] = folder_of(process->arena, real);
	}
	return count;
}

/* What notify alone may read; the folder of the channels' file, which is replaced. */
static size_t fill_notify(const struct process *process, const char **paths)
{
	const struct config *config = &process->config;
	size_t count = 0;

	if (config->notify_channels[0])
		paths[count++] = folder_of(process->arena, config->notify_channels);
	if (config->mail_password_file[0])
		paths[count++] = config->mail_password_file;
	if (config->mail_ca[0])
		paths[count++] = config->mail_ca;
	return count;
}

/* True where a user of its own could read all that this process needs: data, content, the program, the
 * engine. */
static bool can_drop(const struct process *process)
{
	char program[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);

	if (len < 0)
		return false;
	program[len] = 0;
	return sandbox_reachable(program) && sandbox_reachable(process->config.data) &&
	       sandbox_reachable(process->config.content) &&
	       (!process->def->loads_engine || sandbox_reachable(engine_library_folder()));
}

static int confine(const struct process *process, struct err *ret_err)
{
	const struct process_def *def = process->def;
	struct sandbox sandbox = {.inet = def->calls_out ||
					  (def->uses_store && process->config.store_url[0])};
	const char *const files[] = {
		process->config.certificate,
		process->config.private_key,
		process->config.tokens,
		process->config.snmp_communities,
		process->config.snmp_users,
		process->config.store_password_file,
		process->config.store_reader_password_file,
		process->config.retention_classes,
		process->config.heads_https_ca,
		process->config.heads_timestamp_ca,
		process->config.files_rules,
	};
	size_t writable = 0, readable = 0;
	int r = 0;

	for (size_t i = 0; def->folders[i].name; i++)
		sandbox.writable[writable++] =
			config_path(&process->config, process->arena, def->folders[i].name);
	if (def->writes)
		sandbox.writable[writable] = def->writes(&process->config, process->arena);
	for (size_t i = 0; i < PROCESS_PATHS_MAX && def->reads[i]; i++)
		sandbox.readable[readable++] = config_path(&process->config, process->arena, def->reads[i]);
	sandbox.readable[readable++] = process->config.content;
	sandbox.readable[readable++] = process->config.ui;
	sandbox.readable[readable++] = config_path(&process->config, process->arena, "wanglou.yaml");
	if (def->follows_files)
		readable += fill_followed(process, sandbox.readable + readable, FOLLOWED_FOLDERS_MAX);
	if (def->follows_files)
		readable += fill_systemd(process, sandbox.readable + readable);
	if (def == &process_kafka && process->config.kafka_properties[0])
		sandbox.readable[readable++] = folder_of(process->arena, process->config.kafka_properties);
	if (def == &process_directory && process->config.ldap_ca[0])
		sandbox.readable[readable++] = process->config.ldap_ca;
	if (def == &process_directory && process->config.ldap_password_file[0])
		sandbox.readable[readable++] = process->config.ldap_password_file;
	if (def == &process_notify)
		readable += fill_notify(process, sandbox.readable + readable);
	if (def->sockets & 1u << SOCKET_SYSLOG_TLS)
		readable += fill_replaced(process, sandbox.readable + readable);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (files[i][0])
			sandbox.readable[readable++] = files[i];
	if (def->reads_addresses) {
		sandbox.readable[readable++] = addresses_countries(&process->config);
		if (process->config.enrich_as_file[0])
			sandbox.readable[readable++] = process->config.enrich_as_file;
		if (process->config.enrich_assets[0]) /* its folder: the file is replaced */
			sandbox.readable[readable++] =
				folder_of(process->arena, process->config.enrich_assets);
	}
	if (def->loads_engine) {
		sandbox.readable[readable++] = engine_library_folder();
		sandbox.readable[readable++] =
			"/proc/self/exe"; /* it aborts where it cannot read its symbols */
	}
	if (can_drop(process))
		r = sandbox_drop(def->name, def->follows_files, ret_err);
	return r < 0 ? r : sandbox_enter(&sandbox, ret_err);
}

/* Ends with the supervisor, however that ends. The kernel forgets this when the user changes, so it comes
 * after that; a supervisor that was gone before has left the other end of the pipe closed. */
static int follow_supervisor(const struct process *process, struct err *ret_err)
{
	struct pollfd pipe = {.fd = process->notify};

	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
		return err_set(ret_err, -errno, 0, 0, "parent death signal: %s", strerror(errno));
	if (poll(&pipe, 1, 0) > 0 && pipe.revents & (POLLERR | POLLNVAL))
		return err_set(ret_err, -ESRCH, 0, 0, "the supervisor is gone");
	return 0;
}

/* The descriptor is closed: what is broken into later finds the key in our memory at most. */
static int take_journal_key(struct process *process, struct err *ret_err)
{
	int *fd = &process->sockets[SOCKET_JOURNAL_KEY];
	struct journal_key *key;

	if (*fd < 0)
		return 0;
	key = arena_struct(process->arena, struct journal_key);
	if (pread(*fd, key->bytes, sizeof(key->bytes), 0) != sizeof(key->bytes))
		return err_set(ret_err, ERR_PROTOCOL, 0, 0, "no key of the journal came from the supervisor");
	close(*fd);
	*fd = -1;
	process->journal_key = key;
	return 0;
}

static const struct process_def *find_process(const char *name)
{
	for (size_t i = 0; process_table[i]; i++)
		if (name && strcmp(process_table[i]->name, name) == 0)
			return process_table[i];
	return NULL;
}

static int run_process(const struct command *command, struct arguments *arguments)
{
	struct process process = {.arena = arena_new(0)};
	size_t cursor = 0;
	struct err err = {0};
	sigset_t set;
	int status;

	process.def = find_process(argument_next(arguments, NULL, &cursor));
	if (!process.def || read_sockets(&process, argument_value(arguments, "sockets", "")) < 0)
		return usage_error(command, "this is started by 'wanglou run'");
	log_init(process.def->name, LOG_INFO);
	prctl(PR_SET_NAME, process.def->name);
	umask(0027);
	stop_signals(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (config_load(arguments, process.arena, &process.config, &err) < 0 ||
	    take_journal_key(&process, &err) < 0 || confine(&process, &err) < 0 ||
	    follow_supervisor(&process, &err) < 0)
		status = process_failed(&err);
	else
		status = process.def->run(&process);
	arena_free(process.arena);
	return status;
}

const struct command cmd_process = {
	.name = "process",
	.summary = "one of the processes of 'run' (started by it)",
	.usage = "NAME --sockets LIST --data DIR",
	.options = (const struct option_def[]){{"sockets", "LIST", "inherited descriptors"},
					       CONFIG_OPTIONS,
					       {0}},
	.run = run_process,
};
