/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_WEB_H
#define WEB_WEB_H
/*
 * The console's server: HTTPS, sessions, the API of doc/formats/api.yaml, and the
 * files of the user interface. Requests are read and answered by the pool threads
 * of http/; what may wait (SQLite, scrypt, the event store) runs on WEB_WORKERS
 * threads of its own, so that a store that hangs never holds up a connection.
 *
 * The caller owns the database and the listening sockets until web_start() has
 * succeeded; then the sockets are web's.
 */
#include <stddef.h>
#include <stdint.h>

#include "access/second_factor.h"
#include "base/err.h"
#include "db/db.h"

#define WEB_WORKERS 16
#define WEB_QUEUE_MAX 256 /* requests that wait for a worker; beyond it they are told to come back */
#define WEB_LISTEN_MAX 4
#define WEB_PROCESSES_MAX 16
#define WEB_BODY_MAX (64 * 1024)
#define WEB_LARGE_BODY_MAX (16 * 1024 * 1024)   /* of routes that take files */
#define WEB_LARGE_BODIES_MAX (64 * 1024 * 1024) /* of all of them at once, on each listener */

/* How the pipeline is doing, as the core process knows it. */
struct web_process {
	char name[32];
	const char *state; /* "running", "starting", "stopped" (a signal halts it), "failing"; static */
	int pid;           /* 0: none */
	unsigned restarts;
	int64_t since;   /* µs; 0: unknown */
	uint64_t memory; /* bytes; 0: unknown */
	unsigned load;   /* percent of one processor */
};

struct web_pipeline {
	uint64_t next_seq; /* the first record not yet stored */
	double events_per_second;
	size_t process_count;
	struct web_process processes[WEB_PROCESSES_MAX];
};

/* Called on worker threads; fills *ret_pipeline, which is zeroed before. */
typedef void web_pipeline_fn(void *context, struct web_pipeline *ret_pipeline);

/* A listener as wanglou.yaml has it. */
struct web_listener {
	const char *name;    /* "syslog_udp" */
	const char *address; /* "127.0.0.1:5514", ":514"; empty: off */
};

struct case_rules;
struct journal_key;
struct onboarding_set;
struct rectification_office;
struct rule_library;
struct web_house;

/* What somebody is about to do or was refused, for the audit trail (doc/formats/notices.md). */
struct web_notice {
	struct str action, user, role, address, object;
	const char *outcome; /* "allowed", "refused" */
	const char *via;     /* "console", or "token": a program did it, and detail.token names it */
	struct str detail;   /* a JSON object or empty */
};

/* Called on worker threads, several at once; 0 when the record is durable, else the action is refused. */
typedef int web_audit_fn(void *context, const struct web_notice *notice);

struct web_options {
	const int *listen_fds; /* of http_listen() */
	size_t listen_count;   /* 1 … WEB_LISTEN_MAX */
	const char *data;      /* folder: the certificate made at first start is DATA/tls.pem */
	const char *tls_certificate, *tls_key; /* the operator's PEM files; both or neither */
	const char *ui;                        /* folder of the built interface */
	const char *journal;                   /* folder, to show raw lines; NULL: none */
	const struct journal_key *journal_key; /* NULL: not encrypted; must outlive the server */
	const char *store_url;                 /* NULL: none */
	const char *store_user, *store_password, *store_database; /* NULL: what the store takes for them */
	const char *version;
	const char *maps;               /* folder of the operator's maps (doc/formats/maps.md); NULL: none */
	const char *inside;             /* one's own networks, with commas between; NULL: none are known */
	int64_t zone;                   /* µs east of UTC: where days begin */
	enum factor_rule second_factor; /* who needs one */
	struct db *db;                  /* with the schemas of web_open_database() */
	const struct case_rules *cases; /* NULL: none could be read */
	const struct rectification_office *office; /* NULL: no policy could be read; outlives the server */
	struct rule_library *rules;                /* NULL: none; outlives the server */
	const char *rule_costs;                    /* file that analyze writes; NULL: none */
	const char *hunts;                         /* folder that the hunt process writes; NULL: none */
	const char *unpacked;                      /* where it unpacks packs that were uploaded */
	const char *content;                       /* folder; NULL: none */
	const char *channels;                      /* file that the notify process writes; NULL: none */
	const char *compliance, *compliance_own;   /* folders of the tables of deadlines and reports */
	const struct web_house *house;             /* NULL: nothing is known (web/house.h) */
	const char *suggest;                       /* file of names for drafts of source files */
	const char *templates, *clocks;          /* files that analyze keeps beside its cursor; NULL: none */
	const struct web_listener *listeners;    /* ends with a NULL name; outlives the server; NULL: none */
	const struct onboarding_set *onboarding; /* outlives the server; NULL: none */
	web_pipeline_fn *pipeline;               /* NULL: nothing is known */
	void *pipeline_context;
	web_audit_fn *audit; /* NULL: nothing is recorded */
	void *audit_context;
};

struct web;

/* Opens DATA/core.db with every schema that web needs. */
int web_open_database(const char *data, struct db **ret_db, struct err *ret_err);

/* The options' texts are copied. */
int web_start(const struct web_options *options, struct web **ret_web, struct err *ret_err);

/* SHA-256 of the certificate in use, for people to compare with what the browser shows. */
const char *web_fingerprint(const struct web *web);

/* Ends open requests and joins the threads. The database stays open. */
void web_stop(struct web *web);

#endif
