/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A binary member is read by a child, which is trusted with nothing: what it says
 * is checked like what comes from a network.
 *
 * Through the pipe come frames: a head of two numbers, kind and length, then as
 * many bytes: of a record, or of what a damage is called. The last one is the end;
 * a pipe that ends without it ended by accident.
 */
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "collect/reader_private.h"

#define MEMORY_MAX ((rlim_t)1 << 30) /* bytes beyond what we have already and the file itself */
#define RECORD_SECONDS 60            /* of processor time, until the next record */
#define DAMAGE_MAX 1000              /* frames of damage taken from one child */

enum { SPOOL_FD = 0, PIPE_FD = 1 };
enum { FRAME_RECORD = 1, FRAME_CUT, FRAME_DAMAGE, FRAME_END };

struct frame {
	uint32_t kind, len;
};

struct reader_child {
	const char *name;
	size_t record_max;
	pid_t pid;
	FILE *in;
	char *bytes;
	unsigned damages;
	uint64_t records;
};

/* --- in the child --------------------------------------------------------------------------------------- */

static const int allowed_calls[] = {
	SCMP_SYS(read),         SCMP_SYS(pread64),      SCMP_SYS(lseek),
	SCMP_SYS(fstat),        SCMP_SYS(newfstatat),   SCMP_SYS(write),
	SCMP_SYS(brk),          SCMP_SYS(munmap),       SCMP_SYS(mremap),
	SCMP_SYS(madvise),      SCMP_SYS(futex),        SCMP_SYS(exit),
	SCMP_SYS(exit_group),   SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(setitimer),    SCMP_SYS(getrandom),    SCMP_SYS(clock_gettime),
	SCMP_SYS(gettimeofday), SCMP_SYS(close),        SCMP_SYS(sched_yield),
	SCMP_SYS(gettid),       SCMP_SYS(getpid),
};

/* Only these calls, and no memory that can be executed. What else is asked for fails. */
static bool filter_calls(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int r = filter ? 0 : -ENOMEM;

	for (size_t i = 0; i < sizeof(allowed_calls) / sizeof(allowed_calls[0]) && r == 0; i++)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed_calls[i], 0);
	if (r == 0)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				     SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (r == 0)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				     SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (r == 0)
		r = seccomp_load(filter);
	seccomp_release(filter);
	return r == 0;
}

static bool limit(int what, rlim_t most)
{
	const struct rlimit value = {most, most};

	return setrlimit(what, &value) == 0;
}

/* fd and out become the only descriptors there are. */
static bool keep_only(int fd, int out)
{
	/* Neither may be overwritten before it is moved. */
	const int moved_fd = fcntl(fd, F_DUPFD, 3), moved_out = fcntl(out, F_DUPFD, 3);

	return moved_fd >= 0 && moved_out >= 0 && dup2(moved_fd, SPOOL_FD) >= 0 &&
	       dup2(moved_out, PIPE_FD) >= 0 && close_range(PIPE_FD + 1, ~0u, 0) == 0;
}

#ifdef __SANITIZE_ADDRESS__ /* its shadow is larger than any limit */
#define memory_limit(size) ((void)(size), RLIM_INFINITY)
#else
/* The addresses in use, in bytes, and what reading a file of that size takes. */
static rlim_t memory_limit(uint64_t size)
{
	char text[128] = "";
	const int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	unsigned long long pages = 0;

	if (fd >= 0 && read(fd, text, sizeof(text) - 1) > 0)
		pages = strtoull(text, NULL, 10);
	if (fd >= 0)
		close(fd);
	return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + size + MEMORY_MAX;
}
#endif

static bool confine(uint64_t size, int fd, int out)
{
	return limit(RLIMIT_AS, memory_limit(size)) && limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) &&
	       keep_only(fd, out) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && filter_calls();
}

static void spend_at_most(time_t seconds)
{
	const struct itimerval timer = {.it_value = {.tv_sec = seconds}};

	setitimer(ITIMER_PROF, &timer, NULL); /* its signal ends us */
}

/* Written at once, so that what is good is there whatever the next record does. */
static void put(struct buf *out, uint32_t kind, struct str bytes)
{
	const struct frame frame = {kind, (uint32_t)bytes.len};

	buf_clear(out);
	buf_add(out, &frame, sizeof(frame));
	buf_add_str(out, bytes);
	if (io_write(PIPE_FD, out->ptr, out->len) < 0)
		_exit(1);
}

static void read_member(const struct reader_format *format, size_t record_max)
{
	struct err err = {0};
	struct buf out = {0};
	struct str record;
	void *state;
	int r;

	spend_at_most(RECORD_SECONDS);
	r = format->open(SPOOL_FD, &state, &err);
	if (r < 0)
		put(&out, FRAME_DAMAGE, str_from(err.message));
	while (r == 0) {
		int got;

		err.message[0] = 0;
		spend_at_most(RECORD_SECONDS);
		got = format->next(state, &record, &err);
		if (got == ERR_END)
			break;
		if (got < 0)
			put(&out, FRAME_DAMAGE, str_from(err.message));
		else if (record.len)
			put(&out, record.len > record_max ? FRAME_CUT : FRAME_RECORD,
			    str_head(record, record_max));
	}
	put(&out, FRAME_END, STR(""));
}

static _Noreturn void run_child(const struct reader_format *format, int fd, int out, size_t record_max,
				pid_t parent)
{
	struct stat status;

	signal(SIGPROF, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	if (fstat(fd, &status) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent ||
	    !confine((uint64_t)status.st_size, fd, out))
		_exit(1);
	read_member(format, record_max);
	_exit(0);
}

/* --- in the parent -------------------------------------------------------------------------------------- */

int reader_child_start(const struct reader_format *format, int fd, size_t record_max,
		       struct reader_child **ret_child)
{
	struct reader_child *child = calloc(1, sizeof(*child));
	char *bytes = malloc(record_max > ERR_MESSAGE_MAX ? record_max : ERR_MESSAGE_MAX);
	const pid_t self = getpid();
	int ends[2] = {-1, -1}, r = 0;
	pid_t pid = -1;

	if (!child || !bytes || pipe2(ends, O_CLOEXEC) < 0 || (pid = fork()) < 0)
		r = child && bytes ? -errno : -ENOMEM;
	if (pid == 0)
		run_child(format, fd, ends[1], record_max, self);
	if (r == 0) {
		*child = (struct reader_child){.name = format->name,
					       .record_max = record_max,
					       .pid = pid,
					       .in = fdopen(ends[0], "rb"),
					       .bytes = bytes};
		must(child->in);
		*ret_child = child;
	} else {
		if (ends[0] >= 0)
			close(ends[0]);
		free(bytes);
		free(child);
	}
	if (ends[1] >= 0)
		close(ends[1]);
	return r;
}

void reader_child_end(struct reader_child *child)
{
	if (!child)
		return;
	fclose(child->in);
	if (child->pid > 0) {
		kill(child->pid, SIGKILL);
		waitpid(child->pid, NULL, 0);
	}
	free(child->bytes);
	free(child);
}

/* Why the pipe has ended, or why no more is taken from it. */
static int explain_end(struct reader_child *child, struct err *ret_err)
{
	const unsigned long long records = child->records;
	int status = 0;

	kill(child->pid, SIGKILL); /* a zombie keeps the status that it ended with */
	waitpid(child->pid, &status, 0);
	child->pid = -1;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF)
		return err_set(ret_err, ERR_LIMIT, 0, 0,
			       "%s: given up after %llu records: the next took %d seconds", child->name,
			       records, RECORD_SECONDS);
	return err_set(ret_err, ERR_CORRUPT, 0, 0,
		       "%s: damaged: it could not be read behind %llu records (%s)", child->name, records,
		       WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "no end");
}

int reader_child_next(struct reader_child *child, struct reader_record *ret_record, struct err *ret_err)
{
	struct frame frame;
	size_t most;

	if (child->pid < 0)
		return ERR_END;
	if (fread(&frame, sizeof(frame), 1, child->in) != 1 || frame.kind < FRAME_RECORD ||
	    frame.kind > FRAME_END)
		return explain_end(child, ret_err);
	most = frame.kind == FRAME_DAMAGE ? ERR_MESSAGE_MAX - 1 : child->record_max;
	if (frame.len > most || (frame.len && fread(child->bytes, frame.len, 1, child->in) != 1))
		return explain_end(child, ret_err);
	if (frame.kind == FRAME_END) {
		waitpid(child->pid, NULL, 0);
		child->pid = -1;
		return ERR_END;
	}
	if (frame.kind == FRAME_DAMAGE) {
		if (++child->damages > DAMAGE_MAX)
			return explain_end(child, ret_err);
		return err_set(ret_err, ERR_CORRUPT, 0, 0, "%s: %.*s", child->name, (int)frame.len,
			       child->bytes);
	}
	if (!frame.len)
		return explain_end(child, ret_err);
	*ret_record = (struct reader_record){.bytes = str_of(child->bytes, frame.len),
					     .line = ++child->records,
					     .truncated = frame.kind == FRAME_CUT};
	return 0;
}
