/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULT_LEDGER_H
#define FAULT_LEDGER_H
/*
 * What a numbered sender remembers, in a file that outlives it: for each number how often it was sent and
 * whether that was acknowledged. A record says "fault=SENDER number=N;" and behind it a padding that follows
 * from N, so that a changed record does not pass.
 */
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

#define LEDGER_MAX (32u * 1024 * 1024) /* numbers; the file is sparse */
#define LEDGER_ACKNOWLEDGED 0x80
#define LEDGER_SENDS 0x7f
#define LEDGER_TEXT_MAX 512

struct ledger {
	char sender[16];
	_Atomic uint64_t next;         /* numbers below it were sent */
	_Atomic uint64_t acknowledged; /* how many */
	_Atomic uint64_t repeated;     /* sends beyond the first */
	_Atomic uint64_t refused;      /* answers that asked to wait: 429, 503, or an item of a bulk */
	_Atomic uint64_t connections;
	_Atomic uint64_t worst_gap; /* µs: between two answers, or from a lost connection to the next */
	_Atomic uint64_t gaps;      /* those above 300 ms */
	_Atomic uint8_t numbers[LEDGER_MAX];
};

/* Opens or, with a sender's name, makes it; ends the program where it cannot. */
struct ledger *ledger_open(const char *path, const char *sender);

/* The record's text for a number; its length. */
size_t ledger_text(const char *sender, uint64_t number, char out[LEDGER_TEXT_MAX]);

#endif
