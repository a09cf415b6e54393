/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_NOTICE_H
#define BIN_NOTICE_H
/*
 * What the platform says about itself, as records in its own journal, over the
 * local socket of the collect process (bin/record_link.h). Alerts come of them as of any
 * other record: by a source and rules in content/.
 *
 *	platform   the state of the machine and the archive; everybody may read it
 *	           {"event":"disk.high","level":"warning","message":"…", …}
 *	audit      what a person did or tried to do; for auditors only
 *	           {"action":"user.add","user":"li","role":"system_administrator","address":"10.1.2.3",
 *	            "via":"console","object":"zhang","outcome":"allowed","detail":{…}}
 *
 * doc/formats/notices.md lists the events and actions with their members.
 */
#include "base/buf.h"
#include "base/err.h"

#define NOTICE_PLATFORM "wanglou-platform" /* the records' hints, and the ids of their sources */
#define NOTICE_AUDIT "wanglou-audit"

/* Says one thing and waits until it is durable, at most timeout µs. members is what follows "event", "level"
   and "message" in the object: "" or `"percent":91,"folder":"…"`. -ENOENT or -ECONNREFUSED where nothing
   runs on that data folder; another negative code where it could not be said: then it may yet be written.
 */
int notice_platform(const char *socket, const char *event, const char *level, const char *message,
		    struct str members, int64_t timeout);

struct notice_audit {
	struct str action; /* "login", "search", "user.add" … (doc/formats/notices.md) */
	struct str user, role;
	struct str address;  /* of the browser; empty for a command */
	const char *via;     /* "console", "token", "command", "platform": it saw so itself */
	struct str object;   /* on what; may be empty */
	const char *outcome; /* "allowed", "refused" */
	struct str detail;   /* a JSON object or empty */
};
int notice_audit(const char *socket, const struct notice_audit *notice, int64_t timeout);

/* The record's text, appended to out: for those who write the journal themselves. */
void notice_audit_format(const struct notice_audit *notice, struct buf *out);

/* The two steps of it, for those who keep their link: connects, where the far side is just being started
   again until it is there; sends and waits. After a failure the link is to be closed. */
struct record_link;
int notice_connect(const char *socket, int64_t timeout, struct record_link **ret_link);
int notice_send(struct record_link *link, uint16_t listener, struct str text);

#endif
