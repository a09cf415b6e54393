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

#define SESSION_AGENT_MAX 200 /* bytes kept of User-Agent */

struct session {
	int64_t id; /* for people to name it by; says nothing about the token */
	struct user user;
	char csrf_token[SESSION_TOKEN_SIZE];
	int64_t created, last_seen;
};

/* Starts a session for a user whose password and second factor were checked, and notes the time of the login.
 */
int session_start(struct db *db, const struct user *user, struct str address, struct str agent, int64_t now,
		  char ret_token[SESSION_TOKEN_SIZE]);

/* Who holds the token. ERR_DENIED where nobody does, any more. It is no activity by itself. */
int session_find(struct db *db, struct str token, int64_t now, struct session *ret_session);

/* A person was active in the session just found. */
int session_touch(struct db *db, struct str token, const struct session *session, int64_t now);

/* Ends one session; one that is not there is fine. */
int session_end(struct db *db, struct str token);

struct session_row {
	int64_t id, created, last_seen;
	struct str address, agent; /* as long as the visit */
};

/* The user's sessions that still last, the last seen first. */
int session_list(struct db *db, int64_t user, int64_t now,
		 int (*visit)(void *context, const struct session_row *row), void *context);

/* Ends one of the user's sessions by its number. ERR_UNKNOWN where the user has none such. */
int session_end_one(struct db *db, int64_t user, int64_t id);

/* Ends the user's sessions, except the one whose token is keep (empty: none). */
int session_end_all(struct db *db, int64_t user, struct str keep);

#endif
