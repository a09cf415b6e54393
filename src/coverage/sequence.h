/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COVERAGE_SEQUENCE_H
#define COVERAGE_SEQUENCE_H
/*
 * Messages that never came, by the running number that some senders put on each:
 * RFC 5424 section 7.3.1 (meta sequenceId, 1 to 2147483647, then 1 again), Cisco's
 * `service sequence-numbers`. A number counts as lost when SEQUENCE_WINDOW later
 * ones have come without it, or at sequence_settle(): datagrams overtake one
 * another. A far jump is believed when the next number follows it, as receivers of
 * RTP do (RFC 3550, appendix A.1): backwards it is a restart or the wrap and
 * nothing was lost, forwards up to SEQUENCE_JUMP_MAX it is a burst of loss.
 */
#include <stdbool.h>
#include <stdint.h>

#define SEQUENCE_WINDOW 32
#define SEQUENCE_NEAR 3000 /* forward steps taken at once: RFC 3550's MAX_DROPOUT */
#define SEQUENCE_JUMP_MAX 1000000

/* Zero-initialise. */
struct sequence {
	uint32_t highest;
	uint32_t seen; /* bit i: highest - i came, or was counted as lost */
	uint32_t expected_after_jump;
	bool started;
};

/* Takes the next number; returns how many are lost for good by it. *ret_restart, if the count began anew. */
uint32_t sequence_add(struct sequence *sequence, uint32_t number, bool *ret_restart);

/* Counts what is still missing in the window: nothing older than an hour overtakes. */
uint32_t sequence_settle(struct sequence *sequence);

#endif
