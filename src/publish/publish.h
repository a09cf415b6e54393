/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PUBLISH_PUBLISH_H
#define PUBLISH_PUBLISH_H
/*
 * Signed tree heads on their way to places that whoever rewrites this machine does
 * not reach. Each kind of target is a const struct with one function, and has a
 * cursor of its own: the note it took last. A newer head says all that an older one
 * does, so that of the notes which left DATA/heads/recent.txt meanwhile none is
 * missed.
 */
#include "tlog/head.h"

struct publish_note {
	struct tlog_head head;
	struct str text; /* the whole note */
};

/* All that the targets need; an empty address: off. The texts live as long as the process. */
struct publish_settings {
	const char *file, *syslog, *https, *timestamp; /* addresses */
	const char *https_ca, *timestamp_ca;           /* PEM files; empty: the system's authorities */
	long every, timestamp_every;                   /* seconds */
	const char *folder;                            /* for what is kept of the answers: DATA/publish */
};

struct publish_target {
	const char *name;
	size_t address; /* offset in struct publish_settings of the text that names it */
	size_t every;   /* … of the seconds between two tries that succeed */
	bool newest;    /* wants only the newest note */
	/* Gives it count notes (1 …), oldest first; 0, or why it did not take them. */
	int (*send)(const struct publish_settings *settings, const struct publish_note *notes, size_t count,
		    struct err *ret_err);
};

extern const struct publish_target publish_file, publish_syslog, publish_https, publish_timestamp;

/* Opens and closes what the targets share; before threads. */
int publish_http_start(struct err *ret_err);

/* POSTs over HTTP: https only, unless plain. ca: NULL or empty: the system's authorities. The answer, at most
   answer_max bytes, goes to answer. */
struct publish_request {
	const char *url, *content_type, *accept, *ca;
	bool plain;
	struct str body;
	size_t answer_max;
};
int publish_post(const struct publish_request *request, struct buf *answer, struct err *ret_err);

/* One message of RFC 5424, without framing: the note on one line, its line ends written as \n. */
void publish_syslog_format(const struct publish_note *note, const char *host, struct buf *out);

/* "tcp:host:port", "udp:host:port", "host:port", "[v6]:port". ERR_SYNTAX. Views of address. */
int publish_syslog_address(struct str address, bool *ret_tcp, struct str *ret_host, struct str *ret_port);

#endif
