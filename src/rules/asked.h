/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_ASKED_H
#define RULES_ASKED_H
/*
 * Inside rules/: what core asks of the hunt process by files ID.json (hunt_request.h, pack_trial.h): their
 * numbers, and the texts in them.
 */
#include <jansson.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/words.h"
#include "rules/hunt_request.h"

/* The id of a file ID.json; empty where it is none of ours. */
struct str asked_id_of(const char *path);
/* A new one, at random. */
void asked_id_make(char out[HUNT_ID_SIZE]);

/* The object in a file of at most max bytes. ERR_END where there is none; ERR_SYNTAX. */
int asked_read(const char *path, size_t max, json_t **ret_root);
/* Writes a file that is not there yet, and takes root. ERR_SYNTAX: a text is no UTF-8. */
int asked_write(const char *path, json_t *root);

/* A member's text, in arena; empty where it is none. */
struct str asked_take(struct arena *arena, const json_t *root, const char *key);
void asked_put(json_t *root, const char *key, struct str text);

/* The language of who asks, which the answer is to have. */
enum words_language asked_take_language(const json_t *root);
void asked_put_language(json_t *root);

#endif
