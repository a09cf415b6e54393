/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_HUNT_REQUEST_H
#define RULES_HUNT_REQUEST_H
/*
 * A rule to be held against the past, as a file: core, which has accounts and secrets,
 * writes what is asked; the hunt process, which has nothing but the right to read,
 * parses strangers' records and writes what it found.
 *
 *	RULES/hunts/ID.json   asked: written and deleted by core. Deleting it ends the hunt
 *	HUNTS/ID.json         found so far: replaced every second by the hunt process
 *
 * Few wait at once; what is older than a day is deleted by whoever asks next.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "base/words.h"

#define HUNT_ID_SIZE 33     /* 32 hex digits */
#define HUNTS_WAITING_MAX 4 /* asked and not done */
#define HUNTS_KEPT_MAX 32
#define HUNT_TEXT_MAX (512u * 1024)
#define HUNT_FOUND_MAX (1024u * 1024)

struct hunt_request {
	char id[HUNT_ID_SIZE];
	struct str by;
	struct str rule;              /* its id; may be empty where the text holds one that makes alerts */
	struct str text;              /* YAML */
	struct str except;            /* a Sigma filter that is tried on what is found; may be empty */
	int64_t from, to;             /* µs, of the events' time */
	enum words_language language; /* of who asks: hunt_request_add() takes the thread's */
};

/* Asks: fills request->id. ERR_BUSY where HUNTS_WAITING_MAX are waiting or running. rules, hunts: folders. */
int hunt_request_add(const char *rules, const char *hunts, struct hunt_request *request);
/* ERR_END where there is none. */
int hunt_request_remove(const char *rules, struct str id);
/* Texts live in arena. ERR_END where there is none; ERR_SYNTAX. */
int hunt_request_read(const char *rules, struct str id, struct arena *arena,
		      struct hunt_request *ret_request);
bool hunt_request_stands(const char *rules, struct str id);

/* The oldest that has nothing in HUNTS yet; false: none. */
bool hunt_request_next(const char *rules, const char *hunts, char ret_id[HUNT_ID_SIZE]);

/* What was found, a JSON object, appended. ERR_END where nothing is there yet. */
int hunt_found_read(const char *hunts, struct str id, struct buf *ret_text);
int hunt_found_write(const char *hunts, struct str id, struct str text);
/* Deletes what nobody asks for any more. */
void hunt_found_prune(const char *rules, const char *hunts);

bool hunt_id_is_good(struct str id);

#endif
