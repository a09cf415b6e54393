/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is read must be what is written: a text is taken apart leniently, written
 * again, and refused where the two differ in a byte. So a head has one text only.
 */
#include "tlog/head.h"

#include <errno.h>
#include <inttypes.h>

#include "base/base64.h"
#include "base/clock.h"

#define ORIGIN "wanglou/"
#define DASH "\xe2\x80\x94 " /* U+2014 and a space begin a line with a signature */
#define BLOB_MAX 512         /* bytes of key id and signature: other people's keys may sign, too */

static void encode(const struct tlog_head *head, struct buf *text)
{
	char node[2 * TLOG_NODE_SIZE + 1], time[CLOCK_TEXT_SIZE];

	hex_encode(head->node, TLOG_NODE_SIZE, node);
	clock_format(head->time, time);
	buf_printf(text, ORIGIN "%s\n%" PRIu64 "\n", node, head->size);
	buf_add_base64(text, head->root.bytes, TLOG_HASH_SIZE);
	buf_printf(text, "\nseq %" PRIu64 "\ntime %s\n", head->seq, time);
}

int tlog_head_sign(const struct tlog_head *head, const struct tlog_key *key, struct buf *note)
{
	uint8_t blob[TLOG_KEY_ID_SIZE + TLOG_SIGNATURE_MAX];
	size_t start = note->len, signature_len;
	struct str origin;
	int r;

	encode(head, note);
	origin = str_of(note->ptr + start, sizeof(ORIGIN) - 1 + 2 * TLOG_NODE_SIZE);
	tlog_key_id(key, origin, blob);
	r = tlog_key_sign(key, note->ptr + start, note->len - start, blob + TLOG_KEY_ID_SIZE, &signature_len);
	if (r < 0) {
		note->len = start;
		return r;
	}
	buf_add_str(note, STR("\n" DASH ORIGIN));
	buf_reserve(note, origin.len);
	buf_add(note, note->ptr + start + sizeof(ORIGIN) - 1, 2 * TLOG_NODE_SIZE);
	buf_add_char(note, ' ');
	buf_add_base64(note, blob, TLOG_KEY_ID_SIZE + signature_len);
	buf_add_char(note, '\n');
	return 0;
}

/* Takes a line with its end off *text; false where there is no whole one. */
static bool take_line(struct str *text, struct str *ret_line)
{
	size_t end = str_find_char(*text, '\n');

	if (end == STR_NOT_FOUND)
		return false;
	*ret_line = str_head(*text, end);
	*text = str_from_offset(*text, end + 1);
	return true;
}

static int parse_body(struct str signed_text, struct tlog_head *ret_head)
{
	struct str rest = signed_text, line[5];
	struct tlog_head head = {0};
	struct buf again = {0};
	size_t root_len;
	bool same;

	for (size_t i = 0; i < 5; i++)
		if (!take_line(&rest, &line[i]))
			return ERR_SYNTAX;
	if (rest.len || !str_starts(line[0], STR(ORIGIN)) ||
	    hex_decode(str_from_offset(line[0], sizeof(ORIGIN) - 1), head.node, TLOG_NODE_SIZE) < 0 ||
	    str_to_u64(line[1], &head.size) < 0 ||
	    base64_decode(line[2], TLOG_HASH_SIZE, head.root.bytes, &root_len) < 0 ||
	    root_len != TLOG_HASH_SIZE || !str_starts(line[3], STR("seq ")) ||
	    str_to_u64(str_from_offset(line[3], 4), &head.seq) < 0 || !str_starts(line[4], STR("time ")) ||
	    clock_parse(str_from_offset(line[4], 5), 0, &head.time) < 0 || head.size >> TLOG_LEVELS)
		return ERR_SYNTAX;
	encode(&head, &again);
	same = str_eq(buf_str(&again), signed_text);
	buf_done(&again);
	if (!same)
		return ERR_SYNTAX;
	*ret_head = head;
	return 0;
}

struct signature {
	struct str name;
	uint8_t blob[BLOB_MAX];
	size_t len;
};

static int parse_signature(struct str line, struct signature *ret_signature)
{
	struct str rest = str_from_offset(line, sizeof(DASH) - 1), name;

	if (!str_starts(line, STR(DASH)) || !str_split(&rest, ' ', &name) || !name.len || !rest.len ||
	    !str_is_utf8(name) || str_find_char(name, '+') != STR_NOT_FOUND)
		return ERR_SYNTAX;
	ret_signature->name = name;
	if (base64_decode(rest, BLOB_MAX, ret_signature->blob, &ret_signature->len) < 0 ||
	    ret_signature->len <= TLOG_KEY_ID_SIZE)
		return ERR_SYNTAX;
	return 0;
}

/* Splits what text begins with into what is signed and the signatures behind it. */
static int take_note(struct str text, struct tlog_head *ret_head, struct str *ret_signed,
		     struct str *ret_note)
{
	struct str rest = str_head(text, TLOG_HEAD_TEXT_MAX), line, after;
	struct signature signature;
	size_t signatures = 0;
	int r;

	do {
		if (!take_line(&rest, &line))
			return ERR_SYNTAX;
	} while (line.len);
	*ret_signed = str_of(text.ptr, (size_t)(line.ptr - text.ptr));
	for (after = rest; take_line(&after, &line) && str_starts(line, STR(DASH)); rest = after) {
		r = parse_signature(line, &signature);
		if (r < 0)
			return r;
		signatures++;
	}
	/* A line that begins as a signature and has no end is one cut off. */
	if (!signatures || str_starts(rest, STR(DASH)))
		return ERR_SYNTAX;
	*ret_note = str_of(text.ptr, (size_t)(rest.ptr - text.ptr));
	return parse_body(*ret_signed, ret_head);
}

int tlog_head_next(struct str *text, struct tlog_head *ret_head, struct str *ret_signed, struct str *ret_note)
{
	struct str rest = *text, signed_text, note;
	struct tlog_head head;
	size_t next;

	while (rest.len && char_is_space(rest.ptr[0]))
		rest = str_from_offset(rest, 1);
	if (!rest.len) {
		*text = rest;
		return ERR_END;
	}
	if (take_note(rest, &head, &signed_text, &note) == 0) {
		*text = str_from_offset(rest, note.len);
		*ret_head = head;
		*ret_signed = signed_text;
		*ret_note = note;
		return 0;
	}
	next = str_find(rest, STR("\n" ORIGIN));
	*text = str_from_offset(rest, next == STR_NOT_FOUND ? rest.len : next + 1);
	return ERR_SYNTAX;
}

int tlog_head_verify(struct str note, const struct tlog_key *key)
{
	struct str rest = note, signed_text, line, origin = {0};
	uint8_t id[TLOG_KEY_ID_SIZE];
	struct signature signature;
	struct tlog_head head;
	int r = tlog_head_next(&rest, &head, &signed_text, &line);

	if (r < 0 || rest.len || line.len != note.len)
		return ERR_SYNTAX;
	rest = signed_text;
	take_line(&rest, &origin);
	tlog_key_id(key, origin, id);
	r = ERR_UNKNOWN;
	rest = str_from_offset(note, signed_text.len + 1);
	while (take_line(&rest, &line)) {
		must(parse_signature(line, &signature) == 0); /* tlog_head_next() has looked */
		if (!str_eq(signature.name, origin) || memcmp(signature.blob, id, TLOG_KEY_ID_SIZE) != 0)
			continue;
		if (!tlog_key_verify(key, signed_text.ptr, signed_text.len, signature.blob + TLOG_KEY_ID_SIZE,
				     signature.len - TLOG_KEY_ID_SIZE))
			return ERR_DENIED;
		r = 0;
	}
	return r;
}
