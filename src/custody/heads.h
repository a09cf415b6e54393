/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CUSTODY_HEADS_H
#define CUSTODY_HEADS_H
/*
 * Files of signed tree heads (tlog/head.h) in the folder DATA/journal/sealed: one a
 * day of UTC, heads-YYYYMMDD.txt, one note after the other. A note that was being
 * written when the machine went down may stand at the end, torn: readers pass over
 * it, the writer cuts it off when it starts. Nothing whole is ever changed.
 *
 * The newest HEADS_RECENT notes are also in DATA/heads/recent.txt, which is replaced
 * whole: all that the process which sends heads elsewhere may read.
 */
#include "tlog/head.h"

#define HEADS_FILE_MAX (16 * 1024 * 1024) /* a day's: 40,000 notes */
#define HEADS_RECENT 64
#define HEADS_RECENT_FILE "heads/recent.txt"

/* Appends a note to the file of the day of time; durable when it returns 0. */
int heads_append(const char *folder, int64_t time, struct str note);

/* Cuts what stands behind the last whole note off the newest file. *ret_cut bytes. */
int heads_repair(const char *folder, size_t *ret_cut);

/* Calls visit for each head, newest first, until it returns non-zero, and returns that. every: all heads;
   else all of the newest file and the last of each file before. note lives during the call. */
typedef int heads_visit(void *context, const struct tlog_head *head, struct str note);
int heads_walk(const char *folder, bool every, heads_visit *visit, void *context);

/* The newest note of the folder; ERR_END where there is none. */
int heads_newest(const char *folder, struct tlog_head *ret_head);

#endif
