/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_READER_PRIVATE_H
#define JOURNAL_READER_PRIVATE_H
/*
 * A reader's inside: reader.c goes from segment to segment and waits, reader_live.c reads
 * the frames of a live one, reader_sealed.c the leaves of a sealed one. At any time one
 * segment is open, live or sealed, or none.
 */
#include "journal/archive_list.h"
#include "journal/head.h"
#include "journal/sealed_walk.h"
#include "journal/segment.h"

/* Decrypted records that may be in use. */
struct reader_page {
	struct reader_page *next;
	struct buf plain;
};

struct reader_sealed {
	struct reader_sealed *next; /* among the retired ones */
	struct sealed *sealed;
	struct sealed_walk *walk;
	bool *told; /* of each block: that it is damaged has been said */
	bool placed;
};

struct journal_reader {
	char *folder;
	struct journal_head *head; /* NULL: none seen yet */
	bool head_told;            /* that it is damaged has been said */
	bool keyed;
	struct journal_key key;
	uint64_t next;   /* the next number wanted */
	uint64_t leaf;   /* of the record found last */
	uint64_t stop;   /* and none above this */
	uint64_t passed; /* segments named up to this are not looked at any more */

	/* the live segment */
	struct journal_segment *segment; /* being read; NULL: none */
	struct journal_segment *retired; /* read, but records of it may be in use */
	struct reader_page *pages;
	struct journal_key segment_key;
	uint64_t offset;   /* of the next frame in segment */
	uint64_t released; /* up to where in segment nothing is in use */

	/* what is left of the frame being read */
	const uint8_t *records;
	size_t records_len;
	uint64_t record_seq, record_leaf, frame_last;
	uint32_t left;
	uint64_t frame_start; /* its offset */

	/* the sealed segment */
	struct reader_sealed *sealed, *retired_sealed;

	/* found while waiting, told by the next journal_reader_next() */
	int pending; /* 1: record; below 0: an error */
	struct journal_record pending_record;
	struct err pending_err;
};

/* What may be read. 0, or why the head cannot be used. */
int reader_load_mark(struct journal_reader *reader, struct journal_mark *ret_mark, struct err *ret_err);

/* Names the numbers from next to last as gone and goes on behind them. */
int reader_report(struct journal_reader *reader, uint64_t last, const char *why, struct err *ret_err);
int reader_denied(const struct journal_reader *reader, struct err *ret_err);

/* What journal_segment_open() returns; the segment then is the one being read. */
int reader_live_open(struct journal_reader *reader, uint64_t name, struct err *ret_err);

/* Enters the next frame of the open live segment. ERR_END where there is none (yet), ERR_BUSY where it is not
   durable yet, -EAGAIN where the mark has changed. */
int reader_live_load(struct journal_reader *reader, struct journal_mark *mark, struct err *ret_err);
int reader_live_next(struct journal_reader *reader, struct journal_record *ret_record, struct err *ret_err);
void reader_live_release(struct journal_reader *reader);
void reader_live_close(struct journal_reader *reader);

int reader_sealed_open(struct journal_reader *reader, uint64_t name, struct err *ret_err);

/* The next record of the open sealed segment. ERR_END behind the last: then it is not open any more. ERR_BUSY
   behind reader->stop. */
int reader_sealed_next(struct journal_reader *reader, struct journal_record *ret_record, struct err *ret_err);
void reader_sealed_release(struct journal_reader *reader);
void reader_sealed_close(struct journal_reader *reader);

#endif
