/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "bin/folders.h"
#include "bin/process.h"
#include "bin/retention_config.h"
#include "bin/sockets.h"
#include "bin/vitals.h"

#define PROCESSES_MAX 16
#define PAUSE_FIRST (100 * CLOCK_MILLISECOND)
#define PAUSE_MAX (5 * CLOCK_SECOND)
#define PAUSE_SERVED_MAX CLOCK_SECOND    /* of a process that could serve: senders wait for it */
#define STABLE_AFTER (30 * CLOCK_SECOND) /* lived so long: the next failure is a first one again */
#define STOP_LIMIT (15 * CLOCK_SECOND)
#define NOTE_MAX 1200
#define LOOK_EVERY (5 * CLOCK_SECOND) /* at what the kernel says of the children */

struct child {
	const struct process_def *def;
	pid_t pid; /* 0: not running */
	int notify;
	bool ready;
	unsigned restarts;
	int64_t started, start_at, pause;
	struct vitals vitals; /* when last looked at; all zero: not yet */
	unsigned load;        /* percent of one processor between the last two looks */
	char note[NOTE_MAX];
	size_t note_len;
};

struct supervisor {
	const struct config *config;
	struct arena *arena;
	int lock, signals, sockets[SOCKET_COUNT];
	struct child children[PROCESSES_MAX];
	size_t count;
	bool stopping, announced, failed;
	int64_t looked; /* monotonic */
	void (*on_ready)(void *context);
	void *context;
};

/* --- what is on disk --------------------------------------------------------------------------------- */

/* A process that a signal has halted is "stopped", though it lives. */
static const char *state_of(const struct supervisor *supervisor, const struct child *child)
{
	if (!child->pid)
		return supervisor->stopping ? "stopped" : "failing";
	return child->vitals.halted ? "stopped" : child->ready ? "running" : "starting";
}

static void write_state(const struct supervisor *supervisor)
{
	struct buf out = {0};
	char since[CLOCK_TEXT_SIZE];

	buf_printf(&out, "[");
	for (size_t i = 0; i < supervisor->count; i++) {
		const struct child *child = &supervisor->children[i];

		clock_format(child->started, since);
		buf_printf(&out,
			   "%s{\"name\":\"%s\",\"state\":\"%s\",\"pid\":%d,\"restarts\":%u,\"since\":\"%s\""
			   ",\"memory\":%" PRIu64 ",\"load\":%u}",
			   i ? "," : "", child->def->name, state_of(supervisor, child), (int)child->pid,
			   child->restarts, since, child->vitals.memory, child->load);
	}
	buf_printf(&out, "]\n");
	io_replace_file(config_path(supervisor->config, supervisor->arena, "run/processes.json"), out.ptr,
			out.len, 0644);
	buf_done(&out);
}

static int take_lock(struct supervisor *supervisor, struct err *ret_err)
{
	const char *path = config_path(supervisor->config, supervisor->arena, "run/lock");
	char pid[32] = "";

	supervisor->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (supervisor->lock < 0)
		return err_set(ret_err, -errno, 0, 0, "cannot open %s: %s", path, strerror(errno));
	if (flock(supervisor->lock, LOCK_EX | LOCK_NB) < 0) {
		io_read(supervisor->lock, pid, sizeof(pid) - 1);
		return err_set(
			ret_err, ERR_BUSY, 0, 0,
			"wanglou already runs on %s (process %.*s); stop it first or choose another --data",
			supervisor->config->data, (int)strcspn(pid, "\n"), pid);
	}
	snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	if (ftruncate(supervisor->lock, 0) < 0 || pwrite(supervisor->lock, pid, strlen(pid), 0) < 0)
		return err_set(ret_err, -errno, 0, 0, "cannot write %s: %s", path, strerror(errno));
	return 0;
}

/* --- children ---------------------------------------------------------------------------------------- */

/* In the child: the sockets that are its own survive exec, all others close by themselves. */
static _Noreturn void exec_child(const struct supervisor *supervisor, const struct process_def *def,
				 int notify)
{
	char list[256] = "", item[16];
	const struct config *config = supervisor->config;
	sigset_t none;

	for (int i = 0; i < SOCKET_COUNT; i++) {
		int fd = def->sockets & 1u << i ? supervisor->sockets[i] : -1;

		if (fd >= 0)
			fcntl(fd, F_SETFD, 0);
		snprintf(item, sizeof(item), "%d,", fd);
		strcat(list, item);
	}
	snprintf(item, sizeof(item), "%d", notify);
	strcat(list, item);
	fcntl(notify, F_SETFD, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execl("/proc/self/exe", "wanglou", "process", def->name, "--sockets", list, "--data", config->data,
	      "--content", config->content, "--ui", config->ui, (char *)NULL);
	_exit(EXIT_FAILED);
}

static void start_child(struct supervisor *supervisor, struct child *child)
{
	int pipe_fds[2];

	if (pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK) < 0) {
		child->start_at = clock_monotonic() + PAUSE_MAX;
		return;
	}
	child->pid = fork();
	if (child->pid == 0)
		exec_child(supervisor, child->def, pipe_fds[1]);
	close(pipe_fds[1]);
	if (child->pid < 0) {
		close(pipe_fds[0]);
		child->pid = 0;
		child->start_at = clock_monotonic() + PAUSE_MAX;
		return;
	}
	child->notify = pipe_fds[0];
	child->ready = false;
	child->note_len = 0;
	child->started = clock_now();
	child->vitals = (struct vitals){0};
	child->load = 0;
	write_state(supervisor);
}

static bool all_ready(const struct supervisor *supervisor)
{
	for (size_t i = 0; i < supervisor->count; i++)
		if (!supervisor->children[i].ready)
			return false;
	return true;
}

static void read_line(struct supervisor *supervisor, struct child *child, struct str line)
{
	if (str_starts(line, STR("note "))) {
		printf("%.*s\n", STR_FMT(str_from_offset(line, 5)));
		fflush(stdout);
	} else if (str_eq(line, STR("ready"))) {
		child->ready = true;
		write_state(supervisor);
		if (!supervisor->announced && all_ready(supervisor)) {
			supervisor->announced = true;
			supervisor->on_ready(supervisor->context);
		}
	}
}

static void read_notes(struct supervisor *supervisor, struct child *child)
{
	ssize_t n = read(child->notify, child->note + child->note_len, sizeof(child->note) - child->note_len);
	struct str rest, line;
	size_t end;

	if (n <= 0) {
		if (n == 0 || errno != EAGAIN) {
			close(child->notify);
			child->notify = -1;
		}
		return;
	}
	child->note_len += (size_t)n;
	rest = str_of(child->note, child->note_len);
	while ((end = str_find_char(rest, '\n')) != STR_NOT_FOUND) {
		line = str_head(rest, end);
		rest = str_from_offset(rest, end + 1);
		read_line(supervisor, child, line);
	}
	child->note_len = rest.len == sizeof(child->note) ? 0 : rest.len; /* a line too long is dropped */
	memmove(child->note, rest.ptr, child->note_len);
}

static void child_ended(struct supervisor *supervisor, struct child *child, int status)
{
	bool stable = clock_now() - child->started > STABLE_AFTER;
	int64_t pause_max;

	while (child->notify >= 0)
		read_notes(supervisor, child);
	pause_max = child->ready ? PAUSE_SERVED_MAX : PAUSE_MAX;
	child->pid = 0;
	child->ready = false;
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_USAGE && !supervisor->announced) {
		log_error("%s cannot work with these settings; stopping", child->def->name);
		supervisor->stopping = supervisor->failed = true;
	}
	if (!supervisor->stopping) {
		child->pause = stable || !child->pause ? PAUSE_FIRST : child->pause * 2;
		if (child->pause > pause_max)
			child->pause = pause_max;
		child->start_at = clock_monotonic() + child->pause;
		child->restarts++;
		if (WIFSIGNALED(status))
			log_warning("%s was ended by signal %d; starting it again", child->def->name,
				    WTERMSIG(status));
		else
			log_warning("%s ended with status %d; starting it again", child->def->name,
				    WEXITSTATUS(status));
	}
	write_state(supervisor);
}

static void reap(struct supervisor *supervisor)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < supervisor->count; i++)
			if (supervisor->children[i].pid == pid)
				child_ended(supervisor, &supervisor->children[i], status);
}

/* --- how they are ------------------------------------------------------------------------------------ */

static void look_at_child(struct child *child, int64_t span)
{
	struct vitals vitals = {0};

	if (!child->pid || vitals_read(child->pid, &vitals) < 0)
		return;
	child->load = span > 0 && child->vitals.memory && vitals.cpu >= child->vitals.cpu
			      ? (unsigned)((vitals.cpu - child->vitals.cpu) * 100 / span)
			      : 0;
	child->vitals = vitals;
}

/* Returns the milliseconds until the next look. */
static int look(struct supervisor *supervisor)
{
	int64_t now = clock_monotonic(), span = now - supervisor->looked;

	if (span < LOOK_EVERY)
		return (int)((LOOK_EVERY - span) / CLOCK_MILLISECOND + 1);
	for (size_t i = 0; i < supervisor->count; i++)
		look_at_child(&supervisor->children[i], span);
	supervisor->looked = now;
	write_state(supervisor);
	return (int)(LOOK_EVERY / CLOCK_MILLISECOND);
}

/* --- the loop ---------------------------------------------------------------------------------------- */

/* Starts what is due; returns the milliseconds until the next one is, -1 for none. */
static int start_due(struct supervisor *supervisor)
{
	int64_t now = clock_monotonic(), next = INT64_MAX;

	for (size_t i = 0; i < supervisor->count; i++) {
		struct child *child = &supervisor->children[i];

		if (!child->pid && child->start_at <= now)
			start_child(supervisor, child);
		if (!child->pid && child->start_at < next)
			next = child->start_at;
	}
	return next == INT64_MAX ? -1 : (int)((next - now) / CLOCK_MILLISECOND + 1);
}

static void restart_analyze(struct supervisor *supervisor)
{
	log_info("reading sources and rules again");
	for (size_t i = 0; i < supervisor->count; i++)
		if (supervisor->children[i].def == &process_analyze && supervisor->children[i].pid)
			kill(supervisor->children[i].pid, SIGTERM);
}

static void read_signals(struct supervisor *supervisor)
{
	struct signalfd_siginfo info;

	while (read(supervisor->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			reap(supervisor);
		else if (info.ssi_signo == SIGHUP)
			restart_analyze(supervisor);
		else
			supervisor->stopping = true;
	}
}

/* Waits for signals and notes, at most timeout milliseconds. */
static void wait_for_something(struct supervisor *supervisor, int timeout)
{
	struct pollfd polls[PROCESSES_MAX + 1] = {{.fd = supervisor->signals, .events = POLLIN}};

	for (size_t i = 0; i < supervisor->count; i++)
		polls[i + 1] = (struct pollfd){.fd = supervisor->children[i].notify, .events = POLLIN};
	if (poll(polls, supervisor->count + 1, timeout) <= 0)
		return;
	for (size_t i = 0; i < supervisor->count; i++)
		if (polls[i + 1].revents && supervisor->children[i].notify >= 0)
			read_notes(supervisor, &supervisor->children[i]);
	if (polls[0].revents)
		read_signals(supervisor);
}

/* One process after the other, last started first; who does not go in time is killed. */
static void stop_children(struct supervisor *supervisor)
{
	supervisor->stopping = true;
	for (size_t i = supervisor->count; i-- > 0;) {
		struct child *child = &supervisor->children[i];
		int64_t limit = clock_monotonic() + STOP_LIMIT;

		if (child->pid)
			kill(child->pid, SIGTERM);
		while (child->pid) {
			if (clock_monotonic() > limit) {
				log_warning("%s does not stop; killing it", child->def->name);
				kill(child->pid, SIGKILL);
				limit = INT64_MAX;
			}
			wait_for_something(supervisor, 100);
			reap(supervisor);
		}
	}
}

static int open_signals(struct supervisor *supervisor)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	supervisor->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return supervisor->signals < 0 ? -errno : 0;
}

/* The key of the journal in a file that is nowhere but in memory, for the processes that need it. */
static int open_journal_key(const struct config *config, struct arena *arena, int *ret_fd,
			    struct err *ret_err)
{
	const struct journal_key *key;
	int r = config_journal_key(config, arena, true, &key, ret_err), fd;

	if (r < 0 || !key)
		return r;
	fd = memfd_create("journal-key", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0 || io_write(fd, key->bytes, sizeof(key->bytes)) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) < 0) {
		r = -errno;
		if (fd >= 0)
			close(fd);
		return err_set(ret_err, r, 0, 0, "the journal's key: %s", err_text(r));
	}
	*ret_fd = fd;
	return 0;
}

int supervisor_open(const struct config *config, struct arena *arena, bool drill,
		    struct supervisor **ret_supervisor, struct err *ret_err)
{
	struct supervisor *supervisor = calloc(1, sizeof(*supervisor));
	int r;

	must(supervisor);
	supervisor->config = config;
	supervisor->arena = arena;
	supervisor->lock = supervisor->signals = -1;
	for (int i = 0; i < SOCKET_COUNT; i++)
		supervisor->sockets[i] = -1;
	for (size_t i = 0; process_table[i]; i++) {
		if (process_table[i]->wanted && !process_table[i]->wanted(config))
			continue;
		if (process_table[i] == &process_drill && !drill)
			continue;
		must(supervisor->count < PROCESSES_MAX);
		supervisor->children[supervisor->count++] =
			(struct child){.def = process_table[i], .notify = -1};
	}
	r = folders_make(config, arena, ret_err);
	if (r == 0)
		r = take_lock(supervisor, ret_err);
	if (r == 0)
		r = config_write_template(config, ret_err);
	if (r == 0)
		r = sockets_open(config, arena, supervisor->sockets, ret_err);
	if (r == 0)
		r = open_journal_key(config, arena, &supervisor->sockets[SOCKET_JOURNAL_KEY], ret_err);
	if (r == 0)
		r = retention_check(config, arena, ret_err);
	if (r == 0 && getuid() == 0 && !sandbox_reachable(config->data))
		log_warning("the processes keep the rights of root: users of their own could not reach %s; "
			    "let others pass through it and the folders above it (chmod o+x)",
			    config->data);
	if (r == 0 && (r = open_signals(supervisor)) < 0)
		err_set(ret_err, r, 0, 0, "signals: %s", err_text(r));
	if (r < 0) {
		supervisor_close(supervisor);
		return r;
	}
	*ret_supervisor = supervisor;
	return 0;
}

int supervisor_run(struct supervisor *supervisor, void (*on_ready)(void *context), void *context)
{
	supervisor->on_ready = on_ready;
	supervisor->context = context;
	while (!supervisor->stopping) {
		int due = start_due(supervisor), rest = look(supervisor);

		wait_for_something(supervisor, due >= 0 && due < rest ? due : rest);
	}
	stop_children(supervisor);
	return supervisor->failed ? EXIT_FAILED : EXIT_OK;
}

void supervisor_close(struct supervisor *supervisor)
{
	for (int i = 0; i < SOCKET_COUNT; i++)
		if (supervisor->sockets[i] >= 0)
			close(supervisor->sockets[i]);
	if (supervisor->signals >= 0)
		close(supervisor->signals);
	if (supervisor->lock >= 0)
		close(supervisor->lock);
	free(supervisor);
}
