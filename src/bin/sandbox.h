/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_SANDBOX_H
#define BIN_SANDBOX_H
/*
 * Least privilege, taken before a process reads its first byte from outside:
 * its own user where we were started as root, Landlock for files, seccomp for
 * system calls. What the kernel lacks is left out and said once in the log.
 */
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

#define SANDBOX_PATHS_MAX 64

struct sandbox {
	const char *writable[SANDBOX_PATHS_MAX]; /* folders, NULL-terminated */
	const char *readable[SANDBOX_PATHS_MAX];
	bool inet; /* may make Internet sockets of its own; inherited ones always work */
};

/* The group all our processes share (they read the journal and reach the sockets by it) and the user of one
   process. By name ("wanglou", "wanglou-collect") where the system has them, else numbers nobody else uses.
 */
gid_t sandbox_group(void);
uid_t sandbox_user(const char *process);

/* True where any user can reach path: every folder on the way, itself included, lets others through. */
bool sandbox_reachable(const char *path);

/* Gives up root for good; supplementary groups are dropped but, where keep_logs, for those that may read the
   system's logs (adm, systemd-journal). */
int sandbox_drop(const char *process, bool keep_logs, struct err *ret_err);

/* Landlock and seccomp; not reversible, inherited by threads made afterwards. */
int sandbox_enter(const struct sandbox *sandbox, struct err *ret_err);

#endif
