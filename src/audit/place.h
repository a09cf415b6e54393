/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_PLACE_H
#define AUDIT_PLACE_H
/*
 * What a person means by a path: a data folder, a journal's folder, one of its two
 * halves, or an evidence package.
 */
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "journal/journal.h"

struct audit_place {
	bool package;
	char journal[PATH_MAX]; /* the folder with live/ and sealed/ */
	char sealed[PATH_MAX];  /* where its heads and keys are */
	bool has_node;
	uint8_t node[JOURNAL_NODE_SIZE];
};

/* -ENOENT; ERR_UNKNOWN where it is none of these, and says what to give. */
int audit_place_find(const char *path, struct audit_place *ret_place, struct err *ret_err);

#endif
