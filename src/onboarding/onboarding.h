/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONBOARDING_ONBOARDING_H
#define ONBOARDING_ONBOARDING_H
/*
 * How devices and systems are told to send their logs here: the files of content/onboarding
 * (doc/formats/onboarding.md), which the console's wizard shows. Read once, constant afterwards; everything
 * lives in the arena given. A file that is wrong is reported and left out, the others hold.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/yaml.h"

#define ONBOARDING_FOLDER "onboarding" /* in the content folder */
#define ONBOARDING_FILES_MAX 512
#define ONBOARDING_FILE_MAX (64u * 1024)
#define ONBOARDING_STEPS_MAX 16
#define ONBOARDING_EXPECT_MAX 32
#define ONBOARDING_LINKS_MAX 16
#define ONBOARDING_TEXT_MAX 2000 /* bytes of a text in one language */
#define ONBOARDING_SNIPPET_MAX 8192

/* What it is, in the order in which the wizard offers them. X(NAME, "name") */
#define ONBOARDING_KINDS(X)       \
	X(SERVER, "server")       \
	X(WINDOWS, "windows")     \
	X(NETWORK, "network")     \
	X(FIREWALL, "firewall")   \
	X(SECURITY, "security")   \
	X(WEB, "web")             \
	X(DATABASE, "database")   \
	X(CONTAINER, "container") \
	X(SHIPPER, "shipper")     \
	X(FLOW, "flow")           \
	X(FILE, "file")

/* The listener of wanglou.yaml that it sends to; local: this machine's own, kafka: fetched. */
#define ONBOARDING_TRANSPORTS(X)    \
	X(SYSLOG_UDP, "syslog_udp") \
	X(SYSLOG_TCP, "syslog_tcp") \
	X(SYSLOG_TLS, "syslog_tls") \
	X(INGEST, "ingest")         \
	X(FLOW, "flow")             \
	X(SFLOW, "sflow")           \
	X(SNMP_TRAP, "snmp_trap")   \
	X(LOCAL, "local")           \
	X(KAFKA, "kafka")

#define X(id, name) ONBOARDING_##id,
enum onboarding_kind { ONBOARDING_KINDS(X) ONBOARDING_KIND_COUNT };
#undef X
#define X(id, name) ONBOARDING_BY_##id,
enum onboarding_transport { ONBOARDING_TRANSPORTS(X) ONBOARDING_TRANSPORT_COUNT };
#undef X

const char *onboarding_kind_name(enum onboarding_kind kind);
const char *onboarding_transport_name(enum onboarding_transport transport);

struct onboarding_text {
	struct str zh, en;
};

struct onboarding_step {
	struct onboarding_text text;
	struct str file;    /* where the snippet goes; may be empty */
	struct str snippet; /* with {{host}} and {{port}} in it; may be empty */
};

struct onboarding {
	struct str id;
	enum onboarding_kind kind;
	enum onboarding_transport transport;
	struct str vendor; /* may be empty */
	struct onboarding_text name, doubt;
	struct str tried; /* on what it was tried; empty: never on a real one */
	const struct str *expect, *links;
	size_t expect_count, link_count;
	const struct onboarding_step *steps;
	size_t step_count;
	struct onboarding_step test; /* how to make it say something */
};

struct onboarding_set {
	const struct onboarding **items; /* by kind and then by id */
	size_t count;
};

typedef void onboarding_report(void *context, const struct err *err);

/* One file's text. 0, or a negative code with *ret_err filled. */
int onboarding_parse(struct str text, struct arena *arena, struct onboarding **ret_item, struct err *ret_err);

/* All .yaml files below folder. -errno only where the folder cannot be read. */
int onboarding_load(const char *folder, struct arena *arena, onboarding_report *report, void *context,
		    struct onboarding_set *ret_set);

const struct onboarding *onboarding_find(const struct onboarding_set *set, struct str id);

/* Calls report for each item that expects a source which is not there. Returns how many. */
typedef bool onboarding_knows(void *context, struct str source);
size_t onboarding_check(const struct onboarding_set *set, onboarding_knows *knows, onboarding_report *report,
			void *context);

#endif
