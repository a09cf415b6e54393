/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_PROCESS_H
#define BIN_PROCESS_H
/*
 * The processes that 'wanglou run' starts, one const struct each, in the order
 * they are started (and, reversed, stopped). A process is this same program run as
 * 'wanglou process NAME' with the sockets of the table below already open, so
 * that a restarted process finds its callers still waiting. The key of an
 * encrypted journal comes the same way: only the supervisor can read its file.
 */
#include "base/arena.h"
#include "bin/config.h"
#include "bin/sandbox.h"
#include "journal/crypt.h"

#define PROCESS_INTERFACES_MAX 4 /* of sensor.interfaces */

/* SOCKET(NAME, setting or file) — what the supervisor opens before anybody gives up root. */
enum process_socket {
	SOCKET_SYSLOG_UDP,
	SOCKET_SYSLOG_TCP,
	SOCKET_SYSLOG_TLS,
	SOCKET_FLOW,
	SOCKET_SFLOW,
	SOCKET_SNMP_TRAP,
	SOCKET_INGEST,
	SOCKET_INGEST_LOCAL, /* run/collect.sock: import, drill */
	SOCKET_CONSOLE,
	SOCKET_STORE, /* run/store.sock */
	SOCKET_STORE_HTTP,
	SOCKET_CORE,   /* run/core.sock: alerts */
	SOCKET_NOTIFY, /* run/notify.sock: messages to people */
	SOCKET_SENSOR, /* AF_PACKET, one for each of sensor.interfaces */
	SOCKET_SENSOR_LAST = SOCKET_SENSOR + PROCESS_INTERFACES_MAX - 1,
	SOCKET_JOURNAL_KEY, /* no socket: a file in memory that holds the key of the journal */
	SOCKET_COUNT
};

struct process {
	const struct process_def *def;
	struct config config;
	struct arena *arena;
	int sockets[SOCKET_COUNT];             /* -1: not configured, or not this process's */
	int notify;                            /* to the supervisor; see process_ready() */
	const struct journal_key *journal_key; /* NULL: not encrypted, or none of this process's business */
};

#define HUNTS_FOLDER "hunts"       /* what the hunt process found; below the data folder */
#define UNPACKED_FOLDER "unpacked" /* packs of rules that it unpacked; there too */

#define PROCESS_FOLDERS_MAX 4
#define PROCESS_PATHS_MAX 8

/* Below the data folder, the process's own. */
struct process_folder {
	const char *name;
	mode_t mode; /* 0750: the group of all may read it */
};

struct process_def {
	const char *name;
	struct process_folder folders[PROCESS_FOLDERS_MAX + 1]; /* ends with an all-zero entry */
	unsigned sockets;                                       /* bits 1 << SOCKET_… */
	bool uses_store;      /* may call a ClickHouse elsewhere, where one is configured */
	bool calls_out;       /* may make Internet connections */
	bool loads_engine;    /* the embedded engine's library, from its own folder */
	bool reads_addresses; /* the files of enrich.* */
	bool follows_files;   /* reads files.follow, as a member of the group adm where there is one */
	/* What else it may read, below the data folder, and write, by a setting: the folder of that file. */
	const char *reads[PROCESS_PATHS_MAX];
	const char *(*writes)(const struct config *config,
			      struct arena *arena); /* NULL, or may return NULL */
	/* False where the settings leave it nothing to do. NULL: always started. */
	bool (*wanted)(const struct config *config);
	/* Runs until process_wait_stop() returns; an EXIT_… code. EXIT_USAGE: the settings cannot be what is
	   meant, so that the first start ends there. */
	int (*run)(struct process *process);
};

extern const struct process_def process_store, process_core, process_collect, process_analyze,
	process_archive, process_publish, process_sensor, process_kafka, process_drill, process_notify,
	process_directory, process_hunt;

/* NULL-terminated, in starting order. */
extern const struct process_def *const process_table[];

/* Tells the supervisor that this process serves; note, if not NULL, is a line it prints for the person at the
 * terminal. */
void process_ready(const struct process *process);
void process_note(const struct process *process, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Waits for SIGTERM or SIGINT, which are blocked in every thread. With a timeout (µs; -1: for ever) true
 * where a signal came. */
bool process_wait_stop(int64_t timeout);

/* err on standard error as this process's last words; returns EXIT_FAILED. */
int process_failed(const struct err *err);

#endif
