/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_VITALS_H
#define BIN_VITALS_H
/* What the kernel says of a process: proc_pid_stat(5). For the supervisor, whose children all of them are. */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/str.h"

struct vitals {
	bool halted;     /* by a signal such as SIGSTOP: it lives and does nothing */
	int64_t cpu;     /* µs of processor time since its start */
	uint64_t memory; /* bytes that are resident */
};

/* 0, or ERR_SYNTAX where text is not the content of /proc/PID/stat. */
int vitals_parse(struct str text, struct vitals *ret_vitals);

/* 0, or a negative code: the process has gone. */
int vitals_read(pid_t pid, struct vitals *ret_vitals);

#endif
