/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACCESS_SESSION_H
#define ACCESS_SESSION_H
/*
 * Sign-in sessions. The token is 256 random bits that only the browser holds;
 * the database keeps its SHA-256. The token against forged requests is derived
 * from the session's token, so it needs no place of its own and cannot outlive
 * it. A session ends after SESSION_IDLE without activity, after
 * SESSION_ABSOLUTE in any case, and when its account's password or state changes.
 */
#include "access/user.h"

#define SESSION_TOKEN_SIZE 65 /* 64 hex digits and a NUL; the CSRF token too */
#define SESSION_IDLE (30 * INT64_C(60000000))
#define SESSION_ABSOLUTE (12 * INT64_C(3600000000))
#define SESSION_TOUCH INT64_C(60000000) /* last_seen is written at most this often */
#define SESSIONS_PER_USER 32            /* the oldest end first */

struct session {
	struct user user;
	char csrf_token[SESSION_TOKEN_SIZE];
	int64_t created, last_seen;
};

/* Starts a session for a user whose password was checked, and notes the time of the login. */
int session_start(struct db *db, const struct user *user, struct str address, int64_t now,
		  char ret_token[SESSION_TOKEN_SIZE]);

/* Who holds the token. ERR_DENIED where nobody does, any more. It is no activity by itself. */
int session_find(struct db *db, struct str token, int64_t now, struct session *ret_session);

/* A person was active in the session just found. */
int session_touch(struct db *db, struct str token, const struct session *session, int64_t now);

/* Ends one session; one that is not there is fine. */
int session_end(struct db *db, struct str token);

#endif
