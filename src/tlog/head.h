/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TLOG_HEAD_H
#define TLOG_HEAD_H
/*
 * Signed tree heads as text: a checkpoint (C2SP tlog-checkpoint) in a signed note
 * (C2SP signed-note), here with two lines of our own behind the root:
 *
 *	wanglou/5f0c…e1            origin: "wanglou/" and the node id in hex
 *	184467                     leaves
 *	qL3x…=                     root, base64
 *	seq 199203                 the last sequence number in the tree
 *	time 2026-11-22T08:30:00.123456Z
 *
 *	— wanglou/5f0c…e1 Az3grlgt…=     base64 of key id and signature, U+2014 first
 *
 * The signature is over the lines up to and with the line end before the empty one.
 * A file of heads is one note after the other.
 */
#include "tlog/key.h"
#include "tlog/tree.h"

#define TLOG_NODE_SIZE 16
#define TLOG_HEAD_TEXT_MAX 1024 /* bytes of one note */

struct tlog_head {
	uint8_t node[TLOG_NODE_SIZE];
	uint64_t size;
	struct tlog_hash root;
	uint64_t seq;
	int64_t time; /* µs since 1970 */
};

/* Appends the signed note. What tlog_key_sign() returns. */
int tlog_head_sign(const struct tlog_head *head, const struct tlog_key *key, struct buf *note);

/* Takes the first note off *text. ERR_END where only white space is left, ERR_SYNTAX with *text behind the
   damage (at what may be the next note), so that a reader goes on. ret_signed is the text signed, ret_note
   the whole note; both views. */
int tlog_head_next(struct str *text, struct tlog_head *ret_head, struct str *ret_signed,
		   struct str *ret_note);

/* 0; ERR_UNKNOWN where the note has no signature of this key (by name and id), ERR_DENIED where the
   signature is false, ERR_SYNTAX where this is not one note. */
int tlog_head_verify(struct str note, const struct tlog_key *key);

#endif
